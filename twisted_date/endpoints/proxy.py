"""The PROXY protocol in front of any endpoint: who it is that a load balancer passes on.

It suits any service: ``proxy:tcp:8080`` wherever Twisted takes an endpoint description,
:class:`ProxyEndpoint` in a program. The header comes before all else, before TLS too, as HAProxy's
``send-proxy`` and ``send-proxy-v2`` send it:
https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
"""

import ipaddress
from collections.abc import Sequence
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

UNTRUSTED, WITHOUT_HEADER, LATE_HEADER = "untrusted", "without-proxy-header", "late-proxy-header"
HEADER_TIME = 5.0  # seconds for the header; the specification wants 3 at least, for a packet that is lost

LOOPBACK = "127.0.0.0/8,::1"
DESCRIPTION = "proxy:ENDPOINT:trusted=ADDR,NETWORK…"

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


@implementer(IStreamServerEndpoint)
class ProxyEndpoint:
    """Listens where another endpoint does, for connections with a PROXY header in front.

    Version 1 or 2. The protocol behind it is built when the header has come, with the address of the real
    peer. What has no header, or one too late or too long, is closed; so is who is not trusted.

    :param endpoint: where to listen.
    :param clock: for the time that a header may take.
    :param trusted: the networks of the proxies. Whoever connects through a UNIX socket is trusted.
    """

    def __init__(
        self, endpoint: IStreamServerEndpoint, clock: IReactorTime, trusted: Sequence[Network]
    ) -> None:
        self.refusals = RefusalLog(clock, UNTRUSTED, WITHOUT_HEADER, LATE_HEADER)
        self._endpoint = endpoint
        self._clock = clock
        self._trusted = tuple(trusted)

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Listen, as the endpoint does."""
        factory = _ProxyFactory(protocolFactory, self._clock, self._trusted, self.refusals)
        listening: Deferred[IListeningPort] = self._endpoint.listen(factory)
        return listening


class _ProxyFactory(WrappingFactory):
    noisy = False

    def __init__(
        self, wrapped: Any, clock: IReactorTime, trusted: Sequence[Network], refusals: RefusalLog
    ) -> None:
        super().__init__(wrapped)
        self._trusted = trusted
        self._refusals = refusals
        self.waiting: Timeouts[_ProxyProtocol] = Timeouts(
            clock, HEADER_TIME, lambda late: late.refuse(LATE_HEADER)
        )

    def buildProtocol(self, addr: IAddress | None) -> "_ProxyProtocol":
        return _ProxyProtocol(self, self._trusts(addr))

    def doStop(self) -> None:
        self._refusals.flush()
        super().doStop()

    def refuse(self, why: str, transport: Any) -> None:
        """Close a connection, and count it."""
        self._refusals.count(why, transport.getPeer())
        transport.abortConnection()

    def _trusts(self, address: IAddress | None) -> bool:
        if not isinstance(address, IPv4Address | IPv6Address):
            return True
        ip = unmapped(ipaddress.ip_address(address.host))
        return any(ip in network for network in self._trusted)


@implementer(IHalfCloseableProtocol)
class _ProxyProtocol(ProtocolWrapper):
    """Waits for the header, then is nothing but the real peer's address."""

    factory: _ProxyFactory
    wrappedProtocol: Any
    transport: Any

    def __init__(self, factory: _ProxyFactory, trusted: bool) -> None:
        super().__init__(factory, None)  # type: ignore[arg-type]  # it comes with the header
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
        self.factory.waiting.reset(self)
        *_, socket = unwrap_transport(transport)
        socket.protocol = _HeaderReader(self, socket)

    def getPeer(self) -> IAddress:
        return self._peer or self.transport.getPeer()

    def getHost(self) -> IAddress:
        return self._host or self.transport.getHost()

    def begin(self, peer: IAddress | None, host: IAddress | None) -> bool:
        """The header has come: begin the conversation, if there is one to be had.

        :param peer: as the header tells them; None where it does not.
        """
        self.factory.waiting.cancel(self)
        self._peer, self._host = peer, host
        self.wrappedProtocol = self.factory.wrappedFactory.buildProtocol(self.getPeer())
        if self.wrappedProtocol is None:
            self.transport.abortConnection()
            return False
        self.wrappedProtocol.makeConnection(self)
        return True

    def refuse(self, why: str) -> None:
        """There is no header."""
        self.factory.waiting.cancel(self)
        self.factory.refuse(why, self.transport)

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
        self.factory.waiting.cancel(self)
        if self.wrappedProtocol is not None:
            super().connectionLost(reason)
        else:
            self.factory.unregisterProtocol(self)


class _HeaderReader(Protocol):
    """Stands right above the socket, below TLS, until the header has come.

    :param owner: waits for it.
    :param socket: the transport that has the socket.
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
            if self._owner.begin(header.peer, header.host) and header.rest:
                self._socket.protocol.dataReceived(header.rest)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._above.connectionLost(reason)


def parse(reactor: Any, *where: str, trusted: str = LOOPBACK, **more: str) -> ProxyEndpoint:
    """The endpoint for the description ``proxy:ENDPOINT:trusted=ADDR,NETWORK…``.

    :raises ValueError: the description is wrong; the message is a sentence. ENDPOINT's parser raises its own.
    """
    if not any(where):
        raise WrongArgument(
            Sentence("proxy: has no endpoint behind it; its form is {form}"), form=DESCRIPTION
        )
    networks = [_network(text) for text in trusted.split(",")]
    words = [quoteStringArgument(word) for word in where]
    words += [f"{quoteStringArgument(name)}={quoteStringArgument(text)}" for name, text in more.items()]
    endpoint = serverFromString(reactor, ":".join(words))
    return ProxyEndpoint(endpoint, reactor, networks)


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
