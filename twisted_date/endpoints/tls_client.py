"""TLS for client endpoints, for a host whose certificate has to be trusted and its own.

Twisted's ``optionsForClientTLS`` verifies the certificate in a callback of OpenSSL. It expects one kind of
error there; service-identity, from 24.1, raises another one for a certificate without subjectAltName, which
is logged, and the connection goes on. Here the certificate is verified after the handshake, before the
protocol exists, and every error ends the connection.
"""

from collections.abc import Callable
from typing import Any

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import wrapClientTLS
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import (
    IHandshakeListener,
    IOpenSSLClientConnectionCreator,
    IProtocol,
    IProtocolFactory,
    IStreamClientEndpoint,
)
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from ..i18n.messages import Sentence, SentenceError
from .arguments import WrongArgument
from .tls import NO_TLS, TLSUnavailable

__all__ = ["TLSClientEndpoint", "WrongCertificate", "has_hosts", "tls_wrapper"]


class WrongCertificate(SentenceError, ConnectError):
    """The peer's certificate is not the host's; the text is a sentence."""


@implementer(IStreamClientEndpoint)
class TLSClientEndpoint:
    """Speaks TLS over another endpoint.

    :param endpoint: connects.
    :param hostname: the DNS name or IP address that the certificate must have as a subjectAltName.
    :param creator: an IOpenSSLClientConnectionCreator that verifies what the certificate is signed by; by
        default it trusts what the platform trusts (``SSL_CERT_FILE`` names more).
    :raises WrongArgument: when the name is not one, or TLS is not installed.
    """

    def __init__(self, endpoint: IStreamClientEndpoint, hostname: str, creator: Any = None) -> None:
        self._hostname = hostname
        self._endpoint = wrapClientTLS(creator or _ConnectionCreator(hostname), endpoint)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._hostname!r})"

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect, and complete the handshake.

        :return: fires with the protocol, whose peer is verified. Fails with :class:`WrongCertificate`, with
            OpenSSL's error when the handshake fails, and as the other endpoint does.
        """
        return Deferred.fromCoroutine(self._connect(protocolFactory))

    async def _connect(self, factory: IProtocolFactory) -> IProtocol:
        handshakes = Factory.forProtocol(lambda: _Handshake(factory, self._hostname))
        handshakes.noisy = False
        handshake: Any = await self._endpoint.connect(handshakes)
        try:
            protocol: IProtocol = await handshake.completed
        except BaseException:
            handshake.transport.abortConnection()
            raise
        return protocol


def tls_wrapper(hostname: str) -> Callable[[IStreamClientEndpoint], IStreamClientEndpoint]:
    """Return a function that wraps endpoints in TLS; what the platform trusts is loaded once for all.

    :param hostname: as for :class:`TLSClientEndpoint`.
    :raises WrongArgument: as :class:`TLSClientEndpoint` does.
    """
    creator = _ConnectionCreator(hostname)
    return lambda endpoint: TLSClientEndpoint(endpoint, hostname, creator)


def has_hosts(transport: Any) -> bool:
    """Whether the peer's certificate names any host; without one Twisted's own ``tls:`` accepts it for all.

    :param transport: a TLS transport whose handshake is complete.
    """
    from service_identity.pyopenssl import extract_patterns

    try:
        return bool(extract_patterns(transport.getPeerCertificate()))
    except Exception:  # fail closed, whatever the certificate holds
        return False


@implementer(IOpenSSLClientConnectionCreator)
class _ConnectionCreator:
    """Makes OpenSSL's client connections, which trust what the platform trusts.

    To load that takes milliseconds: one creator is for many connections.
    """

    def __init__(self, hostname: str) -> None:
        try:
            from OpenSSL import SSL
            from service_identity.pyopenssl import verify_hostname  # noqa: F401 - whether it is installed
            from twisted.internet.ssl import CertificateOptions, TLSVersion, platformTrust
        except ImportError:
            raise TLSUnavailable(NO_TLS) from None
        self._server_name = None if _is_ip_address(hostname) else _dns_name(hostname)
        options = CertificateOptions(
            trustRoot=platformTrust(), raiseMinimumTo=TLSVersion.TLSv1_2, fixBrokenPeers=False
        )
        self._context = options.getContext()
        self._connection = SSL.Connection

    def clientConnectionForTLS(self, tlsProtocol: object) -> Any:
        """A connection that is not yet one: the TLS layer passes it the bytes."""
        connection = self._connection(self._context, None)
        if self._server_name is not None:
            connection.set_tlsext_host_name(self._server_name.encode())
        return connection


@implementer(IHandshakeListener)
class _Handshake(Protocol):
    """Verifies the peer when the handshake is complete, and gives its place to the protocol.

    :param factory: builds the protocol.
    :param hostname: as for :class:`TLSClientEndpoint`.
    """

    transport: Any  # the TLS layer

    def __init__(self, factory: IProtocolFactory, hostname: str) -> None:
        self.completed: Deferred[IProtocol] = Deferred()
        self._factory = factory
        self._hostname = hostname

    def handshakeCompleted(self) -> None:
        if self.completed.called:  # it was cancelled
            return
        try:
            protocol: Any = self._build_protocol()
        except Exception as error:
            self._fail(error)
            return
        self.transport.wrappedProtocol = protocol
        protocol.makeConnection(self.transport)
        self.completed.callback(protocol)

    def _build_protocol(self) -> IProtocol:
        try:
            _verify(self.transport.getHandle(), self._hostname)
        except Exception:  # fail closed, whatever the certificate holds
            sentence = Sentence("the certificate is not for {host}")
            raise WrongCertificate(sentence, host=self._hostname) from None
        protocol = self._factory.buildProtocol(self.transport.getPeer())
        if protocol is None:
            raise ConnectError(string="the factory wants no connection")
        return protocol

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._fail(reason)

    def _fail(self, reason: Failure | Exception) -> None:
        if not self.completed.called:
            self.completed.errback(reason)


def _verify(connection: Any, hostname: str) -> None:
    """Raise an error of service_identity unless the peer's certificate names this host."""
    from service_identity.pyopenssl import verify_hostname, verify_ip_address

    if _is_ip_address(hostname):
        verify_ip_address(connection, hostname)
    else:
        verify_hostname(connection, _dns_name(hostname))


def _is_ip_address(hostname: str) -> bool:
    return isIPAddress(hostname) or isIPv6Address(hostname)


def _dns_name(hostname: str) -> str:
    try:
        return hostname.encode("idna").decode()
    except UnicodeError:
        raise WrongArgument(Sentence("{host!r} is not a host name"), host=hostname) from None
