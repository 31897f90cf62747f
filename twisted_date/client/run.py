"""Runs the client once: connects, holds the conversation and disconnects."""

import os
from typing import Any

from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure

from ..cli.exit import STATUS_FAILED, STATUS_NO_SERVER, STATUS_OK, STATUS_USAGE
from ..cli.options import SEE_HELP, WrongSettings
from ..i18n.messages import Sentence
from ..network.addresses import host_and_port
from ..network.failures import summarize
from .batch import Batch
from .connect import connect_to
from .errors import ServerError
from .hints import with_hint, with_option
from .mode import print_error
from .protocol import DateClient
from .settings import Settings
from .terminal.streams import Streams

CANNOT_READ_OR_WRITE = Sentence("cannot read or write: {reason}")


async def run(reactor: Any, settings: Settings, streams: Streams) -> int:
    """Connect to the server, hold the conversation and disconnect.

    :param reactor: makes the connection.
    :param settings: what the command line asks for.
    :param streams: the standard streams.
    :return: the exit status. An error has been written to ``streams.err``, in one sentence.
    :raises CancelledError: when the run is cancelled.
    """

    def fail(status: int, sentence: str, /, **values: object) -> int:
        print_error(settings, streams, sentence, **values)
        return status

    try:
        client = await connect_to(reactor, settings.target, settings.timeout)
        try:
            return await _converse(reactor, client, settings, streams)
        finally:
            await client.close()
    except WrongSettings as error:
        return fail(STATUS_USAGE, SEE_HELP, trouble=with_option(error))
    except ServerError as error:
        advised = with_hint(error, settings.target)
        return fail(STATUS_NO_SERVER, advised.sentence, **advised.values)
    except OSError as error:
        return fail(STATUS_FAILED, CANNOT_READ_OR_WRITE, reason=error.strerror)
    except CancelledError:
        raise
    except Exception:
        return fail(
            STATUS_FAILED,
            Sentence("the client failed on what it does not know: {what}; please report this"),
            what=summarize(Failure()),
        )


async def _converse(reactor: Any, client: DateClient, settings: Settings, streams: Streams) -> int:
    if settings.where:
        streams.out.write(f"{host_and_port(client.transport.getPeer())}\n")
        return STATUS_OK
    if settings.check:
        return await _check(client, settings, streams)
    if settings.url:
        return await _print_url(client, settings, streams)
    if settings.message is not None or not streams.interactive:
        return await Batch(client, settings, streams).run()

    from .interactive import Interactive
    from .terminal import prompter
    from .terminal.history import History, state_directory

    async def open_connection() -> DateClient:
        return await connect_to(reactor, settings.target, settings.timeout)

    async def places(text: str) -> list[str]:
        return await interactive.places(text)

    history = History(state_directory(os.environ))
    line_prompter = prompter(reactor, streams, history, places)
    interactive = Interactive(client, settings, streams, line_prompter, history, open_connection, reactor)
    return await interactive.run()


async def _check(client: DateClient, settings: Settings, streams: Streams) -> int:
    """Print one line; a clock that is not synchronised is told in it, and is no failure."""
    health = await client.ask("/health")
    if health.error is not None:
        print_error(settings, streams, Sentence("{server} does not tell its health"), server=client.server)
        return STATUS_FAILED
    streams.out.write(f"{client.server}: {health.text}\n")
    return STATUS_OK


async def _print_url(client: DateClient, settings: Settings, streams: Streams) -> int:
    urls = (await client.ask("/version")).fields.get("urls")
    if not isinstance(urls, list) or not urls:
        print_error(
            settings, streams, Sentence("the server has no address for a browser; --web gives it one")
        )
        return STATUS_FAILED
    streams.out.write(f"{urls[0]}\n")
    return STATUS_OK
