"""Compares the formats with those of the real date(1).

The environment variable ``DATECHAT_CASES`` sets the number of cases.
"""

import os

from hypothesis import given, settings, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests import gnu
from twisted_date.dates import formats, strftime
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.moment import Moment

CASES = int(os.environ.get("DATECHAT_CASES", "2000"))
MOMENTS = 50  # per process

FIRST, LAST = -62135596800, 253402300799  # years 1 to 9999 in UTC

seconds = st.one_of(
    st.integers(FIRST, LAST),
    st.integers(-4_000_000_000, 4_000_000_000),  # the years in which zones changed their rules
    st.integers(-40, 40).map(lambda years: years * 31_556_952),
)
fractions = st.one_of(
    st.just(0), st.integers(0, 999).map(lambda ms: ms * 1_000_000), st.integers(0, 999_999_999)
)
moments = st.builds(lambda second, fraction: second * 1_000_000_000 + fraction, seconds, fractions)

conversions = st.sampled_from(
    [*"aAbBcCdDeFgGhHIjklmMnNpPqrRsStTuUVwWxXyYzZ%", *(":z", "::z", ":::z", "::::z"), *"fiJKLoQv:+-_EOé ", ""]
)
directives = st.builds(
    lambda *parts: "".join(parts),
    st.sampled_from(["", "", "x", " é"]),
    st.just("%"),
    st.text("-_0+^#", max_size=3),
    st.one_of(st.just(""), st.integers(0, 30).map(str)),
    st.sampled_from(["", "", "", "E", "O"]),
    conversions,
)
texts = st.lists(directives, min_size=1, max_size=20).map("".join)


def actual(text, moment):
    """The formatted moment, or the reason of the error."""
    try:
        return strftime.parse(text)(moment)
    except DateError as error:
        return error.reason


def expected(answer, moment):
    """The text or reason that corresponds to an answer of GNU date."""
    try:
        moment.local  # noqa: B018  raises outside the supported years
    except DateError as error:
        return error.reason
    if len(answer) > strftime.MAX_LENGTH:
        return Reason.FORMAT_TOO_LONG
    return answer.replace("\n", " ").replace("\t", " ")


class GnuDateTests(SynchronousTestCase):
    skip = gnu.missing()

    @settings(max_examples=max(CASES // MOMENTS, 1), deadline=None)
    @given(texts, st.sampled_from(gnu.ZONES), st.lists(moments, min_size=MOMENTS, max_size=MOMENTS))
    def test_any_format_of_any_moment_in_any_zone_matches_gnu_date(self, text, name, unix_ns):
        answers = gnu.formatted(text + "|", name, unix_ns)
        for at, answer in zip(unix_ns, answers, strict=True):
            moment = Moment(at, gnu.zone(name))
            self.assertEqual(actual(text + "|", moment), expected(answer, moment), (text, name, at))

    def test_unfinished_conversions_match_gnu_date(self):
        for text in ("%", "100%", "%5", "%-", "%E", "%12O", "%:", "%::", "%^_#", "%%%"):
            answer = gnu.run("-d", "@0", f"+{text}").decode().removesuffix("\n")
            self.assertEqual(actual(text, Moment(0, gnu.zone("UTC"))), answer, text)

    def test_named_formats_match_gnu_date(self):
        moment = Moment(-3_000_000_000_123_456_789, gnu.zone("America/New_York"))
        for style, option in {
            formats.rfc3339: "-Iseconds",
            formats.rfc5322: "-R",
            **{known: f"-I{name}" for name, known in formats.ISO_8601.items()},
        }.items():
            answer = gnu.run("-d", f"@{gnu.at(moment.unix_ns)}", option, zone="America/New_York")
            self.assertEqual(style(moment), answer.decode().strip(), option)

    @given(moments, st.sampled_from(gnu.ZONES))
    def test_rfc3339_equals_its_documented_format(self, unix_ns, name):
        moment = Moment(unix_ns, gnu.zone(name))
        if isinstance(expected("", moment), str):
            self.assertEqual(formats.rfc3339(moment), actual("%Y-%m-%dT%H:%M:%S%:z", moment))
