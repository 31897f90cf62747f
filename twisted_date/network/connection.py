"""What a server has to know of its transport so that no reply is lost, below whatever wraps it."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from twisted.internet.abstract import FileDescriptor
from twisted.internet.interfaces import ISSLTransport, ITCPTransport, IWriteDescriptor
from twisted.protocols.policies import ProtocolWrapper

from .scheduler import Scheduler
from .tls_records import TLSRecordGate


class Connection:
    """One connection, plain, TLS or wrapped, for a server that gathers its replies itself.

    :param transport: as a protocol has it in ``connectionMade``.
    :param producer: is paused while the peer does not read what was written.
    :param clock: for the time that TLS takes.
    :param turns: share it.
    """

    __slots__ = ("_gate", "_has_producer", "_plain", "_socket", "_transport", "_write_at_once")

    def __init__(self, transport: Any, producer: Any, scheduler: Scheduler) -> None:
        *wrappers, self._socket = unwrap_transport(transport)
        self._transport = transport
        self._plain = isinstance(transport, FileDescriptor)
        self._write_at_once: Callable[[bytes], object] | None = None
        self._gate: TLSRecordGate | None = None
        if ISSLTransport.providedBy(transport):
            self._gate = self._socket.protocol = TLSRecordGate(self._socket, scheduler)
            self._write_at_once = _write_at_once(wrappers)
        if ITCPTransport.providedBy(self._socket):
            with contextlib.suppress(OSError):  # a UNIX socket, for Twisted until 24.10
                self._socket.setTcpNoDelay(True)  # a reply does not wait until the one before is acknowledged
                self._socket.setTcpKeepAlive(True)  # a peer that is gone without a word is noticed in the end
        self._has_producer = True
        transport.registerProducer(producer, True)

    def write(self, data: bytes) -> None:
        """Write bytes; to a plain socket without a turn of the reactor, where nothing waits in front.

        What the kernel does not take, and what fails, is left to the transport.
        """
        sent = self._send(data) if self._plain else 0
        if sent < len(data):
            write = self._write_at_once or self._transport.write
            write(data[sent:])

    def pause(self) -> None:
        """Read nothing more."""
        self._transport.pauseProducing()
        if self._gate is not None:
            self._gate.pause()

    def resume(self) -> None:
        """Read on, and take what has come meanwhile."""
        if self._gate is None:
            self._transport.resumeProducing()
        else:
            self._gate.resume()

    @property
    def is_tls(self) -> bool:
        """Whether it is TLS, whose records take turns themselves."""
        return self._gate is not None

    def has_pending_input(self) -> bool:
        """Whether something that was received waits for its turn, below TLS."""
        return self._gate is not None and self._gate.is_queued

    def close_gracefully(self, peer_has_closed: bool) -> None:
        """Close, once all is written, what can be closed without losing it on the way.

        A socket that is closed while bytes of the peer are unread is reset, and the last line may be lost
        with it. So a peer that may still send is half-closed, and read from until it closes too. TLS is
        closed in both directions or none.
        """
        self._unregister_producer()  # the transport would wait for a paused one for ever
        if not peer_has_closed:
            self.resume()
        if peer_has_closed or self._gate is not None:
            self._transport.loseConnection()
        else:
            self._transport.loseWriteConnection()
            if IWriteDescriptor.providedBy(self._socket):
                self._socket.doWrite()  # now: when many are closed, the first are soon cut off

    def close(self) -> None:
        """Close, once all is written."""
        self._transport.loseConnection()

    def abort(self) -> None:
        """End the connection now. What the kernel has taken can still reach the peer."""
        if self.bytes_buffered():
            self._transport.abortConnection()
        else:
            self._socket.loseConnection()

    def connection_lost(self) -> None:
        """The connection is gone."""
        self._unregister_producer()  # TLS would keep it, and itself, in a cycle of references

    def bytes_buffered(self) -> int:
        """The bytes that were written and that the kernel has not taken."""
        socket = self._socket
        buffered = len(getattr(socket, "dataBuffer", b"")) - getattr(socket, "offset", 0)
        return buffered + int(getattr(socket, "_tempDataLen", 0))

    def _send(self, data: bytes) -> int:
        """Give the kernel what it takes now; return how many bytes."""
        transport = self._transport
        if transport.dataBuffer or transport._tempDataBuffer:
            return 0
        try:
            return int(transport.socket.send(data))
        except OSError:
            return 0

    def _unregister_producer(self) -> None:
        if self._has_producer:
            self._has_producer = False
            self._transport.unregisterProducer()


def unwrap_transport(transport: Any) -> Iterator[Any]:
    """A transport and what it wraps, down to the one that has the socket."""
    while isinstance(transport, ProtocolWrapper):
        yield transport
        transport = transport.transport
    yield transport


def _write_at_once(wrappers: list[Any]) -> Callable[[bytes], object] | None:
    """How to write to TLS at once: what Twisted keeps for the next turn of the reactor may come too late."""
    tls = sys.modules.get("twisted.protocols.tls")  # without it there is no TLS
    for layer in wrappers:
        if tls is not None and isinstance(layer, tls.TLSMemoryBIOProtocol):
            return partial(tls.TLSMemoryBIOProtocol.write, layer)
    return None
