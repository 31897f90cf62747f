"""asyncio's protocols, on its own loop or on uvloop's: protocol.py PORT [uvloop]"""

import asyncio
import sys
from typing import Any

ANSWER = b"2026-12-25T19:00:00+01:00\r\n"


class Answering(asyncio.Protocol):
    rest = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.transport.write(ANSWER)
            if line == b"au revoir":
                self.transport.close()


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    await server.serve_forever()


if "uvloop" in sys.argv:
    import uvloop

    uvloop.run(main())
else:
    asyncio.run(main())
