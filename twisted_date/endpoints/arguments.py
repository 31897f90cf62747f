"""What the descriptions of the endpoints share: ports, numbers, and what is wrong with them."""

from collections.abc import Callable

from twisted.internet.interfaces import IStreamServerEndpoint

from ..i18n.messages import Sentence, SentenceError

HIGHEST_PORT = 65535
DEFAULT_TRIES = 100
DEFAULT_BACKLOG = 50  # connections that wait to be accepted; Twisted's own default

MakeEndpoint = Callable[[int, str], IStreamServerEndpoint]


class WrongArgument(SentenceError, ValueError):
    """What an endpoint cannot be made of; as text, a sentence."""


NOT_OF_THIS_FORM = Sentence("fallback: does not know {wrong}; its form is {form}")


def port_range(base: int, tries: int) -> range:
    """The ports to try from a base port up, none above the highest.

    :raises ValueError: there are none; the message is a sentence.
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
    """The whole number in an argument of a description.

    :raises ValueError: it is none; the message is a sentence.
    """
    if not (text.isascii() and text.isdigit()):
        raise WrongArgument(
            Sentence("fallback: {name} is {text!r}; give a whole number"), name=name, text=text
        )
    return int(text)
