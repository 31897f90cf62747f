"""What a server has to know of its transport so that no reply is lost, below whatever wraps it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.internet.interfaces import ISSLTransport
from twisted.protocols.policies import ProtocolWrapper

TLS_CHUNK = 16384  # bytes read at once on TLS; see prepare


def is_tls(transport: Any) -> bool:
    """Whether this is TLS, which can be closed in one direction only as a whole."""
    return bool(ISSLTransport.providedBy(transport))


def innermost(transport: Any) -> Any:
    """The transport with the socket, below TLS and other wrappers."""
    while isinstance(transport, ProtocolWrapper):
        transport = transport.transport
    return transport


def prepare(transport: Any) -> Callable[[bytes], None]:
    """Make a transport ready for a protocol that gathers its replies itself.

    On TLS nothing can be said once the peer's close_notify was read: neither the replies that Twisted
    keeps for the next turn of the reactor, nor those to lines that wait for a slow reader. So replies are
    written past that delay, and little is read at once, so that all of it can be answered in little memory.

    :return: the transport's ``write``.
    """
    if is_tls(transport):
        from twisted.protocols.tls import TLSMemoryBIOProtocol

        innermost(transport).bufferSize = TLS_CHUNK
        if isinstance(transport, TLSMemoryBIOProtocol):
            return partial(TLSMemoryBIOProtocol.write, transport)
    write: Callable[[bytes], None] = transport.write
    return write


def unsent(transport: Any) -> int:
    """The bytes that were written and that the kernel has not taken."""
    transport = innermost(transport)
    buffered = len(getattr(transport, "dataBuffer", b"")) - getattr(transport, "offset", 0)
    return buffered + int(getattr(transport, "_tempDataLen", 0))
