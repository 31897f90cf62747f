"""Real servers and peers on loopback."""

import contextlib
import gc
import socket
import ssl

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater

from tests.helpers import make_defaults
from twisted_date.endpoints.fallback_server import FallbackServerEndpoint
from twisted_date.endpoints.ports import ports_of
from twisted_date.network.poller import nested_poller
from twisted_date.server.factory import DateFactory

uses_poller = True  # whether servers have a poller of their own, as those of the service have


@contextlib.contextmanager
def taken(*places):
    """Occupy addresses, as another program would."""
    with contextlib.ExitStack() as stack:
        for host, port in places:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            holder = stack.enter_context(socket.socket(family))
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind((host, port))
            holder.listen()
        yield


@contextlib.asynccontextmanager
async def serving(endpoint, factory=None):
    """Run a server on an endpoint; yields its listening port."""
    factory = factory or DateFactory(make_defaults(), reactor)
    port = await endpoint.listen(factory)
    poller = nested_poller(reactor) if uses_poller else None
    if poller is not None:
        for part in ports_of(port):
            poller.adopt(part)
    try:
        yield port
    finally:
        await port.stopListening()
        if isinstance(factory, DateFactory):
            await factory.shut_down(1.0)
        if poller is not None:
            poller.close()


def strict(port, interface="127.0.0.1"):
    return FallbackServerEndpoint(reactor, port, 1, interface)


class Collector(Protocol):
    """Sends bytes, half-closes at once, and collects the reply until the connection is lost."""

    def __init__(self, data, half_close=True):
        self.data = data
        self.half_close = half_close
        self.received = b""
        self.finished = Deferred()

    def connectionMade(self):
        self.transport.write(self.data)
        if self.half_close:
            self.transport.loseWriteConnection()

    def dataReceived(self, data):
        self.received += data

    def connectionLost(self, reason):
        self.finished.callback(self.received)


async def exchange(port, data):
    """Send bytes and half-close; return all lines of the reply."""
    collector = Collector(data)
    await TCP4ClientEndpoint(reactor, "127.0.0.1", port).connect(Factory.forProtocol(lambda: collector))
    return (await collector.finished).decode().splitlines()


def talk(address, *pieces, one_segment=False):
    """Send pieces and half-close; return all lines of the reply. Blocks."""
    with socket.create_connection((address.host, address.port), 30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if one_segment:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read().decode().splitlines()


def connect_to(address, tls, header):
    """Open a connection, with a PROXY header and TLS where these are asked for. Blocks."""
    connection = socket.create_connection((address.host, address.port), 30)
    connection.sendall(header)
    if not tls:
        return connection
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(connection)


async def are_gone(*references):
    """Whether weak references die without a full garbage collection."""
    for _ in range(100):
        gc.collect(1)
        if not any(reference() for reference in references):
            return True
        await deferLater(reactor, 0.02)
    return False
