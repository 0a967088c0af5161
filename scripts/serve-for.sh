# Sourced by the other scripts: start_server DATA_DIR [NAME=VALUE…] starts a server on a free loopback port and waits until it is
# ready; it sets SERVER_URL and stops that very process when the script ends.
# shellcheck shell=bash
BINARY=${BINARY:-.build/release/grounded}

start_server() {
    local directory=$1
    shift
    mkdir -p "$directory"
    SERVER_LOG="$directory/server.log"
    local port
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    SERVER_URL="http://127.0.0.1:$port"
    env -u API_KEYS DATA_DIR="$directory" SERVER_HOST=127.0.0.1 SERVER_PORT="$port" "$@" "$BINARY" serve >"$SERVER_LOG" 2>&1 &
    SERVER_PID=$!
    trap stop_server EXIT
    local waited=0
    until curl -fsS -o /dev/null "$SERVER_URL/health/ready" 2>/dev/null; do
        if ! kill -0 "$SERVER_PID" 2>/dev/null || [ "$waited" -gt 600 ]; then
            echo "the server did not start; its log ends:" >&2
            tail -n 20 "$SERVER_LOG" >&2
            exit 1
        fi
        sleep 0.1
        waited=$((waited + 1))
    done
}

stop_server() {
    if [ -n "${SERVER_PID-}" ]; then
        kill "$SERVER_PID" 2>/dev/null || true
        wait "$SERVER_PID" 2>/dev/null || true
        SERVER_PID=
    fi
}
