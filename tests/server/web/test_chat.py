import json
import struct

from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import WebSide
from tests.helpers import NOW
from tests.websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame, frames
from twisted_date.conversation.text import MAX_LINE
from twisted_date.network.closing import CLOSE_TIMEOUT
from twisted_date.server.web.factory import PING_INTERVAL

GOODBYE = "Goodbye. The connection is closed."


def closing(code):
    return CLOSE, struct.pack("!H", code)


class ChatTestCase(SynchronousTestCase):
    idle = 0
    target = "/chat"

    def setUp(self):
        self.web = WebSide(idle=self.idle)
        self.assertEqual(self.web.upgrade(self.target)[0], 101)
        self.protocol = self.web.transport.protocol
        self.web.transport.clear()

    def ask(self, *messages):
        """Send messages; return the texts of the replies."""
        data = self.web.send(b"".join(frame(message.encode()) for message in messages))
        found = frames(data)
        self.assertEqual({opcode for opcode, _ in found} - {TEXT, CLOSE}, set())
        return [payload.decode() for opcode, payload in found if opcode == TEXT]

    def last_frames(self):
        return frames(self.web.transport.value())


class MessageTests(ChatTestCase):
    def test_server_does_not_speak_first(self):
        self.web.clock.advance(0)
        self.assertEqual(self.web.transport.value(), b"")

    def test_message_gets_one_message_in_order(self):
        self.assertEqual(
            self.ask("/date", "hello", "/name Ada", "", "hello"),
            [
                NOW,
                "You are connected. /help lists the commands.",
                "Hello, Ada. You are connected.",
                "You are connected, Ada. /help lists the commands.",
                "You are connected, Ada. /help lists the commands.",
            ],
        )

    def test_form_is_that_of_the_session(self):
        _, reply = self.ask("/json", "/date")
        self.assertEqual(json.loads(reply)["date"], NOW)

    def test_message_that_looks_like_http_is_a_message(self):
        self.assertEqual(self.ask("GET / HTTP/1.1"), ["You are connected. /help lists the commands."])

    def test_long_message_is_the_error_that_it_is_over_tcp(self):
        self.assertTrue(self.ask("x" * MAX_LINE)[0].startswith("You are connected."))
        (reply,) = self.ask("x" * (MAX_LINE + 1))
        self.assertEqual(reply, "error: the line is too long; 1024 bytes are the most a line may have")
        self.assertEqual(len(self.ask("y" * 70_000, "/date")), 2)

    def test_bytes_that_are_not_utf8_are_the_error_that_they_are_over_tcp(self):
        found = frames(self.web.send(frame(b"\xff", BINARY)))
        self.assertEqual(found, [(TEXT, b"error: the line is not UTF-8; send text in UTF-8")])

    def test_ping_is_answered(self):
        found = frames(self.web.send(frame(b"1", PING) + frame(b"/date") + frame(b"2", PING)))
        self.assertEqual(sorted(found), [(TEXT, NOW.encode()), (PONG, b"1"), (PONG, b"2")])

    def test_flood_of_pings_is_answered_in_turns(self):
        found = frames(self.web.send(frame(b"", PING) * 3000 + frame(b"/date")))
        self.assertEqual([opcode for opcode, _ in found], [PONG] * 3000 + [TEXT])

    def test_flood_of_fragments_is_one_message(self):
        data = (
            frame(b"/da", fin=False) + frame(b"", CONTINUATION, fin=False) * 3000 + frame(b"te", CONTINUATION)
        )
        self.assertEqual(frames(self.web.send(data)), [(TEXT, NOW.encode())])

    def test_bytes_are_counted(self):
        server, data = self.web.server, frame(b"/date")
        received, sent = server.bytes_received, server.bytes_sent
        replies = self.web.send(data)
        self.assertEqual(server.bytes_received - received, len(data))
        self.assertEqual(server.bytes_sent - sent, len(replies))

    def test_peer_that_does_not_read_has_to_wait(self):
        self.protocol.pauseProducing()
        self.assertEqual(self.web.send(frame(b"/date") * 3), b"")
        self.assertEqual(self.web.transport.producerState, "paused")
        self.protocol.resumeProducing()
        self.web.clock.advance(0)
        self.assertEqual(len(self.last_frames()), 3)


class SettingsTests(ChatTestCase):
    target = "/chat?zone=Tokyo&lang=fr"

    def test_settings_of_the_url_are_those_of_the_session(self):
        self.assertEqual(self.ask("/zone"), ["Le fuseau est Asia/Tokyo."])


class EarlyTests(SynchronousTestCase):
    def test_peer_that_does_not_wait_for_the_handshake_is_answered(self):
        web = WebSide()
        key = b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        head = b"GET /chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        web.transport.protocol.dataReceived(head + key + frame(b"/date"))
        IHalfCloseableProtocol(web.transport.protocol).readConnectionLost()
        web.clock.advance(0)
        handshake, _, rest = web.transport.value().partition(b"\r\n\r\n")
        self.assertTrue(handshake.startswith(b"HTTP/1.1 101 "))
        self.assertEqual(frames(rest), [(TEXT, NOW.encode()), closing(1000)])
        self.assertTrue(web.transport.disconnecting)


class CloseTests(ChatTestCase):
    def assert_closed(self):
        self.assertTrue(self.web.transport.half_closed or self.web.transport.disconnecting)
        self.assertEqual(self.web.send(frame(b"/date")), b"")

    def test_farewell_is_confirmed_and_closes(self):
        found = frames(self.web.send(frame(b"au revoir") + frame(b"/date")))
        self.assertEqual(found, [(TEXT, GOODBYE.encode()), closing(1000)])
        self.assert_closed()

    def test_peer_that_closes_is_answered_first(self):
        found = frames(self.web.send(frame(b"/date") + frame(struct.pack("!H", 1001), CLOSE)))
        self.assertEqual(found, [(TEXT, NOW.encode()), closing(1001)])
        self.assert_closed()

    def test_peer_that_breaks_the_rules_is_closed(self):
        self.assertEqual(frames(self.web.send(frame(b"/date", masked=False))), [closing(1002)])
        self.assert_closed()

    def test_peer_that_half_closes_is_answered_first(self):
        self.protocol.dataReceived(frame(b"/date") + frame(b"/ver", fin=False))
        IHalfCloseableProtocol(self.protocol).readConnectionLost()
        self.assertEqual(self.last_frames()[-2:], [(TEXT, NOW.encode()), closing(1000)])
        self.assert_closed()

    def test_session_ends_with_the_connection(self):
        self.assertEqual(self.web.server.open_sessions, 1)
        self.web.transport.finish()
        self.assertEqual(self.web.server.open_sessions, 0)

    def test_peer_that_does_not_close_is_aborted(self):
        self.web.send(frame(b"au revoir"))
        self.web.clock.advance(CLOSE_TIMEOUT)
        self.assertTrue(self.web.transport.disconnecting or self.web.transport.aborted)

    def test_stopping_server_has_the_last_word(self):
        self.web.server.shut_down(5.0)
        self.web.clock.advance(0.1)
        self.assertEqual(
            self.last_frames()[-2:],
            [(TEXT, b"error: datechat is stopping; please connect again later"), closing(1001)],
        )


class IdleTests(ChatTestCase):
    idle = 600

    def test_idle_conversation_is_closed_with_the_reason_whatever_is_pinged(self):
        for _ in range(20):
            self.assertEqual(frames(self.web.send(frame(b"", PING))), [(PONG, b"")])
            self.web.transport.clear()
            self.web.clock.advance(PING_INTERVAL)
        *_, text, end = self.last_frames()
        self.assertEqual(text[0], TEXT)
        self.assertTrue(text[1].startswith(b"error: no line came for 600 seconds"), text)
        self.assertEqual(end, closing(1000))

    def test_silent_conversation_is_pinged_for_the_proxies_on_the_way(self):
        self.web.clock.pump([PING_INTERVAL] * 3)
        self.assertEqual(self.last_frames(), [(PING, b"")] * 3)
        self.web.transport.finish()
        self.web.clock.advance(PING_INTERVAL)
        self.assertEqual(self.web.clock.getDelayedCalls(), [])
