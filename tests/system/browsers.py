"""A real browser: Debian's chromium, driven by playwright."""

import contextlib
from pathlib import Path

import pytest

CHROMIUM = "/usr/bin/chromium"


@contextlib.contextmanager
def browser():
    """A browser without a window."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra dev")
    if not Path(CHROMIUM).exists():
        pytest.skip("needs Debian's chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield chromium
        finally:
            chromium.close()


class Page:
    """A tab with the page, and what its console said.

    :param context: a context of the browser.
    :param url: the address of the page.
    """

    def __init__(self, context, url):
        self.console = []
        self.tab = context.new_page()
        self.tab.set_default_timeout(15_000)
        self.tab.on("console", lambda message: self.console.append(message.text))
        self.tab.on("pageerror", lambda error: self.console.append(str(error)))
        self.tab.goto(url)

    def type(self, text):
        """Type a line on the keyboard, wherever the focus is."""
        self.tab.keyboard.type(text)
        self.tab.keyboard.press("Enter")

    def entries(self):
        """The texts of the conversation."""
        return self.tab.locator("#log .entry").all_inner_texts()

    def wait_for(self, text):
        """Wait until an entry of the conversation contains a text, and return the whole entry."""
        entry = self.tab.locator("#log .entry", has_text=text).last
        entry.wait_for()
        return entry.inner_text()

    def introduce(self, name="Ada"):
        """Wait for the connection, and give a first name."""
        self.tab.locator("#state.open").wait_for()
        self.type(name)
        self.tab.locator("#log .tries").wait_for()
