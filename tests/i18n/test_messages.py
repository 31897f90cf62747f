import copy
import pickle

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.errors import CommandError, ErrorKind
from twisted_date.dates.errors import DateError, Reason
from twisted_date.endpoints.arguments import WrongArgument
from twisted_date.endpoints.fallback_server import PortUnavailable
from twisted_date.i18n.messages import Sentence, SentenceError


class SentenceErrorTests(SynchronousTestCase):
    def test_text_is_the_sentence_with_its_values(self):
        error = SentenceError(Sentence("{place} is not known"), place="Atlantis")
        self.assertEqual(str(error), "Atlantis is not known")

    def test_braces_in_values_are_unchanged(self):
        self.assertEqual(str(SentenceError("{broken} pipe")), "{broken} pipe")
        self.assertEqual(str(SentenceError(Sentence("cannot read: {why}"), why="{x}")), "cannot read: {x}")

    def test_error_as_a_value_is_shown_as_its_text(self):
        cause = SentenceError(Sentence("port {port} is closed"), port=7)
        error = SentenceError(Sentence("no server: {cause}"), cause=cause)
        self.assertEqual(str(error), "no server: port 7 is closed")

    def test_errors_can_be_copied_and_sent_to_other_processes(self):
        port_error = PortUnavailable(
            "localhost", 7, OSError(98, "in use"), Sentence("{port} is taken"), port=7
        )
        date_error = DateError(Reason.AMBIGUOUS_DATE, date="1/2", choices=("1 February", "2 January"))
        for error in (
            SentenceError(Sentence("{place} is not known"), place="Atlantis"),
            WrongArgument(Sentence("tries={tries} is too few"), tries=0),
            port_error,
            date_error,
            CommandError(ErrorKind.NAME_TOO_LONG, limit=64),
        ):
            for copied in (copy.copy(error), pickle.loads(pickle.dumps(error))):
                self.assertEqual((type(copied), str(copied)), (type(error), str(error)))
        self.assertEqual(copy.copy(port_error).port, 7)
        self.assertIs(copy.copy(date_error).reason, Reason.AMBIGUOUS_DATE)

    def test_representation_holds_the_sentence(self):
        error = WrongArgument(Sentence("tries={tries} is too few"), tries=0)
        self.assertEqual(repr(error), "WrongArgument('tries=0 is too few')")

    def test_text_is_a_plain_string(self):
        self.assertIs(type(str(SentenceError(Sentence("no values")))), str)

    def test_wrong_arguments_are_value_errors(self):
        with self.assertRaisesRegex(ValueError, "tries=0 is too few"):
            raise WrongArgument(Sentence("tries={tries} is too few"), tries=0)
