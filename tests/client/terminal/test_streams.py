import os
import sys
import threading

from twisted.internet.defer import CancelledError
from twisted.internet.interfaces import IReadDescriptor
from twisted.internet.testing import MemoryReactor, MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from twisted_date.client.terminal.streams import InputLines, OutputLines, standard_streams


class InputLinesTests(SynchronousTestCase):
    def setUp(self):
        self.reactor = MemoryReactor()
        reading, self.writing = os.pipe()
        self.addCleanup(os.close, reading)
        self.lines = InputLines(self.reactor, reading)

    def write(self, data):
        os.write(self.writing, data)
        self.run_readers()

    def end(self):
        os.close(self.writing)
        self.run_readers()

    def run_readers(self):
        for reader in list(self.reactor.readers):
            reader.doRead()

    def test_byte_order_mark_before_the_first_line_is_no_part_of_it(self):
        first = self.lines.next()
        self.write(b"\xef\xbb\xbf/date\n\xef\xbb\xbf/zone\n")
        self.assertEqual(self.successResultOf(first), "/date")
        self.assertEqual(self.successResultOf(self.lines.next()), "\ufeff/zone")

    def test_input_is_a_read_descriptor(self):
        verifyObject(IReadDescriptor, self.lines)
        self.assertEqual(self.lines.logPrefix(), "standard input")

    def test_line_in_several_chunks_is_joined(self):
        line = self.lines.next()
        self.write(b"bon")
        self.assertNoResult(line)
        self.write("jour é\n/da".encode())
        self.assertEqual(self.successResultOf(line), "bonjour é")
        line = self.lines.next()
        self.write(b"te\r\n")
        self.assertEqual(self.successResultOf(line), "/date")

    def test_lines_in_one_chunk_are_separated(self):
        first = self.lines.next()
        self.write(b"one\n\nthree\n")
        lines = [self.successResultOf(line) for line in (first, self.lines.next(), self.lines.next())]
        self.assertEqual(lines, ["one", "", "three"])

    def test_input_is_read_on_demand(self):
        self.assertEqual(self.reactor.readers, set())
        line = self.lines.next()
        self.assertEqual(self.reactor.readers, {self.lines})
        self.write(b"one\n")
        self.successResultOf(line)
        self.assertEqual(self.reactor.readers, set())

    def test_end_of_input_is_none(self):
        line = self.lines.next()
        self.end()
        self.assertIsNone(self.successResultOf(line))
        self.assertIsNone(self.successResultOf(self.lines.next()))

    def test_last_line_needs_no_ending(self):
        line = self.lines.next()
        self.write(b"one\ntwo")
        self.assertEqual(self.successResultOf(line), "one")
        line = self.lines.next()
        self.end()
        self.assertEqual(self.successResultOf(line), "two")
        self.assertIsNone(self.successResultOf(self.lines.next()))

    def test_bytes_that_are_not_utf8_are_preserved(self):
        line = self.lines.next()
        self.write(b"caf\xe9\n")
        self.assertEqual(self.successResultOf(line).encode(errors="surrogateescape"), b"caf\xe9")

    def test_read_can_be_cancelled_and_repeated(self):
        line = self.lines.next()
        line.cancel()
        self.failureResultOf(line, CancelledError)
        self.assertEqual(self.reactor.readers, set())
        line = self.lines.next()
        self.write(b"one\n")
        self.assertEqual(self.successResultOf(line), "one")

    def test_spurious_wakeup_is_ignored(self):
        os.set_blocking(self.lines.fileno(), False)
        line = self.lines.next()
        self.run_readers()
        self.assertNoResult(line)

    def test_closed_terminal_is_the_end(self):
        master, terminal = os.openpty()
        self.addCleanup(os.close, master)
        os.close(terminal)
        line = InputLines(self.reactor, master).next()
        self.run_readers()
        self.assertIsNone(self.successResultOf(line))

    def test_unreadable_input_fails_with_its_error(self):
        directory = os.open("/", os.O_RDONLY)
        self.addCleanup(os.close, directory)
        line = InputLines(self.reactor, directory).next()
        self.run_readers()
        self.failureResultOf(line, IsADirectoryError)

    def test_pipe_without_writers_is_the_end(self):
        # epoll reports a pipe without writers as lost, not as readable.
        line = self.lines.next()
        self.write(b"one\ntwo")
        self.assertEqual(self.successResultOf(line), "one")
        line = self.lines.next()
        self.lines.connectionLost()
        self.assertEqual(self.successResultOf(line), "two")
        self.assertIsNone(self.successResultOf(self.lines.next()))

    def test_pipe_can_close_before_a_read(self):
        self.lines.connectionLost()
        self.assertIsNone(self.successResultOf(self.lines.next()))


class OutputLinesTests(SynchronousTestCase):
    def setUp(self):
        self.reading, self.writing = os.pipe()
        self.addCleanup(os.close, self.writing)

    def written(self, text, encoding):
        OutputLines(self.writing, encoding).write(text)
        return os.read(self.reading, 1000)

    def test_text_is_written_at_once(self):
        self.addCleanup(os.close, self.reading)
        self.assertEqual(self.written("Zoë\n", "utf-8"), "Zoë\n".encode())

    def test_unencodable_characters_become_question_marks(self):
        self.addCleanup(os.close, self.reading)
        self.assertEqual(self.written("Zoë\udce9\n", "ascii"), b"Zo??\n")

    def test_non_blocking_output_is_written_in_full(self):
        os.set_blocking(self.writing, False)
        received = []

        def read():
            with open(self.reading, "rb") as reading:
                received.append(reading.read(400_000))

        reader = threading.Thread(target=read)
        text = "x" * 400_000
        reader.start()
        OutputLines(self.writing).write(text)
        reader.join()
        self.assertEqual(received, [text.encode()])

    def test_pipe_without_readers_raises_its_error(self):
        os.close(self.reading)
        self.assertRaises(BrokenPipeError, OutputLines(self.writing).write, "text\n")


class StandardStreamsTests(SynchronousTestCase):
    def test_closed_output_fails_and_closed_errors_are_discarded(self):
        for name in ("stdin", "stdout", "stderr"):
            self.patch(sys, name, None)
        streams = standard_streams(MemoryReactorClock())
        self.assertFalse(streams.interactive)
        self.assertRaises(OSError, streams.out.write, "lost\n")
        streams.err.write("lost\n")
        os.close(streams.lines.fileno())
