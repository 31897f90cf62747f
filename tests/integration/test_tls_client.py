"""The client over TLS: which certificates it accepts. It says nothing to a server that it does not accept."""

import gc
import json
import weakref
from datetime import timedelta

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, clientFromString, serverFromString
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import IHandshakeListener
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater
from twisted.logger import capturedLogs
from twisted.protocols.tls import TLSMemoryBIOFactory
from zope.interface import implementer

from tests.certificates import write_certificate
from tests.helpers import NOW, make_defaults
from tests.loopback import serving, strict
from tests.ports import free_block
from twisted_date.client import api
from twisted_date.client.connect import connect_to
from twisted_date.client.errors import ServerError
from twisted_date.client.settings import Target
from twisted_date.endpoints.fallback_client import FallbackClientEndpoint, NotFound
from twisted_date.endpoints.tls import tls_options
from twisted_date.endpoints.tls_client import HandshakeFailed, TLSClientEndpoint, WrongCertificate
from twisted_date.server.factory import DateFactory

BOTH = ("localhost", "127.0.0.1")
EXPIRED = timedelta(seconds=-1)

# A name for the test; the subjectAltNames; the common name; how long it lasts; whether it is trusted; the
# hosts for which it is accepted; and what is said of it otherwise
CERTIFICATES = [
    ("both", BOTH, "localhost", timedelta(days=1), True, BOTH, ""),
    (
        "dns",
        ("localhost",),
        "localhost",
        timedelta(days=1),
        True,
        ("localhost",),
        "is not for|another host's",
    ),
    ("ip", ("127.0.0.1",), "localhost", timedelta(days=1), True, ("127.0.0.1",), "is not for|another host's"),
    ("no-san", (), "localhost", timedelta(days=1), True, (), "names no host"),
    ("no-san-wrong-cn", (), "example.org", timedelta(days=1), True, (), "names no host"),
    ("wrong-san", ("example.org",), "localhost", timedelta(days=1), True, (), "is not for|another host's"),
    ("wrong-ip", ("192.0.2.1",), "localhost", timedelta(days=1), True, (), "is not for|another host's"),
    ("expired", BOTH, "localhost", EXPIRED, True, (), "has expired|not valid now"),
    ("self-signed", BOTH, "localhost", timedelta(days=1), False, (), "is not trusted"),
]
CASES = pytest.mark.parametrize(
    ("names", "common_name", "lasts", "trusted", "accepted", "words"),
    [case[1:] for case in CERTIFICATES],
    ids=[case[0] for case in CERTIFICATES],
)


def serve(tmp_path, monkeypatch, names, common_name, lasts, trusted):
    """The description of a server with such a certificate; the client trusts it, or another one."""
    pem = write_certificate(tmp_path / "server.pem", *names, common_name=common_name, lasts=lasts)
    other = write_certificate(tmp_path / "other.pem", "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem if trusted else other))
    return serverFromString(reactor, f"ssl:0:interface=127.0.0.1:privateKey={pem}")


@CASES
@pytest.mark.parametrize("host", BOTH)
@ensureDeferred
async def test_client_talks_only_to_the_host_of_the_certificate(
    tmp_path, monkeypatch, names, common_name, lasts, trusted, accepted, words, host
):
    factory = DateFactory(make_defaults(), reactor)
    endpoint = serve(tmp_path, monkeypatch, names, common_name, lasts, trusted)
    async with serving(endpoint, factory) as port:
        target = Target(host, range(port.getHost().port, port.getHost().port + 1), tls=True)
        with capturedLogs() as logs:
            if host in accepted:
                client = await connect_to(reactor, target, 10.0)
                assert (await client.ask("/date")).text == NOW
                await client.close()
            else:
                with pytest.raises(ServerError, match=words):
                    await connect_to(reactor, target, 10.0)
                assert sum(factory.counts.requests.values()) == 0
                assert factory.bytes_received == 0
        assert [event for event in logs if event["log_level"].name in ("error", "critical")] == []


@CASES
@ensureDeferred
async def test_api_connects_only_to_the_host_of_the_certificate(
    tmp_path, monkeypatch, names, common_name, lasts, trusted, accepted, words
):
    async with serving(serve(tmp_path, monkeypatch, names, common_name, lasts, trusted)) as port:
        connecting = api.connect(reactor, "127.0.0.1", port.getHost().port, tls=True)
        if "127.0.0.1" in accepted:
            conversation = await connecting
            assert (await conversation.date()).text == NOW
            await conversation.close()
        else:
            with pytest.raises(ServerError, match=words):
                await connecting


@CASES
@ensureDeferred
async def test_description_of_tls_accepts_no_certificate_without_the_host(
    tmp_path, monkeypatch, names, common_name, lasts, trusted, accepted, words
):
    """Twisted's own ``tls:`` logs that a certificate names no host, and goes on."""
    async with serving(serve(tmp_path, monkeypatch, names, common_name, lasts, trusted)) as port:
        connecting = connect_to(reactor, Target(endpoint=f"tls:localhost:{port.getHost().port}"), 10.0)
        if "localhost" in accepted:
            client = await connecting
            assert (await client.ask("/date")).text == NOW
            await client.close()
        else:
            with pytest.raises(ServerError, match=words):
                await connecting


class Silent(Protocol):
    """Accepts, and says nothing."""


class Closing(Protocol):
    def connectionMade(self):
        self.transport.loseConnection()


@pytest.mark.parametrize(
    ("protocol", "words"),
    [(Silent, "no answer came in time"), (Closing, "closes the connection at once")],
    ids=["silent", "closing"],
)
@ensureDeferred
async def test_server_without_tls_is_not_taken_for_a_server(protocol, words):
    endpoint = serverFromString(reactor, "tcp:0:interface=127.0.0.1")
    async with serving(endpoint, Factory.forProtocol(protocol)) as port:
        target = Target("127.0.0.1", range(port.getHost().port, port.getHost().port + 1), tls=True)
        with pytest.raises(ServerError, match=words):
            await connect_to(reactor, target, 0.5)


@ensureDeferred
async def test_endpoint_connects_when_the_handshake_is_complete(tmp_path, monkeypatch):
    endpoint = serve(tmp_path, monkeypatch, ("example.org",), "localhost", timedelta(days=1), True)
    async with serving(endpoint) as port:
        tcp = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
        protocol = await TLSClientEndpoint(tcp, "example.org").connect(Factory.forProtocol(Protocol))
        assert protocol.transport.getPeerCertificate() is not None
        protocol.transport.loseConnection()
        with pytest.raises(WrongCertificate, match=r"the certificate is not for localhost"):
            await TLSClientEndpoint(tcp, "localhost").connect(Factory.forProtocol(Protocol))


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [(lambda _: None, ConnectError, "wants no connection"), (lambda _: 1 // 0, ZeroDivisionError, "zero")],
    ids=["none", "error"],
)
@ensureDeferred
async def test_endpoint_fails_when_the_factory_builds_no_protocol(tmp_path, monkeypatch, make, error, words):
    endpoint = serve(tmp_path, monkeypatch, ("localhost",), "localhost", timedelta(days=1), True)
    async with serving(endpoint) as port:
        tcp = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
        protocols = Factory()
        protocols.buildProtocol = make
        connecting = TLSClientEndpoint(tcp, "localhost").connect(protocols)
        with pytest.raises(error, match=words):
            await connecting.addTimeout(10, reactor)


@ensureDeferred
async def test_endpoint_over_one_that_takes_its_time(tmp_path, monkeypatch):
    """The handshake is complete before the other endpoint says that it has connected."""
    endpoint = serve(tmp_path, monkeypatch, ("localhost",), "localhost", timedelta(days=1), True)

    async def verify(layer):
        while not isinstance(layer.wrappedProtocol, Listener):
            await deferLater(reactor, 0.01)

    async with serving(endpoint) as port:
        slow = FallbackClientEndpoint(reactor, "127.0.0.1", port.getHost().port, 1, verify=verify)
        protocol = await TLSClientEndpoint(slow, "localhost").connect(Factory.forProtocol(Listener))
        assert protocol.transport.getPeer().port == port.getHost().port
        protocol.transport.loseConnection()


@implementer(IHandshakeListener)
class ClosingAfterHandshake(Protocol):
    def handshakeCompleted(self):
        self.transport.loseConnection()


class Listener(Protocol):
    """Shows that it is connected by its place in the TLS layer."""


@ensureDeferred
async def test_race_that_is_over_leaves_no_connection(tmp_path):
    """Even if ``verify`` goes on when it is cancelled."""
    base = free_block()
    stranger = Factory.forProtocol(Silent)
    lost = Deferred()

    class Client(Protocol):
        def connectionLost(self, reason):
            lost.callback(None)

    async def verify(protocol):
        try:
            await Deferred()
        except CancelledError:
            await deferLater(reactor, 0)

    async with serving(strict(base), stranger):
        endpoint = FallbackClientEndpoint(reactor, "127.0.0.1", base, 1, 0.2, verify=verify)
        with pytest.raises(NotFound):
            await endpoint.connect(Factory.forProtocol(Client))
        await lost.addTimeout(5, reactor)


async def fail_handshake(endpoint, factories):
    factory = Factory.forProtocol(Protocol)
    factory.noisy = False  # the log keeps the factories that it names
    factories.add(factory)
    with pytest.raises(HandshakeFailed, match="closes the connection at once"):
        await TLSClientEndpoint(endpoint, "localhost").connect(factory)


@ensureDeferred
async def test_failed_handshakes_leave_nothing_in_memory():
    """Twisted has one ConnectionLost for all connections; what is raised from it keeps its tracebacks."""
    endpoint = serverFromString(reactor, "tcp:0:interface=127.0.0.1")
    async with serving(endpoint, Factory.forProtocol(Closing)) as port:
        tcp = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
        factories = weakref.WeakSet()
        for _ in range(5):
            await fail_handshake(tcp, factories)
        for _ in range(500):
            gc.collect()
            if not factories:
                break
            await deferLater(reactor, 0.01)
        assert not factories


@ensureDeferred
async def test_fallback_survives_that_a_verified_service_is_lost(tmp_path, monkeypatch):
    """The service on the lower port wins although the one that was verified first has closed."""
    base = free_block()
    pem = write_certificate(tmp_path / "server.pem", "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    lost = Deferred()

    class Client(Protocol):
        def connectionLost(self, reason):
            if not lost.called:
                lost.callback(None)

    async def verify(protocol):
        if protocol.transport.getPeer().port == base:
            await lost
            await deferLater(reactor, 0)

    endpoint = FallbackClientEndpoint(reactor, "localhost", base, 2, verify=verify, tls=True)
    async with (
        serving(serverFromString(reactor, f"ssl:{base}:interface=127.0.0.1:privateKey={pem}")),
        serving(
            serverFromString(reactor, f"ssl:{base + 1}:interface=127.0.0.1:privateKey={pem}"),
            Factory.forProtocol(ClosingAfterHandshake),
        ),
    ):
        protocol = await endpoint.connect(Factory.forProtocol(Client))
        assert protocol.transport.getPeer().port == base
        protocol.transport.loseConnection()


@ensureDeferred
async def test_fallback_says_why_a_lost_service_was_not_verified(tmp_path, monkeypatch):
    async def verify(protocol):
        await protocol.lost
        await deferLater(reactor, 0)  # by now Twisted's TLS layer has forgotten its connection
        raise ValueError("what answers there is not hello")

    class Client(Protocol):
        def connectionMade(self):
            self.lost = Deferred()

        def connectionLost(self, reason):
            self.lost.callback(None)

    endpoint = serve(tmp_path, monkeypatch, ("127.0.0.1",), "localhost", timedelta(days=1), True)
    async with serving(endpoint, Factory.forProtocol(ClosingAfterHandshake)) as port:
        found = port.getHost().port
        searching = FallbackClientEndpoint(reactor, "127.0.0.1", found, 1, verify=verify, tls=True)
        with pytest.raises(NotFound, match="is not hello"):
            await searching.connect(Factory.forProtocol(Client))


@pytest.mark.parametrize("lasts", [EXPIRED, timedelta(days=1)], ids=["expired", "plain"])
@ensureDeferred
async def test_endpoint_says_what_is_wrong_with_a_handshake(tmp_path, monkeypatch, lasts):
    endpoint = serve(tmp_path, monkeypatch, ("localhost",), "localhost", lasts, True)
    words = "its certificate has expired"
    if lasts > EXPIRED:
        endpoint, words = serverFromString(reactor, "tcp:0:interface=127.0.0.1"), "no TLS with what answers"
    async with serving(endpoint) as port:
        tcp = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
        with pytest.raises(HandshakeFailed, match=words):
            await TLSClientEndpoint(tcp, "localhost").connect(Factory.forProtocol(Protocol))


@ensureDeferred
async def test_description_of_ssl_with_a_host_sends_nothing_to_a_certificate_without_one(
    tmp_path, monkeypatch
):
    factory = DateFactory(make_defaults(), reactor)
    endpoint = serve(tmp_path, monkeypatch, (), "localhost", timedelta(days=1), True)
    async with serving(endpoint, factory) as port:
        for description in (
            "ssl:localhost:{}:hostname=localhost",
            "SSL:localhost:{}:host\\name=localhost",
            "tls:localhost:{}",
            "TLS:localhost:{}",
            "t\\ls:localhost:{}",
        ):
            target = Target(endpoint=description.format(port.getHost().port))
            with pytest.raises(ServerError, match=r"^no datechat server at .*names no host"):
                await connect_to(reactor, target, 10.0)
        assert factory.bytes_received == 0


@pytest.mark.parametrize("described", [False, True], ids=["program", "description"])
@ensureDeferred
async def test_fallback_finds_the_service_with_the_right_certificate(tmp_path, monkeypatch, described):
    base = free_block()
    pem = write_certificate(tmp_path / "server.pem", "localhost")
    stranger = write_certificate(tmp_path / "stranger.pem", "example.org")
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(pem.read_bytes() + stranger.read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    if described:
        endpoint = clientFromString(reactor, f"fallback:localhost:{base}:tries=4:tls=yes")
    else:
        endpoint = FallbackClientEndpoint(reactor, "localhost", base, 4, tls=True)
    async with (
        serving(strict(base), Factory.forProtocol(Silent)),
        serving(strict(base + 1), Factory.forProtocol(Closing)),
        serving(serverFromString(reactor, f"ssl:{base + 2}:interface=127.0.0.1:privateKey={stranger}")),
        serving(serverFromString(reactor, f"ssl:{base + 3}:interface=127.0.0.1:privateKey={pem}")),
    ):
        protocol = await endpoint.connect(Factory.forProtocol(Protocol))
        assert protocol.transport.getPeer().port == base + 3
        protocol.transport.loseConnection()


@ensureDeferred
async def test_unix_socket_in_a_port_file_is_spoken_tls_with(tmp_path, monkeypatch, certificate):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    path, factory = tmp_path / "socket", DateFactory(make_defaults(), reactor)
    port = reactor.listenUNIX(str(path), TLSMemoryBIOFactory(tls_options(str(certificate)), False, factory))
    port_file = tmp_path / "port.json"
    port_file.write_text(json.dumps({"addresses": [{"path": str(path)}]}))
    try:
        client = await connect_to(reactor, Target(port_file=port_file, tls=True))
        assert (await client.ask("/date")).text == NOW
        await client.close()
        with pytest.raises(ServerError, match=r"is not for example\.org"):
            await connect_to(reactor, Target("example.org", port_file=port_file, tls=True))
    finally:
        await port.stopListening()
        await factory.shut_down(1.0)
