#!/usr/bin/env bash
# Starts a server on the embedded store, indexes the sample corpus and asks it some questions.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/serve-for.sh
. scripts/serve-for.sh

ask() {
    echo
    echo "? $1"
    "$BINARY" query --server "$SERVER_URL" --top-k 3 "$1"
}

start_server data/demo
echo "The server answers at $SERVER_URL. Indexing the papers of Orrin Island (examples/corpus):"
"$BINARY" index --server "$SERVER_URL" --prune examples/corpus

echo
echo "Questions that the papers answer:"
ask "What should I do when a jellyfish stings me?"
ask "What is the night rate for electricity?"
ask "How high is the lighthouse on the Skerries?"
ask "Who had the key to the seed oats in the winter of 1947?"
ask "May I take a gas bottle on the ferry?"
echo
echo "Questions that they do not:"
ask "What is the boiling point of tungsten?"
ask "How do I configure a Kubernetes ingress controller?"

cat <<END

Ask more (no server needs to run):
    $BINARY query --data-dir data/demo "When do the Arctic terns arrive?"
Index your own folder and serve it:
    make run                                  # http://127.0.0.1:8080, settings in .env.example
    $BINARY index ~/Documents/notes
    curl -s http://127.0.0.1:8080/query -H 'Content-Type: application/json' -d '{"query":"…"}'
END
