"""Fixtures for tests in several folders. trial does not read them."""

import os
import re

import pytest
from twisted.python import failure

from tests.certificates import write_certificate

EXCUSED = re.compile("Twisted|extra dev")  # in the reason of a skip

# With Twisted up to 24.11, pytest patches Failure, and passes it the traceback of whatever exception is being
# handled. Twisted before 24.10 searches that traceback for an original Failure, and takes over its error.
_FAILURE_INIT = failure.Failure.__init__
_FAILURE_READS_TRACEBACKS = hasattr(failure.Failure, "_findFailure")


@pytest.fixture(autouse=_FAILURE_READS_TRACEBACKS)
def original_failure_init(monkeypatch):
    """Undo pytest's patch of Failure. Failed tests are still reported, with Twisted's own tracebacks."""
    monkeypatch.setattr(failure.Failure, "__init__", _FAILURE_INIT)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """In CI every tool is there: a skip is a failure.

    Excepted are tests for another release of Twisted, and those with the tools of the extra dev, which a
    stage of their own runs.
    """
    report = yield
    if report.skipped and os.environ.get("CI") and not EXCUSED.search(str(report.longrepr)):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A PEM file in its own folder: a key and its self-signed certificate for localhost."""
    return write_certificate(tmp_path_factory.mktemp("tls") / "localhost.pem", "localhost")
