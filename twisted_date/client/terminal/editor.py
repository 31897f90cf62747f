"""A line editor with history, search, completion and hints: prompt_toolkit in its own thread.

prompt_toolkit needs an asyncio event loop, but twist starts its reactor before the client runs. In its own
thread the editor works with any reactor. Its requests to the server go through the reactor's thread.
"""

import asyncio
import contextlib
import signal
import sys
import termios
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import create_output
from prompt_toolkit.search import stop_search
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from ...conversation.replies import Reply
from .completion import completion_context, hint
from .prompts import Interrupted

Places = Callable[[str], Coroutine[Deferred[Any], Any, list[str]]]


class Editor:
    """A prompter with line editing.

    :param reactor: the running reactor, in another thread.
    :param history: the file that stores the lines; None to keep them in memory only.
    :param places: asks the server for places whose names start with a text.
    """

    def __init__(self, reactor: Any, history: Path | None, places: Places) -> None:
        self._reactor = reactor
        self._commands: Mapping[str, Reply] = {}
        self._hint = ""
        self._interrupted = False
        output = create_output(stdout=sys.__stderr__)
        self._questions: PromptSession[str] = PromptSession(
            history=InMemoryHistory(), key_bindings=_bindings(), output=output
        )
        self._messages: PromptSession[str] = PromptSession(
            history=InMemoryHistory() if history is None else _History(str(history)),
            completer=_Completer(self, places),
            complete_while_typing=False,
            bottom_toolbar=self._toolbar,
            key_bindings=_bindings(),
            output=output,
        )
        self._session = self._questions

    def ask(self, prompt: str, draft: str = "", is_message: bool = True) -> Deferred[str | None]:
        """See :class:`.Prompter`."""
        self._interrupted = False
        self._session = self._messages if is_message else self._questions
        typed: Deferred[str | None] = Deferred(lambda _: self.interrupt())
        self._reactor.callInThread(self._edit, prompt, draft, typed)
        return typed

    def interrupt(self) -> None:
        """See :class:`.Prompter`."""
        self._interrupted = True
        loop = self._session.app.loop
        if loop is not None:
            loop.call_soon_threadsafe(self._exit)

    def discard_input(self) -> None:
        """See :class:`.Prompter`."""
        with contextlib.suppress(termios.error):
            termios.tcflush(sys.__stdin__.fileno(), termios.TCIFLUSH)  # type: ignore[union-attr]  # a terminal

    def set_completions(self, commands: Mapping[str, Reply], hint: str) -> None:
        """See :class:`.Prompter`."""
        self._commands = commands
        self._hint = hint

    @property
    def commands(self) -> Mapping[str, Reply]:
        """The server's help for each command."""
        return self._commands

    async def in_reactor(self, places: Places, text: str) -> list[str]:
        """Ask the server for places from the editor's thread.

        :return: the places; empty when the request fails.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def set_answer(choices: list[str]) -> None:
            if not answer.done():
                answer.set_result(choices)

        def request() -> None:
            reply = Deferred.fromCoroutine(places(text))
            reply.addErrback(lambda _: [])
            reply.addCallback(lambda found: loop.is_closed() or loop.call_soon_threadsafe(set_answer, found))

        self._reactor.callFromThread(request)
        return await answer

    def _edit(self, prompt: str, draft: str, typed: Deferred[str | None]) -> None:
        """Run in a thread until the line is complete and the terminal is restored."""
        result: str | Failure | None
        try:
            result = self._session.prompt(prompt, default=draft, pre_run=self._prepare)
        except EOFError:
            result = None
        except BaseException:
            result = Failure()
        self._reactor.callFromThread(self._finish, typed, result)

    def _finish(self, typed: Deferred[str | None], result: "str | Failure | None") -> None:
        if typed.called:  # cancelled
            if isinstance(result, Failure):
                result.trap(Interrupted)
        elif isinstance(result, Failure):
            typed.errback(result)
        else:
            typed.callback(result)

    def _prepare(self) -> None:
        session = self._session
        session.layout.focus(session.default_buffer)  # the last prompt may have ended in a search
        session.search_buffer.reset()
        if self._interrupted:
            self._exit()

    def _exit(self) -> None:
        if self._session.app.is_running and not self._session.app.is_done:
            self._session.app.exit(exception=Interrupted(self._session.default_buffer.text))

    def _toolbar(self) -> str:
        return hint(self._session.default_buffer.text, self._commands) or self._hint


class _History(FileHistory):
    """Stores any line, even with bytes that are not UTF-8; ignores write errors, such as a full disk."""

    def store_string(self, string: str) -> None:
        with contextlib.suppress(OSError):
            super().store_string(string.encode(errors="surrogateescape").decode(errors="replace"))


class _Completer(Completer):
    def __init__(self, editor: Editor, places: Places) -> None:
        self._editor = editor
        self._places = places

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Any:
        """Return nothing: the prompt calls only the asynchronous method."""
        return iter(())

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        context = completion_context(document.text_before_cursor, self._editor.commands)
        choices = context.matching()
        if context.is_place:
            choices = [*choices, *await self._editor.in_reactor(self._places, context.text)]
        for choice in choices:
            yield Completion(f"{choice} ", start_position=-len(context.text), display=choice)


def _bindings() -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add("c-c")
    def _(event: KeyPressEvent) -> None:
        """Cancel the search, or else clear the line."""
        if event.app.layout.is_searching:
            stop_search()
        else:
            event.current_buffer.reset()

    @bindings.add("c-z")
    def _(event: KeyPressEvent) -> None:
        """Suspend the process.

        A signal to this thread stops all threads before this one continues; a signal to the process may come
        too late.
        """
        run_in_terminal(lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTSTP))

    return bindings
