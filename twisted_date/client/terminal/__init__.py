"""The user interface: standard streams, and a line editor if the terminal supports it."""

import os
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from twisted.internet.defer import Deferred

from .history import History
from .prompts import PlainPrompter, Prompter
from .streams import Streams


def prompter(
    reactor: Any,
    streams: Streams,
    history: History,
    places: Callable[[str], Coroutine[Deferred[Any], Any, list[str]]],
) -> Prompter:
    """Return the best prompter available: an editor, or else plain lines.

    The editor needs prompt_toolkit and a terminal that passes :func:`can_edit`.

    :param reactor: the running reactor.
    :param history: the client's stored history.
    :param places: asks the server for places whose names start with a text.
    """
    if can_edit(os.environ, [os.isatty(descriptor) for descriptor in (0, 1, 2)]):
        try:
            from .editor import Editor
        except ImportError:
            pass
        else:
            return Editor(reactor, history.lines_path(), places)
    return PlainPrompter(streams.lines, streams.err)


def can_edit(environment: Mapping[str, str], terminals: list[bool]) -> bool:
    """Whether lines can be edited in place.

    :param environment: ``TERM`` must name a terminal that can move its cursor.
    :param terminals: whether input, output and errors are terminals; all three must be.
    """
    return all(terminals) and environment.get("TERM", "dumb") not in ("dumb", "unknown", "")
