"""Parsers for ``fallback:`` and ``proxy:`` endpoint descriptions; they import their modules when used."""

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
    """Parses the server endpoint descriptions with a prefix.

    :param prefix: the text before the first colon.
    :param module: the name of a module whose ``parse`` function makes the endpoint.
    """

    def __init__(self, prefix: str, module: str) -> None:
        self.prefix = prefix
        self._module = module

    def parseStreamServer(self, reactor: IReactorCore, *args: Any, **kwargs: Any) -> IStreamServerEndpoint:
        endpoint: IStreamServerEndpoint = import_module(self._module).parse(reactor, *args, **kwargs)
        return endpoint


@implementer(IPlugin, IStreamClientEndpointStringParserWithReactor)
class ClientParser:
    """Parses the client endpoint descriptions with a prefix, like :class:`ServerParser`."""

    def __init__(self, prefix: str, module: str) -> None:
        self.prefix = prefix
        self._module = module

    def parseStreamClient(self, reactor: IReactorCore, *args: Any, **kwargs: Any) -> IStreamClientEndpoint:
        endpoint: IStreamClientEndpoint = import_module(self._module).parse(reactor, *args, **kwargs)
        return endpoint


fallback_server = ServerParser("fallback", "twisted_date.endpoints.fallback_server")
fallback_client = ClientParser("fallback", "twisted_date.endpoints.fallback_client")
proxy_server = ServerParser("proxy", "twisted_date.endpoints.proxy")
