import tracemalloc

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.places_table import rows
from twisted_date.dates import gazetteer
from twisted_date.dates.gazetteer import Town, records, town


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
        largest = gazetteer.largest("san", "T", 3)
        self.assertEqual(largest, sorted(largest, reverse=True))
        towns = [
            town(record[2:])
            for key, listed in rows().items()
            if key.startswith("san")
            for record in listed
            if record[0] == "T"
        ]
        self.assertEqual(largest, sorted(set(towns), reverse=True)[:3])
        self.assertEqual(gazetteer.largest("xyzzy", "T", 3), [])

    def test_table_takes_bounded_memory(self):
        gazetteer._table.cache_clear()
        records.cache_clear()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        records("munich")
        self.assertLess(tracemalloc.get_traced_memory()[0], 8_000_000)
