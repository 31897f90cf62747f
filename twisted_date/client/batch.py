"""A conversation without anybody at the keyboard: ask, and show the replies."""

from collections import deque

from twisted.internet.defer import Deferred

from ..cli.options import REFUSED_OPTION, WrongSettings
from ..conversation.replies import Reply
from .protocol import DateClient, json_switch
from .settings import Settings
from .terminal.streams import Streams

STATUS_OK = 0
STATUS_ERROR_REPLY = 1

PIPELINE_DEPTH = (
    256  # lines of a pipe that are asked before the first is answered: what keeps a far server busy
)

RED, PLAIN = "\x1b[31m", "\x1b[0m"


class Batch:
    """A conversation: one message from the settings, or one from each line of the input.

    :param client: the connection.
    """

    def __init__(self, client: DateClient, settings: Settings, streams: Streams) -> None:
        self._client = client
        self._settings = settings
        self._streams = streams
        self._json = settings.json
        self._finished = False
        self._status = STATUS_OK

    async def run(self) -> int:
        """Say everything there is to say.

        :return: the exit status.
        :raises WrongSettings: the server refuses one of them.
        :raises ServerError: the server was lost.
        :raises OSError: the input or the output was.
        """
        await self._introduce()
        if self._settings.message is not None:
            self._show(await self._client.ask(self._settings.message), self._settings.message)
        else:
            await self._ask_each_line()
        return self._status

    async def _introduce(self) -> None:
        """Tell the server what the settings say about the person."""
        settings = self._settings
        if settings.language is None and settings.locale is not None:
            await self._client.ask(f"/lang {settings.locale}")  # an unknown one changes nothing
        for option, text in (("lang", settings.language), ("zone", settings.zone), ("name", settings.name)):
            if text is not None:
                reply = await self._client.ask(f"/{option} {text}")
                if reply.error is not None:
                    raise WrongSettings(REFUSED_OPTION, option=option, reason=reply.text)

    async def _ask_each_line(self) -> None:
        under_way: deque[Deferred[None]] = deque()
        try:
            while not self._finished and (line := await self._streams.lines.next()) is not None:
                under_way.append(self._client.ask(line).addCallback(self._show, line))
                while under_way and (under_way[0].called or len(under_way) > PIPELINE_DEPTH):
                    await under_way.popleft()
            while under_way and not self._finished:
                await under_way.popleft()
        finally:
            for asked in under_way:  # behind the farewell, or behind what failed
                asked.addErrback(lambda _: None)

    def _show(self, reply: Reply, message: str) -> None:
        switch = json_switch(message)
        if switch is not None:
            self._json = switch
        line = reply.as_json() if self._json else reply.as_text()
        if reply.error is not None:
            self._status = STATUS_ERROR_REPLY
            if self._streams.colours:
                line = f"{RED}{line}{PLAIN}"
        self._streams.out.write(line + "\n")
        self._finished = reply.closing
