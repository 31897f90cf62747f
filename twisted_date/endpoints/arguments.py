"""Checks the arguments of endpoints, in programs and in descriptions."""

import re
from collections.abc import Callable

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IStreamServerEndpoint

from ..i18n.messages import Sentence, SentenceError

__all__ = ["WrongArgument"]

HIGHEST_PORT = 65535
DEFAULT_TRIES = 100
DEFAULT_BACKLOG = 50  # connections that may wait to be accepted; Twisted's own default

DNS_NAME = re.compile(r"(?=.{1,253}\.?$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)

MakeEndpoint = Callable[[int, str], IStreamServerEndpoint]


class WrongArgument(SentenceError, ValueError):
    """An argument of an endpoint is invalid; as text, a sentence."""


NOT_OF_THIS_FORM = Sentence("fallback: does not know {wrong}; its form is {form}")


def port_range(base: int, tries: int) -> range:
    """Return the ports to try, from a base port up to :data:`HIGHEST_PORT` at most.

    :param base: the base port, 1 to 65535.
    :param tries: the number of ports, 1 or more.
    :raises WrongArgument: when a parameter is out of its range or not a whole number.
    """
    check_whole_number("port", base)
    check_whole_number("tries", tries)
    if not 1 <= base <= HIGHEST_PORT:
        raise WrongArgument(
            Sentence("port {base} is out of range; give a base port from 1 to {highest}"),
            base=base,
            highest=HIGHEST_PORT,
        )
    if tries < 1:
        raise WrongArgument(Sentence("tries={tries} is too few; give 1 or more"), tries=tries)
    return range(base, min(base + tries, HIGHEST_PORT + 1))


def check_whole_number(name: str, value: object) -> None:
    """Check the type of an argument; a bool is not a number here.

    :raises WrongArgument: when the value is not an int.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongArgument(Sentence("{name} is {value!r}; give a whole number"), name=name, value=value)


def check_backlog(backlog: int) -> None:
    """Check the number of connections that may wait to be accepted.

    :raises WrongArgument: when it is not a whole number, or less than 1.
    """
    check_whole_number("backlog", backlog)
    if backlog < 1:
        raise WrongArgument(Sentence("backlog={backlog} is too small; give 1 or more"), backlog=backlog)


def is_host(text: str) -> bool:
    """Whether a text is an IP address, or a name that a resolver can be asked for, international ones too."""
    if isIPAddress(text) or isIPv6Address(text):
        return text.isprintable()  # the zone of an IPv6 address can hold anything
    try:
        return DNS_NAME.fullmatch(text.encode("idna").decode()) is not None  # as Twisted encodes it
    except UnicodeError:
        return False


def check_function(name: str, value: object) -> None:
    """Check an argument that is a function or None.

    :raises WrongArgument: when it is neither.
    """
    if value is not None and not callable(value):
        raise WrongArgument(Sentence("{name} is {value!r}; give a function"), name=name, value=value)


def number(name: str, text: str) -> int:
    """Parse an argument of a ``fallback:`` description that is a whole number.

    :param name: the name of the argument, for the error.
    :param text: its text.
    :raises WrongArgument: when the text is not a whole number in ASCII digits.
    """
    if not (text.isascii() and text.isdigit()):
        raise WrongArgument(
            Sentence("fallback: {name} is {text!r}; give a whole number"), name=name, text=text
        )
    return int(text)
