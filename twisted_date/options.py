"""Options as typed, turned into plain values; what is wrong is one sentence."""

from collections.abc import Mapping

from twisted.python.usage import UsageError

DEFAULT_BASE_PORT = 50000  # where a server listens first, and a client looks first


def whole_number(options: Mapping[str, str], name: str, low: int, high: int) -> int:
    """The whole number given for an option.

    :raises UsageError: it is none, or not between ``low`` and ``high``, both included.
    """
    text = options[name]
    if not (text.isascii() and text.isdigit() and low <= int(text[:20]) <= high):
        raise UsageError(f"--{name} is {text!r}; give a whole number from {low} to {high}.")
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
        raise UsageError(f"--{name} is {options[name]!r}; give a number of seconds, as in 2.5.")
    return value
