from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.network.telnet import MAX_COMMAND, SPECIAL, TelnetInput, edited

NEGOTIATION = b"\xff\xfb\x1f\xff\xfd\x01"  # WILL NAWS, DO ECHO
WINDOW_SIZE = b"\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0"


def text(*pieces):
    telnet = TelnetInput()
    return b"".join([telnet.text(piece) for piece in pieces] + [telnet.rest()])


class TelnetTests(SynchronousTestCase):
    def test_negotiation_is_left_out(self):
        stream = NEGOTIATION + b"/da" + WINDOW_SIZE + b"te\r\n\xff\xf1" + b"/zone\r\n"
        self.assertEqual(text(stream), b"/date\r\n/zone\r\n")
        self.assertEqual(text(*(stream[i : i + 1] for i in range(len(stream)))), b"/date\r\n/zone\r\n")

    def test_carriage_return_with_nul_ends_a_line(self):
        self.assertEqual(text(b"/date\r\x00/zone\r\x00"), b"/date\r\n/zone\r\n")
        self.assertEqual(text(b"/date\r", b"\x00", b"/zone\r", b"\n"), b"/date\r\n/zone\r\n")

    def test_command_between_carriage_return_and_nul_is_left_out(self):
        self.assertEqual(text(b"a\r\xff", b"\xf1\x00b"), b"a\r\nb")

    def test_escaped_byte_and_other_bytes_are_text(self):
        self.assertEqual(text(b"a\xff\xffb\x00c\rd"), b"a\xffb\x00c\rd")
        self.assertEqual(text(b"\xff\n\xfe"), b"\xff\n\xfe")
        self.assertEqual(text(b"a\r"), b"a\r")

    def test_endless_command_is_discarded(self):
        telnet = TelnetInput()
        self.assertEqual(telnet.text(b"a\xff\xfa" + b"x" * MAX_COMMAND * 2), b"a")
        self.assertEqual(telnet.text(b"b"), b"b")

    def test_plain_text_is_told_from_the_first_look(self):
        for data in ("/date in São Paulo\r\n".encode(), b"\x1b[A", b"\t"):
            self.assertIsNone(SPECIAL.search(data))

    @given(st.lists(st.sampled_from([b"a", b"\xff", b"\xfa", b"\xf0", b"\xfb", b"\r", b"\n", b"\x00"])))
    def test_text_does_not_depend_on_how_the_bytes_arrive(self, pieces):
        self.assertEqual(text(*pieces), text(b"".join(pieces)))


class EditedTests(SynchronousTestCase):
    def test_backspace_and_del_erase_the_character_before(self):
        for line, expected in (
            (b"/dateX\x08", b"/date"),
            (b"/dX\x7fate", b"/date"),
            ("caf\u00e9\x08\x08fe".encode(), b"cafe"),
            ("\U0001f600\x7fa".encode(), b"a"),
            (b"\x08\x08/date", b"/date"),
            (b"ab\x08\x08\x08c", b"c"),
            (b"/date", b"/date"),
        ):
            self.assertEqual(edited(line), expected)

    @given(st.text())
    def test_whole_characters_are_erased(self, text):
        clean = text.replace("\x08", "").replace("\x7f", "")
        self.assertEqual(edited(text.encode(errors="replace") + b"\x08" * 0 + b"\x7f" * len(text)), b"")
        self.assertEqual(edited(clean.encode(errors="replace") + b"x\x08"), clean.encode(errors="replace"))
