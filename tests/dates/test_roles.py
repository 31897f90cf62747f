from datetime import timezone
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.roles import MAX_TARGETS, Group, Role, Target, decide

PARIS, TOKYO, ROME, OSLO = (
    Target(key.split("/")[1], ZoneInfo(key))
    for key in ("Europe/Paris", "Asia/Tokyo", "Europe/Rome", "Europe/Oslo")
)


def place(*places):
    return Group(Role.PLACE, places)


def source(*places):
    return Group(Role.SOURCE, places)


def target(*places):
    return Group(Role.TARGET, places)


class DecideTests(SynchronousTestCase):
    def assert_roles(self, groups, read, *shown, is_zone_told=False):
        roles = decide(groups, is_zone_told)
        self.assertEqual((roles.source, roles.targets), (read and read.zone, shown))

    def assert_refused(self, groups, surplus, is_zone_told=False):
        error = self.assertRaises(DateError, decide, groups, is_zone_told)
        self.assertEqual((error.reason, error.values), (Reason.TOO_MANY_PLACES, {"place": surplus.name}))

    def test_one_place_is_where_the_words_are_read_and_shown(self):
        self.assert_roles([], None)
        self.assert_roles([place(PARIS)], PARIS)

    def test_further_places_are_where_it_is_shown(self):
        self.assert_roles([place(PARIS), place(TOKYO)], PARIS, TOKYO)
        self.assert_roles([place(PARIS), place(TOKYO, ROME)], PARIS, TOKYO, ROME)
        self.assert_roles([place(PARIS), target(TOKYO, ROME)], PARIS, TOKYO, ROME)

    def test_to_and_from_say_it_whatever_the_order(self):
        self.assert_roles([target(TOKYO)], None, TOKYO)
        self.assert_roles([target(TOKYO), place(PARIS)], PARIS, TOKYO)
        self.assert_roles([source(PARIS)], PARIS)
        self.assert_roles([place(TOKYO), source(PARIS)], PARIS, TOKYO)
        self.assert_roles([source(PARIS), place(TOKYO), target(ROME)], PARIS, TOKYO, ROME)

    def test_list_alone_is_where_it_is_shown(self):
        self.assert_roles([place(PARIS, TOKYO)], None, PARIS, TOKYO)

    def test_zone_that_is_told_otherwise_leaves_places_to_show_it_in(self):
        self.assert_roles([place(PARIS)], None, PARIS, is_zone_told=True)
        self.assert_refused([place(PARIS), place(TOKYO)], TOKYO, is_zone_told=True)
        self.assert_refused([source(PARIS)], PARIS, is_zone_told=True)

    def test_more_places_than_roles_are_refused(self):
        self.assert_refused([place(PARIS), place(TOKYO), place(ROME)], ROME)
        self.assert_refused([source(PARIS), source(TOKYO)], TOKYO)
        self.assert_refused([source(PARIS, TOKYO)], TOKYO)
        self.assert_refused([source(PARIS), place(TOKYO), place(ROME)], ROME)
        self.assert_refused([place(PARIS, TOKYO), place(ROME)], TOKYO)
        many = [Target(str(number), timezone.utc) for number in range(MAX_TARGETS + 1)]
        self.assert_refused([target(*many)], many[-1])
