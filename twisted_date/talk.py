"""One run of the client: find the server, ask, show the replies, hang up."""

from dataclasses import dataclass
from typing import Any, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IStreamClientEndpoint

from .conversation import catalogs, sentences
from .conversation.replies import Reply
from .conversation.sentences import Told
from .conversation.text import clean
from .dates import ENGLISH
from .network.addresses import arguments, show
from .network.client import DateClient, NoServer, ServerError, connect, find, json_switch
from .options import STATUS_USAGE

STATUS_OK = 0
STATUS_ERROR_REPLY = 1
STATUS_NO_SERVER = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """What the client is to do.

    :param host: the machine to look at.
    :param ports: where to look, in this order.
    :param endpoint: a client endpoint description to use instead of both.
    :param where: tell where the server is, and ask nothing.
    :param name: the person's first name.
    :param json: show replies as JSON.
    :param timeout: seconds to find the server, and for each reply.
    :param zone: the place whose time is told.
    :param language: of replies and dates.
    :param locale: the language that the person's environment asks for, where ``language`` does not say.
    :param message: the one message to ask; None takes messages from the input.
    """

    host: str
    ports: range
    endpoint: str | None
    where: bool
    name: str | None
    json: bool
    timeout: float
    message: str | None
    zone: str | None = None
    language: str | None = None
    locale: str | None = None

    def say(self, sentence: str, /, **values: object) -> str:
        """A sentence of the client's own, in the person's language."""
        return catalogs.say(sentence, self.language or self.locale or ENGLISH, **values)


class WrongSettings(Told):
    """What the settings ask for cannot be; as text, a sentence."""


class Lines(Protocol):
    """Where messages come from."""

    def next(self) -> Deferred[str | None]:
        """Fires with the next line, or with None at the end. Can be cancelled."""


class Writer(Protocol):
    """Where text goes."""

    def write(self, text: str) -> None:
        """Write all of the text, or raise OSError."""


@dataclass(frozen=True, slots=True)
class Streams:
    """The three standard streams.

    :param interactive: whether a person sits at the input.
    """

    lines: Lines
    out: Writer
    err: Writer
    interactive: bool


async def run(reactor: Any, settings: Settings, streams: Streams) -> int:
    """Find the server, talk, hang up.

    :return: the exit status. What went wrong has been written to ``streams.err``, in one sentence.
    """

    def fail(status: int, sentence: str, /, **values: object) -> int:
        streams.err.write(f"datechat: {clean(settings.say(sentence, **values))}\n")
        return status

    try:
        client = await _reach(reactor, settings)
        try:
            return await Talk(client, settings, streams).run()
        finally:
            await client.close()
    except WrongSettings as error:
        return fail(STATUS_USAGE, sentences.SEE_HELP, trouble=error)
    except ServerError as error:
        return fail(STATUS_NO_SERVER, error.sentence, **error.values)
    except OSError as error:
        return fail(STATUS_ERROR_REPLY, sentences.CANNOT_READ_OR_WRITE, reason=error.strerror)


async def _reach(reactor: Any, settings: Settings) -> DateClient:
    if settings.endpoint is not None:
        try:
            return await connect(_described(reactor, settings.endpoint), reactor, settings.timeout)
        except ServerError as error:
            raise NoServer(sentences.NO_SERVER_AT, where=settings.endpoint, error=error) from None
    first, last = settings.ports[0], settings.ports[-1]
    try:
        return await find(reactor, settings.host, first, len(settings.ports), settings.timeout)
    except NoServer as error:
        which = sentences.NO_SERVER_ON_PORT if first == last else sentences.NO_SERVER_ON_PORTS
        trouble = NoServer(which, host=settings.host, first=first, last=last, error=error)
        if settings.host == "localhost":
            trouble = NoServer(sentences.HOW_TO_START_ONE, trouble=trouble, port=first)
        raise trouble from None


def _described(reactor: Any, description: str) -> IStreamClientEndpoint:
    from twisted.internet.endpoints import clientFromString

    try:
        endpoint: IStreamClientEndpoint = clientFromString(reactor, description)
    except Exception as error:  # parsers, Twisted's or a plugin's, raise what they like
        raise WrongSettings(sentences.NOT_AN_ENDPOINT, description=description, error=error) from None
    return endpoint


class Talk:
    """A conversation: messages from the settings or the input, replies to the output.

    :param client: the connection.
    """

    def __init__(self, client: DateClient, settings: Settings, streams: Streams) -> None:
        self._client = client
        self._settings = settings
        self._streams = streams
        self._json = settings.json
        self._finished = False
        self._status = STATUS_OK

    async def run(self) -> int:
        """Say everything there is to say.

        :return: the exit status.
        :raises WrongSettings: the server refuses one of them.
        :raises ServerError: the server was lost.
        :raises OSError: the input or the output was.
        """
        settings = self._settings
        if settings.where:
            self._streams.out.write(f"{arguments(self._client.transport.getPeer())}\n")
            return STATUS_OK
        await self._introduce()
        if settings.message is not None:
            await self._ask(settings.message)
        elif self._streams.interactive:
            await self._converse()
        else:
            await self._ask_each_line()
        return self._status

    async def _introduce(self) -> None:
        """Tell the server what the settings say about the person."""
        settings = self._settings
        if settings.language is None and settings.locale is not None:
            await self._client.ask(f"/lang {settings.locale}")  # an unknown one changes nothing
        for option, text in (("lang", settings.language), ("zone", settings.zone), ("name", settings.name)):
            if text is not None:
                reply = await self._client.ask(f"/{option} {text}")
                if reply.error is not None:
                    raise WrongSettings(sentences.REFUSED_OPTION, option=option, reason=reply.text)

    async def _converse(self) -> None:
        where = show(self._client.transport.getPeer())
        reached = self._settings.say(sentences.REACHED, server=self._client.server, where=where)
        self._streams.err.write(f"{reached}\n")
        line = (
            ""
            if self._settings.name is not None
            else await self._prompt(self._settings.say(sentences.FIRST_NAME))
        )
        if line:
            await self._ask(f"/name {line}")
        while line is not None and not self._finished:
            line = await self._prompt("> ")
            if line is not None:
                await self._ask(line)
        if not self._finished:
            self._streams.err.write("\n")  # Ctrl-D leaves the cursor behind the prompt

    async def _ask_each_line(self) -> None:
        while not self._finished and (line := await self._streams.lines.next()) is not None:
            await self._ask(line)

    async def _prompt(self, prompt: str) -> str | None:
        """The next line, or None at the end of the input; a server that leaves meanwhile is told at once."""
        self._streams.err.write(prompt)
        line = self._streams.lines.next()
        lost = self._client.when_closed()
        lost.addCallbacks(lambda _: line.cancel(), lambda _: None)
        try:
            return await line
        except CancelledError:
            if not lost.called:
                raise
            self._streams.err.write("\n")
            await self._client.ask("")  # fails with the reason
            raise
        finally:
            lost.cancel()

    async def _ask(self, message: str) -> None:
        reply = await self._client.ask(message)
        switch = json_switch(message)
        if switch is not None:
            self._json = switch
        self._show(reply)
        self._finished = reply.closing

    def _show(self, reply: Reply) -> None:
        self._streams.out.write((reply.as_json() if self._json else reply.as_text()) + "\n")
        if reply.error is not None:
            self._status = STATUS_ERROR_REPLY
