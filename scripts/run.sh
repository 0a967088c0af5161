#!/usr/bin/env bash
# Starts the server for real use. Settings come from the environment and, below it, from .env.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -f .env ]; then
    while IFS= read -r line || [ -n "$line" ]; do
        case "$line" in '' | '#'*) continue ;; esac
        key=${line%%=*}
        case "$key" in
        '' | *[!A-Z0-9_]*)
            echo "run: .env has a line that is not NAME=value: $key" >&2
            exit 1
            ;;
        esac
        [ -n "${!key-}" ] || export "$key=${line#*=}"
    done <.env
fi
exec .build/release/grounded serve
