"""The base class of the client's two modes, batch and interactive."""

import textwrap

from ..cli.exit import STATUS_FAILED, STATUS_OK
from ..cli.options import REFUSED_OPTION, WrongSettings
from ..conversation.replies import Reply
from ..conversation.text import clean
from ..i18n.messages import Sentence
from .protocol import DateClient, json_switch
from .settings import Settings
from .terminal.streams import Streams

_NARROWEST = 20  # columns of text beside a head
RED, DIM, PLAIN = "\x1b[31m", "\x1b[2m", "\x1b[0m"


class Mode:
    """A conversation over a connection: applies the settings and shows replies.

    :param client: the connection.
    :param settings: what the command line asks for.
    :param streams: where replies are written.
    """

    def __init__(self, client: DateClient, settings: Settings, streams: Streams) -> None:
        self._client = client
        self._settings = settings
        self._streams = streams
        self._json = settings.json
        self._finished = False
        self._status = STATUS_OK

    async def run(self) -> int:
        """Run the conversation to its end.

        :return: the exit status.
        :raises WrongSettings: when the server rejects the name, zone or language.
        :raises ServerError: when the connection is lost or a reply is missing.
        :raises OSError: when the input cannot be read or the output cannot be written.
        """
        raise NotImplementedError

    async def _send_settings(self) -> None:
        """Send the language, zone and name to the server."""
        settings = self._settings
        if settings.language is None and settings.locale is not None:
            # With an encoding it prefers no country's towns; if it is unknown, it changes nothing
            await self._client.ask(f"/lang {settings.locale.partition('.')[0]}.UTF-8")
        for option, text in (("lang", settings.language), ("zone", settings.zone), ("name", settings.name)):
            if text is not None:
                reply = await self._client.ask(f"/{option} {text}")
                if reply.error is not None:
                    raise WrongSettings(REFUSED_OPTION, option=option, reason=reply.text)

    def _show(self, reply: Reply, message: str) -> None:
        switch = json_switch(message)
        if switch is not None:
            self._json = switch
        is_for_people = self._streams.columns() is not None and not self._json
        line = reply.as_json() if self._json else reply.as_text()
        if is_for_people:
            line = self._for_people(reply, message)
        if reply.error is not None:
            self._status = STATUS_FAILED
            line = self._coloured(line, RED)
        self._streams.out.write(line + "\n")
        if is_for_people and (words := _words(reply)):
            self._streams.out.write(self._coloured(self._wrapped(words), DIM) + "\n")
        self._finished = reply.closing

    def _for_people(self, reply: Reply, message: str) -> str:
        """The reply as a person reads it on a terminal."""
        text = clean(reply.text)
        if reply.error is not None:
            text = self._settings.translate(Sentence("error: {text}"), text=text)
        return self._wrapped(text)

    def _wrapped(self, text: str, head: str = "") -> str:
        """The text in lines as wide as the terminal, which end between words.

        :param head: stands in front of it, and is left free in further lines.
        """
        columns = max(self._streams.columns() or 0, len(head) + _NARROWEST)
        indent = " " * len(head)
        return textwrap.fill(
            text,
            columns,
            initial_indent=head,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def _coloured(self, text: str, colour: str) -> str:
        return f"{colour}{text}{PLAIN}" if self._streams.colours else text


def _words(reply: Reply) -> str:
    """What a person wants to know beside a date that no format was asked for."""
    if reply.text != reply.fields.get("date"):
        return ""
    told = (reply.fields.get(name) for name in ("words", "distance", "here"))
    return " · ".join(clean(text) for text in told if isinstance(text, str))


def print_error(settings: Settings, streams: Streams, sentence: str, /, **values: object) -> None:
    """Write a sentence to the error stream, translated, as a line of its own.

    :param values: the values of the sentence's placeholders.
    """
    streams.err.write(f"datechat: {clean(settings.translate(sentence, **values))}\n")
