"""What ``/health`` tells."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """Whether dates can be relied on.

    :param synchronised: whether the clock can be trusted; None where that is not known.
    :param error_ms: milliseconds that it is off at the most; None where that is not known.
    :param zone_data: IANA's name of the release, as in ``2026f``; None where the data does not tell.
    """

    synchronised: bool | None = None
    error_ms: float | None = None
    zone_data: str | None = None
