"""Spans: so many units, from now or from another moment."""

import re
from collections.abc import Sequence
from fractions import Fraction

from ..errors import DateError, Reason
from ..grammar import Match
from ..lexer import normalize
from ..moment import NANOSECONDS
from ..spec import MomentSpec, Spoken
from ..vocabulary import ENGLISH_WORDS, FRENCH_WORDS
from .common import split_decimal
from .numbers import number_of
from .words import BACK, LETTERS, NEIGHBOURS, OCCURRENCES, QUARTERS, SIZES, UNITS, words

DEFINITIONS = {
    # half an hour, trois quarts d'heure
    "quarters-of": '([number ]quarters / [count ]fraction)(hyphen / [ "of"][ number] )unit',
    "and-quarters": '(count / number-said) "and" [number ]quarters unit',  # two and a half hours
    "unit-and-quarters": "(count~ / number-said )unit joining and-a-half",
    "and-a-half": '[number ]quarters!(hyphen / [ "of"][ number] unit)',
    "hours-m": 'count~hours~count~"m"[~count~seconds] / count~"m"~count~seconds',  # 1h30m
    "counted": "(count~unit / count~letter)!(dd!(~unit / ~letter))",
    "any-span": "quarters-of / and-quarters / unit-and-quarters / hours-m / counted / number-said unit",
    "span": "any-span!(dd!(~unit / ~letter))",  # 8h30 is a time
    "spans": "span{([ joining] span / counted)}",  # 1h30min
}

_THOUSANDS = re.compile("[1-9][0-9]{0,2}[.,][0-9]{3}")
_DASH_AND_HOUR = re.compile("- [0-9]{1,2} ?h(?:eures?)?")
_JOINING = frozenset(words("joining"))
_UNITS = {**UNITS, **LETTERS, "m": "minute"}
# "an" is a year in French, and one in English
_FRENCH_UNITS = (
    frozenset(word for listed in FRENCH_WORDS.units.values() for word in listed)
    - {word for listed in ENGLISH_WORDS.units.values() for word in listed}
    - {"an"}
)

Amount = int | Fraction
Total = dict[str, int]  # by the parts of :data:`SIZES`


def hours_and_minutes(match: Match, spec: MomentSpec) -> MomentSpec:
    """``dans 1h30``, ``1h30 plus tard``, ``+1h30``: in French, a span may look like a time of day."""
    minutes = number_of(match["hours"].strip()) * 60 + number_of(match["minutes"])
    back = {match.get("before"), match.get("behind")} & BACK or match.get("sign") == "-"
    direction = -1 if back else 1
    return spec._replace(add_ns=spec.add_ns + direction * minutes * SIZES["minute"][1])


def clock_or_span(match: Match, spec: MomentSpec) -> MomentSpec:
    """Refused: ``in 1:30`` may be a time of day, or hours and minutes from now."""
    before, clock = match["before"], match["clock"]
    at = "at" if before in ENGLISH_WORDS.after else "à"
    choices = (f"{at} {clock}", f"{before} {clock.replace(':', 'h')}")
    raise DateError(Reason.AMBIGUOUS_SPAN, span=match.typed, choices=choices)


def span_from_now(match: Match, spec: MomentSpec) -> MomentSpec:
    """A span from now: in 2 hours, 2 days ago, il y a 2 jours."""
    back = match.get("before") in BACK or match.get("behind") in BACK
    total = _total(match)
    if match.get("before") and "ns" in total:
        spec = spec._replace(from_now=match.typed)
    return _speak(match, spec, total, -1 if back else 1)


def span_from_a_moment(match: Match, spec: MomentSpec) -> MomentSpec:
    """A span in front of the moment from which it counts: 2 days after friday, 15 minutes from 1pm."""
    total = _total(match)
    if spec.month is not None or spec.weekday is not None or spec.spoken is not None:
        raise DateError(Reason.SAID_TWICE, word=match.typed)
    if "ns" in total:
        if spec.clock is not None:
            raise DateError(Reason.SAID_TWICE, word=match.typed)
        spec = spec._replace(hours_from=match.typed)
    spec = _shift(spec, total, -1 if match["relation"] in BACK else 1)
    return spec._replace(anchor=match.typed)


def day_beside_another(match: Match, spec: MomentSpec) -> MomentSpec:
    """The day after another, or before it: the day after christmas, la veille de Noël."""
    if spec.is_of_a_day:
        raise DateError(Reason.SAID_TWICE, word=match.typed)
    return spec._replace(days=spec.days + NEIGHBOURS[match["neighbour"]], anchor=match.typed)


def signed_span(match: Match, spec: MomentSpec) -> MomentSpec:
    """Arithmetic as in GNU date: +3 weeks, -2 days."""
    sign, behind = match["sign"], match.get("behind")
    if sign == "-" or behind:
        _check_all_are_signed(match)
    if sign == "-" and spec.clock is None and spec.is_of_a_day and _DASH_AND_HOUR.fullmatch(match.text):
        choices = (match.text.removeprefix("- "), match.text.replace("- ", "-"))
        raise DateError(Reason.AMBIGUOUS_SPAN, span=match.typed, choices=choices)
    back = (sign == "-") != (behind in BACK)
    return _shift(spec, _total(match), -1 if back else 1)


def _check_all_are_signed(match: Match) -> None:
    """Check that there is one span: of several, the sign may be that of the first, or of all."""
    texts = [span.text for span in match.each("spans", "span")]
    if len(texts) > 1:
        behind = f" {match['behind']}" if match.get("behind") else ""
        first = _signed(match["sign"], texts[0]) + behind
        choices = tuple(" ".join([first, *(_signed(sign, text) for text in texts[1:])]) for sign in "-+")
        raise DateError(Reason.AMBIGUOUS_SPAN, span=match.typed, choices=choices)


def _signed(sign: str, text: str) -> str:
    return f"{sign}{text}" if text[0].isdigit() else f"{sign} {text}"  # "-a" would be an option


def months_or_minutes(match: Match, spec: MomentSpec) -> MomentSpec:
    """Refused: the m of 5m may be minutes or months."""
    amount = match["amount"].strip()
    units = ("minutes", "months") if amount.isdigit() else ("minutes",)  # months have no fractions
    words_of = [(match.get("before"), amount, unit, match.get("behind")) for unit in units]
    choices = tuple(" ".join(filter(None, words)) for words in words_of)
    raise DateError(Reason.AMBIGUOUS_SPAN, span=match.typed, choices=choices)


def bare_span(match: Match, spec: MomentSpec) -> MomentSpec:
    """A span that stands alone is from now, as in GNU date; parts of a unit need a direction."""
    total = _total(match)
    if QUARTERS.keys() & set(match.pieces):
        raise undirected(match.typed)
    return _shift(spec, total, 1)._replace(bare=match.typed)


def occurrence_of_unit(match: Match, spec: MomentSpec) -> MomentSpec:
    """The next, the last and this: next month, la semaine prochaine."""
    unit, number = UNITS[match["unit"]], OCCURRENCES[match["occurrence"]]
    if unit == "week":
        if (spec.week, spec.month, spec.occurrence, spec.spoken) != (None,) * 4:
            raise DateError(Reason.SAID_TWICE, word=match.typed)
        return spec._replace(week=number, anchor="")
    kind, size = SIZES[unit]
    return _speak(match, spec, {kind: size * number}, 1)


def undirected(text: str) -> DateError:
    """The error for a span that is neither ahead nor back."""
    if _FRENCH_UNITS & set(re.findall("[a-z]+", normalize(text))):
        return DateError(Reason.BARE_SPAN, span=text, choices=(f"dans {text}", f"il y a {text}"))
    return DateError(Reason.BARE_SPAN, span=text, choices=(f"in {text}", f"{text} ago"))


def _speak(match: Match, spec: MomentSpec, total: Total, direction: int) -> MomentSpec:
    """Add a span that is counted from now: its days, weeks and months lead to a day."""
    total = dict(total)
    add_ns = spec.add_ns + direction * total.pop("ns", 0)
    spoken = spec.spoken
    if total:
        if spec.week is not None or spec.day_word:
            raise DateError(Reason.SAID_TWICE, word=match.typed)
        old = (spoken or Spoken())._asdict()
        spoken = Spoken(**{**old, **{kind: (old[kind] or 0) + direction * total[kind] for kind in total}})
    return spec._replace(add_ns=add_ns, spoken=spoken, anchor="")


def _shift(spec: MomentSpec, total: Total, direction: int) -> MomentSpec:
    """Add a span to whatever moment is told."""
    return spec._replace(
        months=spec.months + direction * total.get("months", 0),
        days=spec.days + direction * (total.get("days", 0) + 7 * total.get("weeks", 0)),
        add_ns=spec.add_ns + direction * total.get("ns", 0),
    )


def _total(match: Match) -> Total:
    total: Total = {}
    for span in match.each("spans", "span"):
        pieces = span.pieces
        _check_thousands(match, pieces)
        for amount, word in _amounts(pieces):
            kind, size = SIZES[_UNITS[word]]
            for part, number in _whole(amount * size, kind, span):
                total[part] = total.get(part, 0) + number
    return total


def _check_thousands(match: Match, pieces: Sequence[str]) -> None:
    """Check that no number may have the sign of its thousands, as 1,000, and not of its fraction."""
    for piece in pieces:
        if _THOUSANDS.fullmatch(piece):
            whole, fraction = split_decimal(piece)
            numbers = (whole + fraction, f"{whole}.{fraction}".rstrip("0").rstrip("."))
            choices = tuple(match.text.replace(piece, number) for number in numbers)
            raise DateError(Reason.AMBIGUOUS_SPAN, span=match.typed, choices=choices)


def _amounts(pieces: Sequence[str]) -> list[tuple[Amount, str]]:
    """The amounts of a span, each with the word of its unit; several only in ``1h30m``."""
    amounts: list[tuple[Amount, str]] = []
    number: list[str] = []
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        if piece in _UNITS and not (piece == "an" and following in _UNITS):
            amounts.append((_amount(number), piece))
            number = []
        else:
            number.append(piece)
    if number:  # behind the unit, as in "two hours and a half"
        amount, unit = amounts.pop()
        amounts.append((amount + _amount(number), unit))
    return amounts


def _amount(words: list[str]) -> Amount:
    """A number, parts of one, or both: three, half an, trois quarts de, two and a half, 2 1/2."""
    place = next((index for index, word in enumerate(words) if word in QUARTERS or "/" in word), None)
    if place is None:
        return _number(words)
    if "/" in words[place]:
        return _number(words[:place]) + Fraction(words[place])
    whole, parts = _split_at_joining(words[:place])
    return _number(whole) + (_number(parts) or 1) * Fraction(QUARTERS[words[place]], 4)


def _split_at_joining(words: list[str]) -> tuple[list[str], list[str]]:
    """The words before the last one that joins, which may be in front, and those behind it."""
    joint = max((index for index, word in enumerate(words) if word in _JOINING), default=0)
    return words[:joint], words[joint:]


def _number(words: list[str]) -> Amount:
    text = " ".join(words).replace(",", ".")
    return Fraction(text) if "." in text else number_of(text)


def _whole(amount: Amount, kind: str, span: Match) -> list[tuple[str, int]]:
    """An amount in whole numbers: what is left of weeks are days, and what is left of days is time.

    :raises DateError: when months are left that are not whole.
    """
    whole = int(amount)
    rest = amount - whole
    if kind == "ns" or not rest:
        return [(kind, whole)]
    if kind == "months":
        raise DateError(Reason.PART_OF_A_DAY, span=span.typed)
    smaller, size = {"weeks": ("days", 7), "days": ("ns", 86400 * NANOSECONDS)}[kind]
    return [(kind, whole), *_whole(rest * size, smaller, span)]
