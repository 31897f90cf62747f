"""Makes the reactor of a process measure time by a clock that nobody sets."""

import time
from typing import Any


def use_monotonic_time(reactor: Any) -> None:
    """Let a reactor measure time by the monotonic clock.

    Twisted's reactors use the machine's wall clock. After a step back of an hour, no call would run for an
    hour, queued peers included; after a step forward, all timeouts would expire at once.

    :param reactor: the reactor of this process alone. It keeps its clock if it already has calls to make,
        whose times would be wrong.
    """
    if not reactor.getDelayedCalls():
        reactor.seconds = time.monotonic
