"""What a moment in words costs, new and just read, beside other readers in Python."""

import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from zoneinfo import ZoneInfo

from twisted_date.dates.answer import answer
from twisted_date.dates.errors import DateError

NUMBER = 300  # different phrases, after as many others that warm up what is loaded once
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "march", "june", "july", "september", "december")
PARIS = ZoneInfo("Europe/Paris")

Read = Callable[[str], bool]  # whether it is read


@dataclass(frozen=True)
class Phrases:
    """The medians of a reader, in microseconds.

    :param reader: its name.
    :param is_read: how many of the phrases it reads.
    :param new: for a phrase that it reads for the first time.
    :param repeated: for one that it has just read.
    :param ratio: of datechat, to it, over the new phrases that it reads.
    """

    reader: str
    is_read: int
    new: float
    repeated: float
    ratio: float

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


def _datechat(phrase: str) -> bool:
    with suppress(DateError):
        return bool(answer(phrase, time.time_ns(), PARIS))
    return False


def _dateutil(phrase: str) -> bool:
    parser = import_module("dateutil.parser")
    with suppress(parser.ParserError):
        return bool(parser.parse(phrase))
    return False


def _parsedatetime() -> Read:
    calendar = import_module("parsedatetime").Calendar()
    return lambda phrase: bool(calendar.parseDT(phrase)[1])


def _dateparser(phrase: str) -> bool:
    return import_module("dateparser").parse(phrase, languages=["en"]) is not None


def phrases(number: int) -> list[str]:
    """Different phrases of kinds that all these readers are made for."""
    chance = random.Random(1)
    kinds: tuple[Callable[[], str], ...] = (
        lambda: f"{chance.randint(1, 28)} {chance.choice(MONTHS)} {chance.randint(2027, 2047)}",
        lambda: f"{chance.choice(MONTHS)} {chance.randint(1, 28)}, {chance.randint(2027, 2047)} {clock()}",
        lambda: f"next {chance.choice(DAYS)} at {clock()}",
        lambda: f"{chance.randint(2027, 2047)}-{chance.randint(10, 12)}-{chance.randint(10, 28)} {clock()}",
        lambda: f"in {chance.randint(2, 900)} days",
        lambda: f"{chance.randint(2, 900)} hours ago",
        lambda: f"tomorrow {clock()}",
    )

    def clock() -> str:
        return f"{chance.randint(10, 23)}:{chance.randint(10, 59)}"

    found: dict[str, None] = {}
    while len(found) < number:
        found[chance.choice(kinds)()] = None
    return list(found)


def measure(tell: Callable[[str], object]) -> list[Phrases]:
    """Have each reader read the same phrases."""
    chosen = phrases(2 * NUMBER)
    readers: dict[str, Read] = {
        "datechat": _datechat,
        "python-dateutil": _dateutil,
        "parsedatetime": _parsedatetime(),
        "dateparser": _dateparser,
    }
    measured = {name: _times(read, chosen) for name, read in readers.items()}
    tell("phrases")
    ours = measured["datechat"]
    return [
        Phrases(
            name,
            len(new),
            _median(new.values()),
            _median(repeated.values()),
            _median([ours[0][phrase] for phrase in new]) / _median(new.values()),
        )
        for name, (new, repeated) in measured.items()
    ]


def _times(read: Read, chosen: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
    """The microseconds for each phrase that is read, when it is new and then once more."""
    for phrase in chosen[NUMBER:]:
        read(phrase)
    new: dict[str, float] = {}
    repeated: dict[str, float] = {}
    for phrase in chosen[:NUMBER]:
        for times in (new, repeated):
            start = time.perf_counter()
            is_read = read(phrase)
            if is_read:
                times[phrase] = (time.perf_counter() - start) * 1e6
    return new, repeated


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)
