"""What the options of server and client share: words become plain values, or are refused in one sentence."""

import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from twisted.python import usage
from twisted.python.usage import UsageError

from . import __version__

DEFAULT_BASE_PORT = 50000  # where a server listens first, and a client looks first
STATUS_USAGE = 2


class Options(usage.Options):
    """Options that are refused in one sentence and a status, under twist and twistd too.

    Those would print their own long help around it, and older ones end with status 0.
    """

    def parseOptions(self, options: Sequence[str] | None = None) -> None:
        """Parse the words of a command line.

        :raises SystemExit: something is wrong with them.
        """
        try:
            super().parseOptions(options)
        except UsageError as error:
            refuse(str(error))

    def opt_version(self) -> NoReturn:
        """Print the version and exit."""
        print(f"datechat {__version__}")
        raise SystemExit(0)


def refuse(sentence: str) -> NoReturn:
    """Say what is wrong with the options, and end.

    :raises SystemExit: always.
    """
    sys.stderr.write(f"datechat: {sentence} (--help lists the options)\n")
    raise SystemExit(STATUS_USAGE)


def whole_number(options: Mapping[str, str], name: str, low: int, high: int) -> int:
    """The whole number given for an option.

    :raises UsageError: it is none, or not between ``low`` and ``high``, both included.
    """
    text = options[name]
    if not (text.isascii() and text.isdigit() and low <= int(text[:20]) <= high):
        raise UsageError(f"--{name} is {text!r}; give a whole number from {low} to {high}")
    return int(text)


def seconds(options: Mapping[str, str], name: str) -> float:
    """The number of seconds given for an option, more than none and at most a day.

    :raises UsageError: it is something else.
    """
    try:
        value = float(options[name])
    except ValueError:
        value = 0.0
    if not 0.0 < value <= 86400.0:
        raise UsageError(f"--{name} is {options[name]!r}; give a number of seconds, as in 2.5")
    return value
