"""Closed connections are freed without a full garbage collection.

The server disables full collections, because they pause it for long when there are many objects.
"""

import contextlib
import gc
import socket
import struct
import weakref

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.threads import deferToThread

from tests.helpers import NOW, make_defaults
from tests.loopback import are_gone, connect_to, serving
from twisted_date.endpoints.ports import addresses_of
from twisted_date.server.factory import DateFactory

HEADER = b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"


def open_connection(address, tls, header):
    connection = connect_to(address, tls, header)
    connection.sendall(b"/date\n")
    assert connection.recv(1000) == f"{NOW}\r\n".encode()
    return connection


def leave(connection, how):
    with contextlib.closing(connection), contextlib.suppress(OSError):
        match how:
            case "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            case "quit":
                connection.sendall(b"/quit\n")
                connection.recv(1000)
            case "half-close":
                connection.shutdown(socket.SHUT_WR)
            case "nonsense":
                socket.socket.send(connection, b"nonsense\n" * 10)
                connection.recv(1000)


@pytest.mark.parametrize("how", ["close", "reset", "quit", "half-close", "nonsense"])
@pytest.mark.parametrize(
    ("description", "tls", "header"),
    [
        ("tcp:0:interface=127.0.0.1", False, b""),
        ("ssl:0:interface=127.0.0.1:privateKey={path}", True, b""),
        ("proxy:tcp:0:interface=127.0.0.1", False, HEADER),
        ("proxy:ssl:0:interface=127.0.0.1:privateKey={path}", True, HEADER),
    ],
    ids=["plain", "tls", "proxy", "proxy-tls"],
)
@ensureDeferred
async def test_old_connection_is_freed(certificate, description, tls, header, how):
    factory = DateFactory(make_defaults(), reactor)
    async with serving(serverFromString(reactor, description.format(path=certificate)), factory) as port:
        (address,) = addresses_of(port)
        connection = await deferToThread(open_connection, address, tls, header)
        (protocol,) = factory._open
        # Twisted before 24.7 itself keeps the transports of TLS connections.
        references = [weakref.ref(part) for part in ([protocol] if tls else [protocol, protocol.transport])]
        del protocol
        gc.collect(1)  # moves the connection to the oldest generation
        await deferToThread(leave, connection, how)
        assert await are_gone(*references)
