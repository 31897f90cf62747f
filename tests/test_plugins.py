import subprocess
import sys

from twisted.application.service import IServiceMaker
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IStreamServerEndpointStringParser
from twisted.internet.testing import MemoryReactor
from twisted.plugin import IPlugin, getPlugins
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from twisted_date.client import tap
from twisted_date.endpoints.fallback_server import FallbackServerEndpoint
from twisted_date.endpoints.proxy import ProxyEndpoint
from twisted_date.server import tap as service

HEAVY = ("twisted_date.server", "twisted_date.client", "twisted_date.endpoints")


class ServiceMakerTests(SynchronousTestCase):
    def makers(self):
        return {maker.tapname: maker for maker in getPlugins(IServiceMaker)}

    def test_server_plugin_makes_the_service(self):
        maker = self.makers()["datechat"]
        verifyObject(IServiceMaker, maker)
        self.assertIs(maker.options, service.Options)
        self.assertIs(maker.makeService, service.makeService)

    def test_client_plugin_makes_the_service(self):
        maker = self.makers()["datechat-client"]
        verifyObject(IServiceMaker, maker)
        self.assertIs(maker.options, tap.Options)
        self.assertIs(maker.makeService, tap.makeService)


class EndpointParserTests(SynchronousTestCase):
    def test_parsers_provide_their_interfaces(self):
        from twisted.plugins import datechat_endpoints

        for parser in (datechat_endpoints.fallback_server, datechat_endpoints.proxy_server):
            verifyObject(IPlugin, parser)
            verifyObject(IStreamServerEndpointStringParser, parser)

    def test_descriptions_make_endpoints(self):
        endpoint = serverFromString(MemoryReactor(), r"fallback:50000:tries=10:interface=\:\:1")
        self.assertIsInstance(endpoint, FallbackServerEndpoint)
        self.assertIsInstance(serverFromString(MemoryReactor(), "proxy:tcp:50000"), ProxyEndpoint)

    def test_invalid_descriptions_raise_value_error(self):
        for description in ("fallback:", "fallback:0", "fallback:50000:tires=1", "proxy:", "proxy:tcp:x"):
            self.assertRaises(ValueError, serverFromString, MemoryReactor(), description)


class ImportTests(SynchronousTestCase):
    def test_listing_the_plugins_imports_nothing_heavy(self):
        script = (
            "import sys, twisted.plugins.datechat_services, twisted.plugins.datechat_endpoints\n"
            f"print([name for name in {HEAVY} if name in sys.modules])"
        )
        result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        self.assertEqual(result.stdout, "[]\n")

    def test_importing_the_package_installs_no_reactor(self):
        script = (
            f"import sys\nfor name in {HEAVY}: __import__(name)\n"
            "print('twisted.internet.reactor' in sys.modules)"
        )
        result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        self.assertEqual(result.stdout, "False\n")
