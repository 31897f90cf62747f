import sys
from types import SimpleNamespace

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

    def values(self):
        """The value of each sample, by its name without prefix and its label values."""
        families = text_string_to_metric_families(self.metrics.text().decode())
        values = {}
        for family in families:
            for sample in family.samples:
                key = "".join([sample.name, *sample.labels.values()]).removeprefix("datechat_")
                self.assertNotIn(key, values)
                values[key] = sample.value
        return values

    def test_age_of_certificates_and_zone_data_is_told(self):
        self.assertNotIn("certificate_expiry_timestamp_seconds", self.values())
        certificates = SimpleNamespace(expiries=[2e9, 1.9e9])
        self.metrics = Metrics(self.server.factory, [], None, certificates)
        values = self.values()
        self.assertEqual(values["certificate_expiry_timestamp_seconds"], 1.9e9)
        self.assertEqual(values["zone_data_old"], 0)
        self.health = Health(None, None, "2001a")
        self.assertEqual(self.values()["zone_data_old"], 1)

    def test_connections_are_counted(self):
        self.server.connect()
        for _ in range(3):
            self.server.connect()
        self.server.transport.finish()
        values = self.values()
        self.assertEqual(values["sessions_total"], 2)
        self.assertEqual(values["sessions_open"], 1)
        self.assertEqual(values["sessions_max"], 2)
        self.assertEqual(values["refused_connections_totalfull"], 6)  # the log was passed twice
        self.assertEqual(values["refused_connections_totalstopping"], 0)

    def test_requests_errors_and_bytes_are_counted(self):
        lines = self.server.receive("/date\n/date Xyzzy é\nhé\n".encode())
        values = self.values()
        self.assertEqual(values["requests_total/date"], 2)
        self.assertEqual(values["requests_totalmessage"], 1)
        self.assertEqual(values["requests_total/until"], 0)
        self.assertEqual(values["errors_totalnot-understood"], 1)
        self.assertEqual(values["received_bytes_total"], 6 + 15 + 4)
        self.assertEqual(values["sent_bytes_total"], sum(len(line.encode()) + 2 for line in lines))

    def test_words_of_peers_are_not_exposed(self):
        self.server.receive(b"/name Xyzzy\n/xyzzy\n/date xyzzy\nxyzzy\n/lang xyzzy\n")
        self.assertNotIn("xyzzy", self.metrics.text().decode().lower())

    def test_clock_is_reported(self):
        values = self.values()
        self.assertEqual(values["clock_synchronised"], 1)
        self.assertEqual(values["clock_error_seconds"], 1.5)
        self.assertEqual(values[f"info{__version__}2026f"], 1)

    def test_process_is_reported(self):
        values = self.values()
        self.assertGreater(values["process_cpu_seconds_total"], 0)
        if sys.platform.startswith("linux"):
            self.assertGreater(values["process_resident_memory_bytes"], 1_000_000)

    def test_unknown_clock_is_not_reported(self):
        self.health = Health()
        values = self.values()
        self.assertEqual([name for name in values if name.startswith("clock")], [])
        self.assertEqual(values[f"info{__version__}"], 1)
