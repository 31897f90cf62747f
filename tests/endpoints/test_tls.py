import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from OpenSSL import crypto
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactor

from twisted_date.endpoints.arguments import WrongArgument
from twisted_date.endpoints.tls import tls_options


def write_pem(folder, *parts):
    path = folder / "some.pem"
    path.write_bytes(b"".join(parts))
    return str(path)


class TestTLSEndpoints:
    def test_description_decides_the_backlog(self, certificate):
        reactor = MemoryReactor()
        description = f"fallback:50000:interface=127.0.0.1:backlog=7:tls={certificate}"
        serverFromString(reactor, description).listen(Factory())
        (server,) = reactor.tcpServers or reactor.sslServers
        assert 7 in server


class TestTLSOptions:
    def test_lack_of_executable_memory_raises_a_sentence(self, certificate, monkeypatch):
        """systemd's MemoryDenyWriteExecute= denies it; the callbacks of OpenSSL need it."""

        def deny(*_):
            raise MemoryError("Cannot allocate write+execute memory for ffi.callback().")

        monkeypatch.setattr(crypto, "load_privatekey", deny)
        with pytest.raises(ValueError, match="MemoryDenyWriteExecute=no"):
            tls_options(str(certificate))

    def test_unusable_file_raises_a_sentence(self, certificate, tmp_path):
        pem = certificate.read_bytes()
        start = pem.index(b"-----BEGIN CERTIFICATE")
        key, own = pem[:start], pem[start:]
        other = ec.generate_private_key(ec.SECP256R1())
        encrypted = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
        another = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        for parts in ((), (key,), (own,), (encrypted, own), (another, own), (b"nonsense",), (key, own[:200])):
            with pytest.raises(ValueError, match="does not hold an unencrypted private key and its"):
                tls_options(write_pem(tmp_path, *parts))
        tls_options(write_pem(tmp_path, own, key))

    def test_missing_file_raises_a_sentence(self, tmp_path):
        with pytest.raises(ValueError, match=r"cannot read the PEM file .*: No such file or directory"):
            serverFromString(MemoryReactor(), f"fallback:50000:tls={tmp_path}/none")

    def test_impossible_name_raises_a_sentence(self):
        with pytest.raises(WrongArgument, match="cannot read the PEM file"):
            tls_options("a\0b")

    def test_missing_pyopenssl_raises_a_sentence(self, certificate, monkeypatch):
        monkeypatch.setitem(sys.modules, "OpenSSL", None)
        with pytest.raises(ValueError, match=r"install twisted\[tls\]"):
            tls_options(str(certificate))
