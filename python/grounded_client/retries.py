# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""When a request is sent again."""

from __future__ import annotations

import dataclasses

from .errors import APIError, ConnectionFailed, GroundedError, TimedOut


@dataclasses.dataclass(frozen=True, slots=True)
class Retry:
    """Sends a request again after a broken connection, and after 429 or 503 with `Retry-After`.

    Every request of this API may be sent twice: a query changes nothing, and the same document again is `unchanged`. Only a deletion
    whose first reply was lost says 404 the second time. A stream is tried again until its head has come, not in its middle.
    """

    #: Attempts after the first one.
    times: int = 1
    #: Seconds before a new connection is tried.
    pause: float = 0.2
    #: Longest `Retry-After`, in seconds, that is waited for; above it the error is raised at once.
    longest_wait: float = 30.0

    def wait_after(self, error: GroundedError, attempt: int) -> float | None:
        """Seconds to wait before attempt number `attempt` + 1; None if the error is final."""
        if attempt > self.times or isinstance(error, TimedOut):
            return None
        if isinstance(error, ConnectionFailed):
            return self.pause
        if isinstance(error, APIError) and error.status in (429, 503) and error.retry_after is not None:
            return error.retry_after if error.retry_after <= self.longest_wait else None
        return None
