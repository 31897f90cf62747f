import tracemalloc

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import gazetteer
from twisted_date.dates.gazetteer import Town, records, starting_with, town


class TableTests(SynchronousTestCase):
    def test_a_town(self):
        (record,) = [record for record in records("munich") if record.startswith("T")]
        munich = town(record[2:])
        self.assertEqual((munich.country, munich.zone, munich.name), ("DE", "Europe/Berlin", "Munich"))
        self.assertGreater(munich.population, 1_000_000)
        self.assertIsInstance(munich, Town)

    def test_unknown_keys(self):
        for key in ("", "xyzzy", "\x7f", "ÿ", "munich\t", "\n", "zzzzzzzz"):
            self.assertEqual(records(key), (), key)

    def test_the_first_and_the_last_line(self):
        keys = [key for key, _ in starting_with("")]
        self.assertEqual(keys, sorted(keys))
        for key in (keys[0], keys[-1]):
            self.assertTrue(records(key))
            self.assertEqual(next(starting_with(key))[0], key)

    def test_beginnings(self):
        found = dict(starting_with("springfi"))
        self.assertIn("springfield", found)
        self.assertTrue(all(key.startswith("springfi") for key in found))
        self.assertEqual(list(starting_with("xyzzy")), [])

    @given(st.sampled_from([key for key, _ in starting_with("sa")]), st.text(max_size=2))
    def test_keys_and_what_nearly_is_one(self, key, more):
        self.assertTrue(records(key))
        if more:
            self.assertNotEqual(records(key + more), records(key))

    def test_the_largest(self):
        largest = gazetteer.largest("san", "T", 3)
        self.assertEqual(largest, sorted(largest, reverse=True))
        self.assertEqual(gazetteer.largest("xyzzy", "T", 3), [])

    def test_memory(self):
        gazetteer._table.cache_clear()
        records.cache_clear()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        records("munich")
        self.assertLess(tracemalloc.get_traced_memory()[0], 8_000_000)
