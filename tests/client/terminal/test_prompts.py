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


class PlainPrompterTests(SynchronousTestCase):
    def setUp(self):
        self.lines, self.err = Lines(), Output()
        self.prompter = PlainPrompter(self.lines, self.err)

    def test_prompt_is_shown_and_its_line_returned(self):
        typed = self.prompter.ask("> ")
        self.assertEqual(self.err.text, "> ")
        self.lines.waiting.callback("/date")
        self.assertEqual(self.successResultOf(typed), "/date")

    def test_draft_is_shown_above_the_prompt(self):
        self.prompter.ask("> ", "/date")
        self.assertEqual(self.err.text, "/date\n> ")

    def test_prompt_can_be_interrupted(self):
        typed = self.prompter.ask("> ")
        self.prompter.interrupt()
        self.failureResultOf(typed, Interrupted)
        self.assertEqual(self.err.text, "> \n")
        second = self.prompter.ask("> ")
        self.lines.waiting.callback(None)
        self.assertIsNone(self.successResultOf(second))

    def test_cancelling_is_not_an_interruption(self):
        typed = self.prompter.ask("> ")
        typed.cancel()
        self.failureResultOf(typed, CancelledError)

    def test_interrupt_without_a_prompt_does_nothing(self):
        self.prompter.interrupt()
        self.prompter.set_completions({}, "hint")


class PrompterTests(SynchronousTestCase):
    def test_editing_needs_three_terminals_with_a_cursor(self):
        self.assertTrue(can_edit({"TERM": "xterm"}, [True] * 3))
        for environment in ({}, {"TERM": "dumb"}, {"TERM": ""}):
            self.assertFalse(can_edit(environment, [True] * 3))
        self.assertFalse(can_edit({"TERM": "xterm"}, [True, False, True]))

    def make(self):
        return prompter(None, Streams(Lines(), Output(), Output(), True), History(None), None)

    def test_capable_terminal_gets_the_editor(self):
        self.patch(terminal, "can_edit", lambda *arguments: True)
        self.assertEqual(type(self.make()).__name__, "Editor")

    def test_incapable_terminal_or_installation_gets_plain_lines(self):
        self.patch(terminal, "can_edit", lambda *arguments: False)
        self.assertIsInstance(self.make(), PlainPrompter)
        self.patch(terminal, "can_edit", lambda *arguments: True)
        with patch.dict(sys.modules, {"twisted_date.client.terminal.editor": None}):
            self.assertIsInstance(self.make(), PlainPrompter)
