"""Every function here runs twice: with the nested poller, and with the reactor's own events."""

import pytest

from tests import loopback


def pytest_generate_tests(metafunc):
    if metafunc.cls is None:
        metafunc.parametrize("events_from", ["poller", "reactor"], indirect=True)


@pytest.fixture(autouse=True)
def events_from(request, monkeypatch):
    monkeypatch.setattr(loopback, "uses_poller", getattr(request, "param", "poller") == "poller")
