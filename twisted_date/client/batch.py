"""The batch mode: one message, or every line of the input, with nobody at the keyboard."""

from collections import deque

from twisted.internet.defer import Deferred

from .mode import Mode

PIPELINE_DEPTH = 256  # lines asked before the first reply is in: enough to keep a distant server busy


class Batch(Mode):
    """Asks the one message of the settings, or each line of the input."""

    async def run(self) -> int:
        await self._send_settings()
        if self._settings.message is not None:
            self._show(await self._client.ask(self._settings.message), self._settings.message)
        else:
            await self._ask_each_line()
        return self._status

    async def _ask_each_line(self) -> None:
        pending: deque[Deferred[None]] = deque()
        try:
            while not self._finished and (line := await self._streams.lines.next()) is not None:
                pending.append(self._client.ask(line).addCallback(self._show, line))
                while pending and (pending[0].called or len(pending) > PIPELINE_DEPTH):
                    await pending.popleft()
            while pending and not self._finished:
                await pending.popleft()
        finally:
            for asked in pending:  # behind the farewell, or behind what failed
                asked.addErrback(lambda _: None)
