"""The ``fallback:`` and ``proxy:`` endpoint descriptions; their modules are imported when one is parsed."""

from typing import Any

from twisted.internet.interfaces import (
    IReactorCore,
    IStreamClientEndpoint,
    IStreamClientEndpointStringParserWithReactor,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.plugin import IPlugin
from zope.interface import implementer


@implementer(IPlugin, IStreamServerEndpointStringParser)
class FallbackServerParser:
    """``fallback:PORT:tries=N:interface=ADDR:backlog=N:tls=PATH``"""

    prefix = "fallback"

    def parseStreamServer(self, reactor: IReactorCore, *args: Any, **kwargs: Any) -> IStreamServerEndpoint:
        from twisted_date.endpoints.fallback_server import parse

        return parse(reactor, *args, **kwargs)


fallback_server = FallbackServerParser()


@implementer(IPlugin, IStreamClientEndpointStringParserWithReactor)
class FallbackClientParser:
    """``fallback:HOST:PORT:tries=N:timeout=S``"""

    prefix = "fallback"

    def parseStreamClient(self, reactor: IReactorCore, *args: Any, **kwargs: Any) -> IStreamClientEndpoint:
        from twisted_date.endpoints.fallback_client import parse

        return parse(reactor, *args, **kwargs)


fallback_client = FallbackClientParser()


@implementer(IPlugin, IStreamServerEndpointStringParser)
class ProxyServerParser:
    """``proxy:ENDPOINT:trusted=ADDR,NETWORK…``"""

    prefix = "proxy"

    def parseStreamServer(self, reactor: IReactorCore, *args: Any, **kwargs: Any) -> IStreamServerEndpoint:
        from twisted_date.endpoints.proxy import parse

        return parse(reactor, *args, **kwargs)


proxy_server = ProxyServerParser()
