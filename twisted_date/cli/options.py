"""What the options of server and client share: words become plain values, or are refused in one sentence."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from twisted.python import usage
from twisted.python.usage import UsageError

from .. import __version__
from ..i18n import catalogs
from ..i18n.messages import ENGLISH, Sentence, SentenceError

REFUSED_OPTION = Sentence("--{option}: {reason}")
SEE_HELP = Sentence("{trouble} (--help lists the options)")
# The help that Twisted brings, word for word, so that it is translated
INHERITED_HELP = (Sentence("Print the version and exit."), Sentence("Display this help and exit."))

DEFAULT_BASE_PORT = 50000  # where a server listens first, and a client looks first
STATUS_USAGE = 2


class WrongSettings(SentenceError):
    """What the options ask for cannot be; as text, a sentence."""


class Options(usage.Options):
    """Options that are refused in one sentence and a status, under twist and twistd too.

    Those would print their own long help around it, and older ones end with status 0.
    """

    longdesc: str

    def parseOptions(self, options: Sequence[str] | None = None) -> None:
        """Parse the words of a command line.

        :raises SystemExit: something is wrong with them.
        """
        try:
            super().parseOptions(options)
        except UsageError as error:
            exit_with_usage_error(str(error))

    def getUsage(self, width: int | None = None) -> str:
        """The help, in the language of the environment."""
        self.docs = {option: translate(text) for option, text in self.docs.items()}
        self.longdesc = translate(self.longdesc)
        return super().getUsage(width)

    def opt_version(self) -> NoReturn:
        """Print the version and exit."""
        print(f"datechat {__version__}")
        raise SystemExit(0)


def locale(environment: Mapping[str, str]) -> str | None:
    """The language that POSIX's variables ask for, as in ``fr_FR.UTF-8``; None for none."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if tag := environment.get(name):
            return None if re.match("(C|POSIX)([.@]|$)", tag) or not _TAG.fullmatch(tag) else tag
    return None


_TAG = re.compile(r"[A-Za-z0-9_.@-]{1,40}")


def translate(sentence: str, /, **values: object) -> str:
    """A sentence in the language of the environment."""
    return catalogs.translate(sentence, locale(os.environ) or ENGLISH, **values)


def translate_error(error: Exception) -> str:
    """The text of an error, in the language of the environment where it can be."""
    return catalogs.translate_error(error, locale(os.environ) or ENGLISH)


def usage_error(sentence: str, /, **values: object) -> UsageError:
    """The error that says what is wrong with an option."""
    return UsageError(translate(sentence, **values))


def exit_with_usage_error(sentence: str) -> NoReturn:
    """Say what is wrong with the options, and end.

    :raises SystemExit: always.
    """
    sys.stderr.write(f"datechat: {translate(SEE_HELP, trouble=sentence)}\n")
    raise SystemExit(STATUS_USAGE)


def is_whole_number(text: str, low: int, high: int) -> bool:
    """Whether a text is a whole number between ``low`` and ``high``, both included."""
    return text.isascii() and text.isdigit() and low <= int(text[:20]) <= high


def whole_number(options: Mapping[str, str], name: str, low: int, high: int) -> int:
    """The whole number given for an option.

    :raises UsageError: it is none, or not between ``low`` and ``high``, both included.
    """
    text = options[name]
    if not is_whole_number(text, low, high):
        raise usage_error(
            Sentence("--{option} is {text!r}; give a whole number from {low} to {high}"),
            option=name,
            text=text,
            low=low,
            high=high,
        )
    return int(text)


def seconds(options: Mapping[str, str], name: str, none: bool = False) -> float:
    """The number of seconds given for an option, at most a day.

    :param none: whether 0 is right, too.
    :raises UsageError: it is something else.
    """
    try:
        value = float(options[name])
    except ValueError:
        value = -1.0
    if not (0.0 < value <= 86400.0 or (none and value == 0.0)):
        raise usage_error(
            Sentence("--{option} is {text!r}; give a number of seconds, as in 2.5"),
            option=name,
            text=options[name],
        )
    return value
