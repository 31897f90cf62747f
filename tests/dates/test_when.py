from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests import gnu
from twisted_date.dates.when import unix_ns

fractions = st.one_of(
    st.just(""), st.builds("{}{}".format, st.sampled_from(".,"), st.text("0123456789", min_size=1))
)
words = st.builds("@{}{}{}".format, st.sampled_from(["", "-", "+"]), st.integers(0, 10**11), fractions)


class UnixTests(SynchronousTestCase):
    def test_seconds(self):
        self.assertEqual(unix_ns("@1798221600"), 1_798_221_600_000_000_000)
        self.assertEqual(unix_ns("@-1"), -1_000_000_000)

    def test_fractions_are_rounded_down(self):
        self.assertEqual(unix_ns("@1.5"), 1_500_000_000)
        self.assertEqual(unix_ns("@0,1234567899"), 123_456_789)
        self.assertEqual(unix_ns("@-0.0000000001"), -1)

    def test_other_words(self):
        for word in ("@", "@x", "@1.", "@1e9", "1", "@ 1", "@١", "@0x10"):
            self.assertIsNone(unix_ns(word), word)


class GnuTests(SynchronousTestCase):
    skip = gnu.missing()

    @given(st.lists(words, min_size=1, max_size=50))
    def test_as_date_reads_them(self, words):
        told = gnu.run("-f", "-", "+%s %N", lines="".join(f"{word}\n" for word in words)).decode()
        judged = [int(seconds) * 10**9 + int(ns) for seconds, ns in map(str.split, told.splitlines())]
        self.assertEqual([unix_ns(word) for word in words], judged)
