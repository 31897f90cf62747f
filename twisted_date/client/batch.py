"""Batch mode: sends one message, or every line of the input, and prints the replies."""

from collections import deque

from twisted.internet.defer import Deferred

from .mode import Mode

PIPELINE_DEPTH = 256  # requests in flight: enough to keep a distant server busy


class Batch(Mode):
    """Sends the message of the settings, or else each line of the input."""

    async def run(self) -> int:
        await self._send_settings()
        if self._settings.message is not None:
            self._show(await self._client.ask(self._settings.message), self._settings.message)
        else:
            await self._send_lines()
        return self._status

    async def _send_lines(self) -> None:
        pending: deque[Deferred[None]] = deque()
        try:
            while not self._finished and (line := await self._streams.lines.next()) is not None:
                pending.append(self._client.ask(line).addCallback(self._show, line))
                while pending and (pending[0].called or len(pending) > PIPELINE_DEPTH):
                    await pending.popleft()
            while pending and not self._finished:
                await pending.popleft()
        finally:
            for request in pending:  # sent after the farewell, or after the request that failed
                request.addErrback(lambda _: None)
