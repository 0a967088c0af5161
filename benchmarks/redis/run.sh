#!/usr/bin/env bash
# Measures the second cache tier against a redis-server of its own: benchmarks/redis/run.sh
# Needs redis-server (Debian: apt-get install redis-server).
set -euo pipefail
cd "$(dirname "$0")"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
swift build -c release --quiet
redis-server --port "$port" --bind 127.0.0.1 --save "" --appendonly no --loglevel warning >/dev/null &
server=$!
trap 'kill "$server"; wait "$server" || true' EXIT
for _ in {1..100}; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
    sleep 0.05
done
.build/release/RedisBenchmark "redis://127.0.0.1:$port"
