"""The server embedded in another program: make_factory on an endpoint, without the service."""

from zoneinfo import ZoneInfo

from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString

from tests.loopback import exchange, serving
from tests.ports import free_block
from twisted_date.endpoints.ports import addresses_of
from twisted_date.server import make_factory

BASE = free_block()


@ensureDeferred
async def test_embedded_server_answers_in_its_zone():
    factory = make_factory(reactor, zone=ZoneInfo("Asia/Tokyo"))
    async with serving(serverFromString(reactor, f"fallback:{BASE}"), factory) as port:
        zone, date, goodbye = await exchange(addresses_of(port)[0].port, b"/zone\n/date\n/quit\n")
    assert zone == "The zone is Asia/Tokyo."
    assert date.endswith("+09:00")
    assert goodbye == "Goodbye. The connection is closed."
    assert (factory.total_sessions, factory.open_sessions) == (1, 0)
