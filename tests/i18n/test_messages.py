from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.text import is_clean
from twisted_date.i18n import sentences
from twisted_date.i18n.messages import Sentence

CATALOGUE = {name: value for name, value in vars(sentences).items() if isinstance(value, Sentence)}


class CatalogueTests(SynchronousTestCase):
    def test_no_two_are_the_same(self):
        self.assertEqual(len(set(CATALOGUE.values())), len(CATALOGUE))

    def test_they_are_one_clean_line(self):
        for sentence in CATALOGUE.values():
            self.assertTrue(is_clean(sentence), sentence)
