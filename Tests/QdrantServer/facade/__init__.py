# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A Qdrant server for tests: Qdrant's REST API over the real engine.

Every body is read with the official client's own models (`qdrant_client.http.models`) and executed by the real engine
(`qdrant_edge.EdgeShard`), one shard a collection, in this process and one request at a time. What follows is everything that this
package does itself; the rest is the engine's doing, and what neither can do exactly is refused with 501 and its name.

Done here and not by the engine:

- Which points a conditional upsert, a vector update with `update_filter`, or a write by filter touches is decided before the engine
  logs the write, by asking the engine (`resolution`): a Qdrant server does the same. `insert_only` lets through what does not exist,
  whatever the filter says; `update_only` what exists and matches; `upsert` what does not exist or matches.
- A collection without vectors gets one that no point has and no answer shows: the engine needs one.
- What the engine would fail at half-way is refused before it is logged: vectors of a wrong name, kind or size, sparse vectors whose
  indices repeat or differ in number from the values. So are limits under 1, ids that are neither unsigned integers nor UUIDs, numbers
  written as strings, NaN, and fields that the models do not know (a server ignores some of these).
- All operations of a batch are checked and converted before the first is carried out; then they are carried out one by one.
- `wait=false` is carried out before the answer too; only its status says "acknowledged".
- `ordering` and `consistency` are checked and change nothing: one process that does one thing at a time is as strong as can be.
  `timeout` is checked and never runs out.
- `shard_number`, `replication_factor`, `write_consistency_factor`, `wal_config` and the optimizers' timing are kept and shown, as one
  node would; there is one shard. The engine never optimises on its own: `POST /collections/{name}/internal/optimize` or SIGUSR1 does
  it, and until then a search compares every vector.
- Collections appear and disappear by a rename; the API key is checked; `/`, `/readyz`, `/healthz` and `/livez` need none.

Durability: the engine's log is a mapped file, so what a write has put there is the kernel's before the answer leaves, and killing the
process at any moment loses nothing that was acknowledged. The machine's failure would: a flush (7 ms) happens only every 16 MiB or
20,000 operations, to keep the next start short, and on SIGTERM.

Floats come back as the 64-bit number that equals the 32-bit one stored; a server writes its shortest form, which reads as the same.
"""
