from datetime import datetime, timezone

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates.context import year_of
from twisted_date.dates.moment import NANOSECONDS


class YearTests(SynchronousTestCase):
    @given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.just(timezone.utc)))
    def test_year_is_that_of_the_moment_or_of_two_days_beside_it(self, moment):
        unix = int((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds())
        years = {datetime.fromtimestamp(unix + days * 86400, timezone.utc).year for days in (-2, -1, 0, 1, 2)}
        self.assertIn(year_of(unix * NANOSECONDS), years)
