"""What TLS needs so that no reply is lost in it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.internet.interfaces import ISSLTransport


def unbuffered_write(transport: Any) -> Callable[[bytes], None]:
    """The transport's ``write``, on TLS without the wait for more that Twisted adds there.

    Replies that wait for the next turn of the reactor are lost when the peer's close_notify came in the same
    segment as its lines. The server gathers its replies itself.
    """
    if ISSLTransport.providedBy(transport):
        from twisted.protocols.tls import TLSMemoryBIOProtocol

        if isinstance(transport, TLSMemoryBIOProtocol):
            return partial(TLSMemoryBIOProtocol.write, transport)
    write: Callable[[bytes], None] = transport.write
    return write
