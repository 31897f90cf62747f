"""The command ``datechat``."""

import sys
from signal import SIGINT
from typing import Any, NoReturn

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import react

from ..cli.exit import stop_on_hangup
from ..cli.options import translate
from ..client.run import CANNOT_READ_OR_WRITE
from .options import Options
from .run import run
from .terminal.streams import standard_streams

STATUS_SIGNAL = 128  # and the signal's number: what shells say of a program that a signal ended


def main() -> NoReturn:
    """The command ``datechat``."""
    options = Options()
    _parse(options)
    status = STATUS_SIGNAL

    async def talk(reactor: Any) -> None:
        nonlocal status
        running = Deferred.fromCoroutine(run(reactor, options.settings, standard_streams(reactor)))
        reactor.addSystemEventTrigger("before", "shutdown", running.cancel)
        stop_on_hangup(reactor)
        try:
            status = await running
        except CancelledError:
            # What twist and twistd look at, too, to end as the signal says.
            status = STATUS_SIGNAL + (getattr(reactor, "_exitSignal", None) or SIGINT)

    try:
        react(talk)
    except SystemExit as stop:
        sys.exit(stop.code or status)


def _parse(options: Options) -> None:
    """Parse the command line; the help may be asked for where it cannot be written."""
    try:
        try:
            options.parseOptions(sys.argv[1:])
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except OSError as error:
        sys.stdout = None  # nothing more is flushed into it
        reason = translate(CANNOT_READ_OR_WRITE, reason=error.strerror)
        sys.exit(f"datechat: {reason}")
