"""A conversation with a person: the first name, a prompt, and the server again when it was lost."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import chain, repeat
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, DeferredList
from twisted.internet.task import deferLater

from ..conversation.replies import IDLE
from ..conversation.text import clean, split_command
from ..i18n.messages import Sentence
from ..network.addresses import format_address
from .errors import ServerError
from .mode import Mode
from .protocol import DateClient
from .settings import Settings
from .terminal.history import History
from .terminal.prompts import Interrupted, Prompter
from .terminal.streams import Streams

RECONNECT_DELAYS = (0.5, 1, 2, 4, 8, 15, 30)  # seconds before each try to connect again; the last one stays
PROMPT = "> "
REPLAYED = ("/name", "/zone", "/lang")  # commands whose effect a new connection must have, too

WAS_IDLE = Sentence(
    "the server has closed the connection, as nothing was asked for long; go on when you like"
)


class Interactive(Mode):
    """A conversation with a person.

    :param client: the first connection.
    :param reconnect: makes another one.
    :param clock: a reactor, for the time between two tries.
    """

    def __init__(
        self,
        client: DateClient,
        settings: Settings,
        streams: Streams,
        prompter: Prompter,
        history: History,
        reconnect: Callable[[], Awaitable[DateClient]],
        clock: Any,
    ) -> None:
        super().__init__(client, settings, streams)
        self._prompter = prompter
        self._history = history
        self._reconnect = reconnect
        self._clock = clock
        self._replayed: dict[str, str] = {}
        self._draft = ""

    async def run(self) -> int:
        try:
            await self._send_settings()
            self._greet()
            await self._learn()
            line = await self._first_name()
            while line is not None and not self._finished:
                line = await self._next(PROMPT)
                if line is not None:
                    await self._say_each(line)
        except CancelledError:
            self._streams.err.write("\n")  # the shell's prompt begins a line of its own
            raise
        finally:
            await self._client.close()
        if line is None:
            self._streams.err.write("\n")  # Ctrl-D leaves the cursor behind the prompt
        return self._status

    async def choices(self, text: str) -> list[str]:
        """The places whose names begin so; none where the server cannot be asked."""
        if self._client.close_reason is not None:
            return []
        try:
            choices = (await self._client.ask(f"/zones {text}")).fields.get("choices")
        except ServerError:
            return []
        return [str(choice) for choice in choices] if isinstance(choices, list) else []

    def _greet(self) -> None:
        where = format_address(self._client.transport.getPeer())
        self._tell(
            Sentence("{server} at {where}; /help lists the commands."),
            server=self._client.server,
            where=where,
        )

    async def _learn(self) -> None:
        """What there is to complete and to hint at, from the server."""
        try:
            commands = (await self._client.ask("/help")).fields.get("choices")
        except ServerError:
            return  # it shows with the next question
        names = [str(name) for name in commands] if isinstance(commands, list) else []
        asked = [self._client.ask(f"/help {name}") for name in names]
        replies = await DeferredList(asked, consumeErrors=True)
        told = {name: reply for name, (ok, reply) in zip(names, replies, strict=True) if ok}
        self._prompter.set_completions(
            told,
            self._settings.translate(
                Sentence("Tab completes, Ctrl-R searches, Ctrl-C clears, Ctrl-D leaves.")
            ),
        )

    async def _first_name(self) -> str | None:
        if self._settings.name is not None:
            return ""
        last = self._history.name()
        question = Sentence("Your first name ({last}): ") if last else Sentence("Your first name: ")
        name = await self._next(self._settings.translate(question, last=last), kept=False)
        if name is not None and name.startswith("/"):  # no name, but somebody who knows the commands
            await self._say_each(name)
            return name
        if name is not None and (name := " ".join(name.split()) or last) and await self._say(f"/name {name}"):
            self._history.save_name(name)
        return name

    async def _next(self, prompt: str, kept: bool = True) -> str | None:
        """The next line; a connection that is lost meanwhile is made again at once."""
        while True:
            typed = self._prompter.ask(prompt, self._draft, kept)
            lost: Deferred[None] = Deferred() if self._is_idle() else self._client.when_closed()
            lost.addCallbacks(lambda _: self._prompter.interrupt(), lambda _: None)
            try:
                line = await typed
                self._draft = ""
                return line
            except Interrupted as interrupted:
                self._draft = str(interrupted)
            finally:
                lost.cancel()
            if self._is_idle():
                self._tell_error(WAS_IDLE)
            else:
                await self._connect_again(self._client.close_reason)

    def _is_idle(self) -> bool:
        """Whether the server closed the connection because nobody typed: it can wait until somebody does."""
        return getattr(self._client.close_reason, "code", None) == IDLE

    async def _say_each(self, lines: str) -> None:
        """Several lines can be pasted at once."""
        for message in lines.split("\n"):
            if not self._finished:
                await self._say(message)

    async def _say(self, message: str) -> bool:
        """Ask and show the reply; nothing is asked a second time by itself.

        :return: whether there was a reply, and no error.
        """
        try:
            if self._is_idle():
                await self._connect()
            reply = await self._client.ask(message)
        except ServerError as error:
            await self._connect_again(error)
            self._draft = message
            self._prompter.forget_typed()
            return False
        self._show(reply, message)
        command, argument = split_command(message) or ("", "")
        if reply.error is None and argument and command.lower() in REPLAYED:
            self._replayed[command.lower()] = message
            if command.lower() == "/lang":
                self._settings = replace(self._settings, language=argument)
                await self._learn()
        return reply.error is None

    async def _connect_again(self, trouble: ServerError | None) -> None:
        """Say what happened, and try until there is a server again."""
        self._tell_error(Sentence("{trouble}; connecting again, Ctrl-C leaves"), trouble=trouble)
        for wait in chain(RECONNECT_DELAYS, repeat(RECONNECT_DELAYS[-1])):
            await deferLater(self._clock, wait)
            with contextlib.suppress(ServerError):
                await self._connect()
                break
        self._greet()

    async def _connect(self) -> None:
        """A new connection, on which everything is as it was."""
        self._client = await self._reconnect()
        await self._send_settings()
        for message in self._replayed.values():
            await self._client.ask(message)

    def _tell(self, sentence: str, /, **values: object) -> None:
        self._streams.err.write(f"{clean(self._settings.translate(sentence, **values))}\n")

    def _tell_error(self, sentence: str, /, **values: object) -> None:
        self._streams.err.write(f"datechat: {clean(self._settings.translate(sentence, **values))}\n")
