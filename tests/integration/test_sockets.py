"""Server, client, port search and fallback over real sockets on loopback."""

import contextlib
import gc
import socket
from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.defer import gatherResults
from twisted.internet.endpoints import (
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    clientFromString,
    serverFromString,
)
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.threads import deferToThread

from tests.helpers import NOW, make_defaults
from tests.loopback import Collector, exchange, serving, strict, taken, talk
from tests.ports import free_block
from twisted_date.client.connect import open_endpoint, search_ports
from twisted_date.client.errors import ServerNotFound, WrongServer
from twisted_date.endpoints import fallback_client
from twisted_date.endpoints.fallback_client import NotFound
from twisted_date.endpoints.fallback_server import FallbackServerEndpoint, PortUnavailable
from twisted_date.endpoints.ports import addresses_of
from twisted_date.network.addresses import format_address
from twisted_date.server.factory import DateFactory

BASE = free_block()


@pytest.mark.skipif(not hasattr(socket, "TCP_CORK"), reason="needs Linux, where .ci/run runs")
@pytest.mark.parametrize("description", [f"tcp:{BASE}:interface=127.0.0.1", f"fallback:{BASE}"])
@ensureDeferred
async def test_data_and_fin_in_one_segment_lose_no_reply(description):
    async with serving(serverFromString(reactor, description)) as port:

        def ask():
            return [talk(port.getHost(), b"/date\n/date", one_segment=True) for _ in range(200)]

        assert await deferToThread(ask) == [[NOW, NOW]] * 200


@ensureDeferred
async def test_chunk_boundaries_do_not_matter():
    request = b"/name Zo\xc3\xab\r\n/date\n" + b"x" * 1030 + b"\n/date"
    async with serving(strict(BASE)) as port:

        def ask():
            cuts = [*range(30), *range(1040, len(request))]
            return [talk(port.getHost(), request[:cut], request[cut:]) for cut in cuts]

        for replies in await deferToThread(ask):
            assert replies[::3] == ["Hello, Zoë. You are connected.", NOW]
            assert replies[1] == NOW
            assert replies[2].startswith("error: the line is too long")


@ensureDeferred
async def test_goodbye_survives_discarded_input():
    async with serving(strict(BASE)) as port:

        def ask():
            return [talk(port.getHost(), b"/quit\n" + b"more\n" * 200_000) for _ in range(10)]

        assert await deferToThread(ask) == [["Goodbye. The connection is closed."]] * 10


@ensureDeferred
async def test_flood_of_lines_gets_all_replies_in_order():
    count = 30_000
    async with serving(strict(BASE)):
        replies = await exchange(BASE, b"".join(b"/help %d\n" % number for number in range(count)))
    assert len(replies) == count
    assert all(f"/{number} is not" in reply for number, reply in enumerate(replies))


@ensureDeferred
async def test_peer_that_reads_nothing_is_aborted_when_all_replies_are_in_the_kernel():
    factory, protocols = DateFactory(make_defaults(), reactor), []
    factory.buildProtocol = lambda address: (
        protocols.append(DateFactory.buildProtocol(factory, address)) or protocols[0]
    )
    async with serving(strict(BASE), factory):
        with socket.create_connection(("127.0.0.1", BASE)) as peer:
            peer.sendall(b"/date\n")
            assert await deferToThread(peer.recv, 100)
            with contextlib.suppress(BlockingIOError):
                while True:
                    protocols[0].transport.socket.send(b"x" * 65536)
            factory.abort_all()
            await factory.shut_down(3600).addTimeout(10, reactor)


@ensureDeferred
async def test_server_listens_on_both_loopback_addresses():
    async with serving(strict(BASE, "localhost")) as port:
        assert [(host.host, host.port) for host in addresses_of(port)] == [("::1", BASE), ("127.0.0.1", BASE)]
        for endpoint in (
            TCP4ClientEndpoint(reactor, "127.0.0.1", BASE),
            TCP6ClientEndpoint(reactor, "::1", BASE),
        ):
            client = await open_endpoint(endpoint, reactor)
            assert (await client.ask("/date")).text == NOW
            await client.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "0.0.0.0", "::"])
@ensureDeferred
async def test_fallback_moves_on_when_an_address_is_taken(host):
    with taken((host, BASE)):
        async with serving(serverFromString(reactor, f"fallback:{BASE}:tries=2")) as port:
            assert {host.port for host in addresses_of(port)} == {BASE + 1}
            assert await exchange(BASE + 1, b"/date\n") == [NOW]


@ensureDeferred
async def test_exhausted_port_range_leaves_nothing_listening():
    with taken(("127.0.0.1", BASE), ("127.0.0.1", BASE + 1)):
        with pytest.raises(PortUnavailable, match=f"{BASE} to {BASE + 1} on localhost is taken"):
            await FallbackServerEndpoint(reactor, BASE, 2).listen(DateFactory(make_defaults(), reactor))
        with taken(("::1", BASE), ("::1", BASE + 1)):
            """Both ports can be bound again."""


@ensureDeferred
async def test_port_of_an_outgoing_connection_counts_as_taken():
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as outgoing:
        outgoing.bind(("127.0.0.1", BASE + 20))
        outgoing.connect(listening.getsockname())
        async with serving(serverFromString(reactor, f"fallback:{BASE + 20}:tries=2")) as port:
            assert {address.port for address in addresses_of(port)} == {BASE + 21}


@ensureDeferred
async def test_restarted_server_keeps_its_port_despite_time_wait():
    endpoint = serverFromString(reactor, f"fallback:{BASE}:tries=2")
    for _ in range(3):
        async with serving(endpoint) as port:
            assert {address.port for address in addresses_of(port)} == {BASE}
            # The server closes first, so its side of the connection stays in TIME_WAIT.
            assert await exchange(BASE, b"/quit\n") == ["Goodbye. The connection is closed."]


@ensureDeferred
async def test_ipv4_peer_on_a_dual_stack_socket_is_shown_as_ipv4():
    peers = []

    class Peers(DateFactory):
        def buildProtocol(self, addr):
            peers.append(format_address(addr))
            return super().buildProtocol(addr)

    async with serving(strict(BASE, "*"), Peers(make_defaults(), reactor)):
        await exchange(BASE, b"/date\n")
    assert peers[0].startswith("127.0.0.1:")


@ensureDeferred
async def test_failed_attempts_leave_no_descriptor_open():
    def descriptors():
        gc.collect()  # older versions of Twisted leave the socket of a failed bind to the garbage collector
        return len(list(Path("/proc/self/fd").iterdir()))

    with taken(*(("127.0.0.1", port) for port in range(BASE, BASE + 50))):
        before = descriptors()
        with pytest.raises(PortUnavailable):
            await FallbackServerEndpoint(reactor, BASE, 50).listen(DateFactory(make_defaults(), reactor))
        assert descriptors() == before
        port = await FallbackServerEndpoint(reactor, BASE, 51).listen(DateFactory(make_defaults(), reactor))
        assert {address.port for address in addresses_of(port)} == {BASE + 50}
        assert descriptors() == before + 2
        await port.stopListening()
        assert descriptors() == before


@ensureDeferred
async def test_partly_bound_port_accepts_no_connection():
    with taken(("127.0.0.1", BASE)):
        async with serving(serverFromString(reactor, f"fallback:{BASE}:tries=2")):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("::1", BASE), 1)


@ensureDeferred
async def test_haproxy_endpoint_wraps_the_fallback():
    async with serving(serverFromString(reactor, f"haproxy:fallback:{BASE}")) as port:
        assert {address.port for address in addresses_of(port)} == {BASE}
        header = b"PROXY TCP4 192.0.2.1 192.0.2.2 1000 2000\r\n"
        collector = Collector(header + b"/date\n/quit\n", half_close=False)
        endpoint = clientFromString(reactor, f"fallback:{BASE}:tries=1")
        await endpoint.connect(Factory.forProtocol(lambda: collector))
        assert (await collector.finished).decode().splitlines()[0] == NOW


@ensureDeferred
async def test_every_interface_is_one_socket_for_both_families():
    async with serving(strict(BASE, "*")) as port:
        assert len(addresses_of(port)) == 1
        for endpoint in (
            TCP4ClientEndpoint(reactor, "127.0.0.1", BASE),
            TCP6ClientEndpoint(reactor, "::1", BASE),
        ):
            client = await open_endpoint(endpoint, reactor)
            await client.close()


@ensureDeferred
async def test_port_search_skips_other_servers():
    class Silent(Protocol):
        """Sends nothing."""

    class Loud(Protocol):
        def connectionMade(self):
            self.transport.write(b"220 hello\r\n" * 1000)

    async with (
        serving(strict(BASE), Factory.forProtocol(Silent)),
        serving(strict(BASE + 1), Factory.forProtocol(Loud)),
        serving(strict(BASE + 2, "::1"), Factory.forProtocol(Silent)),
        serving(strict(BASE + 2)),
    ):
        client = await search_ports(reactor, "localhost", BASE, 5, 5.0)
        assert client.transport.getPeer().port == BASE + 2
        assert (await client.ask("/date")).text == NOW
        await client.close()


@ensureDeferred
async def test_port_search_without_a_server_fails():
    with pytest.raises(ServerNotFound, match="refused"):
        await search_ports(reactor, "localhost", BASE, 5, 5.0)


@ensureDeferred
async def test_many_clients_are_served_at_once():
    async with serving(strict(BASE)):
        clients = [await search_ports(reactor, "localhost", BASE, 1) for _ in range(20)]
        replies = await gatherResults([client.ask(f"/name {n}") for n, client in enumerate(clients)])
        assert [reply.text for reply in replies] == [f"Hello, {n}. You are connected." for n in range(20)]
        for client in clients:
            await client.close()


@ensureDeferred
async def test_other_server_is_recognized():
    class Echo(Protocol):
        def dataReceived(self, data):
            self.transport.write(data)

    async with serving(strict(BASE), Factory.forProtocol(Echo)):
        with pytest.raises(WrongServer):
            await open_endpoint(TCP4ClientEndpoint(reactor, "127.0.0.1", BASE), reactor)


@ensureDeferred
async def test_self_connection_is_not_a_server(monkeypatch):
    # On loopback, connecting from a free port to the same port succeeds.
    endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", BASE + 9, bindAddress=("127.0.0.1", BASE + 9))
    monkeypatch.setattr(fallback_client, "_endpoint", lambda *_: endpoint)
    with pytest.raises(NotFound, match="met itself"):
        await clientFromString(reactor, f"fallback:127.0.0.1:{BASE + 9}:tries=1").connect(
            Factory.forProtocol(Protocol)
        )
