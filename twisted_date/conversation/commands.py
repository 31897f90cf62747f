"""The commands.

A new command is one function with the decorator :func:`command`, which also enters it into ``/help``.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import tzinfo

from .. import __version__
from ..dates import formats, languages, places, reading, zones
from ..dates.answer import Answer, answer, seconds_until
from ..dates.between import between
from ..dates.changes import Change, next_changes
from ..dates.moment import NANOSECONDS, Moment
from ..i18n import catalogs
from ..i18n.messages import Sentence
from . import spans
from .errors import CommandError, ErrorKind
from .replies import Reply
from .state import State
from .text import excerpt, is_clean
from .words import words_of

MAX_NAME = 64  # characters: longer than names are, short enough to repeat in every reply

Run = Callable[[State, str], Reply]


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    :param name: with its slash.
    :param usage: its syntax, in date(1)'s notation.
    :param summary: its purpose, in a few words.
    :param choices: arguments that programs may complete; others can be valid, too.
    :param run: takes the state of the session and the argument, and returns the reply; may raise
        :class:`.errors.CommandError` and :class:`.DateError`.
    """

    name: str
    usage: Sentence
    summary: Sentence
    choices: tuple[str, ...]
    run: Run


COMMANDS: dict[str, Command] = {}


def command(usage: Sentence, summary: Sentence, *choices: str) -> Callable[[Run], Run]:
    """Decorate a function to enter it into :data:`COMMANDS`, under the first word of its usage."""

    def enter(run: Run) -> Run:
        name = usage.split()[0]
        COMMANDS[name] = Command(name, usage, summary, choices, run)
        return run

    return enter


def find(name: str) -> Command:
    """The command of this name, in any case.

    :raises CommandError: when it does not exist; the error suggests the most similar name.
    """
    known = COMMANDS.get(name.lower())
    if known is None:
        raise _unknown(name)
    return known


def _unknown(name: str) -> CommandError:
    import difflib  # here, because most sessions never mistype a command

    nearest = difflib.get_close_matches(name.lower()[:MAX_NAME], COMMANDS, 1)
    if nearest:
        return CommandError(ErrorKind.UNKNOWN_COMMAND_NEAR, command=excerpt(name), nearest=nearest[0])
    return CommandError(ErrorKind.UNKNOWN_COMMAND, command=excerpt(name))


def _refuse_argument(name: str, argument: str) -> None:
    """Raise the error for an unexpected argument, if there is one."""
    if argument:
        raise CommandError(
            ErrorKind.UNEXPECTED_ARGUMENT,
            argument=excerpt(argument),
            command=name,
            usage=COMMANDS[name].usage,
        )


@command(
    Sentence("/date [OPTIONS] [WHEN] [in PLACE] [+FORMAT]"),
    Sentence("the date and time, as RFC 3339 or as date(1) would"),
    *(f"+{name}" for name in formats.names()),
)
def date(state: State, argument: str) -> Reply:
    now_ns = state.defaults.now_ns()
    answered = answer(argument, now_ns, state.zone, state.language, state.preferences)
    fields: dict[str, object] = {}
    if state.json:
        fields = {**_date_fields(answered.moment), **words_of(state, answered.moment, now_ns // NANOSECONDS)}
    if state.json and answered.shown:
        fields["dates"] = [
            {"place": place, **_date_fields(moment), "text": text} for place, moment, text in answered.shown
        ]
    if state.json and (notes := " ".join(_notes(state, answered))):
        fields["note"] = notes
    return Reply(answered.text, fields=fields, cacheable=answered.cacheable)


def _notes(state: State, answered: Answer) -> Iterator[str]:
    """Sentences on what else could have been meant."""
    if answered.ambiguous:
        yield state.translate(Sentence("The local time that was asked for comes twice; the first is meant."))
    for name in answered.abbreviations:
        others = ", ".join(places.other_meanings(name))
        sentence = Sentence("{name} is meant as RFC 5322 has it; clocks are called so in {others}, too.")
        yield state.translate(sentence, name=name, others=others)


def _date_fields(moment: Moment) -> dict[str, object]:
    return {"date": formats.rfc3339(moment), "unix": moment.unix, **_zone_field(moment.zone)}


def _zone_field(zone: tzinfo) -> dict[str, object]:
    name = zones.iana_name(zone)
    return {} if name is None else {"zone": name}


@command(Sentence("/until WHEN"), Sentence("how long until then, or since"))
def until(state: State, argument: str) -> Reply:
    now_ns = state.defaults.now_ns()
    seconds = seconds_until(argument, now_ns, state.zone, state.language, state.preferences)
    return Reply(spans.distance(state, seconds), fields={"seconds": seconds})


@command(Sentence("/between WHEN and WHEN"), Sentence("how long it is from the first to the second"))
def between_(state: State, argument: str) -> Reply:
    told = between(argument, state.defaults.now_ns(), state.zone, state.language, state.preferences)
    text = spans.days(state, told.days) if told.are_dates else spans.whole_span(state, told.seconds)
    names = ("seconds", "days", "weeks", "working_days")
    return Reply(text, fields={name: getattr(told, name) for name in names})


@command(Sentence("/changes [PLACE]"), Sentence("when its clocks go forward or back"))
def changes(state: State, argument: str) -> Reply:
    place = reading.place(argument, state.context) if argument else state.zone
    now = state.defaults.now_ns() // NANOSECONDS
    found = next_changes(place, now)
    sentence, values = _CHANGES[len(found)], [_change(state, change) for change in found]
    names = dict(zip(("first", "second"), values, strict=False))
    text = state.translate(sentence, zone=zones.display_name(place), **names)
    return Reply(text, fields={"changes": [_change_fields(change) for change in found], **_zone_field(place)})


# By their number
_CHANGES = (
    Sentence("{zone}: no further changes are known"),
    Sentence("{zone}: clocks go {first}; no further changes are known"),
    Sentence("{zone}: clocks go {first}, and {second}"),
)


def _change(state: State, change: Change) -> str:
    before, after = change.before, change.after
    is_one_day = before.date() == after.date()
    sentence = (
        Sentence("forward on {day} from {begin} to {end}")
        if change.is_forward
        else Sentence("back on {day} from {begin} to {end}")
    )
    end = f"{after:%H:%M:%S}" if is_one_day else f"{after:%Y-%m-%d %H:%M:%S}"
    return state.translate(sentence, day=before.date(), begin=f"{before:%H:%M:%S}", end=end)


def _change_fields(change: Change) -> dict[str, object]:
    before, after = change.before.isoformat(), change.after.isoformat()
    return {
        **{"date": after, "unix": change.unix, "from": before[:_LOCAL], "to": after[:_LOCAL]},
        **{"offset_before": before[_LOCAL:], "offset_after": after[_LOCAL:]},
    }


_LOCAL = len("2027-03-28T02:00:00")


@command(Sentence("/zone [PLACE]"), Sentence("the zone in which dates are told; sets it"))
def zone(state: State, argument: str) -> Reply:
    if argument:
        state.zone = reading.place(argument, state.context)
    sentence = Sentence("The zone is {zone} from now on.") if argument else Sentence("The zone is {zone}.")
    return Reply(
        state.translate(sentence, zone=zones.display_name(state.zone)), fields=_zone_field(state.zone)
    )


@command(Sentence("/lang [TAG]"), Sentence("the language of replies and dates; sets it"))
def lang(state: State, argument: str) -> Reply:
    if argument:
        state.language = languages.parse_tag(argument)
        state.preferences = languages.preferences(argument)
        state.tag = languages.written_tag(argument)
    sentence = Sentence("The language is {language}.")
    if argument:
        has_sentences = catalogs.has_catalog(state.language)
        sentence = (
            Sentence("The language is {language} from now on.")
            if has_sentences
            else Sentence("The language of dates is {language} from now on; sentences are in English.")
        )
    text = state.translate(sentence, language=languages.language_name(state.language))
    return Reply(text, fields={"lang": state.tag or state.language.replace("_", "-")})


@command(Sentence("/zones TEXT"), Sentence("the places whose names begin so, with their zones"))
def zones_(state: State, argument: str) -> Reply:
    if not argument:
        raise CommandError(ErrorKind.MISSING_TEXT)
    matches = places.search(argument, state.context)
    if not matches:
        raise CommandError(ErrorKind.NO_PLACES, text=excerpt(argument))
    text = ", ".join(
        place.name if place.name == place.zone else f"{place.name} ({place.zone})" for place in matches
    )
    return Reply(text, fields={"choices": [place.name for place in matches]})


@command(Sentence("/name NAME"), Sentence("tells your first name"))
def name(state: State, argument: str) -> Reply:
    if not argument:
        raise CommandError(ErrorKind.MISSING_NAME)
    if len(argument) > MAX_NAME:
        raise CommandError(ErrorKind.NAME_TOO_LONG, limit=MAX_NAME)
    if not is_clean(argument):
        raise CommandError(ErrorKind.NAME_NOT_PRINTABLE)
    state.name = argument
    return Reply(state.translate(Sentence("Hello, {name}. You are connected."), name=argument))


@command(Sentence("/json [on|off]"), Sentence("replies as JSON objects, or as plain text again"), "on", "off")
def json(state: State, argument: str) -> Reply:
    choice = argument.lower() or "on"
    if choice not in ("on", "off"):
        _refuse_argument("/json", argument)
    state.json = choice == "on"
    return Reply(
        state.translate(
            Sentence("Replies are JSON objects from now on.")
            if state.json
            else Sentence("Replies are plain text from now on.")
        )
    )


@command(Sentence("/health"), Sentence("whether the clock can be trusted, and the version of the zone data"))
def health(state: State, argument: str) -> Reply:
    _refuse_argument("/health", argument)
    known = state.defaults.health()
    sentence = {
        True: Sentence("The clock is synchronised, at most {error} ms off; zone data {version}."),
        False: Sentence("The clock is not synchronised; zone data {version}."),
        None: Sentence("Whether the clock is synchronised is not known; zone data {version}."),
    }[known.synchronised]
    text = state.translate(
        sentence,
        error=math.ceil(known.error_ms or 0),
        version=known.zone_data or Sentence("of an unknown version"),
    )
    return Reply(text, fields=asdict(known))


@command(Sentence("/help [COMMAND]"), Sentence("the commands, or more about one"))
def help_(state: State, argument: str) -> Reply:
    if argument:
        known = find("/" + argument.removeprefix("/"))
        text = state.translate(Sentence("{usage}: {summary}"), usage=known.usage, summary=known.summary)
        return Reply(text, fields={"choices": list(known.choices)} if known.choices else {})
    text = state.translate(
        Sentence("{commands}; {farewell} ends it. /help COMMAND tells more."),
        commands=", ".join(state.translate(known.usage) for known in COMMANDS.values()),
        farewell=state.defaults.farewell,
    )
    return Reply(text, fields={"choices": list(COMMANDS)})


@command(Sentence("/version"), Sentence("the server's name and version"))
def version(state: State, argument: str) -> Reply:
    _refuse_argument("/version", argument)
    urls = state.defaults.urls
    return Reply(f"datechat {__version__}", fields={"urls": urls} if urls else {})


@command(Sentence("/quit"), Sentence("ends the conversation"))
def quit_(state: State, argument: str) -> Reply:
    _refuse_argument("/quit", argument)
    if state.name is None:
        return Reply(state.translate(Sentence("Goodbye. The connection is closed.")), closing=True)
    return Reply(
        state.translate(Sentence("Goodbye, {name}. The connection is closed."), name=state.name), closing=True
    )
