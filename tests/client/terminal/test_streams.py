import os
import threading

from twisted.internet.defer import CancelledError
from twisted.internet.interfaces import IReadDescriptor
from twisted.internet.testing import MemoryReactor
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from twisted_date.client.terminal.streams import InputLines, OutputLines


class InputTests(SynchronousTestCase):
    def setUp(self):
        self.reactor = MemoryReactor()
        reading, self.writing = os.pipe()
        self.addCleanup(os.close, reading)
        self.lines = InputLines(self.reactor, reading)

    def write(self, data):
        os.write(self.writing, data)
        self.turn()

    def end(self):
        os.close(self.writing)
        self.turn()

    def turn(self):
        for reader in list(self.reactor.readers):
            reader.doRead()

    def test_it_is_a_descriptor(self):
        verifyObject(IReadDescriptor, self.lines)
        self.assertEqual(self.lines.logPrefix(), "standard input")

    def test_lines_in_pieces(self):
        line = self.lines.next()
        self.write(b"bon")
        self.assertNoResult(line)
        self.write("jour é\n/da".encode())
        self.assertEqual(self.successResultOf(line), "bonjour é")
        line = self.lines.next()
        self.write(b"te\r\n")
        self.assertEqual(self.successResultOf(line), "/date")

    def test_several_at_once(self):
        first = self.lines.next()
        self.write(b"one\n\nthree\n")
        told = [self.successResultOf(line) for line in (first, self.lines.next(), self.lines.next())]
        self.assertEqual(told, ["one", "", "three"])

    def test_nothing_is_read_before_it_is_asked_for(self):
        self.assertEqual(self.reactor.readers, set())
        line = self.lines.next()
        self.assertEqual(self.reactor.readers, {self.lines})
        self.write(b"one\n")
        self.successResultOf(line)
        self.assertEqual(self.reactor.readers, set())

    def test_the_end(self):
        line = self.lines.next()
        self.end()
        self.assertIsNone(self.successResultOf(line))
        self.assertIsNone(self.successResultOf(self.lines.next()))

    def test_a_last_line_without_an_ending(self):
        line = self.lines.next()
        self.write(b"one\ntwo")
        self.assertEqual(self.successResultOf(line), "one")
        line = self.lines.next()
        self.end()
        self.assertEqual(self.successResultOf(line), "two")
        self.assertIsNone(self.successResultOf(self.lines.next()))

    def test_bytes_that_are_not_utf8_can_be_sent_on(self):
        line = self.lines.next()
        self.write(b"caf\xe9\n")
        self.assertEqual(self.successResultOf(line).encode(errors="surrogateescape"), b"caf\xe9")

    def test_it_can_be_given_up_and_asked_again(self):
        line = self.lines.next()
        line.cancel()
        self.failureResultOf(line, CancelledError)
        self.assertEqual(self.reactor.readers, set())
        line = self.lines.next()
        self.write(b"one\n")
        self.assertEqual(self.successResultOf(line), "one")

    def test_nothing_there_after_all(self):
        os.set_blocking(self.lines.fileno(), False)
        line = self.lines.next()
        self.turn()
        self.assertNoResult(line)

    def test_a_terminal_that_hung_up_is_the_end(self):
        ours, theirs = os.openpty()
        self.addCleanup(os.close, ours)
        os.close(theirs)
        line = InputLines(self.reactor, ours).next()
        self.turn()
        self.assertIsNone(self.successResultOf(line))

    def test_one_that_cannot_be_read_is_an_error(self):
        folder = os.open("/", os.O_RDONLY)
        self.addCleanup(os.close, folder)
        line = InputLines(self.reactor, folder).next()
        self.turn()
        self.failureResultOf(line, IsADirectoryError)

    def test_a_pipe_that_hangs_up_is_the_end(self):
        # What epoll says of a pipe whose writers are gone: not readable, lost.
        line = self.lines.next()
        self.write(b"one\ntwo")
        self.assertEqual(self.successResultOf(line), "one")
        line = self.lines.next()
        self.lines.connectionLost()
        self.assertEqual(self.successResultOf(line), "two")
        self.assertIsNone(self.successResultOf(self.lines.next()))

    def test_it_can_hang_up_while_nobody_waits(self):
        self.lines.connectionLost()
        self.assertIsNone(self.successResultOf(self.lines.next()))


class OutputTests(SynchronousTestCase):
    def setUp(self):
        self.reading, self.writing = os.pipe()
        self.addCleanup(os.close, self.writing)

    def written(self, text, encoding):
        OutputLines(self.writing, encoding).write(text)
        return os.read(self.reading, 1000)

    def test_it_is_written_at_once(self):
        self.addCleanup(os.close, self.reading)
        self.assertEqual(self.written("Zoë\n", "utf-8"), "Zoë\n".encode())

    def test_what_the_terminal_cannot_show(self):
        self.addCleanup(os.close, self.reading)
        self.assertEqual(self.written("Zoë\udce9\n", "ascii"), b"Zo??\n")

    def test_one_that_another_program_made_non_blocking_is_waited_for(self):
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

    def test_when_nobody_reads_it_is_an_error(self):
        os.close(self.reading)
        self.assertRaises(BrokenPipeError, OutputLines(self.writing).write, "text\n")
