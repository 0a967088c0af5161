# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A Qdrant server for tests: Qdrant's REST API over the real engine.

Every body is read with the official client's own models (`qdrant_client.http.models`) and executed by the real engine
(`qdrant_edge.EdgeShard`): one shard a collection, in this process.
"""
