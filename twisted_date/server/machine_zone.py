"""Finds the machine's time zone."""

import warnings
from datetime import tzinfo
from zoneinfo import ZoneInfo

import tzlocal
from twisted.logger import Logger


def machine_zone() -> tzinfo:
    """The machine's zone; UTC when none is set or, with a warning in the log, when it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            zone = tzlocal.get_localzone()
    except (KeyError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        _log.warn("Cannot read the time zone of this machine ({reason}); using UTC.", reason=reason)
        return ZoneInfo("UTC")
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


_log = Logger()
