# Sourced by scripts that want a store of many machines: start_engines FOLDER starts what is not there yet, a Qdrant test server (Qdrant's engine
# behind Tests/QdrantServer) over FOLDER/qdrant unless QDRANT_URL names a server, and a redis-server unless REDIS_URL does, both on free
# loopback ports. ENGINES holds the settings that a server needs to use them; stop_engines ends what was started.
# shellcheck shell=bash
ENGINE_PIDS=()
ENGINES=()

start_engines() {
    local folder=$1
    mkdir -p "$folder/qdrant"
    if [ -z "${QDRANT_URL-}" ]; then
        scripts/setup.sh --test
        .venv/bin/python Tests/QdrantServer 0 "$folder/qdrant" >"$folder/qdrant.log" 2>&1 &
        ENGINE_PIDS+=($!)
        until grep -q '^qdrant test server on ' "$folder/qdrant.log"; do
            kill -0 "${ENGINE_PIDS[-1]}" 2>/dev/null || { cat "$folder/qdrant.log" >&2; exit 1; }
            sleep 0.1
        done
        QDRANT_URL="http://$(sed -n 's/^qdrant test server on //p' "$folder/qdrant.log" | tail -n 1)"
    fi
    if [ -z "${REDIS_URL-}" ]; then
        local port
        port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --daemonize no >"$folder/redis.log" 2>&1 &
        ENGINE_PIDS+=($!)
        REDIS_URL="redis://127.0.0.1:$port"
    fi
    # shellcheck disable=SC2034
    ENGINES=("QDRANT_URL=$QDRANT_URL" "REDIS_URL=$REDIS_URL")
}

stop_engines() {
    local pid
    for pid in "${ENGINE_PIDS[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    ENGINE_PIDS=()
}
