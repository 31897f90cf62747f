"""The base class of the client's two modes, batch and interactive."""

from ..cli.exit import STATUS_FAILED, STATUS_OK
from ..cli.options import REFUSED_OPTION, WrongSettings
from ..conversation.replies import Reply
from ..conversation.text import clean
from .protocol import DateClient, json_switch
from .settings import Settings
from .terminal.streams import Streams

RED, PLAIN = "\x1b[31m", "\x1b[0m"


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
        line = reply.as_json() if self._json else reply.as_text()
        if reply.error is not None:
            self._status = STATUS_FAILED
            if self._streams.colours:
                line = f"{RED}{line}{PLAIN}"
        self._streams.out.write(line + "\n")
        self._finished = reply.closing


def print_error(settings: Settings, streams: Streams, sentence: str, /, **values: object) -> None:
    """Write a sentence to the error stream, translated, as a line of its own.

    :param values: the values of the sentence's placeholders.
    """
    streams.err.write(f"datechat: {clean(settings.translate(sentence, **values))}\n")
