"""The server over TLS, on real sockets."""

import contextlib
import socket
import ssl

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.endpoints import clientFromString, serverFromString
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread

from tests.helpers import NOW, make_defaults
from tests.loopback import serving
from tests.ports import free_block
from twisted_date.client.connect import open_endpoint
from twisted_date.endpoints.ports import addresses_of
from twisted_date.server.factory import DateFactory
from twisted_date.server.limits import Limits

BASE = free_block()


def exchange_closing(address, data, before=b""):
    """Send data and close_notify in one segment; return all lines of the reply. Blocks.

    :param before: sent in plain text ahead of the handshake.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    plain = b""
    with socket.create_connection((address.host, address.port), 30) as connection:
        connection.sendall(before)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                connection.sendall(outgoing.read())
                incoming.write(connection.recv(65536))
        tls.write(data)
        with pytest.raises(ssl.SSLWantReadError):
            tls.unwrap()
        connection.sendall(outgoing.read())
        while chunk := connection.recv(65536):
            incoming.write(chunk)
            try:
                while text := tls.read(65536):
                    plain += text
            except (ssl.SSLWantReadError, ssl.SSLZeroReturnError):
                continue
    return plain.decode().splitlines()


@pytest.mark.parametrize(
    "description", ["ssl:0:interface=127.0.0.1:privateKey={path}", r"tls:{folder}:0:interface=\:\:1"]
)
@ensureDeferred
async def test_lines_before_close_notify_are_answered(certificate, description):
    try:
        endpoint = serverFromString(reactor, description.format(path=certificate, folder=certificate.parent))
    except ValueError:
        pytest.skip("this version of Twisted has no tls: endpoint for servers")
    async with serving(endpoint) as port:
        for _ in range(50):
            replies = await deferToThread(exchange_closing, port.getHost(), b"/date\n/date\n")
            assert replies == [NOW, NOW]


@ensureDeferred
async def test_many_lines_before_close_notify_are_answered(certificate):
    async with serving(serverFromString(reactor, f"fallback:{BASE}:tls={certificate}")) as port:
        for count in (1500, 6000, 40_000):
            for line, reply in ((b"\n", "You are connected. /help lists the commands."), (b"/date\n", NOW)):
                replies = await deferToThread(exchange_closing, port.getHost(), line * count)
                assert replies == [reply] * count


@ensureDeferred
async def test_clients_that_leave_without_reading_leave_no_session_open(certificate):
    def ask_and_leave(address):
        context = ssl.create_default_context(cafile=certificate)
        for _ in range(20):
            connection = context.wrap_socket(
                socket.create_connection((address.host, address.port), 30), server_hostname="localhost"
            )
            connection.sendall(b"\n" * 3000)
            connection.settimeout(0.05)
            with contextlib.suppress(OSError):
                connection.unwrap()
            connection.close()

    factory = DateFactory(make_defaults(), reactor)
    async with serving(serverFromString(reactor, f"fallback:{BASE}:tls={certificate}"), factory) as port:
        await deferToThread(ask_and_leave, port.getHost())
        for _ in range(100):
            if not factory._open:
                break
            await deferLater(reactor, 0.05)
        assert not factory._open


@pytest.mark.parametrize("description", ["proxy:fallback:{base}:tls={path}", "proxy:ssl:0:privateKey={path}"])
@ensureDeferred
async def test_proxy_header_precedes_the_tls_handshake(certificate, description):
    factory = DateFactory(make_defaults(), reactor, Limits(per_host=1))
    endpoint = serverFromString(reactor, description.format(base=BASE, path=certificate))
    async with serving(endpoint, factory) as port:
        for number in range(30):
            header = b"PROXY TCP4 192.0.2.%d 192.0.2.9 1 2\r\n" % number
            replies = await deferToThread(exchange_closing, port.getHost(), b"/date\n/date\n", header)
            assert replies == [NOW, NOW]


@ensureDeferred
async def test_fallback_serves_tls_on_both_addresses(certificate):
    endpoint = serverFromString(reactor, f"fallback:{BASE}:tls={certificate}")
    async with serving(endpoint) as port:
        assert {host.port for host in addresses_of(port)} == {BASE}
        for address in addresses_of(port):
            assert await deferToThread(exchange_closing, address, b"/date\n") == [NOW]
        # A second server falls back to the next port, with TLS as well.
        async with serving(serverFromString(reactor, f"fallback:{BASE}:tls={certificate}")) as other:
            assert {host.port for host in addresses_of(other)} == {BASE + 1}


@ensureDeferred
async def test_client_and_server_converse_over_tls(certificate):
    async with serving(serverFromString(reactor, f"ssl:0:privateKey={certificate}")) as port:
        endpoint = clientFromString(reactor, f"ssl:127.0.0.1:{port.getHost().port}")
        client = await open_endpoint(endpoint, reactor)
        assert (await client.ask("/date")).text == NOW
        assert (await client.ask("au revoir")).closing
        await client.when_closed()
