#!/usr/bin/env bash
# Builds the server in release with the Swift runtime linked in. Where nothing has changed since the last build it does nothing:
# asking the package manager whether there is something to do takes half a minute.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=.build/release/grounded
if [ -x "$binary" ] && [ -z "$(find Package.swift Sources -newer "$binary" -print -quit)" ]; then exit 0; fi
scripts/progress.sh "Building grounded (release; the first time takes about 10 minutes on 2 cores)" \
    swift build -c release --static-swift-stdlib --product grounded --explicit-target-dependency-import-check error
# A build that changes nothing leaves the old date, which would make the next run ask again.
touch "$binary"
