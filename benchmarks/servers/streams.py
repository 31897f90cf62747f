"""asyncio's streams, on its own loop or on uvloop's: streams.py PORT [uvloop]"""

import asyncio
import sys

ANSWER = b"2026-12-25T19:00:00+01:00\r\n"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(ANSWER)
        await writer.drain()
        if line == b"au revoir\n":
            break
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    await server.serve_forever()


if "uvloop" in sys.argv:
    import uvloop

    uvloop.run(main())
else:
    asyncio.run(main())
