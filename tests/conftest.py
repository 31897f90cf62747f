"""Fixtures for tests in several folders. trial does not read them."""

import signal
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from twisted.python import failure

# With Twisted up to 24.11, pytest patches Failure, and passes it the traceback of whatever exception is being
# handled. Twisted before 24.10 searches that traceback for an original Failure, and takes over its error.
_FAILURE_INIT = failure.Failure.__init__
_FAILURE_READS_TRACEBACKS = hasattr(failure.Failure, "_findFailure")


@pytest.fixture(autouse=_FAILURE_READS_TRACEBACKS)
def original_failure_init(monkeypatch):
    """Undo pytest's patch of Failure. Failed tests are still reported, with Twisted's own tracebacks."""
    monkeypatch.setattr(failure.Failure, "__init__", _FAILURE_INIT)


@pytest.fixture(scope="session", autouse=True)
def children_receive_signals():
    """Give child processes the default reaction to signals that this process was started to ignore.

    A script that starts pytest with ``&`` makes it ignore SIGINT, as nohup does with SIGHUP. Children inherit
    an ignored signal, but not a handler. This process goes on ignoring the signals.
    """
    names = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    ignored = [number for number in numbers if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, lambda *_: None)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A PEM file in its own folder: a key and its self-signed certificate for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(timezone.utc)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(pem + signed.public_bytes(Encoding.PEM))
    return path
