import importlib.util
import sys
from dataclasses import replace

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import ServerSide, connect_protocol
from tests.helpers import DEFAULTS, NOW_NS
from twisted_date.endpoints.fallback_server import FallbackServerEndpoint
from twisted_date.endpoints.proxy import WITHOUT_HEADER
from twisted_date.i18n.messages import SentenceError
from twisted_date.server import daytime, metrics
from twisted_date.server.listeners import make_listeners


class ListenerTests(SynchronousTestCase):
    def make(self, **settings):
        self.server = ServerSide().factory
        changed = replace(DEFAULTS, **settings)
        return make_listeners(MemoryReactorClock(), changed, self.server)

    def error(self, **settings):
        return str(self.assertRaises(SentenceError, self.make, **settings))

    def scrape(self, listener):
        """The metrics that a listener serves."""
        transport = connect_protocol(listener.factory.buildProtocol(None))
        transport.protocol.dataReceived(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        self.server.scheduler.clock.advance(0)
        return transport.value().decode()

    def test_default_is_the_fallback_endpoint(self):
        (listener,) = self.make()
        self.assertIsInstance(listener.endpoint, FallbackServerEndpoint)
        self.assertIs(listener.factory, self.server)

    def test_descriptions_become_listeners(self):
        listeners = self.make(listen=("tcp:1", "fallback:2"))
        self.assertEqual([listener.description for listener in listeners], ["tcp:1", "fallback:2"])
        self.assertEqual([listener.factory for listener in listeners], [self.server] * 2)

    def test_invalid_description_raises_a_sentence(self):
        for description in ("nonsense", "tcp:x", "fallback:0", "tcp:1:2:3:4"):
            error = self.error(listen=(description,))
            self.assertIn(f"--listen {description!r} is not an endpoint like tcp:8000: ", error)
            for option in ("daytime", "time", "metrics"):
                self.assertIn(f"--{option} {description!r} is not", self.error(**{option: description}))

    def test_socket_that_was_not_passed_raises_a_sentence(self):
        for where in ("index=0", "name=none"):
            error = self.error(listen=(f"systemd:domain=INET:{where}",))
            self.assertIn("no such socket was passed", error)

    def test_other_protocols_have_their_listeners(self):
        _, date, time, scraped = self.make(daytime="tcp:13", time="tcp:37", metrics="tcp:9500")
        self.assertTrue(scraped.is_last)
        self.assertEqual(date.factory.payload(), b"Fri, 25 Dec 2026 19:00:00 +0100\r\n")
        self.assertEqual(time.factory.payload(), daytime.time(NOW_NS))
        self.assertIn("datechat_sessions_open", self.scrape(scraped))
        self.assertEqual(
            [listener.description for listener in (date, time, scraped)], ["tcp:13", "tcp:37", "tcp:9500"]
        )

    def test_refusals_of_a_proxy_endpoint_are_in_the_metrics(self):
        listener, scraped = self.make(listen=("proxy:tcp:1",), metrics="tcp:9500")
        listener.endpoint.refusals.count(WITHOUT_HEADER, None)
        page = self.scrape(scraped)
        self.assertIn('datechat_refused_connections_total{reason="without-proxy-header"} 1.0', page)
        self.assertIn('datechat_refused_connections_total{reason="full"} 0.0', page)

    def test_browsers_have_their_listeners(self):
        _, plain, encrypted, scraped = self.make(web=("tcp:8080", "tcp:8443"), metrics="tcp:9500")
        self.assertTrue(plain.is_web and encrypted.is_web)
        self.assertIs(plain.factory, encrypted.factory)
        plain.factory.responses[200] += 7
        self.assertIn('datechat_web_responses_total{status="200"} 7.0', self.scrape(scraped))

    def test_invalid_web_endpoint_raises_a_sentence(self):
        self.assertIn("--web 'x' is not an endpoint", self.error(web=("x",)))

    def test_web_without_its_library_raises_a_sentence(self):
        self.patch(importlib.util, "find_spec", lambda name: None)
        self.assertEqual(self.error(web=("tcp:8080",)), "--web needs wsproto; install datechat[web]")

    def test_metrics_without_their_library_raise_a_sentence(self):
        self.addCleanup(sys.modules.update, {metrics.__name__: metrics})
        sys.modules[metrics.__name__] = None
        self.assertIn("--metrics needs prometheus_client", self.error(metrics="tcp:9500"))
