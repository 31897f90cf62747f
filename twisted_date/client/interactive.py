"""Interactive mode: prompts a person for messages, and reconnects when the connection is lost."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import chain, repeat
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, DeferredList
from twisted.internet.task import deferLater

from ..conversation.replies import IDLE, Reply
from ..conversation.text import clean, split_command
from ..i18n.messages import Sentence
from ..network.addresses import format_address
from .errors import ServerError
from .mode import Mode, print_error
from .protocol import DateClient
from .settings import Settings
from .terminal.history import History
from .terminal.prompts import Interrupted, Prompter
from .terminal.streams import Streams

RECONNECT_DELAYS = (0.5, 1, 2, 4, 8, 15, 30)  # seconds before each attempt to reconnect; the last repeats
PROMPT = "> "
LEAVING = ("exit", "quit", "bye")  # typed alone they leave, as the farewell does
MAX_COMMANDS = 100  # commands of a server that are asked about, many times as many as there are
REPLAYED = ("/name", "/zone", "/lang")  # commands to repeat on a new connection

WAS_IDLE = Sentence(
    "the server has closed the connection, as nothing was asked for long; go on when you like"
)


class Interactive(Mode):
    """A conversation with a person.

    :param client: the first connection.
    :param settings: what the command line asks for.
    :param streams: where replies and messages are written.
    :param prompter: reads the person's input.
    :param history: stores the person's first name.
    :param open_connection: opens a new connection.
    :param clock: a reactor, for the delays between attempts.
    """

    def __init__(
        self,
        client: DateClient,
        settings: Settings,
        streams: Streams,
        prompter: Prompter,
        history: History,
        open_connection: Callable[[], Awaitable[DateClient]],
        clock: Any,
    ) -> None:
        super().__init__(client, settings, streams)
        self._prompter = prompter
        self._history = history
        self._open = open_connection
        self._clock = clock
        self._replayed: dict[str, str] = {}
        self._draft = ""
        self._help: list[str] = []

    async def run(self) -> int:
        try:
            await self._send_settings()
            self._greet()
            await self._load_completions()
            line = await self._ask_first_name()
            while line is not None and not self._finished:
                line = await self._read(PROMPT)
                if line is not None:
                    await self._send_lines("/quit" if line.strip().lower() in LEAVING else line)
        except CancelledError:
            self._streams.err.write("\n")  # the shell's prompt starts on a new line
            raise
        finally:
            await self._client.close()
        if line is None:
            self._streams.err.write("\n")  # after Ctrl-D the cursor is still behind the prompt
        return self._status

    async def places(self, text: str) -> list[str]:
        """Ask the server for places whose names start with ``text``; empty when it cannot be reached."""
        if self._client.close_reason is not None:
            return []
        try:
            return (await self._client.ask(f"/zones {text}")).choices
        except ServerError:
            return []

    def _greet(self) -> None:
        address = format_address(self._client.transport.getPeer())
        self._print(
            Sentence("{server} at {where}; /help lists the commands."),
            server=self._client.server,
            where=address,
        )

    async def _load_completions(self) -> None:
        """Ask the server for its commands, for completion and hints."""
        try:
            names = (await self._client.ask("/help")).choices[:MAX_COMMANDS]
        except ServerError:
            return  # the next message reports the error
        requests = [self._client.ask(f"/help {name}") for name in names]
        results = await DeferredList(requests, consumeErrors=True)
        replies = {name: reply for name, (ok, reply) in zip(names, results, strict=True) if ok}
        self._help = [clean(reply.text) for reply in replies.values() if reply.error is None]
        self._prompter.set_completions(
            replies,
            self._settings.translate(
                Sentence("Tab completes, Ctrl-R searches, Ctrl-C clears, Ctrl-D leaves.")
            ),
        )

    def _for_people(self, reply: Reply, message: str) -> str:
        if message.strip().lower() != "/help" or reply.error is not None or not self._help:
            return super()._for_people(reply, message)
        parts = [text.partition(": ") for text in self._help]
        width = max(len(usage) for usage, _, _ in parts)
        return "\n".join(self._wrapped(summary, f"{usage:{width}}  ") for usage, _, summary in parts)

    async def _ask_first_name(self) -> str | None:
        if self._settings.name is not None:
            return ""
        last = self._history.name()
        question = Sentence("Your first name ({last}): ") if last else Sentence("Your first name: ")
        name = await self._read(self._settings.translate(question, last=last), is_message=False)
        if name is not None and name.startswith("/"):  # a command in place of a name
            await self._send_lines(name)
            return name
        if name is not None and (name := " ".join(name.split()) or last) and await self._ask(f"/name {name}"):
            self._history.save_name(name)
        return name

    async def _read(self, prompt: str, is_message: bool = True) -> str | None:
        """Read the next line.

        A connection that is lost meanwhile is opened again without waiting for the person, unless the server
        closed it because it was idle.
        """
        while True:
            typed = self._prompter.ask(prompt, self._draft, is_message)
            lost: Deferred[None] = Deferred() if self._was_closed_as_idle() else self._client.when_closed()
            lost.addCallbacks(lambda _: self._prompter.interrupt(), lambda _: None)
            try:
                line = await typed
                self._draft = ""
                return line
            except Interrupted as interrupted:
                self._draft = str(interrupted)
            finally:
                lost.cancel()
            if self._was_closed_as_idle():
                self._print_error(WAS_IDLE)
            else:
                await self._retry(self._client.close_reason)

    def _was_closed_as_idle(self) -> bool:
        """Whether the server closed an idle connection: reconnecting can wait for the next message."""
        return getattr(self._client.close_reason, "code", None) == IDLE

    async def _send_lines(self, lines: str) -> None:
        """Send each line; a person can paste several at once, with a line feed at the end or without."""
        for message in lines.removesuffix("\n").split("\n"):
            if not self._finished:
                await self._ask(message)

    async def _ask(self, message: str) -> bool:
        """Send a message and show the reply.

        A message without a reply is never sent again automatically: it becomes the next prompt's draft.

        :return: whether a reply arrived, other than an error.
        """
        try:
            if self._was_closed_as_idle():
                await self._restore()
            reply = await self._client.ask(message)
        except ServerError as error:
            await self._retry(error)
            self._draft = message
            self._prompter.discard_input()
            return False
        self._show(reply, message)
        command, argument = split_command(message) or ("", "")
        if reply.error is None and argument and command.lower() in REPLAYED:
            self._replayed[command.lower()] = message
            if command.lower() == "/lang":
                self._settings = replace(self._settings, language=argument)
                await self._load_completions()
        return reply.error is None

    async def _retry(self, trouble: ServerError | None) -> None:
        """Report the error and try to connect until it succeeds."""
        self._print_error(Sentence("{trouble}; connecting again, Ctrl-C leaves"), trouble=trouble)
        for delay in chain(RECONNECT_DELAYS, repeat(RECONNECT_DELAYS[-1])):
            await deferLater(self._clock, delay)
            with contextlib.suppress(ServerError):
                await self._restore()
                break
        self._greet()

    async def _restore(self) -> None:
        """Open a new connection and restore the session's state: name, zone and language."""
        self._client = await self._open()
        await self._send_settings()
        for message in self._replayed.values():
            await self._client.ask(message)

    def _print(self, sentence: str, /, **values: object) -> None:
        self._streams.err.write(f"{clean(self._settings.translate(sentence, **values))}\n")

    def _print_error(self, sentence: str, /, **values: object) -> None:
        print_error(self._settings, self._streams, sentence, **values)
