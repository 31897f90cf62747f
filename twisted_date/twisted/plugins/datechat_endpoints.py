"""The ``fallback:`` endpoint description; the endpoint's module is imported when one is parsed."""

from typing import Any

from twisted.internet.interfaces import (
    IReactorCore,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.plugin import IPlugin
from zope.interface import implementer


@implementer(IPlugin, IStreamServerEndpointStringParser)
class FallbackServerParser:
    """``fallback:PORT:tries=N:interface=ADDR:backlog=N``"""

    prefix = "fallback"

    def parseStreamServer(self, reactor: IReactorCore, *args: Any, **kwargs: Any) -> IStreamServerEndpoint:
        from twisted_date.network.fallback import parse

        return parse(reactor, *args, **kwargs)


fallback_server = FallbackServerParser()
