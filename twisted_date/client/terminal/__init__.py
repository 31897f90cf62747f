"""The person's side: standard streams, and a line editor where there is a terminal for it."""

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
    """The best prompt that there can be.

    :param places: asks the server for places whose names begin so.
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
    """Whether a terminal can move its cursor, and all of input, output and errors are one."""
    return all(terminals) and environment.get("TERM", "dumb") not in ("dumb", "unknown", "")
