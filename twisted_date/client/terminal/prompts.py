"""The prompt: with editing where the terminal and the installation allow it, else a plain line."""

from collections.abc import Mapping
from typing import Any, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from ...conversation.replies import Reply
from .streams import Lines, Writer


class Interrupted(Exception):
    """A prompt was taken away; what was typed is kept for the next one."""


class Prompter(Protocol):
    """Where a person types."""

    def ask(self, prompt: str, draft: str = "", kept: bool = True) -> Deferred[str | None]:
        """Fires with what is typed behind a prompt, or with None at the end; fails with Interrupted.

        :param draft: what stands there already, where that can be.
        :param kept: whether it is a message: one that can be completed, and found again.
        """

    def interrupt(self) -> None:
        """Take the prompt away: the Deferred fails once the terminal is free for others."""

    def forget_typed(self) -> None:
        """Drop what was typed while there was no prompt, where it would get mixed up with a draft."""

    def set_completions(self, commands: Mapping[str, Reply], hint: str) -> None:
        """What the server says of each command, for completion and hints.

        :param hint: what stands below the line while it is no command.
        """


class PlainPrompter:
    """A prompt, and a line as the terminal itself lets it be typed.

    :param lines: where it is read.
    :param err: where the prompt is written.
    """

    def __init__(self, lines: Lines, err: Writer) -> None:
        self._lines = lines
        self._err = err
        self._reading: Deferred[str | None] | None = None
        self._interrupted = False

    def ask(self, prompt: str, draft: str = "", kept: bool = True) -> Deferred[str | None]:
        """See :class:`Prompter`. A draft cannot be typed for the person: it is shown above the prompt."""
        self._interrupted = False
        self._err.write(f"{draft}\n{prompt}" if draft else prompt)
        self._reading = self._lines.next()
        return self._reading.addErrback(self._cancelled)

    def interrupt(self) -> None:
        self._interrupted = True
        if self._reading is not None:
            self._err.write("\n")
            self._reading.cancel()

    def forget_typed(self) -> None:
        """It is not mixed up with anything here."""

    def set_completions(self, commands: Mapping[str, Reply], hint: str) -> None:
        """Nothing is completed here."""

    def _cancelled(self, failure: Failure) -> Any:
        if self._interrupted and failure.check(CancelledError):
            raise Interrupted("")
        return failure
