"""A server endpoint that moves on to the next port while the one it wants is taken.

It needs Twisted only and suits any service: ``fallback:8080`` wherever Twisted takes an endpoint
description, :class:`FallbackServerEndpoint` in a program.

The bind is the check. A port is never probed, closed and bound again: the socket that was bound is the one
that serves.
"""

import errno
import os
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.internet.endpoints import SSL4ServerEndpoint, TCP4ServerEndpoint, TCP6ServerEndpoint
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IProtocolFactory,
    IReactorTCP,
    IReadDescriptor,
    IStreamServerEndpoint,
)
from twisted.internet.main import CONNECTION_DONE
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

HIGHEST_PORT = 65535
DEFAULT_TRIES = 100
DEFAULT_BACKLOG = 50  # connections that wait to be accepted; Twisted's own default

LOOPBACK = "localhost"  # both loopback addresses on one port number
EVERY = "*"  # every interface, on one dual-stack socket

# Windows refuses a port that somebody else holds exclusively with EACCES.
_BUSY = {errno.EADDRINUSE} if sys.platform != "win32" else {errno.EADDRINUSE, errno.EACCES}
_NO_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}

DESCRIPTION = "fallback:PORT:tries=N:interface=ADDR:backlog=N:tls=PATH"

_NOT_CLOSED = "A port that was not wanted could not be closed."
_CERTIFICATE = re.compile(b"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

MakeEndpoint = Callable[[int, str], IStreamServerEndpoint]


class Translatable(str):
    """Words for a person, which a program may translate."""

    __slots__ = ()


class WrongArgument(ValueError):
    """What an endpoint cannot be made of; as text, a sentence.

    :param sentence: what was wrong and what would be right, with ``{placeholders}``; it can be translated.
    :param values: what they stand for.
    """

    def __init__(self, sentence: str, /, **values: object) -> None:
        super().__init__(sentence.format(**values))
        self.sentence = sentence
        self.values = values


NOT_OF_THIS_FORM = Translatable("fallback: does not know {wrong}; its form is {form}")


class PortUnavailable(CannotListenError):
    """No port could be had; as text, a sentence that says why and what to do.

    :param interface: where it was tried.
    :param port: the last port that was tried.
    :param reason: the system's error, or what the endpoint gave in its place.
    :param sentence: what was wrong and what would be right, with ``{placeholders}``; it can be translated.
    :param values: what they stand for.
    """

    def __init__(self, interface: str, port: int, reason: Any, sentence: str, /, **values: object) -> None:
        super().__init__(interface, port, reason)
        self.sentence = sentence
        self.values = values

    def __str__(self) -> str:
        return self.sentence.format(**self.values)


_FINAL = {
    errno.EACCES: Translatable(
        "cannot listen on port {port} of {interface}: {reason}; give a base port from 1024 up, or run with"
        " the right to use this one"
    ),
    errno.EADDRNOTAVAIL: Translatable(
        "cannot listen on port {port} of {interface}: {reason}; {interface} is not an address of this machine"
    ),
    errno.EAFNOSUPPORT: Translatable(
        "cannot listen on port {port} of {interface}: {reason}; this machine has no network of its kind"
    ),
    errno.EMFILE: Translatable(
        "cannot listen on port {port} of {interface}: {reason}; raise the limit of open files (ulimit -n)"
    ),
    errno.ENFILE: Translatable(
        "cannot listen on port {port} of {interface}: {reason}; the whole machine has too many files open"
    ),
}
_OTHER = Translatable(
    "cannot listen on port {port} of {interface}: {reason}; choose another interface or base port"
)


@implementer(IListeningPort)
class PortGroup:
    """Listening ports that act as one: several addresses on one port number.

    :param ports: one or more; the first one answers for all.
    """

    def __init__(self, ports: Sequence[IListeningPort]) -> None:
        self.ports = tuple(ports)

    def startListening(self) -> None:
        """Listen again on every address.

        :raises CannotListenError: one of them cannot; the ones before it listen.
        """
        for port in self.ports:
            port.startListening()

    def stopListening(self) -> Deferred[None]:
        """Stop on every address; fires when all have stopped."""
        stopped = [maybeDeferred(port.stopListening) for port in self.ports]
        return gatherResults(stopped).addCallback(lambda _: None)

    def getHost(self) -> IAddress:
        """The first address; :func:`addresses` gives all."""
        return self.ports[0].getHost()


def members(port: IListeningPort) -> tuple[IListeningPort, ...]:
    """The ports of a group, or the one port that is none."""
    return port.ports if isinstance(port, PortGroup) else (port,)


def addresses(port: IListeningPort) -> list[IAddress]:
    """Every address on which a port listens, of one made here or by any other endpoint."""
    return [one.getHost() for one in members(port)]


def close(port: IListeningPort) -> Deferred[Any]:
    """Close a port, of one address, at once.

    Twisted's own ports close a turn of the reactor after they were told to. Before a reactor runs, that is
    long, and strangers could connect meanwhile. Their connectionLost closes now.
    """
    stop: Any = port.stopListening
    if IReadDescriptor.providedBy(port):
        stop = partial(port.connectionLost, Failure(CONNECTION_DONE))
    return maybeDeferred(stop)


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
            told = Translatable("backlog={backlog} is too small; give 1 or more")
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
                close(half).addErrback(lambda failure: _log.failure(_NOT_CLOSED, failure))
            raise
        return opened[0] if len(opened) == 1 else PortGroup(opened)

    def _used_up(self) -> PortUnavailable:
        first, last = self._ports[0], self._ports[-1]
        busy = OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        sentence = (
            Translatable("port {first} on {interface} is taken; give another base port or more tries")
            if first == last
            else Translatable(
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


def port_range(base: int, tries: int) -> range:
    """The ports to try from a base port up, none above the highest.

    :raises ValueError: there are none; the message is a sentence.
    """
    if not 1 <= base <= HIGHEST_PORT:
        raise WrongArgument(
            Translatable("port {base} is out of range; give a base port from 1 to {highest}"),
            base=base,
            highest=HIGHEST_PORT,
        )
    if tries < 1:
        raise WrongArgument(Translatable("tries={tries} is too few; give 1 or more"), tries=tries)
    return range(base, min(base + tries, HIGHEST_PORT + 1))


def number(name: str, text: str) -> int:
    """The whole number in an argument of a description.

    :raises ValueError: it is none; the message is a sentence.
    """
    if not (text.isascii() and text.isdigit()):
        raise WrongArgument(
            Translatable("fallback: {name} is {text!r}; give a whole number"), name=name, text=text
        )
    return int(text)


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
        Translatable("interface {interface!r} is not known; give localhost, * or an IP address"),
        interface=interface,
    )


def _tcp(reactor: IReactorTCP, backlog: int) -> MakeEndpoint:
    def make(port: int, address: str) -> IStreamServerEndpoint:
        kind: Any = TCP6ServerEndpoint if isIPv6Address(address) else TCP4ServerEndpoint
        endpoint: IStreamServerEndpoint = kind(reactor, port, backlog, address)
        return endpoint

    return make


def tls_options(path: str) -> Any:
    """What a TLS server needs, as Twisted's endpoints take it.

    :param path: a PEM file with a private key and its certificates, the server's own first.
    :raises ValueError: it cannot be used; the message is a sentence.
    """
    try:
        pem = Path(path).read_bytes()
    except OSError as error:
        told = Translatable("cannot read the PEM file {path}: {reason}")
        raise WrongArgument(told, path=path, reason=error.strerror) from None
    try:
        from OpenSSL import SSL, crypto
        from twisted.internet.ssl import CertificateOptions, TLSVersion
    except ImportError:
        raise WrongArgument(Translatable("TLS needs pyOpenSSL; install twisted[tls]")) from None
    try:
        # With a passphrase at hand, however wrong, nothing is asked on the terminal.
        key = crypto.load_privatekey(crypto.FILETYPE_PEM, pem, b"")
        own, *chain = (crypto.load_certificate(crypto.FILETYPE_PEM, one) for one in _CERTIFICATE.findall(pem))
        options = CertificateOptions(
            key, own, extraCertChain=chain, raiseMinimumTo=TLSVersion.TLSv1_2, fixBrokenPeers=False
        )
        options.getContext().check_privatekey()
    except MemoryError:
        told = Translatable("TLS needs memory that can be executed (in systemd MemoryDenyWriteExecute=no)")
        raise WrongArgument(told) from None
    except (crypto.Error, SSL.Error, ValueError, TypeError):
        raise WrongArgument(
            Translatable("the PEM file {path} does not hold an unencrypted private key and its certificates"),
            path=path,
        ) from None
    return options


def tls_endpoints(reactor: Any, path: str, backlog: int = DEFAULT_BACKLOG) -> MakeEndpoint:
    """How to make TLS endpoints, for a FallbackServerEndpoint; raises what :func:`tls_options` does."""
    options = tls_options(path)

    def make(port: int, address: str) -> IStreamServerEndpoint:
        return SSL4ServerEndpoint(reactor, port, options, backlog, address)  # takes IPv6 addresses, too

    return make


_log = Logger()
