import sys
from unittest.mock import patch

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.client_fakes import Output
from twisted_date.client import terminal
from twisted_date.client.terminal import can_edit, prompter
from twisted_date.client.terminal.history import History
from twisted_date.client.terminal.prompts import Interrupted, PlainPrompter
from twisted_date.client.terminal.streams import Streams


class Lines:
    def __init__(self):
        self.waiting = None

    def next(self):
        self.waiting = Deferred()
        return self.waiting


class PlainTests(SynchronousTestCase):
    def setUp(self):
        self.lines, self.err = Lines(), Output()
        self.prompter = PlainPrompter(self.lines, self.err)

    def test_a_prompt_and_a_line(self):
        typed = self.prompter.ask("> ")
        self.assertEqual(self.err.text, "> ")
        self.lines.waiting.callback("/date")
        self.assertEqual(self.successResultOf(typed), "/date")

    def test_a_draft_stands_above(self):
        self.prompter.ask("> ", "/date")
        self.assertEqual(self.err.text, "/date\n> ")

    def test_it_can_be_taken_away(self):
        typed = self.prompter.ask("> ")
        self.prompter.interrupt()
        self.failureResultOf(typed, Interrupted)
        self.assertEqual(self.err.text, "> \n")
        again = self.prompter.ask("> ")
        self.lines.waiting.callback(None)
        self.assertIsNone(self.successResultOf(again))

    def test_cancelling_is_something_else(self):
        typed = self.prompter.ask("> ")
        typed.cancel()
        self.failureResultOf(typed, CancelledError)

    def test_nothing_to_take_away(self):
        self.prompter.interrupt()
        self.prompter.set_completions({}, "hint")


class ChoiceTests(SynchronousTestCase):
    def test_where_there_can_be_editing(self):
        self.assertTrue(can_edit({"TERM": "xterm"}, [True] * 3))
        for environment in ({}, {"TERM": "dumb"}, {"TERM": ""}):
            self.assertFalse(can_edit(environment, [True] * 3))
        self.assertFalse(can_edit({"TERM": "xterm"}, [True, False, True]))

    def make(self):
        return prompter(None, Streams(Lines(), Output(), Output(), True), History(None), None)

    def test_it_is_made_where_it_can_be(self):
        self.patch(terminal, "can_edit", lambda *given: True)
        self.assertEqual(type(self.make()).__name__, "Editor")

    def test_plain_lines_otherwise(self):
        self.patch(terminal, "can_edit", lambda *given: False)
        self.assertIsInstance(self.make(), PlainPrompter)
        self.patch(terminal, "can_edit", lambda *given: True)
        with patch.dict(sys.modules, {"twisted_date.client.terminal.editor": None}):
            self.assertIsInstance(self.make(), PlainPrompter)
