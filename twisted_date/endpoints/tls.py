"""TLS for server endpoints, from a single PEM file."""

import re
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

from twisted.internet.endpoints import SSL4ServerEndpoint
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator, IStreamServerEndpoint
from zope.interface import implementer

from ..i18n.messages import Sentence
from .arguments import DEFAULT_BACKLOG, MakeEndpoint, WrongArgument

__all__ = ["ReloadableCertificate", "TLSUnavailable", "tls_endpoints", "tls_options"]

NO_TLS = Sentence("TLS needs pyOpenSSL; install twisted[tls]")

_CERTIFICATE = re.compile(b"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class TLSUnavailable(WrongArgument):
    """TLS is not installed; the text is a sentence."""


def tls_options(path: str) -> Any:
    """Load the certificate options of a TLS server, for Twisted's endpoints.

    :param path: a PEM file with an unencrypted private key and its certificates, the server's own first.
    :return: a ``CertificateOptions``.
    :raises ValueError: when the file cannot be used, or TLS is not available; as text, a sentence.
    """
    try:
        pem = Path(path).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: no file can have this name
        sentence = Sentence("cannot read the PEM file {path}: {reason}")
        reason = getattr(error, "strerror", None) or error
        raise WrongArgument(sentence, path=path, reason=reason) from None
    try:
        from OpenSSL import SSL, crypto
        from twisted.internet.ssl import CertificateOptions, TLSVersion
    except ImportError:
        raise TLSUnavailable(NO_TLS) from None
    try:
        # Given a passphrase, even a wrong one, OpenSSL does not prompt on the terminal.
        key = crypto.load_privatekey(crypto.FILETYPE_PEM, pem, b"")
        own, *chain = (crypto.load_certificate(crypto.FILETYPE_PEM, crt) for crt in _CERTIFICATE.findall(pem))
        options = CertificateOptions(
            key, own, extraCertChain=chain, raiseMinimumTo=TLSVersion.TLSv1_2, fixBrokenPeers=False
        )
        options.getContext().check_privatekey()
    except MemoryError:
        sentence = Sentence("TLS needs memory that can be executed (in systemd MemoryDenyWriteExecute=no)")
        raise WrongArgument(sentence) from None
    except (crypto.Error, SSL.Error, ValueError, TypeError):
        raise WrongArgument(
            Sentence("the PEM file {path} does not hold an unencrypted private key and its certificates"),
            path=path,
        ) from None
    return options


@implementer(IOpenSSLServerConnectionCreator)
class ReloadableCertificate:
    """The certificate of TLS ports, which can be exchanged while they listen.

    :param load: reads it, and returns a ``CertificateOptions``; called now and by :meth:`reload`.
    """

    def __init__(self, load: Callable[[], Any]) -> None:
        self._load = load
        self._options = load()

    def serverConnectionForTLS(self, protocol: object) -> Any:
        """Make OpenSSL's side of a new connection."""
        from OpenSSL.SSL import Connection

        return Connection(self._options.getContext(), None)

    def reload(self) -> bool:
        """Read the certificate again, for the connections to come.

        :return: whether it has changed.
        :raises Exception: when it cannot be read; then the old one stays.
        """
        options = self._load()
        if _contents(options) == _contents(self._options):
            return False
        self._options = options
        return True

    @property
    def expiry(self) -> float:
        """When it expires, or the first of its chain does, in seconds since 1970."""
        certificates = (self._options.certificate, *(self._options.extraCertChain or ()))
        return min(_expiry(certificate) for certificate in certificates)


def _contents(options: Any) -> list[bytes]:
    """What is in the files of a certificate and its key."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = options.privateKey.to_cryptography_key()
    certificates = (options.certificate, *(options.extraCertChain or ()))
    return [
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        *(certificate.to_cryptography().public_bytes(Encoding.DER) for certificate in certificates),
    ]


def _expiry(certificate: Any) -> float:
    text = certificate.get_notAfter().decode()
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()


def tls_endpoints(reactor: Any, path: str, backlog: int = DEFAULT_BACKLOG) -> MakeEndpoint:
    """Return a function that makes TLS endpoints, for a ``FallbackServerEndpoint``.

    :param path: the PEM file, as for :func:`tls_options`.
    :param backlog: connections that may wait to be accepted.
    :raises ValueError: as :func:`tls_options` does.
    """
    options = ReloadableCertificate(partial(tls_options, path))

    def make(port: int, address: str) -> IStreamServerEndpoint:
        return SSL4ServerEndpoint(reactor, port, options, backlog, address)  # IPv6 addresses work, too

    return make
