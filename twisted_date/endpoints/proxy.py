"""The PROXY protocol in front of any endpoint: the addresses of peers behind a load balancer.

It suits any service: use ``proxy:tcp:8080`` wherever Twisted takes a server endpoint description, or
:class:`ProxyEndpoint` in a program. The header comes before everything else, including TLS, as HAProxy sends
it with ``send-proxy`` and ``send-proxy-v2``: https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
"""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import quoteStringArgument, serverFromString
from twisted.internet.interfaces import (
    IAddress,
    IHalfCloseableProtocol,
    IListeningPort,
    IProtocolFactory,
    IReactorTime,
    IStreamServerEndpoint,
)
from twisted.internet.protocol import Protocol, connectionDone
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.failure import Failure
from zope.interface import directlyProvides, implementer, providedBy

from ..i18n.messages import Sentence
from ..network.connection import unwrap_transport
from ..network.refusals import RefusalLog
from ..network.timeouts import Timeouts
from .arguments import WrongArgument
from .proxy_header import InvalidProxyHeader, parse_header, unmapped

__all__ = ["ProxyEndpoint"]

UNTRUSTED, WITHOUT_HEADER, LATE_HEADER = "untrusted", "without-proxy-header", "late-proxy-header"
HEADER_TIME = 5.0  # seconds for the header; the specification asks for at least 3, to survive a lost packet

MAX_TIME = 86400.0  # seconds: a day
LOOPBACK_NETWORKS = "127.0.0.0/8,::1"
DESCRIPTION = "proxy:ENDPOINT:trusted=ADDR,NETWORK…:timeout=SECONDS"

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


@implementer(IStreamServerEndpoint)
class ProxyEndpoint:
    """Listens on another endpoint, for connections that begin with a PROXY header of version 1 or 2.

    The protocol is built when the header is complete, with the address of the real peer. A connection is
    closed if it does not come from a trusted proxy, or if its header is missing, invalid, too long or late.

    :param endpoint: the endpoint to listen on.
    :param clock: schedules the timeouts for headers.
    :param trusted: the networks of the proxies. Connections to a UNIX socket are always trusted.
    :param timeout: seconds until the header must be complete. Some proxies send it with the peer's first
        bytes only, as AWS's network load balancer does by default.
    :raises ValueError: when the endpoint or the networks are of the wrong type; as text, a sentence.
    :ivar refusals: counts the refused connections.
    """

    def __init__(
        self,
        endpoint: IStreamServerEndpoint,
        clock: IReactorTime,
        trusted: Sequence[Network],
        timeout: float = HEADER_TIME,
    ) -> None:
        if not callable(getattr(endpoint, "listen", None)):
            raise WrongArgument(
                Sentence("endpoint is {endpoint!r}; give a server endpoint, as serverFromString makes it"),
                endpoint=endpoint,
            )
        self._trusted = _networks(trusted)
        self.refusals = RefusalLog(clock, UNTRUSTED, WITHOUT_HEADER, LATE_HEADER)
        self._endpoint = endpoint
        self._clock = clock
        self._timeout = timeout

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._endpoint!r}, trusted={','.join(map(str, self._trusted))!r})"

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Listen on the endpoint.

        :return: fires and fails as the endpoint's own Deferred does.
        """
        factory = _ProxyFactory(protocolFactory, self._clock, self._trusted, self.refusals, self._timeout)
        listening: Deferred[IListeningPort] = self._endpoint.listen(factory)
        return listening


class _ProxyFactory(WrappingFactory):
    noisy = False

    def __init__(
        self,
        wrapped: Any,
        clock: IReactorTime,
        trusted: Sequence[Network],
        refusals: RefusalLog,
        timeout: float,
    ) -> None:
        super().__init__(wrapped)
        self._trusted = trusted
        self._refusals = refusals
        self.header_timeouts: Timeouts[_ProxyProtocol] = Timeouts(
            clock, timeout, lambda protocol: protocol.refuse(LATE_HEADER)
        )

    def buildProtocol(self, addr: IAddress | None) -> "_ProxyProtocol":
        return _ProxyProtocol(self, self._is_trusted(addr))

    def doStop(self) -> None:
        self._refusals.flush()
        super().doStop()

    def refuse(self, code: str, transport: Any) -> None:
        """Abort a connection, and count the refusal."""
        self._refusals.count(code, transport.getPeer())
        transport.abortConnection()

    def _is_trusted(self, address: IAddress | None) -> bool:
        if not isinstance(address, IPv4Address | IPv6Address):
            return True
        ip = unmapped(ipaddress.ip_address(address.host))
        return any(ip in network for network in self._trusted)


@implementer(IHalfCloseableProtocol)
class _ProxyProtocol(ProtocolWrapper):
    """Waits for the header; after that, it only replaces the addresses."""

    factory: _ProxyFactory
    wrappedProtocol: Any
    transport: Any

    def __init__(self, factory: _ProxyFactory, trusted: bool) -> None:
        super().__init__(factory, None)  # type: ignore[arg-type]  # built when the header is complete
        self._trusted = trusted
        self._peer: IAddress | None = None
        self._host: IAddress | None = None

    def makeConnection(self, transport: Any) -> None:
        directlyProvides(self, providedBy(transport))
        Protocol.makeConnection(self, transport)
        self.factory.registerProtocol(self)
        if not self._trusted:
            self.factory.refuse(UNTRUSTED, transport)
            return
        self.factory.header_timeouts.reset(self)
        *_, socket = unwrap_transport(transport)
        socket.protocol = _HeaderReader(self, socket)

    def getPeer(self) -> IAddress:
        return self._peer or self.transport.getPeer()

    def getHost(self) -> IAddress:
        return self._host or self.transport.getHost()

    def header_received(self, peer: IAddress | None, host: IAddress | None) -> bool:
        """Build and connect the protocol.

        :param peer: the peer's address in the header, if any.
        :param host: the server's address in the header, if any.
        :return: whether the wrapped factory built a protocol; if not, the connection is aborted.
        """
        self.factory.header_timeouts.cancel(self)
        self._peer, self._host = peer, host
        self.wrappedProtocol = self.factory.wrappedFactory.buildProtocol(self.getPeer())
        if self.wrappedProtocol is None:
            self.transport.abortConnection()
            return False
        self.wrappedProtocol.makeConnection(self)
        return True

    def refuse(self, code: str) -> None:
        """Refuse the connection: its header is wrong or late."""
        self.factory.header_timeouts.cancel(self)
        self.factory.refuse(code, self.transport)

    def readConnectionLost(self) -> None:
        half_closeable = IHalfCloseableProtocol(self.wrappedProtocol, None)
        if half_closeable is not None:
            half_closeable.readConnectionLost()
        else:
            self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        half_closeable = IHalfCloseableProtocol(self.wrappedProtocol, None)
        if half_closeable is not None:
            half_closeable.writeConnectionLost()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.factory.header_timeouts.cancel(self)
        if self.wrappedProtocol is not None:
            super().connectionLost(reason)
        else:
            self.factory.unregisterProtocol(self)


class _HeaderReader(Protocol):
    """Sits right above the socket, below TLS, until the header is complete.

    :param owner: receives the header.
    :param socket: the transport with the socket.
    """

    def __init__(self, owner: _ProxyProtocol, socket: Any) -> None:
        self._owner = owner
        self._socket = socket
        self._above = socket.protocol
        self._buffer = b""

    def dataReceived(self, data: bytes) -> None:
        self._buffer += data
        try:
            header = parse_header(self._buffer)
        except InvalidProxyHeader:
            self._owner.refuse(WITHOUT_HEADER)
            return
        if header is not None:
            self._socket.protocol = self._above
            if self._owner.header_received(header.peer, header.host) and header.rest:
                self._socket.protocol.dataReceived(header.rest)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._above.connectionLost(reason)


def parse(
    reactor: Any, *where: str, trusted: str = LOOPBACK_NETWORKS, timeout: str = "", **more: str
) -> ProxyEndpoint:
    """Make the endpoint for the description ``proxy:ENDPOINT:trusted=ADDR,NETWORK…:timeout=SECONDS``.

    :raises ValueError: when the description is wrong; as text, a sentence. ENDPOINT's parser raises its own
        errors.
    """
    if not any(where):
        raise WrongArgument(
            Sentence("proxy: has no endpoint behind it; its form is {form}"), form=DESCRIPTION
        )
    networks = [_network(text) for text in trusted.split(",")]
    words = [quoteStringArgument(word) for word in where]
    words += [f"{quoteStringArgument(name)}={quoteStringArgument(text)}" for name, text in more.items()]
    endpoint = serverFromString(reactor, ":".join(words))
    return ProxyEndpoint(endpoint, reactor, networks, _seconds(timeout) if timeout else HEADER_TIME)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds <= MAX_TIME:
        raise WrongArgument(
            Sentence("proxy: timeout is {text!r}; give a number of seconds, as in 60"), text=text
        )
    return seconds


def _networks(trusted: Sequence[Network]) -> tuple[Network, ...]:
    """Return the networks.

    :raises WrongArgument: when they are not networks.
    """
    networks = tuple(trusted) if isinstance(trusted, Iterable) else (trusted,)
    if not all(isinstance(network, Network) for network in networks):
        raise WrongArgument(
            Sentence("trusted is {trusted!r}; give a list of networks, as ipaddress.ip_network makes them"),
            trusted=trusted,
        )
    return networks


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError:
        raise WrongArgument(
            Sentence(
                "proxy: trusted is {text!r}; give addresses or networks, as in 10.0.0.0/8 or fd00\\:\\:/8"
            ),
            text=text,
        ) from None
