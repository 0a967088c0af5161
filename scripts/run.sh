#!/usr/bin/env bash
# Starts the server for real use. Settings come from the environment and, below it, from .env.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -f .env ]; then
    while IFS='=' read -r key value; do
        case "$key" in '' | '#'*) continue ;; esac
        [ -n "${!key-}" ] || export "$key=$value"
    done <.env
fi
exec .build/release/grounded serve
