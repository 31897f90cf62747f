"""The server in another program: make_factory and make_service, without effects on the process."""

import gc
import resource
import signal
import socket
from zoneinfo import ZoneInfo

import pytest
from pytest_twisted import ensureDeferred
from twisted.application.service import IService, MultiService
from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ServerEndpoint, serverFromString
from twisted.internet.threads import deferToThread
from zope.interface.verify import verifyObject

from tests.helpers import make_defaults
from tests.loopback import exchange, serving, taken
from tests.ports import free_block
from twisted_date.endpoints.fallback_server import PortUnavailable
from twisted_date.endpoints.ports import addresses_of
from twisted_date.server import make_factory, make_service
from twisted_date.server.factory import DateFactory

BASE = free_block()


def process_state():
    """What the plugin changes of its process."""
    return (
        gc.get_threshold(),
        resource.getrlimit(resource.RLIMIT_NOFILE),
        signal.getsignal(signal.SIGINT),
        signal.getsignal(signal.SIGTERM),
    )


@ensureDeferred
async def test_embedded_server_answers_in_its_zone():
    factory = make_factory(reactor, zone=ZoneInfo("Asia/Tokyo"))
    async with serving(serverFromString(reactor, f"fallback:{BASE}"), factory) as port:
        zone, date, goodbye = await exchange(addresses_of(port)[0].port, b"/zone\n/date\n/quit\n")
    assert zone == "The zone is Asia/Tokyo."
    assert date.endswith("+09:00")
    assert goodbye == "Goodbye. The connection is closed."
    assert (factory.total_sessions, factory.open_sessions) == (1, 0)


@ensureDeferred
async def test_service_starts_and_stops_with_others_and_leaves_the_process_alone():
    before = process_state()
    services = MultiService()
    endpoint = TCP4ServerEndpoint(reactor, BASE + 1, interface="127.0.0.1")
    service = make_service(reactor, make_factory(reactor), endpoint, f"fallback:{BASE + 2}", drain=1)
    verifyObject(IService, service)
    service.setServiceParent(services)
    services.privilegedStartService()
    services.startService()
    for port in (BASE + 1, BASE + 2):
        assert (await exchange(port, b"/version\n"))[0].startswith("datechat ")
    assert process_state() == before
    await services.stopService()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", BASE + 1), 1)


@ensureDeferred
async def test_stopping_service_drains_its_sessions():
    service = make_service(reactor, DateFactory(make_defaults(), reactor), f"fallback:{BASE + 3}", drain=5)
    service.startService()
    peer = await deferToThread(socket.create_connection, ("127.0.0.1", BASE + 3), 10)
    with peer:
        peer.sendall(b"/date\n")
        replies = peer.makefile("rb")
        assert await deferToThread(replies.readline)
        stopped = service.stopService()
        assert b"datechat is stopping" in await deferToThread(replies.readline)
        peer.close()
        replies.close()
        await stopped


@ensureDeferred
async def test_endpoint_that_cannot_listen_raises_when_the_service_starts():
    with taken(("127.0.0.1", BASE + 4)):
        service = make_service(
            reactor, make_factory(reactor), f"fallback:{BASE + 5}", f"fallback:{BASE + 4}:tries=1"
        )
        with pytest.raises(PortUnavailable, match="is taken"):
            service.startService()
        assert not service.running
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", BASE + 5), 1)


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((), {}, "no endpoint to listen on; give at least one"),
        (("tcp:x",), {}, "'tcp:x' is not an endpoint like fallback:50000: "),
        (("ssl:1:privateKey=/nope",), {}, "is not an endpoint like fallback:50000: "),
        ((None,), {}, "None is not an endpoint"),
        ((["fallback:50000"],), {}, r"\['fallback:50000'\] is not an endpoint"),
        (("fallback:50000",), {"drain": -1}, "drain is -1; give a number of seconds, 0 or more"),
        (("fallback:50000",), {"drain": "x"}, "drain is 'x'; give"),
    ],
)
def test_wrong_argument_of_a_service_is_a_sentence(arguments, options, words):
    with pytest.raises(ValueError, match=words):
        make_service(reactor, make_factory(reactor), *arguments, **options)


def test_service_needs_a_factory_of_its_own():
    with pytest.raises(ValueError, match="factory is 'fallback:50000'; give one that make_factory made"):
        make_service(reactor, "fallback:50000", make_factory(reactor))


def test_what_a_program_holds_says_what_it_is():
    factory = make_factory(reactor)
    assert repr(factory) == "<DateFactory with 0 open sessions>"
    service = make_service(reactor, factory, "fallback:50000:tries=3")
    assert repr(service).startswith("DateService(FallbackServerEndpoint(50000, tries=3")
