"""Signing in by a link or with a key, and out; nobody else gets further than the entrance."""

from __future__ import annotations

from playwright.sync_api import expect

from paceline.control.access.rights import Role
from tests.browser.desk import DIALING, Desk
from tests.trust import http_client


def test_link_signs_in_once_and_is_not_in_the_address_afterwards(shared_desk: Desk) -> None:
    link = shared_desk.link()
    ada, late = shared_desk.nobody(), shared_desk.nobody()
    ada.page.goto(link)
    expect(ada.page.locator(".who")).to_contain_text("ada administrator")
    assert "pl_" not in ada.page.url
    ada.page.go_back()
    assert "pl_" not in ada.page.url
    late.page.goto(link)
    expect(late.page.get_by_role("alert")).to_have_text("this link is not good: it was used, or is too old")
    late.troubles.clear()  # the browser notes every 403


def test_nobody_is_led_to_the_entrance_and_back_to_where_he_wanted_to_go(shared_desk: Desk) -> None:
    _, secret = shared_desk.system.access.make_key("vic", Role.VIEWER, shared_desk.order())
    vic = shared_desk.nobody()
    vic.page.goto(f"{shared_desk.url}/campaigns/{DIALING}")
    expect(vic.page).to_have_title("Sign in · paceline")
    vic.page.get_by_label("API key").fill(secret)
    vic.page.keyboard.press("Enter")
    vic.page.wait_for_url(f"**/campaigns/{DIALING}")
    expect(vic.page.locator(".who")).to_contain_text("vic viewer")
    vic.page.get_by_role("button", name="Sign out").click()
    vic.page.goto(f"{shared_desk.url}/")
    expect(vic.page).to_have_title("Sign in · paceline")


def test_wrong_key_is_told_and_its_cookies_are_out_of_reach_of_scripts(shared_desk: Desk) -> None:
    eve = shared_desk.nobody()
    eve.page.goto(f"{shared_desk.url}/enter")
    eve.page.get_by_label("API key").fill("pk_of_nobody")
    eve.page.get_by_role("button", name="Sign in").click()
    expect(eve.page.get_by_role("alert")).to_have_text("this key is not good")
    ada = shared_desk.nobody()
    ada.page.goto(shared_desk.link())
    expect(ada.page.locator(".who")).to_contain_text("ada administrator")
    assert ada.page.evaluate("document.cookie") == ""
    [cookie] = [one for one in ada.context.cookies() if one.get("name") == "paceline_session"]
    assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Lax")
    eve.troubles.clear()  # the browser notes every 403


def test_foreign_form_signs_nobody_in_and_changes_nothing(shared_desk: Desk) -> None:
    ada = shared_desk.person()
    cookies = {str(one["name"]): str(one["value"]) for one in ada.context.cookies() if "name" in one and "value" in one}
    foreign = http_client(base_url=shared_desk.url, headers={"Accept": "text/html"})
    link = shared_desk.link("eve", Role.VIEWER).partition("#")[2]
    assert foreign.post("/enter", data={"link": link}).status_code == 403
    assert foreign.post("/enter", data={"link": link, "proof": "guessed"}).status_code == 403
    for form in ({}, {"csrf": ""}, {"csrf": "guessed"}):
        foreign.cookies.update(cookies)
        answer = foreign.post(f"/campaigns/{DIALING}/pause", data=form)
        assert answer.status_code == 403
    assert shared_desk.system.platform.read(DIALING).state == "ACTIVE"  # type: ignore[arg-type]  # an id as it is typed
    foreign.close()


def test_ended_session_leads_an_open_page_to_the_entrance(shared_desk: Desk) -> None:
    ben = shared_desk.person("ben", Role.OPERATOR)
    shared_desk.system.access.sign_out("ben", shared_desk.order())
    ben.page.wait_for_url("**/enter")
    ben.troubles.clear()  # the browser notes every 401


def test_viewer_sees_no_way_to_change_anything_and_has_none(shared_desk: Desk) -> None:
    vic = shared_desk.person("vic", Role.VIEWER)
    expect(vic.page.get_by_role("link", name="Pause")).to_have_count(0)
    expect(vic.page.locator("#many")).to_have_count(0)
    vic.page.goto(f"{shared_desk.url}/campaigns/{DIALING}")
    expect(vic.page.get_by_role("button", name="Set rules")).to_have_count(0)
    expect(vic.page.get_by_label("Mode")).to_be_disabled()
    vic.page.goto(f"{shared_desk.url}/campaigns/{DIALING}/pause")
    expect(vic.page.get_by_role("heading", level=1)).to_have_text("Forbidden")
    vic.troubles.clear()  # the browser notes every 403


def test_pages_show_nothing_to_whoever_has_no_session(shared_desk: Desk) -> None:
    with http_client(base_url=shared_desk.url) as nobody:
        for path in ("/", f"/campaigns/{DIALING}", "/many/pause", "/live/campaigns", f"/live/campaigns/{DIALING}"):
            assert nobody.get(path).status_code == 401
            led = nobody.get(path, headers={"Accept": "text/html"})
            assert (led.status_code, led.headers["Location"].partition("?")[0]) == (303, "/enter")
        for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"):
            assert "elsewhere" not in nobody.get("/enter", params={"to": elsewhere}).text
