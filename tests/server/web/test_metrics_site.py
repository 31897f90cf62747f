from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import WebSide
from twisted_date.server.web.metrics_site import MetricsSite


class MetricsSiteTests(SynchronousTestCase):
    def setUp(self):
        self.web = WebSide(lambda server: MetricsSite(server, lambda: b"forty-two 42\n"))

    def test_metrics_are_served_under_any_host(self):
        status, fields, body = self.web.request("/metrics", Host="prometheus.example")
        self.assertEqual((status, body), (200, b"forty-two 42\n"))
        self.assertEqual(fields["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")

    def test_health_is_told(self):
        self.assertEqual(self.web.get("/healthz"), (200, "ok"))
        self.web.server.stopping = True
        self.assertEqual(self.web.get("/healthz"), (503, "stopping"))

    def test_other_pages_are_not_found(self):
        for target in ("/", "/date", "/chat", "/metrics/"):
            text = "error: there is nothing here; there are /metrics, /healthz"
            self.assertEqual(self.web.get(target), (404, text))
