"""A server endpoint that falls back to the next port while a port is taken.

It needs only Twisted and suits any service: use ``fallback:8080`` wherever Twisted takes a server endpoint
description, or :class:`FallbackServerEndpoint` in a program.

The bind is the check. A port is never probed, closed and bound again: the socket that was bound is the
socket that serves.
"""

import errno
import os
import socket
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
    check_backlog,
    check_function,
    number,
    port_range,
)
from .ports import PortGroup, close_now
from .tls import tls_endpoints

__all__ = ["FallbackServerEndpoint", "PortUnavailable"]

LOOPBACK = "localhost"  # both loopback addresses on one port number
EVERY = "*"  # every interface, on one dual-stack socket where the machine has such sockets

# Windows reports a port that another process holds exclusively as EACCES.
_BUSY = {errno.EADDRINUSE} if sys.platform != "win32" else {errno.EADDRINUSE, errno.EACCES}
_NO_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}

DESCRIPTION = "fallback:PORT:tries=N:interface=ADDR:backlog=N:tls=PATH"

_NOT_CLOSED = "A port that was not wanted could not be closed."


class PortUnavailable(SentenceError, CannotListenError):
    """No port is available; as text, a sentence that says why and what to do.

    :param interface: the interface that was tried.
    :param port: the last port that was tried.
    :param reason: the system's error, or what the endpoint gave instead; kept as ``socketError``.
    :param sentence: the problem and its solution, with ``{placeholders}``.
    :param values: the values of the placeholders.
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

    :param reactor: used by the default ``make_endpoint``.
    :param port: the base port, 1 to 65535.
    :param tries: the number of ports to try; with 1, there is no fallback. The range stops at 65535.
    :param interface: ``localhost`` for both loopback addresses on one port number, an IP address, or ``*``
        for every interface.
    :param backlog: connections that may wait to be accepted, by default 50. A ``make_endpoint`` decides that
        itself, so only one of the two may be given.
    :param make_endpoint: makes the endpoint for a port number and an IP address; by default, a TCP endpoint.
        TLS works, too, and so does any endpoint that fails with ``CannotListenError``.
    :raises ValueError: when an argument is out of its range or of the wrong type; as text, a sentence.
    """

    def __init__(
        self,
        reactor: IReactorTCP,
        port: int,
        tries: int = DEFAULT_TRIES,
        interface: str = LOOPBACK,
        backlog: int | None = None,
        make_endpoint: MakeEndpoint | None = None,
    ) -> None:
        check_function("make_endpoint", make_endpoint)
        if backlog is not None:
            check_backlog(backlog)
            if make_endpoint is not None:
                sentence = Sentence(
                    "backlog={backlog} has no effect with make_endpoint, which decides it; give it there"
                )
                raise WrongArgument(sentence, backlog=backlog)
        self._ports = port_range(port, tries)
        self._tries = tries
        self._interface = interface
        self._groups = _address_groups(interface)
        self._make_endpoint = make_endpoint or _tcp(reactor, backlog or DEFAULT_BACKLOG)

    def __repr__(self) -> str:
        where = f"{self._ports[0]}, tries={self._tries}, interface={self._interface!r}"
        return f"{type(self).__name__}({where})"

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Listen on the first port that is free on every address of the interface.

        The Deferred has already fired if those of the ``make_endpoint`` endpoints have, as with TCP.
        Cancelling it leaves nothing listening.

        :return: fires with an ``IListeningPort``, or fails with :class:`PortUnavailable`.
        """
        return Deferred.fromCoroutine(self._listen(protocolFactory))

    async def _listen(self, factory: IProtocolFactory) -> IListeningPort:
        base = self._ports[0]
        for port in self._ports:
            try:
                listening = await self._listen_on(port, factory)
            except CannotListenError as error:
                if _errno(error) not in _BUSY:
                    raise self._final_error(port, error) from None
            else:
                if port != base:
                    _log.info(
                        "Base port {base} was taken; listening on port {port} instead.", base=base, port=port
                    )
                return listening
        raise self._all_taken()

    async def _listen_on(self, port: int, factory: IProtocolFactory) -> IListeningPort:
        """Listen on all addresses of the first group that this machine supports.

        :raises CannotListenError: when one of these addresses fails.
        """
        for addresses in self._groups[:-1]:
            try:
                return await self._listen_on_all(port, addresses, factory)
            except CannotListenError as error:
                if _errno(error) not in _NO_IPV6:
                    raise
        return await self._listen_on_all(port, self._groups[-1], factory)

    async def _listen_on_all(self, port: int, addresses: Sequence[str], factory: Any) -> IListeningPort:
        opened: list[IListeningPort] = []
        try:
            for address in addresses:
                try:
                    opened.append(await self._make_endpoint(port, address).listen(factory))
                except OSError as error:  # from listen(2): both processes bound, the other one listens
                    raise CannotListenError(address, port, error.with_traceback(None)) from None
        except BaseException:
            for listening in opened:
                close_now(listening).addErrback(lambda failure: _log.failure(_NOT_CLOSED, failure))
            raise
        return opened[0] if len(opened) == 1 else PortGroup(opened)

    def _all_taken(self) -> PortUnavailable:
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

    def _final_error(self, port: int, error: CannotListenError) -> PortUnavailable:
        reason = getattr(error.socketError, "strerror", None) or error.socketError
        sentence = _FINAL.get(_errno(error), _OTHER)
        values = {"port": port, "interface": self._interface, "reason": reason}
        return PortUnavailable(self._interface, port, error.socketError, sentence, **values)


def _errno(error: CannotListenError) -> int:
    """Return the errno of an error, or 0: Twisted's own errors can carry a plain text instead."""
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
    """Make the endpoint for the description ``fallback:PORT:tries=N:interface=ADDR:backlog=N:tls=PATH``.

    :raises ValueError: when the description is wrong; as text, a sentence.
    """
    if more or unknown:
        wrong = ", ".join([*more, *unknown])
        raise WrongArgument(NOT_OF_THIS_FORM, wrong=wrong, form=DESCRIPTION)
    queue_size = number("backlog", backlog)
    where = number("port", port), number("tries", tries), interface
    if tls is None:
        return FallbackServerEndpoint(reactor, *where, queue_size)
    check_backlog(queue_size)
    return FallbackServerEndpoint(reactor, *where, make_endpoint=tls_endpoints(reactor, tls, queue_size))


def _address_groups(interface: str) -> tuple[tuple[str, ...], ...]:
    """Return the groups of addresses to listen on together; a second group is for machines without IPv6.

    IPv6 comes first in a group, so that its absence shows before anything else is bound.
    """
    if interface == LOOPBACK:
        return (("::1", "127.0.0.1"), ("127.0.0.1",))
    if interface == EVERY:
        return (("::", "0.0.0.0") if _is_ipv6_only() else ("::",), ("0.0.0.0",))
    if isinstance(interface, str) and (isIPAddress(interface) or isIPv6Address(interface)):
        return ((interface,),)
    raise WrongArgument(
        Sentence("interface {interface!r} is not known; give localhost, * or an IP address"),
        interface=interface,
    )


def _is_ipv6_only() -> bool:
    """Whether sockets for IPv6 take no IPv4 here: Linux's net.ipv6.bindv6only, and other systems."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            return bool(probe.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY))
    except OSError:  # no IPv6 at all
        return False


def _tcp(reactor: IReactorTCP, backlog: int) -> MakeEndpoint:
    def make(port: int, address: str) -> IStreamServerEndpoint:
        kind: Any = TCP6ServerEndpoint if isIPv6Address(address) else TCP4ServerEndpoint
        endpoint: IStreamServerEndpoint = kind(reactor, port, backlog, address)
        return endpoint

    return make


_log = Logger()
