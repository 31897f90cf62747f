import sys

from prometheus_client.parser import text_string_to_metric_families
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import ServerSide
from tests.helpers import make_defaults
from twisted_date import __version__
from twisted_date.conversation.health import Health
from twisted_date.server.metrics import Metrics


class MetricsTests(SynchronousTestCase):
    def setUp(self):
        self.server = ServerSide(connections=2)
        self.health = Health(True, 1500.0, "2026f")
        factory = self.server.factory
        factory.defaults = make_defaults(health=lambda: self.health)
        self.metrics = Metrics(factory, [factory.refusals] * 2)

    def told(self):
        """Each number that is told, by the name that Prometheus knows it by."""
        families = text_string_to_metric_families(self.metrics.text().decode())
        told = {}
        for family in families:
            for sample in family.samples:
                key = "".join([sample.name, *sample.labels.values()]).removeprefix("datechat_")
                self.assertNotIn(key, told)
                told[key] = sample.value
        return told

    def test_connections(self):
        self.server.connect()
        for _ in range(3):
            self.server.connect()
        self.server.transport.finish()
        told = self.told()
        self.assertEqual(told["sessions_total"], 2)
        self.assertEqual(told["sessions_open"], 1)
        self.assertEqual(told["sessions_max"], 2)
        self.assertEqual(told["refused_connections_totalfull"], 6)  # it was given twice
        self.assertEqual(told["refused_connections_totalstopping"], 0)

    def test_what_was_said(self):
        lines = self.server.receive("/date\n/date Xyzzy é\nhé\n".encode())
        told = self.told()
        self.assertEqual(told["requests_total/date"], 2)
        self.assertEqual(told["requests_totalmessage"], 1)
        self.assertEqual(told["requests_total/until"], 0)
        self.assertEqual(told["errors_totalnot-understood"], 1)
        self.assertEqual(told["received_bytes_total"], 6 + 15 + 4)
        self.assertEqual(told["sent_bytes_total"], sum(len(line.encode()) + 2 for line in lines))

    def test_no_words_of_a_peer(self):
        self.server.receive(b"/name Xyzzy\n/xyzzy\n/date xyzzy\nxyzzy\n/lang xyzzy\n")
        self.assertNotIn("xyzzy", self.metrics.text().decode().lower())

    def test_the_clock(self):
        told = self.told()
        self.assertEqual(told["clock_synchronised"], 1)
        self.assertEqual(told["clock_error_seconds"], 1.5)
        self.assertEqual(told[f"info{__version__}2026f"], 1)

    def test_the_process(self):
        told = self.told()
        self.assertGreater(told["process_cpu_seconds_total"], 0)
        if sys.platform.startswith("linux"):
            self.assertGreater(told["process_resident_memory_bytes"], 1_000_000)

    def test_a_clock_of_which_nothing_is_known(self):
        self.health = Health()
        told = self.told()
        self.assertEqual([name for name in told if name.startswith("clock")], [])
        self.assertEqual(told[f"info{__version__}"], 1)
