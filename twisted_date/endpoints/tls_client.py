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
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import (
    IAddress,
    IHandshakeListener,
    IOpenSSLClientConnectionCreator,
    IProtocol,
    IProtocolFactory,
    IProtocolNegotiationFactory,
    IStreamClientEndpoint,
)
from twisted.internet.protocol import Protocol, connectionDone
from twisted.protocols.policies import WrappingFactory
from twisted.python.failure import Failure
from zope.interface import directlyProvides, implementer

from ..i18n.messages import Sentence, SentenceError
from ..network.connection import abort, guard_tls
from .arguments import DNS_NAME, WrongArgument
from .tls import NO_TLS, TLSUnavailable

__all__ = ["HandshakeFailed", "TLSClientEndpoint", "WrongCertificate", "has_hosts", "tls_wrapper"]

CLOSED_AT_ONCE = Sentence("what answers there closes the connection at once")
NO_TLS_THERE = Sentence("no TLS with what answers there ({reason})")
NOT_FOR_HOST = Sentence("the certificate is not for {host}")
NO_HOST = Sentence("the certificate names no host; it needs a subjectAltName")
NOT_TRUSTED = Sentence(
    "its certificate is not trusted; SSL_CERT_FILE can name a file of certificates that are"
)
NOT_VALID = Sentence("its certificate is not trusted, or not valid now")
_PROBLEMS = {  # X509_verify_cert's errors about the time; the rest is a matter of trust
    9: Sentence("its certificate is not valid yet"),
    10: Sentence("its certificate has expired"),
}


class HandshakeFailed(SentenceError, ConnectError):
    """The TLS handshake failed; the text is a sentence."""


class WrongCertificate(HandshakeFailed):
    """The peer's certificate is not trusted, not valid now, or not the host's; the text is a sentence."""


@implementer(IStreamClientEndpoint)
class TLSClientEndpoint:
    """Speaks TLS over another endpoint, and connects when the handshake is complete.

    It has no timeout of its own for a peer that says nothing: use ``addTimeout`` where that matters.

    :param endpoint: connects.
    :param hostname: the DNS name or IP address that the certificate must have as a subjectAltName.
    :param creator: an IOpenSSLClientConnectionCreator, or a context factory such as a ``CertificateOptions``
        with a ``trustRoot``; it verifies what the certificate is signed by. By default what the platform
        trusts is trusted, or the certificates in the file that ``SSL_CERT_FILE`` names.
    :raises WrongArgument: when the name is not one, or TLS is not installed.
    """

    def __init__(self, endpoint: IStreamClientEndpoint, hostname: str, creator: Any = None) -> None:
        self._endpoint = endpoint
        self._hostname = hostname
        self._server_name = _server_name(hostname)
        self._creator = _ConnectionCreator() if creator is None else creator

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._endpoint!r}, {self._hostname!r})"

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect, and complete the handshake.

        :return: fires with the protocol, whose peer is verified. Fails with :class:`WrongCertificate` or
            another :class:`HandshakeFailed`, and as the other endpoint does.
        """
        return Deferred.fromCoroutine(self._connect(protocolFactory))

    async def _connect(self, factory: IProtocolFactory) -> IProtocol:
        from twisted.protocols.tls import TLSMemoryBIOFactory

        handshakes = _HandshakeFactory(factory, self._hostname, self._server_name)
        try:
            tls: Any = await self._endpoint.connect(TLSMemoryBIOFactory(self._creator, True, handshakes))
            completed = handshakes.completed.pop(tls)
        finally:
            handshakes.forget_others()
        try:
            return await completed
        except BaseException:
            abort(tls)
            raise


def tls_wrapper(hostname: str) -> Callable[[IStreamClientEndpoint], IStreamClientEndpoint]:
    """Return a function that wraps endpoints in TLS; what the platform trusts is loaded once for all.

    :param hostname: as for :class:`TLSClientEndpoint`.
    :raises WrongArgument: as :class:`TLSClientEndpoint` does.
    """
    _server_name(hostname)  # a wrong name is an error now, not at the first connection
    creator = _ConnectionCreator()
    return lambda endpoint: TLSClientEndpoint(endpoint, hostname, creator)


def has_hosts(transport: Any) -> bool:
    """Whether the peer's certificate names any host; without one Twisted's own ``tls:`` accepts it for all.

    :param transport: a TLS transport whose handshake is complete.
    """
    return _hosts(transport.getPeerCertificate())


@implementer(IOpenSSLClientConnectionCreator)
class _ConnectionCreator:
    """Makes OpenSSL's client connections, which trust what the platform trusts.

    To load that takes milliseconds: one creator is for many connections. A connection's application data is
    the number of the problem with its certificate.

    :raises TLSUnavailable: when TLS is not installed.
    """

    def __init__(self) -> None:
        try:
            from OpenSSL import SSL
            from service_identity.pyopenssl import verify_hostname  # noqa: F401 - whether it is installed
            from twisted.internet.ssl import CertificateOptions, TLSVersion, platformTrust
        except ImportError:
            raise TLSUnavailable(NO_TLS) from None
        options = CertificateOptions(
            trustRoot=platformTrust(), raiseMinimumTo=TLSVersion.TLSv1_2, fixBrokenPeers=False
        )
        self._context = options.getContext()
        self._context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _keep_problem)
        self._connection = SSL.Connection

    def clientConnectionForTLS(self, tlsProtocol: object) -> Any:
        """A connection that is not yet one: the TLS layer passes it the bytes."""
        return self._connection(self._context, None)


class _HandshakeFactory(WrappingFactory):
    """Builds the handshake of each connection; what else is asked of a factory, the wrapped one is asked.

    :ivar completed: by TLS layer, a Deferred that fires with the protocol when its peer is verified.
    """

    noisy = False

    def __init__(self, factory: Any, hostname: str, server_name: str | None) -> None:
        super().__init__(factory)
        self.completed: dict[object, Deferred[IProtocol]] = {}
        self._hostname = hostname
        self._server_name = server_name
        if IProtocolNegotiationFactory.providedBy(factory):
            self.acceptableProtocols = factory.acceptableProtocols
            directlyProvides(self, IProtocolNegotiationFactory)

    def buildProtocol(self, addr: IAddress | None) -> Any:
        """The handshake of a new connection."""
        return _Handshake(self.wrappedFactory, self._hostname, self._server_name, self.completed)

    def forget_others(self) -> None:
        """Ignore the errors of the handshakes that are left: an endpoint can connect, and change its mind."""
        for completed in self.completed.values():
            completed.addErrback(lambda _: None)


@implementer(IHandshakeListener)
class _Handshake(Protocol):
    """Verifies the peer when the handshake is complete, and gives its place to the protocol.

    :param factory: builds the protocol.
    :param hostname: as for :class:`TLSClientEndpoint`.
    :param server_name: what a server with certificates for several hosts is told (SNI); None for nothing.
    :param completed: the factory's.
    """

    transport: Any  # the TLS layer

    def __init__(
        self,
        factory: Any,
        hostname: str,
        server_name: str | None,
        completed: dict[object, Deferred[IProtocol]],
    ) -> None:
        self._server_name = server_name
        self._completed: Deferred[IProtocol] = Deferred()
        self._by_layer = completed
        self._factory = factory
        self._hostname = hostname

    def connectionMade(self) -> None:
        guard_tls(self.transport)
        self._by_layer[self.transport] = self._completed
        if self._server_name is not None:
            self.transport.getHandle().set_tlsext_host_name(self._server_name.encode())

    def handshakeCompleted(self) -> None:
        if self._completed.called:  # it was cancelled
            return
        try:
            _verify(self.transport.getHandle(), self._hostname)
            protocol = self._start_protocol()
        except Exception as error:
            self._fail(error)
        else:
            self._completed.callback(protocol)

    def _start_protocol(self) -> Any:
        protocol = self._factory.buildProtocol(self.transport.getPeer())
        if protocol is None:
            raise ConnectError(string="the factory wants no connection")
        self.transport.wrappedProtocol = protocol
        protocol.makeConnection(self.transport)
        if IHandshakeListener.providedBy(protocol):
            protocol.handshakeCompleted()
        return protocol

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if reason.check("OpenSSL.SSL.Error"):
            self._fail(handshake_error(reason.value, self.transport.getHandle().get_app_data()))
        else:  # Twisted's reason is one object for all connections, which would keep every traceback
            self._fail(HandshakeFailed(CLOSED_AT_ONCE))

    def _fail(self, reason: Exception) -> None:
        if not self._completed.called:
            self._completed.errback(reason)


def handshake_error(error: Any, problem: object = None) -> HandshakeFailed:
    """Turn OpenSSL's error in a handshake into one with a sentence.

    :param error: an ``OpenSSL.SSL.Error``, whose entries are tuples of library, function and reason.
    :param problem: the number of the problem with the certificate, if it is known.
    """
    entries = [entry for argument in error.args if isinstance(argument, list) for entry in argument]
    reason = ", ".join(str(entry[-1]) for entry in entries if entry[-1]) or _unnamed(error, entries)
    if "verify" not in reason:
        return HandshakeFailed(NO_TLS_THERE, reason=reason)
    if not isinstance(problem, int):
        return WrongCertificate(NOT_VALID)
    return WrongCertificate(_PROBLEMS.get(problem, NOT_TRUSTED))


def _unnamed(error: Any, entries: list[Any]) -> str:
    """Name an error for which OpenSSL has no words."""
    if type(error).__name__ == "ZeroReturnError":
        return "close notify"
    return "unknown alert" if entries else str(error) or type(error).__name__


def _keep_problem(connection: Any, certificate: object, problem: int, depth: int, ok: int) -> bool:
    """Called by OpenSSL for each certificate of the chain."""
    if not ok:
        connection.set_app_data(problem)
    return bool(ok)


def _verify(connection: Any, hostname: str) -> None:
    """Fail, whatever the certificate holds, unless it names this host.

    :raises WrongCertificate: when the peer's certificate does not name the host.
    """
    from service_identity.pyopenssl import verify_hostname, verify_ip_address

    name = _server_name(hostname)
    try:
        if name is None:
            verify_ip_address(connection, hostname)
        else:
            verify_hostname(connection, name)
    except Exception:
        if not _hosts(connection.get_peer_certificate()):
            raise WrongCertificate(NO_HOST) from None
        raise WrongCertificate(NOT_FOR_HOST, host=hostname) from None


def _hosts(certificate: Any) -> bool:
    """Whether a certificate names any host."""
    from service_identity.pyopenssl import extract_patterns

    try:
        return bool(extract_patterns(certificate))
    except Exception:  # fail closed, whatever the certificate holds
        return False


def _server_name(hostname: str) -> str | None:
    """The host as a DNS name in ASCII; None for an IP address.

    :raises WrongArgument: when it is neither.
    """
    if not isinstance(hostname, str):
        raise WrongArgument(_NOT_A_HOST, host=hostname)
    if isIPAddress(hostname) or isIPv6Address(hostname):
        return None
    name = hostname if hostname.isascii() else _encode_idna(hostname)
    if not DNS_NAME.fullmatch(name):
        raise WrongArgument(_NOT_A_HOST, host=hostname)
    return name.removesuffix(".")


def _encode_idna(hostname: str) -> str:
    try:
        import idna
    except ImportError:
        raise TLSUnavailable(NO_TLS) from None
    try:
        return idna.encode(hostname).decode()
    except UnicodeError:
        raise WrongArgument(_NOT_A_HOST, host=hostname) from None


_NOT_A_HOST = Sentence("{host!r} is not a host name")
