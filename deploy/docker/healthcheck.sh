#!/bin/bash
# Whether the server in this container wants traffic: healthcheck [PATH], /health/ready by default. Needs neither curl nor Python.
set -euo pipefail
path=${1:-/health/ready}
exec 3<>"/dev/tcp/127.0.0.1/${SERVER_PORT:-8080}"
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$path" >&3
IFS=' ' read -r -t 2 _ status _ <&3
if [ "$status" != 200 ]; then
    echo "$path answers $status"
    exit 1
fi
