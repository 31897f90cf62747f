"""Moments as text."""

from .moment import Moment


def rfc3339(moment: Moment) -> str:
    """``2026-12-25T19:00:00+01:00``: RFC 3339 in whole seconds, UTC as ``+00:00``."""
    return moment.local.isoformat()
