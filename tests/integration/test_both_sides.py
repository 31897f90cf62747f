"""Client and server together, in memory."""

from hypothesis import given, strategies as st
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.test.iosim import connectedServerAndClient
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import ClientSide, ServerSide
from tests.helpers import NOW, make_defaults, make_session
from twisted_date.client.errors import ConnectionClosed
from twisted_date.client.protocol import DateClient
from twisted_date.conversation.replies import Reply
from twisted_date.server.factory import QUIET_PERIOD, DateFactory

MESSAGES = st.text(max_size=200).filter(lambda text: "\n" not in text) | st.sampled_from(
    [
        "/date",
        "/json",
        "/json on",
        "/json off",
        "/JSON OFF",
        "/json  off ",
        " /json off",
        "/json\toff",
        "/json maybe",
        "/help",
        "/version",
    ]
)


class BothSidesTests(SynchronousTestCase):
    def connect(self):
        self.clock = Clock()
        self.factory = DateFactory(make_defaults(), self.clock)
        self.client, self.server, self.pump = connectedServerAndClient(
            lambda: self.factory.buildProtocol(None), lambda: DateClient(self.clock)
        )
        handshake = Deferred.fromCoroutine(self.client.handshake())
        self.pump.flush()
        self.successResultOf(handshake)

    def ask(self, *messages):
        pending = [self.client.ask(message) for message in messages]
        self.pump.flush()
        return [self.successResultOf(reply) for reply in pending]

    def test_replies_match_their_messages(self):
        self.connect()
        replies = self.ask("/name Zoë", "/date", "bonjour", "/dat", "au revoir")
        self.assertEqual(
            [reply.text for reply in replies],
            [
                "Hello, Zoë. You are connected.",
                NOW,
                "You are connected, Zoë. /help lists the commands.",
                "/dat is not a command; did you mean /date?",
                "Goodbye, Zoë. The connection is closed.",
            ],
        )
        self.assertEqual([reply.error for reply in replies], [None, None, None, "unknown-command", None])
        self.assertEqual([reply.closing for reply in replies], [False] * 4 + [True])
        self.failureResultOf(self.client.ask("/date"), ConnectionClosed)

    def test_stopping_server_closes_the_client_with_its_reason(self):
        self.connect()
        self.factory.shut_down(1.0)
        self.clock.advance(QUIET_PERIOD)
        self.clock.advance(QUIET_PERIOD)
        self.pump.flush()
        error = self.failureResultOf(self.client.ask("/date"), ConnectionClosed).value
        self.assertIn("datechat is stopping", str(error))

    def test_chunk_boundaries_do_not_matter(self):
        self.connect()
        request = b"/name Zo\xc3\xab\r\n/json\n\xff\n/date\n" + b"x" * 1100 + b"\nau revoir\n"
        server = ServerSide()
        server.protocol.dataReceived(request)
        reply = server.transport.value()
        for cut in range(len(request) + 1):
            server = ServerSide()
            server.protocol.dataReceived(request[:cut])
            server.protocol.dataReceived(request[cut:])
            self.assertEqual(server.transport.value(), reply)
        json_replies = reply[reply.index(b"{") :]
        for cut in range(len(json_replies) + 1):
            side = ClientSide()
            replies = [side.client.ask(f"message {number}") for number in range(json_replies.count(b"\n"))]
            side.client.dataReceived(json_replies[:cut])
            side.client.dataReceived(json_replies[cut:])
            texts = [self.successResultOf(reply).text for reply in replies]
            self.assertEqual(texts[-1], "Goodbye, Zoë. The connection is closed.")
            self.assertEqual(texts[-2][:20], "the line is too long")
            self.assertEqual(texts[-3], NOW)

    @given(st.lists(MESSAGES, max_size=10))
    def test_every_message_gets_its_own_reply(self, messages):
        messages = [message for message in messages if not make_session().reply_to(message.encode()).closing]
        self.connect()
        alone = make_session()
        for message, reply in zip(messages, self.ask(*messages), strict=True):
            expected = alone.reply_to(message.encode().rstrip(b"\r"))
            # After /json off the client switches the wire back to JSON; the replies still read the same.
            self.assertEqual((reply.text, reply.error is None), (expected.text, expected.error is None))
            self.assertIsInstance(reply, Reply)
