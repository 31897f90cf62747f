"""Checks the arguments of endpoints: port ranges, and numbers in descriptions."""

from collections.abc import Callable

from twisted.internet.interfaces import IStreamServerEndpoint

from ..i18n.messages import Sentence, SentenceError

__all__ = ["WrongArgument"]

HIGHEST_PORT = 65535
DEFAULT_TRIES = 100
DEFAULT_BACKLOG = 50  # connections that may wait to be accepted; Twisted's own default

MakeEndpoint = Callable[[int, str], IStreamServerEndpoint]


class WrongArgument(SentenceError, ValueError):
    """An argument of an endpoint is invalid; as text, a sentence."""


NOT_OF_THIS_FORM = Sentence("fallback: does not know {wrong}; its form is {form}")


def port_range(base: int, tries: int) -> range:
    """Return the ports to try, from a base port up to :data:`HIGHEST_PORT` at most.

    :param base: the base port, 1 to 65535.
    :param tries: the number of ports, 1 or more.
    :raises WrongArgument: when a parameter is out of its range.
    """
    if not 1 <= base <= HIGHEST_PORT:
        raise WrongArgument(
            Sentence("port {base} is out of range; give a base port from 1 to {highest}"),
            base=base,
            highest=HIGHEST_PORT,
        )
    if tries < 1:
        raise WrongArgument(Sentence("tries={tries} is too few; give 1 or more"), tries=tries)
    return range(base, min(base + tries, HIGHEST_PORT + 1))


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
