import re

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import patterns
from twisted_date.dates.reach import Reach


class ReachTests(SynchronousTestCase):
    def furthest(self, notation, shape, **definitions):
        trees = {name: patterns.tree(definition) for name, definition in definitions.items()}
        reach = Reach(shape, trees, lambda kind: re.compile(kind.strip('"')[0]))
        self.ends = reach.follow(patterns.tree(notation), {0})
        return reach.furthest

    def test_pieces_are_passed_up_to_the_first_that_does_not_fit(self):
        self.assertEqual(self.furthest("day month", "d x"), 1)
        self.assertEqual(self.furthest("day.month year", "dm x"), 2)
        self.assertEqual(self.furthest("day~month", "d m") - self.furthest("day~month", "dm"), 1)
        self.assertEqual(self.furthest("day month", "x m"), 0)

    def test_ends_are_those_of_the_whole_pattern(self):
        self.furthest("day[ month]", "d m")
        self.assertEqual(self.ends, {1, 3})
        self.furthest("day month", "d x")
        self.assertEqual(self.ends, set())

    def test_all_ways_are_followed(self):
        self.assertEqual(self.furthest("(day month / day year week)", "d y x"), 3)
        self.assertEqual(self.furthest("[day ]month[ year]", "d m y x"), 5)
        self.assertEqual(self.furthest('day{ "and" day} year', "d a d a d a x"), 11)

    def test_definitions_are_followed(self):
        self.assertEqual(self.furthest("span week", "d m x", span="day month / day year"), 3)

    def test_what_follows_or_does_not_is_no_part(self):
        self.assertEqual(self.furthest("day!( month) year", "d m"), 1)
        self.assertEqual(self.furthest("day=( month) month", "d m"), 3)

    def test_names_of_groups_change_nothing(self):
        self.assertEqual(self.furthest("first:(day / month)[ last:year]", "m y"), 3)
