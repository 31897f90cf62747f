"""The ``datechat`` command."""

import sys
from signal import SIGINT
from typing import Any, NoReturn

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import react
from twisted.logger import globalLogBeginner

from ..cli.clock import use_monotonic_time
from ..cli.exit import STATUS_SIGNAL, stop_on_hangup
from ..cli.options import translate
from .options import Options
from .run import CANNOT_READ_OR_WRITE, run
from .terminal.streams import standard_streams


def main() -> NoReturn:
    """Run the ``datechat`` command.

    :raises SystemExit: always, with the exit status.
    """
    discard_log()
    options = Options()
    _parse(options)
    status = STATUS_SIGNAL

    async def converse(reactor: Any) -> None:
        nonlocal status
        use_monotonic_time(reactor)
        running = Deferred.fromCoroutine(run(reactor, options.settings, standard_streams(reactor)))
        reactor.addSystemEventTrigger("before", "shutdown", running.cancel)
        stop_on_hangup(reactor)
        try:
            status = await running
        except CancelledError:
            # twist and twistd read this attribute, too, to exit with the signal's status.
            status = STATUS_SIGNAL + (getattr(reactor, "_exitSignal", None) or SIGINT)

    try:
        react(converse)
    except SystemExit as stop:
        sys.exit(stop.code or status)


def discard_log() -> None:
    """Keep Twisted's log off the terminal, where it would write tracebacks; errors are sentences here."""
    globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)


def _parse(options: Options) -> None:
    """Parse the command line; exit with a message if the help cannot be written to standard output."""
    try:
        try:
            options.parseOptions(sys.argv[1:])
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except OSError as error:
        sys.stdout = None  # so that the interpreter does not flush it again
        reason = translate(CANNOT_READ_OR_WRITE, reason=error.strerror)
        sys.exit(f"datechat: {reason}")
