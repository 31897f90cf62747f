"""Fixtures for tests in several folders. trial does not read them."""

import pytest
from twisted.python import failure

from tests.certificates import write_certificate

# With Twisted up to 24.11, pytest patches Failure, and passes it the traceback of whatever exception is being
# handled. Twisted before 24.10 searches that traceback for an original Failure, and takes over its error.
_FAILURE_INIT = failure.Failure.__init__
_FAILURE_READS_TRACEBACKS = hasattr(failure.Failure, "_findFailure")


@pytest.fixture(autouse=_FAILURE_READS_TRACEBACKS)
def original_failure_init(monkeypatch):
    """Undo pytest's patch of Failure. Failed tests are still reported, with Twisted's own tracebacks."""
    monkeypatch.setattr(failure.Failure, "__init__", _FAILURE_INIT)


def pytest_addoption(parser):
    parser.addoption(
        "--no-skips", action="store_true", help="a skipped test is a failure: all tools are there"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.skipped and item.config.getoption("--no-skips"):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A PEM file in its own folder: a key and its self-signed certificate for localhost."""
    return write_certificate(tmp_path_factory.mktemp("tls") / "localhost.pem", "localhost")
