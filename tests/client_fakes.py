"""Fakes for the client's tests: settings, input and output, and a server in memory."""

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.test.iosim import FakeTransport, connect as connect_in_memory
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import make_defaults
from twisted_date.client.protocol import DateClient
from twisted_date.client.settings import Settings, Target
from twisted_date.server.factory import DateFactory


def make_settings(**changes):
    return Settings(
        **{
            "target": Target(ports=range(50000, 50002)),
            "where": False,
            "name": None,
            "json": False,
            "timeout": 10.0,
            "message": None,
            **changes,
        }
    )


class Input:
    """Lines that are available at once, or supplied later by a test."""

    def __init__(self, *lines, ends=True):
        self.lines = list(lines)
        self.ends = ends
        self.waiting = None

    def next(self):
        if self.lines:
            return succeed(self.lines.pop(0))
        if self.ends:
            return succeed(None)
        self.waiting = Deferred()
        return self.waiting


class Output:
    """Records what is written; a broken output raises BrokenPipeError."""

    def __init__(self, broken=False):
        self.text = ""
        self.broken = broken

    def write(self, text):
        if self.broken:
            raise BrokenPipeError(32, "Broken pipe")
        self.text += text

    def lines(self):
        return self.text.splitlines()


class ClientTestCase(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.factory = DateFactory(make_defaults(), self.clock)
        self.out, self.err = Output(), Output()

    def connect(self):
        """Return a client connected to a server in memory."""
        server, client = self.factory.buildProtocol(None), DateClient(self.clock)
        here, there = IPv4Address("TCP", "127.0.0.1", 40000), IPv4Address("TCP", "127.0.0.1", 50000)
        self.pump = connect_in_memory(
            server,
            FakeTransport(server, isServer=True, hostAddress=there, peerAddress=here),
            client,
            FakeTransport(client, isServer=False, hostAddress=here, peerAddress=there),
        )
        handshake = Deferred.fromCoroutine(client.handshake())
        self.pump.flush()
        self.successResultOf(handshake)
        return client

    def assert_output(self, conversation, *lines, status=0):
        self.assertEqual(self.successResultOf(conversation), status)
        self.assertEqual(self.out.lines(), list(lines))
