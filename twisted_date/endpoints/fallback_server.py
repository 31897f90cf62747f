"""A server endpoint that moves on to the next port while the one it wants is taken.

It needs Twisted only and suits any service: ``fallback:8080`` wherever Twisted takes an endpoint
description, :class:`FallbackServerEndpoint` in a program.

The bind is the check. A port is never probed, closed and bound again: the socket that was bound is the one
that serves.
"""

import errno
import os
import sys
from collections.abc import Sequence
from typing import Any

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint, TCP6ServerEndpoint
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import (
    IListeningPort,
    IProtocolFactory,
    IReactorTCP,
    IStreamServerEndpoint,
)
from twisted.logger import Logger
from zope.interface import implementer

from ..i18n.messages import Sentence, SentenceError
from .arguments import (
    DEFAULT_BACKLOG,
    DEFAULT_TRIES,
    NOT_OF_THIS_FORM,
    MakeEndpoint,
    WrongArgument,
    number,
    port_range,
)
from .ports import PortGroup, close_now
from .tls import tls_endpoints

LOOPBACK = "localhost"  # both loopback addresses on one port number
EVERY = "*"  # every interface, on one dual-stack socket

# Windows refuses a port that somebody else holds exclusively with EACCES.
_BUSY = {errno.EADDRINUSE} if sys.platform != "win32" else {errno.EADDRINUSE, errno.EACCES}
_NO_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}

DESCRIPTION = "fallback:PORT:tries=N:interface=ADDR:backlog=N:tls=PATH"

_NOT_CLOSED = "A port that was not wanted could not be closed."


class PortUnavailable(SentenceError, CannotListenError):
    """No port could be had; as text, a sentence that says why and what to do.

    :param interface: where it was tried.
    :param port: the last port that was tried.
    :param reason: the system's error, or what the endpoint gave in its place.
    :param sentence: what was wrong and what would be right, with ``{placeholders}``.
    :param values: what they stand for.
    """

    def __init__(self, interface: str, port: int, reason: Any, sentence: str, /, **values: object) -> None:
        SentenceError.__init__(self, sentence, **values)
        self.interface, self.port, self.socketError = interface, port, reason


_FINAL = {
    errno.EACCES: Sentence(
        "cannot listen on port {port} of {interface}: {reason}; give a base port from 1024 up, or run with"
        " the right to use this one"
    ),
    errno.EADDRNOTAVAIL: Sentence(
        "cannot listen on port {port} of {interface}: {reason}; {interface} is not an address of this machine"
    ),
    errno.EAFNOSUPPORT: Sentence(
        "cannot listen on port {port} of {interface}: {reason}; this machine has no network of its kind"
    ),
    errno.EMFILE: Sentence(
        "cannot listen on port {port} of {interface}: {reason}; raise the limit of open files (ulimit -n)"
    ),
    errno.ENFILE: Sentence(
        "cannot listen on port {port} of {interface}: {reason}; the whole machine has too many files open"
    ),
}
_OTHER = Sentence(
    "cannot listen on port {port} of {interface}: {reason}; choose another interface or base port"
)


@implementer(IStreamServerEndpoint)
class FallbackServerEndpoint:
    """Listens on the first free port from ``port`` up.

    :param reactor: for the default ``make_endpoint``.
    :param port: the base port, 1 to 65535.
    :param tries: how many ports to try from there; 1 is strict. The range stops at 65535.
    :param interface: ``localhost``, both loopback addresses on one number; an IP address; or ``*``.
    :param backlog: connections that may wait to be accepted.
    :param make_endpoint: makes the endpoint for one port number and one IP address; TCP by default. TLS, or
        anything else that fails with ``CannotListenError``, rides on it.
    :raises ValueError: an argument is out of its range; the message is a sentence.
    """

    def __init__(
        self,
        reactor: IReactorTCP,
        port: int,
        tries: int = DEFAULT_TRIES,
        interface: str = LOOPBACK,
        backlog: int = DEFAULT_BACKLOG,
        make_endpoint: MakeEndpoint | None = None,
    ) -> None:
        if backlog < 1:
            told = Sentence("backlog={backlog} is too small; give 1 or more")
            raise WrongArgument(told, backlog=backlog)
        self._ports = port_range(port, tries)
        self._interface = interface
        self._choices = _choices(interface)
        self._make_endpoint = make_endpoint or _tcp(reactor, backlog)

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Listen on the first port that every address of the interface can have.

        The Deferred has fired already when ``make_endpoint``'s do so, as TCP's do. Cancelling it leaves
        nothing listening.

        :return: fires with an ``IListeningPort``, or fails with :class:`PortUnavailable`.
        """
        return Deferred.fromCoroutine(self._listen(protocolFactory))

    async def _listen(self, factory: IProtocolFactory) -> IListeningPort:
        base = self._ports[0]
        for port in self._ports:
            try:
                listening = await self._listen_on(port, factory)
            except CannotListenError as error:
                if _number_of(error) not in _BUSY:
                    raise self._final(port, error) from None
            else:
                if port != base:
                    _log.info(
                        "Base port {base} was taken; listening on port {port} instead.", base=base, port=port
                    )
                return listening
        raise self._used_up()

    async def _listen_on(self, port: int, factory: IProtocolFactory) -> IListeningPort:
        """Listen on all addresses of the first choice that this machine has; raises CannotListenError."""
        for choice in self._choices[:-1]:
            try:
                return await self._listen_with(port, choice, factory)
            except CannotListenError as error:
                if _number_of(error) not in _NO_IPV6:
                    raise
        return await self._listen_with(port, self._choices[-1], factory)

    async def _listen_with(self, port: int, choice: Sequence[str], factory: Any) -> IListeningPort:
        opened: list[IListeningPort] = []
        try:
            for address in choice:
                try:
                    opened.append(await self._make_endpoint(port, address).listen(factory))
                except OSError as error:  # from listen(2), where another process won after both had bound
                    raise CannotListenError(address, port, error.with_traceback(None)) from None
        except BaseException:
            for half in opened:
                close_now(half).addErrback(lambda failure: _log.failure(_NOT_CLOSED, failure))
            raise
        return opened[0] if len(opened) == 1 else PortGroup(opened)

    def _used_up(self) -> PortUnavailable:
        first, last = self._ports[0], self._ports[-1]
        busy = OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        sentence = (
            Sentence("port {first} on {interface} is taken; give another base port or more tries")
            if first == last
            else Sentence(
                "every port from {first} to {last} on {interface} is taken;"
                " give another base port or more tries"
            )
        )
        return PortUnavailable(
            self._interface, last, busy, sentence, first=first, last=last, interface=self._interface
        )

    def _final(self, port: int, error: CannotListenError) -> PortUnavailable:
        reason = getattr(error.socketError, "strerror", None) or error.socketError
        sentence = _FINAL.get(_number_of(error), _OTHER)
        values = {"port": port, "interface": self._interface, "reason": reason}
        return PortUnavailable(self._interface, port, error.socketError, sentence, **values)


def _number_of(error: CannotListenError) -> int:
    """The errno in it, or 0: Twisted's own errors can carry a plain text instead."""
    return getattr(error.socketError, "errno", None) or 0


def parse(
    reactor: Any,
    port: str = "",
    *more: str,
    tries: str = str(DEFAULT_TRIES),
    interface: str = LOOPBACK,
    backlog: str = str(DEFAULT_BACKLOG),
    tls: str | None = None,
    **unknown: str,
) -> FallbackServerEndpoint:
    """The endpoint for the description ``fallback:PORT:tries=N:interface=ADDR:backlog=N:tls=PATH``.

    :raises ValueError: the description is wrong; the message is a sentence.
    """
    if more or unknown:
        wrong = ", ".join([*more, *unknown])
        raise WrongArgument(NOT_OF_THIS_FORM, wrong=wrong, form=DESCRIPTION)
    waiting = number("backlog", backlog)
    make = None if tls is None else tls_endpoints(reactor, tls, waiting)
    return FallbackServerEndpoint(
        reactor, number("port", port), number("tries", tries), interface, waiting, make
    )


def _choices(interface: str) -> tuple[tuple[str, ...], ...]:
    """Groups of addresses to listen on together; the second group is for a machine without IPv6.

    IPv6 comes first in a group: that it is missing shows before anything else is bound.
    """
    if interface == LOOPBACK:
        return (("::1", "127.0.0.1"), ("127.0.0.1",))
    if interface == EVERY:
        return (("::",), ("0.0.0.0",))
    if isIPAddress(interface) or isIPv6Address(interface):
        return ((interface,),)
    raise WrongArgument(
        Sentence("interface {interface!r} is not known; give localhost, * or an IP address"),
        interface=interface,
    )


def _tcp(reactor: IReactorTCP, backlog: int) -> MakeEndpoint:
    def make(port: int, address: str) -> IStreamServerEndpoint:
        kind: Any = TCP6ServerEndpoint if isIPv6Address(address) else TCP4ServerEndpoint
        endpoint: IStreamServerEndpoint = kind(reactor, port, backlog, address)
        return endpoint

    return make


_log = Logger()
