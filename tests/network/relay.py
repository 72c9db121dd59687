"""Carries TCP between the loopback of one network namespace and another: clients without keys may use loopback only.

    relay.py LISTEN_HOST LISTEN_PORT TO_HOST TO_PORT

It ends a connection when either end does, and knows nothing of what it carries. It prints `ready` when it listens."""

import asyncio
import sys


async def pump(reader, writer):
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    writer.close()


async def carry(reader, writer, host, port):
    try:
        far_reader, far_writer = await asyncio.open_connection(host, port)
    except OSError:
        writer.close()
        return
    await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))


async def main(listen_host, listen_port, host, port):
    server = await asyncio.start_server(lambda reader, writer: carry(reader, writer, host, int(port)),
                                        listen_host, int(listen_port))
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
