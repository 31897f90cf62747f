"""The interface of a prompter, and the plain prompter without line editing."""

from collections.abc import Mapping
from typing import Any, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from ...conversation.replies import Reply
from .streams import Lines, Writer


class Interrupted(Exception):
    """A prompt was interrupted; the text is the input so far, the draft of the next prompt."""


class Prompter(Protocol):
    """Prompts a person for lines."""

    def ask(self, prompt: str, draft: str = "", is_message: bool = True) -> Deferred[str | None]:
        """Prompt for a line.

        :param prompt: the text before the input.
        :param draft: the initial content of the line, if it can be edited.
        :param is_message: whether the line is a message, with completion and history.
        :return: fires with the line, or with None at the end of the input; fails with :class:`Interrupted`.
        """

    def interrupt(self) -> None:
        """Interrupt the prompt. Its Deferred fails once the terminal is free."""

    def discard_input(self) -> None:
        """Discard input typed while no prompt was shown, if it would mix with a draft."""

    def set_completions(self, commands: Mapping[str, Reply], hint: str) -> None:
        """Set the commands for completion and hints.

        :param commands: the server's help for each command.
        :param hint: the text below the line while it holds no known command.
        """


class PlainPrompter:
    """A prompter without editing beyond the terminal's own.

    :param lines: the input.
    :param err: where prompts are written.
    """

    def __init__(self, lines: Lines, err: Writer) -> None:
        self._lines = lines
        self._err = err
        self._reading: Deferred[str | None] | None = None
        self._interrupted = False

    def ask(self, prompt: str, draft: str = "", is_message: bool = True) -> Deferred[str | None]:
        """See :class:`Prompter`. A draft cannot be edited: it is shown above the prompt."""
        self._interrupted = False
        self._err.write(f"{draft}\n{prompt}" if draft else prompt)
        self._reading = self._lines.next()
        return self._reading.addErrback(self._cancelled)

    def interrupt(self) -> None:
        self._interrupted = True
        if self._reading is not None:
            self._err.write("\n")
            self._reading.cancel()

    def discard_input(self) -> None:
        """Do nothing: drafts are not part of the input."""

    def set_completions(self, commands: Mapping[str, Reply], hint: str) -> None:
        """Do nothing: there is no completion."""

    def _cancelled(self, failure: Failure) -> Any:
        if self._interrupted and failure.check(CancelledError):
            raise Interrupted("")
        return failure
