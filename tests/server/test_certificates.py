from datetime import timedelta
from time import time

import pytest
from OpenSSL import SSL
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactor
from twisted.logger import capturedLogs, formatEvent

from tests.certificates import write_certificate
from twisted_date.endpoints.fallback_server import FallbackServerEndpoint
from twisted_date.endpoints.tls import tls_endpoints
from twisted_date.server.certificates import DAY, Certificates

DESCRIPTIONS = (
    "ssl:443:privateKey={path}",
    "proxy:ssl:443:privateKey={path}",
    "fallback:443:interface=127.0.0.1:tls={path}",
)


@pytest.fixture
def path(tmp_path):
    return write_certificate(tmp_path / "server.pem", "localhost", lasts=timedelta(days=100))


def listen(description, path):
    """Listen on an endpoint; return the certificates, and the one that its connections get."""
    certificates, reactor = Certificates(), MemoryReactor()
    description = description.format(path=path)
    serverFromString(certificates.reactor_for(reactor, description), description).listen(Factory())
    (port,) = reactor.sslServers
    return certificates, port[2]


def served(certificate):
    """The serial number of the certificate that a new connection gets."""
    connection = certificate.serverConnectionForTLS(object())
    assert isinstance(connection, SSL.Connection)
    return certificate._options.certificate.get_serial_number()


@pytest.mark.parametrize("description", DESCRIPTIONS)
def test_new_certificate_is_for_new_connections(description, path):
    certificates, certificate = listen(description, path)
    old = served(certificate)
    assert certificates.reload() == 0
    write_certificate(path, "localhost")
    assert served(certificate) == old
    with capturedLogs() as logged:
        assert certificates.reload() == 1
    assert served(certificate) != old
    where = description.format(path=path)
    assert [formatEvent(event) for event in logged] == [f"The certificate of {where} has been reloaded."]


def test_certificate_of_the_tls_option_is_reloaded(path):
    certificates, reactor = Certificates(), MemoryReactor()
    make = tls_endpoints(certificates.reactor_for(reactor, str(path)), str(path))
    FallbackServerEndpoint(reactor, 443, 1, "127.0.0.1", make_endpoint=make).listen(Factory())
    write_certificate(path, "localhost")
    assert certificates.reload() == 1


@pytest.mark.parametrize("description", DESCRIPTIONS)
def test_bad_certificate_is_logged_once_and_the_old_one_stays(description, path):
    certificates, certificate = listen(description, path)
    old, good = served(certificate), path.read_bytes()
    with capturedLogs() as logged:
        for contents in (b"nonsense", b"nonsense", b""):
            path.write_bytes(contents)
            assert certificates.reload() == 0
        path.unlink()
        assert certificates.reload() == 0
    texts = [formatEvent(event) for event in logged]
    assert 1 <= len(texts) <= 3
    assert len(set(texts)) == len(texts)
    for text in texts:
        assert text.startswith(f"Cannot reload the certificate of {description.format(path=path)}, the old")
    assert served(certificate) == old
    path.write_bytes(good)
    assert certificates.reload() == 0


def test_plain_ports_have_no_certificates(path):
    certificates, reactor = Certificates(), MemoryReactor()
    serverFromString(certificates.reactor_for(reactor, "tcp:80"), "tcp:80").listen(Factory())
    assert len(reactor.tcpServers) == 1
    assert certificates.expiries == []
    assert certificates.reload() == 0


def test_age_is_told_in_time(path):
    certificates, _ = listen(DESCRIPTIONS[0], path)
    (expiry,) = certificates.expiries
    assert expiry == pytest.approx(time() + 100 * DAY, abs=60)
    where = DESCRIPTIONS[0].format(path=path)
    assert list(certificates.warnings(expiry - 15 * DAY)) == []
    assert list(certificates.warnings(expiry - 2 * DAY)) == [
        f"The certificate of {where} expires in 2.0 days."
    ]
    assert list(certificates.warnings(expiry)) == [
        f"The certificate of {where} has expired; clients refuse it."
    ]
