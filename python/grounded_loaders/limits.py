# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What the process forbids itself before it sees a stranger's file."""

import ctypes
import os
import resource
import sys
import zipfile
import zlib
from io import BytesIO

from .document import Refusal, Source

_NICE = 10
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_ENTRIES = 20_000
_RATIO = 100
_RATIO_FROM = 64 << 20


def give_way() -> None:
    """Lowers the priority: queries come before documents."""
    os.nice(_NICE)


def apply(memory_bytes: int, cpu_seconds: int) -> None:
    """Limits memory and processor time, forbids files, new privileges and, where the kernel lets it, the network."""
    _lower(resource.RLIMIT_AS, memory_bytes)
    # The first limit ends it with SIGXCPU, which says why; the second would with SIGKILL.
    _lower(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    if sys.platform == "linux":
        library = ctypes.CDLL(None, use_errno=True)
        library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if library.unshare(_CLONE_NEWNET) != 0:
            library.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _lower(kind: int, value: int, hard: int | None = None) -> None:
    present = resource.getrlimit(kind)[1]
    soft, hard = value, value if hard is None else hard
    if present != resource.RLIM_INFINITY:
        soft, hard = min(soft, present), min(hard, present)
    try:
        resource.setrlimit(kind, (soft, hard))
    except (OSError, ValueError):
        # macOS refuses some; the server's limit of time is there everywhere.
        pass


class Archive:
    """A zip archive that is known to unpack to a bearable size. Archives inside it are not opened."""

    def __init__(self, source: Source):
        try:
            self._zip = zipfile.ZipFile(BytesIO(source.data))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError) as error:
            raise Refusal("unreadable", f"the file is damaged: {error}; save it again in its program") from None
        if len(entries) > _ENTRIES:
            raise Refusal("too_large", f"the archive holds {len(entries)} files; at most {_ENTRIES} are opened")
        unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
        limit = source.memory_bytes // 2
        if unpacked > limit:
            raise Refusal("too_large", f"it unpacks to {unpacked} bytes; at most {limit} are unpacked")
        if unpacked > _RATIO_FROM and unpacked > _RATIO * max(packed, 1):
            raise Refusal("too_large", f"it unpacks to {unpacked // max(packed, 1)} times its size; at most {_RATIO} times is unpacked")
        if any(entry.flag_bits & 1 for entry in entries):
            raise Refusal("encrypted", "the archive is protected by a password; save it without one")
        self.names = {entry.filename for entry in entries}

    def read(self, name: str) -> bytes:
        """One file's bytes; refused if it is missing or damaged."""
        try:
            return self._zip.read(name)
        except KeyError:
            raise Refusal("unreadable", f"the file is damaged: it lacks {name}; save it again in its program") from None
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, zlib.error) as error:
            raise Refusal("unreadable", f"the file is damaged: {error}; save it again in its program") from None

    def read_if_there(self, name: str) -> bytes | None:
        return self.read(name) if name in self.names else None
