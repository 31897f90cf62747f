"""Keeps what OpenSSL raises out of the log: it ends its own connection, and nothing else."""

from typing import Any

from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure


class TLSGuard(Protocol):
    """Sits between the socket and a TLS layer, and ends the connection when the layer fails.

    A peer can close TLS in the middle of the handshake. OpenSSL's error for that has no arguments, Twisted's
    layer looks at the first one, and its IndexError would reach the reactor, which logs a traceback. Here
    every error that was raised while an error of OpenSSL was handled counts as that one. All others are
    programming errors, and pass.

    :param socket: the transport with the socket; its protocol gets what the socket receives.
    :param layer: the TLS layer, a ``TLSMemoryBIOProtocol``.
    """

    def __init__(self, socket: Any, layer: Any) -> None:
        self._above = socket.protocol
        self._layer = layer

    def dataReceived(self, data: bytes) -> None:
        try:
            self._above.dataReceived(data)
        except Exception as error:
            cause = _openssl_error(error)
            if cause is None:
                raise
            self._layer.failVerification(Failure(cause))  # aborts, and tells the protocol why

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._above.connectionLost(reason)


def _openssl_error(error: BaseException | None) -> BaseException | None:
    """Return the error of OpenSSL that an error is, or that was being handled when it was raised."""
    from OpenSSL.SSL import Error

    while error is not None and not isinstance(error, Error):
        error = error.__context__
    return error
