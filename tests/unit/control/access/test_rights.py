"""Four roles, each with all that the one before has, and an actor that says how somebody is known."""

from __future__ import annotations

import pytest

from paceline.control.access.rights import RIGHTS, Principal, Right, Role
from paceline.ledger.entry import Actor

TABLE = {
    Role.VIEWER: "read",
    Role.OPERATOR: "read operate",
    Role.APPROVER: "read operate approve",
    Role.ADMINISTRATOR: "read operate approve administer",
}


@pytest.mark.parametrize("role", Role)
def test_role_has_the_rights_of_the_table_and_no_others(role: Role) -> None:
    somebody = Principal(name="ada", role=role, key="pk_0123456789ab")
    assert [right.value for right in Right if somebody.may(right)] == TABLE[role].split()


def test_each_role_may_all_that_the_one_before_may() -> None:
    assert list(RIGHTS) == list(Role)
    for less, more in zip(Role, [*Role][1:], strict=False):
        assert RIGHTS[less] < RIGHTS[more]


def test_nobody_changes_the_table() -> None:
    with pytest.raises(TypeError):
        RIGHTS[Role.VIEWER] = frozenset(Right)  # type: ignore[index]  # that is what is tried


def test_actor_says_by_what_somebody_is_known() -> None:
    key = "pk_0123456789ab"
    by_key = Principal(name="ada", role=Role.VIEWER, key=key)
    by_link = Principal(name="ada", role=Role.VIEWER, signed_in=True)
    by_both = Principal(name="ada", role=Role.VIEWER, key=key, signed_in=True)
    assert [one.actor() for one in (by_key, by_link, by_both)] == [
        Actor(name="ada", known_by=f"api-key {key}"),
        Actor(name="ada", known_by="session"),
        Actor(name="ada", known_by=f"session of api-key {key}"),
    ]
