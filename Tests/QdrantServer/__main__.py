# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Serves Qdrant's REST API on 127.0.0.1 for tests.

usage: python Tests/QdrantServer PORT DATA_DIR [--api-key KEY] [--flush-every OPERATIONS]
"""

import argparse
import asyncio
import gc
import os
import signal
import sys

from facade.catalogue import Catalogue
from facade.protocol import Connection
from facade.service import Service


def arguments():
    parser = argparse.ArgumentParser(prog="Tests/QdrantServer", description="Serves Qdrant's REST API on 127.0.0.1 for tests.")
    parser.add_argument("port", type=int, help="0 picks a free one")
    parser.add_argument("folder", help="where the collections are kept; made if it is missing")
    parser.add_argument("--api-key", default=None)
    parser.add_argument("--flush-every", type=int, default=20_000, metavar="OPERATIONS", help="how long the log may get")
    return parser.parse_args()


async def serve(port, service):
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, service.optimize)
    server = await loop.create_server(lambda: Connection(service), "127.0.0.1", port, backlog=2048, reuse_address=True)
    print(f"qdrant test server on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await stop.wait()
    server.close()


def main():
    given = arguments()
    os.makedirs(given.folder, exist_ok=True)
    service = Service(Catalogue(given.folder), given.api_key, given.flush_every)
    # Requests leave no cycles worth looking for; what is loaded by now stays.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    asyncio.run(serve(given.port, service))
    service.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
