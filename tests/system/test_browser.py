"""The page in a real browser."""

import contextlib
import functools
import http.server
import re
import signal
import socket
import threading

import pytest

from tests.doc_blocks import of_language
from tests.ports import free_block
from tests.system.browsers import Page, browser
from tests.system.processes import server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium():
    with browser() as running:
        yield running


@contextlib.contextmanager
def serving(folder, *options, base):
    """A running server whose page is at the port of its lines plus 50."""
    web = f"tcp:{base + 50}:interface=127.0.0.1"
    with server("--base-port", base, "--web", web, *options, folder=folder) as running:
        running.port()
        yield running


def page_of(base):
    return f"http://127.0.0.1:{base + 50}/"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The URL of the page of a running server."""
    port = free_block()
    folder = tmp_path_factory.mktemp("web")
    options = ("--base-port", port, "--zone", "Paris", "--web", f"fallback:{port + 50}", "--max-per-host", 2)
    with server(*options, folder=folder) as running:
        running.port()
        yield f"http://localhost:{port + 50}/"


@pytest.fixture
def open_page(chromium, site):
    """A function that opens the page in a context of its own, and asserts that nothing is on its console."""
    opened = []

    def open_page(url=site, **options):
        context = chromium.new_context(**options)
        opened.append((context, Page(context, url)))
        return opened[-1][1]

    yield open_page
    for context, page in opened:
        console = page.console
        context.close()
        assert console == []


def test_dialogue_in_english(open_page):
    page = open_page(locale="en-GB")
    page.tab.locator("#state.open").wait_for()
    assert page.tab.locator("label").inner_text() == "Your first name"
    page.type("Ada")
    assert page.wait_for("Hello") == "Hello, Ada. You are connected."
    page.type("good morning")
    page.wait_for("You are connected, Ada. /help lists the commands.")
    page.type("/date 2026-12-25 19:00 in Tokyo")
    reply = page.wait_for("2026-12-25T19:00:00+09:00")
    assert "Friday, 25 December 2026, 19:00 in Tokyo" in reply
    page.type("/date xyzzy")
    page.wait_for("xyzzy was not understood")
    page.type("au revoir")
    page.wait_for("Goodbye, Ada. The connection is closed.")
    page.wait_for("The conversation has ended. Enter starts another.")
    assert page.tab.locator("#state").inner_text() == "Not connected"
    page.type("/version")
    page.wait_for("datechat ")


def test_dialogue_in_french(open_page):
    page = open_page(locale="fr-FR")
    assert page.tab.locator("html").get_attribute("lang") == "fr"
    page.tab.locator("#state.open").wait_for()
    assert page.tab.locator("label").inner_text() == "Votre prénom"
    page.type("Zoé")
    page.wait_for("Bonjour, Zoé.")
    page.type("/until 2030-01-01")
    page.wait_for("dans ")
    page.type("au revoir")
    page.wait_for("La conversation est terminée.")


def test_name_and_history_are_remembered(open_page):
    page = open_page()
    page.introduce("Grace")
    page.type("/date")
    page.wait_for("+")
    page.tab.reload()
    page.tab.locator("#state.open").wait_for()
    assert page.tab.locator("label").inner_text() == "Your first name (Grace)"
    page.type("")
    page.wait_for("Hello, Grace.")
    page.tab.keyboard.press("ArrowUp")
    assert page.tab.locator("#line").input_value() == "/date"
    page.tab.keyboard.press("ArrowDown")
    assert page.tab.locator("#line").input_value() == ""


def test_clock_shows_the_time_of_the_server_in_the_zone_of_the_conversation(open_page):
    page = open_page(timezone_id="Pacific/Kiritimati")
    page.introduce()
    shown = page.tab.locator("#time")
    page.type("/date +%H:%M:%S")
    asked = page.tab.locator("#log .reply", has_text=re.compile(r"^\d\d:\d\d:\d\d")).inner_text()[:8]
    assert (_seconds(shown.inner_text()) - _seconds(asked)) % 86400 <= 2
    before = shown.inner_text()
    page.tab.wait_for_function("before => document.getElementById('time').textContent !== before", arg=before)
    page.type("/zone Kathmandu")
    page.tab.locator("#zone", has_text="Asia/Kathmandu").wait_for()
    hours_ahead = (_seconds(shown.inner_text()) - _seconds(before)) % 86400 / 3600
    assert hours_ahead == pytest.approx(4.75, abs=0.01) or hours_ahead == pytest.approx(3.75, abs=0.01)


def _seconds(time):
    hours, minutes, seconds = map(int, time.split(":"))
    return 3600 * hours + 60 * minutes + seconds


def test_commands_moments_and_places_are_completed_by_tab(open_page):
    page = open_page()
    page.introduce()
    field, options = page.tab.locator("#line"), page.tab.locator("#list li")
    for typed, found, completed in (
        ("/unt", "/until", "/until "),
        ("chris", "christmas", "/until christmas "),
    ):
        page.tab.keyboard.type(typed)
        options.filter(has_text=found).wait_for()
        page.tab.keyboard.press("Tab")
        assert field.input_value() == completed
    page.type("")
    page.wait_for("in ")
    page.tab.keyboard.type("/zone lond")
    options.first.wait_for()
    assert options.first.inner_text() == "London"
    page.tab.keyboard.press("ArrowDown")
    page.tab.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == "option-1"
    page.tab.keyboard.press("Escape")
    assert options.count() == 0
    page.tab.keyboard.press("Tab")
    assert page.tab.evaluate("document.activeElement.textContent") == "Send"


def test_completion_by_tap(open_page):
    page = open_page(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    page.introduce()
    page.tab.keyboard.type("/date tomorrow in tok")
    page.tab.locator("#list li", has_text="Tokyo").first.tap()
    assert page.tab.locator("#line").input_value() == "/date tomorrow in Tokyo "
    page.tab.locator("button", has_text="Send").tap()
    page.wait_for("+09:00")
    page.tab.locator(".tries button", has_text="/changes").tap()
    page.wait_for("Europe/Paris: clocks go ")


def test_keyboard_alone_reaches_everything(open_page):
    page = open_page()
    page.introduce()
    page.tab.locator("#line").focus()
    reached = []
    for _ in range(12):
        page.tab.keyboard.press("Shift+Tab")
        reached.append(page.tab.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert {"log", "/date", "/changes", "au revoir", "Skip to the conversation"} <= set(reached)
    page.tab.locator(".tries button", has_text="/changes").focus()
    page.tab.keyboard.press("Enter")
    page.wait_for("Europe/Paris: clocks go ")
    assert page.tab.evaluate("document.activeElement.id") == "line"


def test_page_fits_a_phone(open_page):
    page = open_page(viewport={"width": 360, "height": 640})
    page.introduce("A" * 60)
    page.type("/date " + "x" * 500)
    page.wait_for("was not understood")
    assert page.tab.evaluate("document.documentElement.scrollWidth") <= 360
    box = page.tab.locator("button", has_text="Send").bounding_box()
    assert box["x"] + box["width"] <= 360
    assert box["y"] + box["height"] <= 640
    assert box["height"] >= 44


def test_nothing_that_is_said_is_markup(open_page):
    hostile = "<img src=x onerror=alert(1)>"
    page = open_page()
    page.introduce(hostile)
    page.type(hostile)
    page.wait_for(f"You are connected, {hostile}.")
    page.type("/date <i>x</i>")
    page.wait_for("<i>x</i>")
    assert page.tab.locator("#log img, #log i").count() == 0
    page.tab.reload()
    page.tab.locator("#state.open").wait_for()
    assert page.tab.locator("label").inner_text() == f"Your first name ({hostile})"


def test_reconnects_after_the_server_was_killed(chromium, tmp_path):
    base = free_block()
    with serving(tmp_path, base=base) as running:
        context = chromium.new_context()
        page = Page(context, page_of(base))
        page.introduce("Ada")
        page.type("/zone Tokyo")
        page.wait_for("The zone is Asia/Tokyo from now on.")
        running.stop(signal.SIGKILL)
        page.wait_for("The connection is lost; connecting again…")
        page.type("hello")
        assert page.console == [] or all("WebSocket" in text for text in page.console)
    with serving(tmp_path, base=base) as running:
        page.wait_for("Connected again.")
        page.wait_for("You are connected, Ada.")  # what was asked meanwhile is answered, to the same name
        page.type("/zone")
        page.wait_for("The zone is Asia/Tokyo.")
        running.stop()
        page.wait_for("datechat is stopping; please connect again later")
        context.close()


def test_idle_conversation_goes_on_with_the_next_line(chromium, tmp_path):
    base = free_block()
    with serving(tmp_path, "--idle-timeout", 1.5, base=base):
        context = chromium.new_context()
        page = Page(context, page_of(base))
        page.introduce("Ada")
        page.wait_for("no line came for 1.5 seconds")
        page.wait_for("The connection was closed. The next line opens it again.")
        page.type("hello again")
        page.wait_for("You are connected, Ada.")
        context.close()
        assert page.console == []


def test_reason_for_no_connection_is_shown(chromium, tmp_path):
    base = free_block()
    with serving(tmp_path, "--max-per-host", 1, base=base) as running:
        with socket.create_connection(("127.0.0.1", running.port())) as other:
            other.sendall(b"/version\n")
            other.recv(100)
            context = chromium.new_context()
            page = Page(context, page_of(base))
            page.wait_for("datechat serves no more connections from your address")
        page.tab.locator("#state.open").wait_for()
        context.close()


def test_other_sites_cannot_talk_to_the_server(chromium, site, tmp_path):
    with evil_site(tmp_path) as url:
        context = chromium.new_context()
        page = Page(context, url)
        opened = page.tab.evaluate(
            """url => new Promise(done => {
                const socket = new WebSocket(url);
                socket.onopen = () => done(true);
                socket.onclose = () => done(false);
            })""",
            site.replace("http", "ws") + "chat",
        )
        assert opened is False
        read = page.tab.evaluate("async url => (await fetch(url)).text()", site + "version")
        assert read.startswith("datechat ")
        context.close()


def test_documented_websocket_program_prints_the_date(chromium, site):
    (program,) = [block.text for block in of_language("javascript") if "new WebSocket" in block.text]
    context = chromium.new_context(bypass_csp=True)  # that of a text page allows nothing
    page = Page(context, f"{site}version")
    with page.tab.expect_console_message(lambda said: said.type == "log") as printed:
        page.tab.evaluate(f"() => {{ {program.replace('localhost:8080', site.split('/')[2])} }}")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00", printed.value.text)
    context.close()


@contextlib.contextmanager
def evil_site(folder):
    """A site of somebody else, on the same machine."""
    (folder / "index.html").write_text("<!doctype html><title>Evil</title><link rel=icon href=data:,>")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://localhost:{running.server_address[1]}/"
        running.shutdown()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility_checker_finds_nothing(chromium, site, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra dev")
    context = chromium.new_context(bypass_csp=True, color_scheme=scheme, locale="fr-FR")
    page = Page(context, site)
    page.introduce()
    page.type("/date demain à Tokyo")
    page.wait_for("+09:00")
    page.type("/date xyzzy")
    page.wait_for("xyzzy")
    page.tab.keyboard.type("/zone lond")
    page.tab.locator("#list li").first.wait_for()
    page.tab.keyboard.press("ArrowDown")
    results = axe.Axe().run(page.tab)
    context.close()
    assert [violation["id"] for violation in results.response["violations"]] == []
