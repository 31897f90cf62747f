import json

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.replies import Reply, parse_json, parse_text
from twisted_date.conversation.text import clean, is_clean

CODES = st.none() | st.sampled_from(["unknown-command", "not-utf8"])
REPLIES = st.builds(Reply, text=st.text().map(clean), error=CODES, closing=st.booleans())


class TextFormTests(SynchronousTestCase):
    def test_reply_is_its_text(self):
        self.assertEqual(Reply("Hello.").as_text(), "Hello.")

    def test_error_has_a_prefix(self):
        self.assertEqual(Reply("that was wrong", error="code").as_text(), "error: that was wrong")

    def test_control_characters_are_replaced(self):
        self.assertEqual(Reply("a\x1b[2Jb\r\nc").as_text(), "a\ufffd[2Jb\ufffd\ufffdc")

    @given(REPLIES)
    def test_text_form_round_trips(self, reply):
        parsed = parse_text(reply.as_text().encode())
        if reply.error is not None or not reply.text.startswith("error: "):
            self.assertEqual((parsed.text, parsed.error is None), (reply.text, reply.error is None))


class JsonFormTests(SynchronousTestCase):
    def test_reply_holds_ok_and_text(self):
        self.assertEqual(json.loads(Reply("Hello.").as_json()), {"ok": True, "text": "Hello."})

    def test_error_holds_its_code(self):
        self.assertEqual(
            json.loads(Reply("wrong", error="code").as_json()),
            {"ok": False, "text": "wrong", "error": "code"},
        )

    def test_closing_reply_is_marked(self):
        self.assertIs(json.loads(Reply("Goodbye.", closing=True).as_json())["closing"], True)

    def test_letters_are_not_escaped(self):
        self.assertIn("Zoë", Reply("Zoë").as_json())

    def test_control_characters_are_replaced(self):
        line = Reply("a\x1bb\x9b\u202e", fields={"choices": ["\x9b", "\n"]}).as_json()
        self.assertTrue(is_clean(line))
        self.assertEqual(json.loads(line)["text"], "a\ufffdb\ufffd\ufffd")

    @given(REPLIES)
    def test_json_form_round_trips(self, reply):
        self.assertEqual(parse_json(reply.as_json().encode()), reply)


class ParseTests(SynchronousTestCase):
    def test_unknown_fields_are_kept(self):
        reply = parse_json(b'{"ok": true, "text": "x", "unix": 5, "new": [1]}')
        self.assertEqual(reply.fields, {"unix": 5, "new": [1]})

    def test_unsafe_characters_in_the_text_are_replaced(self):
        reply = parse_json(rb'{"ok": true, "text": "a\u001b[2J\r\n\u202e\ud800b"}')
        self.assertEqual(reply.text, "a\ufffd[2J\ufffd\ufffd\ufffd\ufffdb")
        self.assertEqual(parse_text("a\x9b\u2028b".encode()).text, "a\ufffd\ufffdb")

    def test_other_strings_with_unsafe_characters_are_left_out(self):
        reply = parse_json(
            rb'{"ok": true, "text": "", "choices": ["a", "b\nc", "\u200ed", ["\ud800", "e"]],'
            rb' "zone": "\u001b", "a\u0085": 1, "list": [{"place": "\r", "unix": 5}]}'
        )
        self.assertEqual(reply.fields, {"choices": ["a", ["e"]], "list": [{"unix": 5}]})
        self.assertEqual(reply.choices, ["a"])

    @given(st.recursive(st.none() | st.text() | st.integers(), lambda more: st.lists(more, max_size=5)))
    def test_nothing_unsafe_gets_past_the_parser(self, value):
        line = json.dumps({"ok": True, "text": "x", "more": value, "choices": value})
        try:
            reply = parse_json(line.encode())
        except ValueError:
            return
        self.assertTrue(is_clean(repr(reply.fields)))
        self.assertTrue(all(is_clean(choice) for choice in reply.choices))

    def test_numbers_that_json_does_not_have_are_refused(self):
        for number in (b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999"):
            self.assertRaises(ValueError, parse_json, b'{"ok": true, "text": "x", "n": %s}' % number)
        self.assertEqual(parse_json(b'{"ok": true, "text": "x", "n": -0.5}').fields, {"n": -0.5})

    def test_deep_nesting_is_refused(self):
        for depth in (10, 100, 500, 900, 1500):
            nested = b"[" * depth + b"]" * depth
            self.assertRaises(ValueError, parse_json, b'{"ok": true, "text": "x", "n": %s}' % nested)

    def test_reply_without_choices_has_none(self):
        for choices in (b"5", b"null", b'"text"', b'{"a": "b"}', b"[1, null, {}]"):
            reply = parse_json(b'{"ok": true, "text": "x", "choices": %s}' % choices)
            self.assertEqual(reply.choices, [])

    def test_other_json_is_refused(self):
        for line in (
            b"",
            b"Hello.",
            b"[]",
            b"{}",
            b'{"ok": true}',
            b'{"ok": 1, "text": "x"}',
            b'{"ok": true, "text": 5}',
            b'{"ok": true, "text": "x", "closing": "yes"}',
            b'{"ok": false, "text": "x"}',
            b'{"ok": true, "text": "x", "error": "code"}',
            b'{"ok": false, "text": "x", "error": 5}',
            rb'{"ok": false, "text": "x", "error": "\u001b"}',
            b'{"ok": true, "text": "\xff"}',
            b"[" * 100_000,
        ):
            self.assertRaises(ValueError, parse_json, line)

    def test_text_lines_are_parsed(self):
        self.assertEqual(parse_text(b"error: no"), Reply("no", error="error"))
        self.assertEqual(parse_text(b"yes"), Reply("yes"))

    def test_text_that_is_not_utf8_is_refused(self):
        self.assertRaises(ValueError, parse_text, b"\xff")

    @given(st.binary())
    def test_any_bytes_are_a_reply_or_a_value_error(self, line):
        for parse in (parse_json, parse_text):
            try:
                reply = parse(line)
            except ValueError:
                continue
            self.assertIsInstance(reply, Reply)
