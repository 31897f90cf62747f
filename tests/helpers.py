"""What several test modules need: sessions with a clock of their own, and transports that remember."""

import io
import sys
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.python.failure import Failure

from twisted_date.client.protocol import DateClient
from twisted_date.conversation.cache import ReplyCache
from twisted_date.conversation.counts import Counts
from twisted_date.conversation.session import Session
from twisted_date.conversation.state import Defaults
from twisted_date.server.factory import DateFactory
from twisted_date.server.limits import Limits

# 2026-12-25 19:00:00.5 in Paris
NOW_NS = 1798221600_500_000_000
PARIS = ZoneInfo("Europe/Paris")
NOW = "2026-12-25T19:00:00+01:00"


def make_defaults(**changes):
    return Defaults(**{"now_ns": lambda: NOW_NS, "zone": PARIS, **changes})


def make_session(counts=None, **changes):
    defaults = make_defaults(**changes)
    return Session(defaults, counts or Counts(), ReplyCache(defaults.now_ns))


def temporary_folder(test):
    """A folder that is gone after the test; mktemp's stay in the current one."""
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    return Path(folder.name)


def refusal(test, parse, *arguments):
    """What is said about options that are refused; they end the process with status 2."""
    test.patch(sys, "stderr", io.StringIO())
    test.assertEqual(test.assertRaises(SystemExit, parse, *arguments).code, 2)
    return sys.stderr.getvalue()


def one_turn(clock):
    """What is due now, as in one turn of the reactor; a Clock would go on with what that asks for at once."""
    for call in [call for call in clock.getDelayedCalls() if call.getTime() <= clock.seconds()]:
        clock.calls.remove(call)
        call.called = 1
        call.func(*call.args, **call.kw)


class Transport(StringTransportWithDisconnection):
    """A transport that closes at the end of a turn, as a socket does, and can be told to be full."""

    aborted = False
    dataBuffer = b""  # what a socket's transport keeps of what was written
    half_closed = False

    def loseWriteConnection(self):
        self.half_closed = True

    def loseConnection(self):
        self.disconnecting = True

    def abortConnection(self):
        self.aborted = True
        self.finish()

    def finish(self):
        """Close for good."""
        if self.connected:
            self.connected = False
            self.protocol.connectionLost(Failure(ConnectionDone()))

    def lines(self):
        """The lines written so far, without their CRLF."""
        written = self.value()
        assert not written or written.endswith(b"\r\n"), written
        return written.decode().split("\r\n")[:-1]


def connect_protocol(protocol):
    transport = Transport(
        hostAddress=IPv4Address("TCP", "127.0.0.1", 50000),
        peerAddress=IPv4Address("TCP", "127.0.0.1", 40000),
    )
    transport.protocol = protocol
    protocol.makeConnection(transport)
    return transport


class ServerSide:
    """A server's protocol on a transport, with its clock."""

    def __init__(self, new_session=make_session, **limits):
        self.clock = Clock()
        self.factory = DateFactory(new_session, self.clock, Limits(**limits))
        self.protocol, self.transport = self.connect()

    def connect(self, address=None):
        """One more connection: its protocol and its transport."""
        protocol = self.factory.buildProtocol(address)
        return protocol, connect_protocol(protocol)

    def receive(self, data):
        """What the server writes after these bytes, as lines."""
        self.transport.clear()
        self.protocol.dataReceived(data)
        return self.transport.lines()

    def half_close(self):
        IHalfCloseableProtocol(self.protocol).readConnectionLost()


class ClientSide:
    """A client's protocol on a transport, with its clock."""

    def __init__(self, timeout=10.0):
        self.clock = Clock()
        self.client = DateClient(self.clock, timeout)
        self.transport = connect_protocol(self.client)

    def receive(self, *lines):
        self.client.dataReceived(b"".join(line.encode() + b"\r\n" for line in lines))

    def sent(self):
        """The lines that were sent since the last call."""
        lines = self.transport.lines()
        self.transport.clear()
        return lines
