"""Option parsing for server and client: plain values, and usage errors of one sentence."""

import os
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from getopt import GetoptError, getopt
from typing import NoReturn

from twisted.python import usage
from twisted.python.usage import UsageError

from .. import __version__
from ..i18n import catalogs
from ..i18n.messages import ENGLISH, Sentence, SentenceError
from .exit import STATUS_USAGE

REFUSED_OPTION = Sentence("--{option}: {reason}")
SEE_HELP = Sentence("{trouble} (--help lists the options)")
# Twisted's own help texts, verbatim, so that they are translated
INHERITED_HELP = (Sentence("Print the version and exit."), Sentence("Display this help and exit."))

DEFAULT_BASE_PORT = 50000  # the first port that a server binds and a client tries


class WrongSettings(SentenceError):
    """The options are invalid or cannot be satisfied; the text is a sentence."""


class Options(usage.Options):
    """Options whose usage errors are one sentence and status 2, under twist and twistd too.

    The runners themselves would print their whole help, and old releases exit with status 0.
    """

    longdesc: str
    repeatable: Sequence[str] = ()  #: Options that may be given several times.

    def parseOptions(self, options: Sequence[str] | None = None) -> None:
        """Parse the arguments of a command line.

        :raises SystemExit: when they are wrong; the sentence has been written to standard error.
        """
        try:
            self._refuse_repeated(sys.argv[1:] if options is None else options)
            super().parseOptions(options)
        except UsageError as error:
            exit_with_usage_error(str(error))

    def getUsage(self, width: int | None = None) -> str:
        """Return the help in the language of the environment."""
        self.docs = {option: translate(text) for option, text in self.docs.items()}
        self.longdesc = translate(self.longdesc)
        return super().getUsage(width)

    def opt_version(self) -> NoReturn:
        """Print the version and exit."""
        print_and_exit(f"datechat {__version__}")

    def opt_help(self) -> NoReturn:
        """Display this help and exit."""
        print_and_exit(str(self))

    def _refuse_repeated(self, arguments: Sequence[str]) -> None:
        """Refuse options with a value that are given twice: which one is meant?

        :raises UsageError: when there is one that is not repeatable.
        """
        try:
            given, _ = getopt(list(arguments), self.shortOpt, self.longOpt)
        except GetoptError:
            return  # Twisted refuses it, too, and says why
        names = Counter(name.lstrip("-") for name, _ in given if f"{name.lstrip('-')}=" in self.longOpt)
        for name, times in names.items():
            if times > 1 and name not in self.repeatable:
                raise usage_error(Sentence("--{option} is given twice; give it once"), option=name)


def print_and_exit(text: str) -> NoReturn:
    """Print a text and exit with status 0, also where nobody reads all of it, as in ``--help | head``.

    :raises SystemExit: always.
    """
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python still flushes
    raise SystemExit(0)


def locale(environment: Mapping[str, str]) -> str | None:
    """Return the message locale of POSIX's variables, as in ``fr_FR.UTF-8``.

    The first of ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` counts that is neither unset nor empty.

    :return: None when there is no such variable, or when its value is ``C``, ``POSIX`` or malformed.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if tag := environment.get(name):
            return None if re.match("(C|POSIX)([.@]|$)", tag) or not _TAG.fullmatch(tag) else tag
    return None


_TAG = re.compile(r"[A-Za-z0-9_.@-]{1,40}")


def translate(sentence: str, /, **values: object) -> str:
    """Translate a sentence into the language of the environment."""
    return catalogs.translate(sentence, locale(os.environ) or ENGLISH, **values)


def translate_error(error: Exception) -> str:
    """Return the text of an error, translated into the language of the environment if it is a sentence."""
    return catalogs.translate_error(error, locale(os.environ) or ENGLISH)


def usage_error(sentence: str, /, **values: object) -> UsageError:
    """Return a usage error with a translated sentence."""
    return UsageError(translate(sentence, **values))


def exit_with_usage_error(sentence: str) -> NoReturn:
    """Write a usage error to standard error and exit with status 2.

    :raises SystemExit: always.
    """
    sys.stderr.write(f"datechat: {translate(SEE_HELP, trouble=sentence)}\n")
    raise SystemExit(STATUS_USAGE)


def is_whole_number(text: str, low: int, high: int) -> bool:
    """Whether a text is a whole number from ``low`` to ``high``, both included."""
    return text.isascii() and text.isdigit() and low <= int(text[:20]) <= high


def whole_number(options: Mapping[str, str], name: str, low: int, high: int) -> int:
    """Return the value of an option that takes a whole number.

    :raises UsageError: when it is not a whole number from ``low`` to ``high``, both included.
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


def seconds(options: Mapping[str, str], name: str, allow_zero: bool = False) -> float:
    """Return the value of an option that takes a number of seconds.

    :param allow_zero: whether 0 is allowed, too.
    :raises UsageError: when it is not a number above 0 and up to a day (86400).
    """
    try:
        value = float(options[name])
    except ValueError:
        value = -1.0
    if not (0.0 < value <= 86400.0 or (allow_zero and value == 0.0)):
        raise usage_error(
            Sentence("--{option} is {text!r}; give a number of seconds, as in 2.5"),
            option=name,
            text=options[name],
        )
    return value
