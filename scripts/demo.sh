#!/usr/bin/env bash
# Starts a server, indexes the sample corpus and asks it some questions. STORE=qdrant does it on Qdrant and Redis instead of the embedded store.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/serve-for.sh
. scripts/serve-for.sh
# shellcheck source=scripts/engines-for.sh
. scripts/engines-for.sh

ask() {
    echo
    echo "? $1"
    "$BINARY" query --server "$SERVER_URL" --top-k 3 "$1"
}

case "${STORE:-embedded}" in
    embedded) start_server data/demo ;;
    qdrant)
        start_engines data/demo-qdrant
        start_server data/demo-qdrant "${ENGINES[@]}"
        trap 'stop_server; stop_engines' EXIT
        echo "Everything durable lies in Qdrant at $QDRANT_URL."
        ;;
    *)
        echo "demo: STORE is embedded or qdrant" >&2
        exit 2
        ;;
esac
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

if [ "${STORE:-embedded}" = qdrant ]; then exit 0; fi
cat <<END

Ask more (no server needs to run):
    $BINARY query --data-dir data/demo "When do the Arctic terns arrive?"
Index your own folder and serve it:
    make run                                  # http://127.0.0.1:8080, settings in .env.example
    $BINARY index ~/Documents/notes
    curl -s http://127.0.0.1:8080/query -H 'Content-Type: application/json' -d '{"query":"…"}'
END
