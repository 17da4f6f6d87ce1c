"""*Webhooks* and *Keys* in a browser: administrators act by hand, secrets are shown once, others see no button."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
from playwright.sync_api import Locator, Page, expect

from paceline.control.access.rights import Role
from paceline.ledger.entry import Query
from tests.browser.desk import HOSTILE, Desk
from tests.browser.seats import at, closed, read_by_everybody, seated, violations
from tests.trust import http_client

Shot = Callable[[Page, str], None]
URL = "https://hooks.example.com/paceline?token=receiver-secret"


def asked(page: Page, link: Locator) -> Locator:
    link.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def done(page: Page, button: str) -> str:
    """Press the button of the question, and return how it ended; the dialog is closed again."""
    page.get_by_role("dialog").get_by_role("button", name=button).click()
    ended = page.locator("#ask [data-changed]")
    expect(ended).to_be_visible()
    told = page.get_by_role("dialog").inner_text()
    closed(page)
    return told


def kinds(desk: Desk) -> list[str]:
    return [entry.kind for entry in desk.system.book.entries(Query(kind="webhook.*"))]


def test_webhook_is_added_tried_rotated_replayed_and_removed_by_hand(shared_desk: Desk, shot: Shot) -> None:
    page = at(shared_desk, "/webhooks", "ada", Role.ADMINISTRATOR)
    dialog = asked(page, page.get_by_role("link", name="Add a webhook"))
    dialog.get_by_label("Address").fill(URL)
    dialog.get_by_label("Name").fill(HOSTILE[:79])
    dialog.get_by_label("Hears").fill("lifecycle.*")
    dialog.get_by_label("Reason").fill("workforce management")
    made = done(page, "Add")
    (hook,) = shared_desk.system.webhooks.all()
    secret = hook.subscriber.secrets.current
    assert secret in made
    row = page.locator(f"#hook-{hook.subscriber.id}")
    expect(row).to_contain_text("<script>")
    expect(row).to_contain_text("active")
    for word in ("receiver-secret", secret):
        assert word not in page.content()
    asked(page, row.get_by_role("link", name="Test"))
    assert "a worker carries it" in done(page, "Test")
    expect(row.locator("td[data-label=Waiting]")).to_have_text("1")
    dialog = asked(page, row.get_by_role("link", name="Replay"))
    dialog.get_by_label("From").fill("2026-06-01T00:00")
    assert "messages again" in done(page, "Replay")
    asked(page, row.get_by_role("link", name="Rotate secret"))
    rotated = done(page, "Rotate secret")
    assert secret not in rotated
    assert shared_desk.system.webhooks.all()[0].subscriber.secrets.current in rotated
    shot(page, "webhooks")
    asked(page, row.get_by_role("link", name="Remove"))
    assert "is removed" in done(page, "Remove")
    expect(page.locator("#hooks")).to_contain_text("Nobody is told of anything yet.")
    assert kinds(shared_desk) == ["webhook.add", "webhook.test", "webhook.replay", "webhook.rotate", "webhook.remove"]


def test_address_that_cannot_be_told_is_refused_in_the_dialog(shared_desk: Desk) -> None:
    person = seated(shared_desk, "ada", Role.ADMINISTRATOR)
    page = at(shared_desk, "/webhooks", "ada", Role.ADMINISTRATOR)
    dialog = asked(page, page.get_by_role("link", name="Add a webhook"))
    dialog.get_by_label("Address").fill("https://169.254.169.254/latest")
    dialog.get_by_role("button", name="Add").click()
    expect(page.get_by_role("dialog")).to_contain_text("no message may be sent to this url")
    assert shared_desk.system.webhooks.all() == []
    assert [one for one in person.troubles if "422" not in one] == []
    person.troubles.clear()


def test_others_see_the_list_without_actions_and_their_posts_are_refused(shared_desk: Desk) -> None:
    made = shared_desk.system.webhooks.add(URL, [], shared_desk.order(), name="wfm")
    page = at(shared_desk, "/webhooks")
    expect(page.locator(f"#hook-{made.id}")).to_contain_text("hooks.example.com")
    assert page.locator("main").get_by_role("link").count() == 0
    expect(page.get_by_role("navigation").get_by_role("link", name="Keys")).to_have_count(0)
    _key, secret = shared_desk.system.access.make_key("ann", Role.APPROVER, shared_desk.order())
    headers = {"Authorization": f"Bearer {secret}", "Accept": "text/html"}
    paths = [f"/webhooks/{made.id}/{verb}" for verb in ("test", "replay", "rotate", "enable", "remove")]
    with http_client(base_url=shared_desk.url, headers=headers) as client:
        for path in (
            *paths,
            "/webhooks/add",
            "/keys/add",
            "/keys/link",
            "/keys/sign-out",
            "/keys/pk_000000000000/revoke",
        ):
            assert client.post(path).status_code == 403, path
            assert client.get(path).status_code == 403, path
        assert client.get("/keys").status_code == 403
    assert len(shared_desk.system.webhooks.all()) == 1
    shared_desk.system.webhooks.remove(made.id, shared_desk.order())


def test_key_is_made_shown_once_used_and_revoked(shared_desk: Desk, shot: Shot) -> None:
    page = at(shared_desk, "/keys", "ada", Role.ADMINISTRATOR)
    dialog = asked(page, page.get_by_role("link", name="Make a key"))
    dialog.get_by_label("Name").fill("reporting")
    dialog.get_by_label("Role").select_option("viewer")
    dialog.get_by_label("Good for").select_option("90 days")
    dialog.get_by_role("button", name="Make it").click()
    secret = page.locator("code.secret").inner_text()
    shot(page, "key-once")
    closed(page)
    every = shared_desk.system.access.keys()
    key = next(one for one in every if one.name == "reporting")
    row = page.locator(f"#key-{key.id}")
    expect(row).to_contain_text("viewer")
    assert secret not in page.content()
    headers = {"Authorization": f"Bearer {secret}"}
    assert httpx2.get(f"{shared_desk.url}/v1/campaigns", headers=headers).status_code == 200
    asked(page, row.get_by_role("link", name="Revoke"))
    assert "is revoked" in done(page, "Revoke")
    expect(row).to_contain_text("revoked")
    assert httpx2.get(f"{shared_desk.url}/v1/campaigns", headers=headers).status_code == 401


def test_somebody_is_signed_out_everywhere(shared_desk: Desk) -> None:
    eve = shared_desk.person("eve", Role.OPERATOR, "/words")  # a page without a stream, which would lead her away
    page = at(shared_desk, "/keys", "ada", Role.ADMINISTRATOR)
    dialog = asked(page, page.get_by_role("link", name="Sign somebody out"))
    dialog.get_by_label("Name").fill("eve")
    assert "1 sessions ended" in done(page, "Sign out")
    eve.page.goto(f"{shared_desk.url}/changes")
    expect(eve.page).to_have_url(f"{shared_desk.url}/enter?to=%2Fchanges")
    eve.troubles.clear()


def test_webhooks_and_keys_can_be_read_by_everybody(shared_desk: Desk, shot: Shot) -> None:
    made = shared_desk.system.webhooks.add(URL, ["lifecycle.*"], shared_desk.order(), name="wfm")
    read_by_everybody(at(shared_desk, "/webhooks", "ada", Role.ADMINISTRATOR), "webhooks", shot)
    page = at(shared_desk, "/keys", "ada", Role.ADMINISTRATOR)
    read_by_everybody(page, "keys", shot)
    asked(page, page.get_by_role("link", name="Make a key"))
    assert violations(page) == []
    shared_desk.system.webhooks.remove(made.id, shared_desk.order())
