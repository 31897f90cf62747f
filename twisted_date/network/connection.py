"""Access to the socket below TLS and other wrappers, so that a server loses no reply."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from functools import partial
from socket import SHUT_WR
from typing import Any

from twisted.internet.abstract import FileDescriptor
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import ITCPTransport, IWriteDescriptor
from twisted.protocols.policies import ProtocolWrapper
from twisted.python.failure import Failure

from .scheduler import Scheduler
from .tls_guard import TLSGuard
from .tls_records import TLSRecordGate

_DONE = Failure(ConnectionDone())


def abort(transport: Any) -> None:
    """Abort a connection, unless it is lost already: Twisted's TLS layer fails then."""
    if getattr(transport, "connected", True):
        transport.abortConnection()


class Connection:
    """A connection, plain, TLS or wrapped, for a server that buffers its replies itself.

    :param transport: a protocol's transport, as of ``connectionMade``.
    :param producer: a push producer, paused while the peer does not read the output.
    :param scheduler: shares out the time that TLS records take.
    """

    __slots__ = (
        "_gate",
        "_half_closed",
        "_has_producer",
        "_plain",
        "_socket",
        "_transport",
        "_write_at_once",
    )

    def __init__(self, transport: Any, producer: Any, scheduler: Scheduler) -> None:
        self._socket = self._transport = transport
        self._plain = isinstance(transport, FileDescriptor)
        self._write_at_once: Callable[[bytes], object] | None = None
        self._gate: TLSRecordGate | None = None
        self._half_closed = False
        if not self._plain:
            self._unwrap(scheduler)
        if ITCPTransport.providedBy(self._socket):
            with contextlib.suppress(OSError):  # a UNIX socket, with Twisted up to 24.10
                set_options(self._socket)
        self._has_producer = True
        transport.registerProducer(producer, True)

    def _unwrap(self, scheduler: Scheduler) -> None:
        """Find the socket's transport below the wrappers, and a layer of TLS between them."""
        *wrappers, self._socket = unwrap_transport(self._transport)
        layer = _tls_layer(wrappers)
        if layer is not None:
            guard_tls(self._transport)
            self._gate = self._socket.protocol = TLSRecordGate(self._socket, scheduler)
            # Twisted's own method buffers until the next reactor iteration, which may be too late.
            self._write_at_once = partial(_tls().TLSMemoryBIOProtocol.write, layer)

    def write(self, data: bytes) -> None:
        """Write bytes. A plain socket with an empty buffer gets them at once, not in the next iteration.

        Bytes that the kernel does not take, also because of an error, are left to the transport.
        """
        transport = self._transport
        if self._plain and not (transport.dataBuffer or transport._tempDataBuffer):
            try:
                sent = transport.socket.send(data)
            except OSError:
                sent = 0
            if sent == len(data):
                return
            data = data[sent:]
        write = self._write_at_once or transport.write
        write(data)

    def pause(self) -> None:
        """Stop reading."""
        self._transport.pauseProducing()
        if self._gate is not None:
            self._gate.pause()

    def resume(self) -> None:
        """Start reading again, with held-back TLS records first."""
        if self._gate is None:
            self._transport.resumeProducing()
        else:
            self._gate.resume()

    @property
    def is_tls(self) -> bool:
        """Whether the connection uses TLS, whose records are scheduled below it."""
        return self._gate is not None

    def has_queued_records(self) -> bool:
        """Whether received TLS records are queued in the scheduler."""
        return self._gate is not None and self._gate.is_queued

    def close_gracefully(self, peer_has_closed: bool) -> None:
        """Close the connection once all output is written, as far as that loses none of it.

        Closing a socket that has unread input resets the connection, and the last line may be lost. So while
        the peer may still send, only the sending side is closed, and input is read until the peer closes,
        too. TLS closes both directions or neither.

        :param peer_has_closed: whether the peer has closed its side.
        """
        self._unregister_producer()  # the transport would wait forever for a paused producer
        if not peer_has_closed:
            self.resume()
        if peer_has_closed or self._gate is not None:
            self._transport.loseConnection()
        elif self._plain and not self.bytes_buffered():
            self._half_close()
        else:
            self._transport.loseWriteConnection()
            if IWriteDescriptor.providedBy(self._socket):
                # Half-close now: when many close, the first might be aborted before the reactor gets there.
                self._socket.doWrite()

    def close(self) -> None:
        """Close the connection once all output is written."""
        if self._half_closed:
            self._transport.connectionLost(_DONE)  # there is nothing more to do
        else:
            self._transport.loseConnection()

    def abort(self) -> None:
        """End the connection now. Output that the kernel has taken can still reach the peer."""
        socket = self._socket
        if self.bytes_buffered():
            self._transport.abortConnection()
        elif isinstance(socket, FileDescriptor):
            # loseConnection() would wait until the kernel takes more, for ever if the peer reads nothing.
            socket.stopReading()
            socket.stopWriting()
            reactor: Any = socket.reactor
            reactor.callLater(0, socket.connectionLost, Failure(ConnectionDone()))
        else:
            socket.loseConnection()

    def connection_lost(self) -> None:
        """The connection is closed: let go of the producer."""
        self._unregister_producer()  # TLS would keep itself and the producer alive in a reference cycle

    def bytes_buffered(self) -> int:
        """Return the number of written bytes that the kernel has not taken."""
        socket = self._socket
        buffered = len(getattr(socket, "dataBuffer", b"")) - getattr(socket, "offset", 0)
        return buffered + int(getattr(socket, "_tempDataLen", 0))

    def _half_close(self) -> None:
        """Close the sending side of a plain socket whose output is written.

        Twisted would first ask for room, write nothing, and ask no longer: three system calls.
        """
        with contextlib.suppress(OSError):  # the peer is gone
            self._transport.socket.shutdown(SHUT_WR)
        self._transport._writeDisconnected = True
        self._transport._shouldShutdown = False  # again, before it is closed
        self._half_closed = True

    def _unregister_producer(self) -> None:
        if self._has_producer:
            self._has_producer = False
            self._transport.unregisterProducer()


def set_options(transport: Any) -> None:
    """Set the options of a TCP socket, unless it has them from the listening socket, as on Linux.

    :raises OSError: when it is no TCP socket.
    """
    if not transport.getTcpNoDelay():
        transport.setTcpNoDelay(True)  # a reply need not wait for the ACK of the one before
        transport.setTcpKeepAlive(True)  # detects, in time, a peer that has vanished


def unwrap_transport(transport: Any) -> Iterator[Any]:
    """Yield a transport and the transports below it, down to the one with the socket."""
    while isinstance(transport, ProtocolWrapper):
        yield transport
        transport = transport.transport
    yield transport


def guard_tls(transport: Any) -> None:
    """Keep the errors of a TLS layer out of the log, if the transport is one or is above one.

    :param transport: a protocol's transport, as of ``connectionMade``: before the handshake starts.
    """
    *wrappers, socket = unwrap_transport(transport)
    layer = _tls_layer(wrappers)
    if layer is not None and not isinstance(socket.protocol, TLSGuard):
        socket.protocol = TLSGuard(socket, layer)


def _tls_layer(wrappers: list[Any]) -> Any:
    """Return the TLS layer among the transports above a socket, or None."""
    tls = _tls()
    return next((layer for layer in wrappers if tls and isinstance(layer, tls.TLSMemoryBIOProtocol)), None)


def _tls() -> Any:
    """Return Twisted's module, or None: if it was not imported, there is no TLS."""
    return sys.modules.get("twisted.protocols.tls")
