"""TLS for a server endpoint, from one PEM file."""

import re
from pathlib import Path
from typing import Any

from twisted.internet.endpoints import SSL4ServerEndpoint
from twisted.internet.interfaces import (
    IStreamServerEndpoint,
)

from ..i18n.messages import Sentence
from .arguments import DEFAULT_BACKLOG, MakeEndpoint, WrongArgument

_CERTIFICATE = re.compile(b"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def tls_options(path: str) -> Any:
    """What a TLS server needs, as Twisted's endpoints take it.

    :param path: a PEM file with a private key and its certificates, the server's own first.
    :raises ValueError: it cannot be used; the message is a sentence.
    """
    try:
        pem = Path(path).read_bytes()
    except OSError as error:
        told = Sentence("cannot read the PEM file {path}: {reason}")
        raise WrongArgument(told, path=path, reason=error.strerror) from None
    try:
        from OpenSSL import SSL, crypto
        from twisted.internet.ssl import CertificateOptions, TLSVersion
    except ImportError:
        raise WrongArgument(Sentence("TLS needs pyOpenSSL; install twisted[tls]")) from None
    try:
        # With a passphrase at hand, however wrong, nothing is asked on the terminal.
        key = crypto.load_privatekey(crypto.FILETYPE_PEM, pem, b"")
        own, *chain = (crypto.load_certificate(crypto.FILETYPE_PEM, one) for one in _CERTIFICATE.findall(pem))
        options = CertificateOptions(
            key, own, extraCertChain=chain, raiseMinimumTo=TLSVersion.TLSv1_2, fixBrokenPeers=False
        )
        options.getContext().check_privatekey()
    except MemoryError:
        told = Sentence("TLS needs memory that can be executed (in systemd MemoryDenyWriteExecute=no)")
        raise WrongArgument(told) from None
    except (crypto.Error, SSL.Error, ValueError, TypeError):
        raise WrongArgument(
            Sentence("the PEM file {path} does not hold an unencrypted private key and its certificates"),
            path=path,
        ) from None
    return options


def tls_endpoints(reactor: Any, path: str, backlog: int = DEFAULT_BACKLOG) -> MakeEndpoint:
    """How to make TLS endpoints, for a FallbackServerEndpoint; raises what :func:`tls_options` does."""
    options = tls_options(path)

    def make(port: int, address: str) -> IStreamServerEndpoint:
        return SSL4ServerEndpoint(reactor, port, options, backlog, address)  # takes IPv6 addresses, too

    return make
