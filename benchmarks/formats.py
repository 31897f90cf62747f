"""What a formatted date costs, beside Python's own strftime, which knows no flags, widths and nanoseconds.

python -m benchmarks.formats
"""

import timeit
from datetime import datetime
from zoneinfo import ZoneInfo

from twisted_date.conversation.cache import ReplyCache
from twisted_date.conversation.counts import Counts
from twisted_date.conversation.session import Session
from twisted_date.conversation.state import Defaults
from twisted_date.dates import strftime

from .once import Seconds

PARIS = ZoneInfo("Europe/Paris")
FORMATS = (
    "%Y-%m-%dT%H:%M:%S%z",
    "%A %d %B %Y, %H:%M:%S %Z",
    "%a, %d %b %Y %H:%M:%S %z",
    "%c",
    "%G-W%V-%u %j %U %W %s %I %p",
)


def microseconds(statement: str, **names: object) -> float:
    """The best of several rounds: what disturbs only ever adds."""
    rounds, turns = 15, 2000
    return min(timeit.repeat(statement, globals=names, repeat=rounds, number=turns)) / turns * 1e6


def main() -> None:
    print(f"{'format':30} {'parsing':>8} {'reply':>8} {'JSON':>8} {'strftime':>9} {'reply/strftime':>15}")
    for text in FORMATS:
        line = f"/date +{text}".encode()
        plain, json = (
            Session(Defaults(now_ns=Seconds(), zone=PARIS), Counts(), ReplyCache(Seconds())) for _ in range(2)
        )
        json.reply_to(b"/json")
        ask = "session.encode(session.reply_to(line))"
        parsing = microseconds("parse(text)", parse=strftime._parsed, text=text)
        reply = microseconds(ask, session=plain, line=line)
        as_json = microseconds(ask, session=json, line=line)
        peer = microseconds(
            "datetime.fromtimestamp(now() / 1e9, zone).strftime(text).encode()",
            datetime=datetime,
            now=Seconds(),
            zone=PARIS,
            text=text,
        )
        print(f"{text:30} {parsing:8.1f} {reply:8.1f} {as_json:8.1f} {peer:9.1f} {reply / peer:15.2f}")
    print("microseconds; each reply in a second of its own; a parsed format is remembered")


if __name__ == "__main__":
    main()
