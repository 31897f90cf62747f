import random
import tracemalloc

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.places_table import rows
from twisted_date.dates import gazetteer
from twisted_date.dates.gazetteer import Table, Town, records, town


def _line(key, records):
    return f"{key}\t{';'.join(records)}\n".encode()


class TableTests(SynchronousTestCase):
    def test_town_record_is_parsed(self):
        (record,) = [record for record in records("munich") if record.startswith("T")]
        munich = town(record[2:])
        self.assertEqual((munich.country, munich.zone, munich.name), ("DE", "Europe/Berlin", "Munich"))
        self.assertGreater(munich.population, 1_000_000)
        self.assertIsInstance(munich, Town)

    def test_unknown_keys_have_no_records(self):
        for key in ("", "xyzzy", "\x7f", "ÿ", "munich\t", "\n", "zzzzzzzz"):
            self.assertEqual(records(key), (), key)

    def test_first_and_last_lines_are_found(self):
        keys = list(rows())
        self.assertEqual(keys, sorted(keys))
        for key in (keys[0], keys[-1]):
            self.assertEqual(list(records(key)), rows()[key])

    @given(st.sampled_from(list(rows())), st.text(max_size=2))
    def test_keys_and_near_misses_match_the_table(self, key, more):
        self.assertEqual(list(records(key)), rows()[key])
        self.assertEqual(list(records(key + more)), rows().get(key + more, []))

    def test_largest_towns_come_first(self):
        largest = gazetteer.table().largest("san", "T", 3)
        self.assertEqual(largest, sorted(largest, reverse=True))
        towns = [
            town(record[2:])
            for key, listed in rows().items()
            if key.startswith("san")
            for record in listed
            if record[0] == "T"
        ]
        self.assertEqual(largest, sorted(set(towns), reverse=True)[:3])
        self.assertEqual(gazetteer.table().largest("xyzzy", "T", 3), [])

    def test_searches_in_the_table_are_what_a_search_finds(self):
        listed = {key: records for key, records in rows().items() if key.startswith("^")}
        self.assertGreater(len(listed), 1000)
        without = Table(
            b"\n" + b"".join(_line(key, records) for key, records in rows().items() if key not in listed)
        )
        for key in random.sample(sorted(listed), 50):
            self.assertEqual(gazetteer.search(key[1:]), without.search(key[1:]), key)

    def test_search_finds_the_towns_with_the_beginning(self):
        for beginning in ("s", "sa", "san", "sanf", "zuri", "aal", "xyzzy"):
            towns = {
                town(record[2:])
                for key, listed in rows().items()
                if key.startswith(beginning)
                for record in listed
                if record[0] in "TA"
            }
            found = gazetteer.search(beginning)
            self.assertLessEqual(set(found), towns)
            self.assertEqual(bool(found), bool(towns))

    def test_table_of_one_line_is_searched(self):
        table = Table(b"\nab\tT|5|FR||Europe/Paris|Ab\n")
        self.assertEqual(table.search("a"), [Town(5, "FR", "", "Europe/Paris", "Ab")])
        for key in ("a", "", "abc", "b", "\x00"):
            self.assertEqual(table.records(key), ())

    def test_table_takes_bounded_memory(self):
        gazetteer.table.cache_clear()
        records.cache_clear()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        records("munich")
        self.assertLess(tracemalloc.get_traced_memory()[0], 8_000_000)
