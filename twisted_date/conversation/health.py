"""The facts that ``/health`` reports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the clock and of the zone data, on which dates rely.

    :param synchronised: whether the clock is synchronised; None when unknown.
    :param error_ms: the maximum error of the clock in milliseconds; None when unknown.
    :param zone_data: IANA's name of the release, as in ``2026f``; None when unknown.
    """

    synchronised: bool | None = None
    error_ms: float | None = None
    zone_data: str | None = None
