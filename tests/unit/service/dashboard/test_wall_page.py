"""What the wall shows of a look: the worst sixty, those that need a person wide while there is room; and the menu."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.observed import Observed, State
from paceline.campaign.statistics import Tally
from paceline.compliance.rule import AbandonmentCeiling, Denominator, Period
from paceline.control.abandonment.account import CampaignAccount, PeriodAccount
from paceline.control.abandonment.kept import Counts, KeptPeriod
from paceline.control.attention import Need, Urgency
from paceline.control.wall import WallLook, WallRow
from paceline.primitives.ids import CampaignId, Version
from paceline.service.dashboard.navigation import PLACES, menu_of
from paceline.service.dashboard.wall_page import GRIDS, MOST, SHORT, Face, face_of, tile_texts

AT = datetime(2026, 6, 15, 16, tzinfo=UTC)
CEILING = AbandonmentCeiling(
    most=3, per=100, within_s=2, denominator=Denominator.ANSWERED_LIVE, period=Period.BLOCKS_30D
)


def account(campaign: CampaignId, abandoned: int) -> CampaignAccount:
    counts = Counts(dials=3000, answered=1000, abandoned=abandoned)
    kept = KeptPeriod(campaign=campaign, period="30-day-blocks", start=AT, end=AT, counts=counts, told_at=AT)
    period = PeriodAccount(period="30-day-blocks", rules=("US-2",), ceiling=CEILING, kept=kept)
    return CampaignAccount(campaign=campaign, periods=(period,))


def row(number: int, state: State, urgency: Urgency, abandoned: int) -> WallRow:
    campaign = CampaignId(f"CMP-{number:04}")
    needs = () if urgency is Urgency.NOTHING else (Need(urgency=urgency, reason="because", action="Look"),)
    return WallRow(
        observed=Observed(campaign=campaign, state=state, version=Version("1"), at=AT, name=f"<b>{number}</b>"),
        live=None,
        occupancy=0.8,
        abandonment=None,
        hour=Tally(),
        series=(),
        needs=needs,
        frozen=False,
        is_open=None,
        records=None,
        account=account(campaign, abandoned),
    )


ROWS = st.tuples(st.sampled_from(State), st.sampled_from(Urgency), st.integers(0, 50))
FEW_NEEDING = st.tuples(st.sampled_from(State), st.just(Urgency.NOTHING), st.integers(0, 50))
LOOKS = st.one_of(st.lists(ROWS, max_size=90), st.lists(st.one_of(FEW_NEEDING, FEW_NEEDING, ROWS), max_size=90)).map(
    lambda told: WallLook(at=AT, rows=tuple(row(number, *one) for number, one in enumerate(told)))
)


def cells(face: Face) -> int:
    return sum(2 if tile.is_wide else 1 for tile in face.tiles)


@given(LOOKS)
def test_wall_shows_the_worst_sixty_worst_first_on_one_screen_and_counts_the_rest(look: WallLook) -> None:
    face = face_of(look)
    counted = [one for one in look.rows if one.observed.state is not State.ARCHIVED or one.needs]
    shown = [tile.row for tile in face.tiles]
    hidden = [one for one in counted if one.campaign not in {tile.campaign for tile in shown}]
    assert len(shown) == min(len(counted), MOST)
    assert face.more == (len(hidden), sum(one.urgency is not Urgency.NOTHING for one in hidden))
    order = [(one.urgency, list(State).index(one.observed.state)) for one in shown]
    assert order == sorted(order)
    assert max(order, default=(0, 0)) <= min(
        ((one.urgency, list(State).index(one.observed.state)) for one in hidden), default=(99, 9)
    )
    columns, rows = face.grid
    assert cells(face) <= columns * rows
    wide = [tile.is_wide for tile in face.tiles]
    assert wide == sorted(wide, reverse=True)
    assert not any(tile.is_wide and not tile.why for tile in face.tiles)
    # Wide ones stand in pairs of columns: no hole is left in a line.
    assert columns % 2 == 0
    assert cells(face) == columns * rows or all(tile.is_wide for tile in face.tiles if tile.why)


@given(LOOKS)
def test_fewer_campaigns_have_larger_tiles(look: WallLook) -> None:
    face = face_of(look)
    needing = sum(bool(tile.why) for tile in face.tiles)
    smaller = [one for one in GRIDS if one[0] * one[1] < face.grid[0] * face.grid[1]]
    assert all(one[0] * one[1] < len(face.tiles) + needing for one in smaller)


def test_tile_says_state_reason_and_rate_in_words_and_a_hostile_name_is_only_a_name() -> None:
    look = WallLook(at=AT, rows=(row(1, State.ACTIVE, Urgency.BREACHED, 48),))
    [text] = tile_texts(face_of(look).tiles).values()
    assert "&lt;b&gt;1&lt;/b&gt;" in text
    for word in ("Active", "Breached", "4.8\N{NARROW NO-BREAK SPACE}%", "80\N{NARROW NO-BREAK SPACE}%"):
        assert word in text, word
    assert 'class="over"' in text
    assert 'href="/campaigns/CMP-0001"' in text


def test_every_urgency_has_a_word_for_the_wall() -> None:
    assert set(SHORT) == set(Urgency) - {Urgency.NOTHING}
    assert max(map(len, SHORT.values())) <= 13


def test_campaign_that_is_over_its_ceiling_by_a_little_stands_before_one_further_below() -> None:
    told = (
        (State.ACTIVE, Urgency.NOTHING, 3),
        (State.ACTIVE, Urgency.NOTHING, 29),
        (State.PAUSED, Urgency.NOTHING, 30),
    )
    look = WallLook(at=AT, rows=tuple(row(number, *one) for number, one in enumerate(told)))
    assert [tile.row.campaign for tile in face_of(look).tiles] == ["CMP-0001", "CMP-0000", "CMP-0002"]


def test_every_place_is_in_the_menu_once_and_its_address_marks_it() -> None:
    for here in PLACES:
        menu = menu_of(PLACES, here.path)
        listed = [place for entry in menu for place, _ in entry.places]
        assert listed == list(PLACES), "places of one group stand side by side"
        assert [place for entry in menu for place, is_here in entry.places if is_here] == [here]
        assert [entry.label for entry in menu if entry.is_here] == [here.group]
    groups = [entry.label for entry in menu_of(PLACES, "/") if entry.label]
    assert len(groups) == len(set(groups))
