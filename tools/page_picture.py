"""Takes a picture of the page of ``--web`` in a browser: docs/pictures/page.png.

python -m tools page

Needs Debian's ``chromium``.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "pictures" / "page.png"
FROZEN_CLOCK = ROOT / "tests" / "system" / "frozen_clock.py"  # a clock that stands still
NOW_NS = 1798221600_000_000_000
CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT = 620, 720
TYPED = ("Alice", "/date 19:00 New York in Berlin", "/until easter", "/date 11/12/13")


def main() -> None:
    """Take the picture.

    :raises SystemExit: there is no browser.
    """
    if not Path(CHROMIUM).exists():
        raise SystemExit(f"the picture of the page needs {CHROMIUM}; install Debian's chromium")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "port.json"
        options = (
            "--base-port",
            "50700",
            "--zone",
            "Paris",
            "--web",
            "fallback:50800",
            "--port-file",
            str(file),
        )
        command = [sys.executable, str(FROZEN_CLOCK), str(NOW_NS), "-n", "datechat", *options]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as server:
            try:
                while not file.exists():
                    time.sleep(0.1)
                _take(json.loads(file.read_text())["urls"][-1])
            finally:
                server.terminate()
    print(f"  {PICTURE.name}")


def _take(url: str) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB")
        page.goto(url)
        page.locator("#state.open").wait_for()
        for line in TYPED:
            page.keyboard.type(line)
            page.keyboard.press("Enter")
            page.wait_for_timeout(400)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
