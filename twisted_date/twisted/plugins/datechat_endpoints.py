"""The ``fallback:`` and ``proxy:`` endpoint descriptions; their modules are imported when one is parsed."""

from importlib import import_module
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
class ServerParser:
    """Parses the server descriptions that begin with a prefix.

    :param module: the module whose function ``parse`` does it.
    """

    def __init__(self, prefix: str, module: str) -> None:
        self.prefix = prefix
        self._module = module

    def parseStreamServer(self, reactor: IReactorCore, *args: Any, **kwargs: Any) -> IStreamServerEndpoint:
        endpoint: IStreamServerEndpoint = import_module(self._module).parse(reactor, *args, **kwargs)
        return endpoint


@implementer(IPlugin, IStreamClientEndpointStringParserWithReactor)
class ClientParser:
    """Parses the client descriptions that begin with a prefix; likewise."""

    def __init__(self, prefix: str, module: str) -> None:
        self.prefix = prefix
        self._module = module

    def parseStreamClient(self, reactor: IReactorCore, *args: Any, **kwargs: Any) -> IStreamClientEndpoint:
        endpoint: IStreamClientEndpoint = import_module(self._module).parse(reactor, *args, **kwargs)
        return endpoint


fallback_server = ServerParser("fallback", "twisted_date.endpoints.fallback_server")
fallback_client = ClientParser("fallback", "twisted_date.endpoints.fallback_client")
proxy_server = ServerParser("proxy", "twisted_date.endpoints.proxy")
