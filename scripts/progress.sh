#!/usr/bin/env bash
# Runs a command that may take long and shows that it is alive: progress.sh "What it does" command…
# On a terminal a spinner line with seconds; elsewhere a line every 30 s. The command's output is shown only if it fails.
set -euo pipefail
title=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" >"$log" 2>&1 &
pid=$!
start=$SECONDS
last=0
while kill -0 "$pid" 2>/dev/null; do
    elapsed=$((SECONDS - start))
    if [ -t 1 ] && [ "$elapsed" -ge 2 ]; then
        step=$(grep -oE '^\[[0-9]+/[0-9]+\]' "$log" | tail -n 1 || true)
        printf '\r%s … %ds %s ' "$title" "$elapsed" "$step"
    elif [ "$elapsed" -ge $((last + 30)) ]; then
        last=$elapsed
        step=$(grep -oE '^\[[0-9]+/[0-9]+\]' "$log" | tail -n 1 || true)
        echo "$title … ${elapsed}s $step"
    fi
    sleep 0.5
done
status=0
wait "$pid" || status=$?
elapsed=$((SECONDS - start))
[ -t 1 ] && printf '\r\033[K'
if [ "$status" -ne 0 ]; then
    tail -n 60 "$log"
    echo "$title: failed after ${elapsed}s"
    exit "$status"
fi
if [ "$elapsed" -ge 2 ]; then echo "$title: done in ${elapsed}s"; fi
