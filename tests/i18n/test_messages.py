from twisted.trial.unittest import SynchronousTestCase

from twisted_date.endpoints.arguments import WrongArgument
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

    def test_wrong_arguments_are_value_errors(self):
        with self.assertRaisesRegex(ValueError, "tries=0 is too few"):
            raise WrongArgument(Sentence("tries={tries} is too few"), tries=0)
