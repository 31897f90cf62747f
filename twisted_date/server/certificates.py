"""The certificates of the TLS ports: exchanges them while the ports listen, and watches their age."""

from collections.abc import Callable, Iterator
from typing import Any

from twisted.internet.endpoints import serverFromString
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import Factory
from twisted.logger import Logger

from ..endpoints.tls import ReloadableCertificate
from ..i18n.messages import SentenceError

DAY = 86400  # seconds
WARN_BEFORE = 14 * DAY  # seconds before a certificate expires


class Certificates:
    """The certificates of all TLS ports, by the descriptions of their endpoints."""

    def __init__(self) -> None:
        self._certificates: dict[ReloadableCertificate, str] = {}
        self._failures: dict[ReloadableCertificate, str] = {}  # what was logged last

    def reactor_for(self, reactor: Any, description: str) -> Any:
        """Wrap a reactor, so that the TLS ports that an endpoint opens with it can be reloaded.

        :param description: of the endpoint.
        """
        return _TLSReactor(reactor, description, self._certificates)

    @property
    def expiries(self) -> list[float]:
        """When the certificates expire, in seconds since 1970."""
        return [certificate.expiry for certificate in self._certificates]

    def reload(self) -> int:
        """Read all certificates again; of a bad one the old one stays, and the log says why.

        :return: how many have changed.
        """
        return sum(self._reload(certificate, where) for certificate, where in self._certificates.items())

    def warnings(self, now: float) -> Iterator[str]:
        """Yield a sentence for each certificate that has expired, or will within 14 days.

        :param now: the time, in seconds since 1970.
        """
        for certificate, where in self._certificates.items():
            left = certificate.expiry - now
            if left <= 0:
                yield f"The certificate of {where} has expired; clients refuse it."
            elif left < WARN_BEFORE:
                yield f"The certificate of {where} expires in {left / DAY:.1f} days."

    def _reload(self, certificate: ReloadableCertificate, where: str) -> bool:
        try:
            changed = certificate.reload()
        except Exception as error:  # endpoint parsers raise anything
            reason = str(error) if isinstance(error, SentenceError) else f"{type(error).__name__}: {error}"
            if self._failures.get(certificate) != reason:
                self._failures[certificate] = reason
                _log.error(
                    "Cannot reload the certificate of {where}, the old one stays: {reason}",
                    where=where,
                    reason=reason,
                )
            return False
        self._failures.pop(certificate, None)
        if changed:
            _log.info("The certificate of {where} has been reloaded.", where=where)
        return changed


class _TLSReactor:
    """Passes everything on to a reactor, but makes the certificates of TLS ports reloadable."""

    def __init__(self, reactor: Any, description: str, known: dict[ReloadableCertificate, str]) -> None:
        self._reactor = reactor
        self._description = description
        self._known = known

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    def listenSSL(
        self, port: int, factory: Any, contextFactory: Any, backlog: int = 50, interface: str = ""
    ) -> Any:
        if not isinstance(contextFactory, ReloadableCertificate):
            contextFactory = ReloadableCertificate(_loader(self._reactor, self._description))
        self._known[contextFactory] = self._description
        return self._reactor.listenSSL(port, factory, contextFactory, backlog, interface)


class _SearchingReactor:
    """Finds the certificate that an endpoint listens with, and does not listen."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self.options: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    def listenSSL(self, port: int, factory: Any, contextFactory: Any, *_: Any, **__: Any) -> Any:
        self.options = contextFactory
        raise CannotListenError("", port, OSError("only looking"))


def _loader(reactor: Any, description: str) -> Callable[[], Any]:
    """Return a function that reads the certificate of a description like ``ssl:443:privateKey=…`` anew."""

    def load() -> Any:
        searching = _SearchingReactor(reactor)
        serverFromString(searching, description).listen(Factory()).addErrback(lambda _: None)
        return searching.options

    return load


_log = Logger()
