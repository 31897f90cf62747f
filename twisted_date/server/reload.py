"""Reloads what may change on the disk while the server runs: certificates and zone data."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone, tzinfo
from typing import TYPE_CHECKING

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from ..dates import zone_data
from .announce import Announcer
from .factory import DateFactory

if TYPE_CHECKING:
    from .certificates import Certificates

WATCH_INTERVAL = 30.0  # seconds between two looks at the certificates
DAY = 86400.0  # seconds between two warnings


class Reloader:
    """Reloads on request, notices new certificates by itself, and warns of what grows old.

    :param clock: schedules the looks; a reactor.
    :param factory: gets the new zone.
    :param certificates: of the TLS ports.
    :param zone: returns the zone of replies, from the data as it is now.
    :param announcers: are told when a reload begins and ends.
    :param environment: the environment variables.
    """

    def __init__(
        self,
        clock: IReactorTime,
        factory: DateFactory,
        certificates: "Certificates",
        zone: Callable[[], tzinfo],
        announcers: Sequence[Announcer],
        environment: Mapping[str, str],
    ) -> None:
        self._clock = clock
        self._factory = factory
        self._certificates = certificates
        self._zone = zone
        self._announcers = announcers
        self._environment = environment

    def start(self) -> None:
        """Begin to watch. Call this once the reactor runs."""
        self._watch()
        self._warn_daily()

    def reload(self) -> None:
        """Read certificates and zone data again. Open conversations go on as they are."""
        for announcer in self._announcers:
            announcer.reloading()
        changed = self._certificates.reload()
        zone_data.reload(self._environment)
        self._factory.cache.clear()
        self._factory.defaults = replace(self._factory.defaults, zone=self._zone())
        _log.info(
            "Reloaded; {changed} of {count} certificates changed, zone data {data}.",
            changed=changed,
            count=len(self._certificates.expiries),
            data=str(zone_data.in_use()),
        )
        for announcer in self._announcers:
            announcer.reloaded()

    def _watch(self) -> None:
        self._clock.callLater(WATCH_INTERVAL, self._watch)
        self._certificates.reload()

    def _warn_daily(self) -> None:
        self._clock.callLater(DAY, self._warn_daily)
        for warning in self._certificates.warnings(time.time()):
            _log.warn("{sentence}", sentence=warning)
        data = zone_data.in_use()
        if data.is_old(datetime.now(timezone.utc).year):
            _log.warn("The zone data ({data}) is older than a year; install a newer release.", data=str(data))


_log = Logger()
