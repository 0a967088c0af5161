#!/usr/bin/env bash
# A tour of the whole HTTP API of a running server: one line per check, a summary, exit code 1 if any check failed.
#
# usage: scripts/test_api.sh [SERVER]
#
#   SERVER          address, by default $SERVER or http://127.0.0.1:8080
#   API_KEY         key of the role write or admin, where the server has keys
#   READ_API_KEY    a key of the same tenant with the role read: also checks that it cannot write
#   OTHER_API_KEY   a key of another tenant: also checks that it sees nothing of this one
#
# It makes documents whose ids begin with a prefix of its own and deletes them at the end, whatever happens.
set -euo pipefail

server=${1:-${SERVER:-http://127.0.0.1:8080}}
server=${server%/}
for tool in curl python3; do
    command -v "$tool" >/dev/null || {
        echo "test_api: $tool is needed" >&2
        exit 2
    }
done

# Found once: what stands for it on the PATH may be a script that looks for it anew each time.
python=$(python3 -c 'import sys; print(sys.executable)')

prefix="api-tour-$$-$(date +%s)-"
folder=$(mktemp -d)
passed=0
failed=0
skipped=0
key=${API_KEY-}
in_use=$key

# --- requests and checks -------------------------------------------------------------------------------------------------------

# call METHOD PATH [CURL OPTION…] sends a request; its status, head and body are then in $status, $folder/head and $folder/body.
call() {
    local method=$1 path=$2
    shift 2
    : >"$folder/body"
    : >"$folder/head"
    # The key goes through a file, not the command line, where other users of the machine would see it.
    if [ -n "$in_use" ]; then printf 'header = "Authorization: Bearer %s"\n' "$in_use" >"$folder/key"; else : >"$folder/key"; fi
    local verb=(-X "$method") wait
    if [ "$method" = HEAD ]; then verb=(-I); fi
    for _ in 1 2 3; do
        status=$(curl -sS -m 60 "${verb[@]}" -K "$folder/key" -D "$folder/head" -o "$folder/body" -w '%{http_code}' "$@" \
            "$server$path" 2>"$folder/curl-error") || status="none ($(head -c 200 "$folder/curl-error"))"
        # A tenant's rate limit makes the tour slower, not wrong.
        [ "$status" = 429 ] || break
        wait=$(sed -n 's/^retry-after: *\([0-9]\{1,2\}\)\r*$/\1/Ip' "$folder/head")
        sleep "${wait:-1}"
    done
    in_use=$key
}

# with_key KEY: the next call alone sends this key, or none if it is empty.
with_key() { in_use=$1; }

post() {
    local path=$1 json=$2
    shift 2
    printf '%s' "$json" >"$folder/sent"
    call POST "$path" -H 'Content-Type: application/json' --data-binary "@$folder/sent" "$@"
}

# check NAME STATUS [EXPRESSION]: the call before had this status, and the Python expression holds.
#
# In it, `body` is the reply's JSON (or its text), `head` its headers by lower-case name, `raw` its bytes, `events` a stream's
# events as (name, data), and `prefix` the tour's prefix.
check() {
    local name=$1 wanted=$2 expression=${3:-True} why=""
    if [ "$status" != "$wanted" ]; then
        why="status $status instead of $wanted: $(head -c 300 "$folder/body")"
    elif ! why=$("$python" - "$folder" "$prefix" "$expression" 2>&1 <<'PY'
import json, pathlib, sys

folder, prefix, expression = sys.argv[1:]
raw = pathlib.Path(folder, "body").read_bytes()
head = {}
for line in pathlib.Path(folder, "head").read_text(encoding="latin-1").splitlines():
    name, colon, value = line.partition(":")
    if colon:
        head[name.strip().lower()] = value.strip()
events, name, body = [], None, None
if head.get("content-type", "").startswith("text/event-stream"):
    for line in raw.decode().split("\n"):
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            events.append((name, json.loads(line[6:])))
else:
    try:
        body = json.loads(raw)
    except ValueError:
        body = raw.decode(errors="replace")
names = [name for name, _ in events]
scope = {"body": body, "head": head, "raw": raw, "events": events, "names": names, "prefix": prefix}
try:
    holds = eval(expression, scope)
except Exception as error:
    print(f"{expression}: {type(error).__name__}: {error}; the reply was {raw[:300]!r}")
    sys.exit(1)
if not holds:
    print(f"not so: {expression}; the reply was {raw[:300]!r}")
    sys.exit(1)
PY
    ); then
        :
    else
        why=""
    fi
    if [ -z "$why" ]; then
        passed=$((passed + 1))
        echo "  pass  $name"
    else
        failed=$((failed + 1))
        echo "  FAIL  $name"
        echo "        $why"
    fi
}

# check_problem NAME STATUS CODE [FIELD]: the call before was refused with a problem document.
check_problem() {
    local field=""
    if [ -n "${4-}" ]; then field=" and body['field'] == '$4'"; fi
    check "$1" "$2" "head['content-type'].startswith('application/problem+json') and body['code'] == '$3' and body['status'] == $2 \
and body['detail'] and body['request_id'] == head['x-request-id']$field"
}

skip() {
    skipped=$((skipped + 1))
    echo "  skip  $1"
}

section() { echo "$1"; }

# value EXPRESSION: prints a value from the reply before.
value() { "$python" -c "import json, sys; body = json.load(open(sys.argv[1])); print($1)" "$folder/body" 2>/dev/null || true; }

encoded() { "$python" -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], safe=""))' "$1"; }

delete_own() {
    local id
    call GET "/documents?limit=1000&prefix=$prefix" || return 0
    while IFS= read -r id; do
        [ -n "$id" ] || continue
        call DELETE "/documents/$(encoded "$id")" || true
    done < <(value "'\\n'.join(document['id'] for document in body['documents'])")
}

finish() {
    local code=$?
    trap - EXIT
    delete_own || true
    rm -rf "$folder"
    exit "$code"
}
trap finish EXIT

# --- who is asking -------------------------------------------------------------------------------------------------------------

call GET /health/live
if [ "$status" != 200 ]; then
    echo "test_api: no server answers at $server: start one with 'make run', or name yours: scripts/test_api.sh http://HOST:PORT" >&2
    exit 2
fi
with_key ""
call GET "/documents?limit=1"
with_keys=no
if [ "$status" = 401 ]; then with_keys=yes; fi
if [ "$with_keys" = yes ] && [ -z "$key" ]; then
    echo "test_api: the server asks for an API key: set API_KEY to one of the role write or admin" >&2
    exit 2
fi
call GET "/documents?limit=1"
if [ "$status" != 200 ]; then
    echo "test_api: the server does not know the key in API_KEY (it answered $status)" >&2
    exit 2
fi
post /index '{"documents": []}'
if [ "$status" = 403 ]; then
    echo "test_api: the key in API_KEY may only read: set API_KEY to one of the role write or admin" >&2
    exit 2
fi
echo "API tour of $server ($([ "$with_keys" = yes ] && echo "with API keys" || echo "without API keys"))"

section "Operations"
call GET /health/live
check "GET /health/live says ok" 200 "body['status'] == 'ok'"
call HEAD /health/live
check "HEAD works as GET, without a body" 200 "head['content-type'] == 'application/json' and head['x-request-id']"
call GET /health/ready
check "GET /health/ready says ready" 200 "body['status'] == 'ready'"
call GET /health
check "GET /health names the store and the embedder" 200 \
    "body['status'] in ('ok', 'degraded') and body['version'] and {'store', 'embedder'} <= {item['name'] for item in body['dependencies']}"
call GET /openapi.json
check "GET /openapi.json describes every route" 200 "body['openapi'].startswith('3.1') and {'/index', '/query', '/documents', \
'/documents/{id}', '/documents/{id}/text', '/jobs/{id}', '/health', '/health/live', '/health/ready', '/metrics', '/'} <= set(body['paths'])"
call HEAD /
check "GET / is the web page and may load its own files only" 200 \
    "head['content-type'].startswith('text/html') and \"script-src 'self'\" in head['content-security-policy'] and head['etag']"
call GET /health/live -H 'X-Request-ID: api-tour.1'
check "a request id is kept" 200 "head['x-request-id'] == 'api-tour.1' == body['request_id']"

section "Indexing"
# Marks the tour's documents, so that its queries find the same ones whatever else the server holds.
mark="\"tour\": \"$prefix\""
post /index "{\"documents\": [{\"id\": \"${prefix}ferry\", \"title\": \"Ferry\", \"url\": \"https://example.org/ferry\",
    \"metadata\": {$mark, \"lang\": \"en\", \"year\": 2024, \"tags\": [\"sea\", \"boat\"]},
    \"text\": \"The quokka ferry leaves the harbour at nine. Gas bottles are not allowed on board.\"}]}"
check "POST /index takes one document" 200 "[(item['status'], item['revision']) for item in body['results']] == [('indexed', 1)] \
and body['results'][0]['hash'].startswith('sha256:') and body['results'][0]['chunks'] == 1 and body['job_id'] is None"
cp "$folder/sent" "$folder/ferry"
post /index "$(cat "$folder/ferry")"
check "the same document again is unchanged" 200 "[(item['status'], item['revision']) for item in body['results']] == [('unchanged', 1)]"
post /index "{\"documents\": [
    {\"id\": \"${prefix}a/slash\", \"text\": \"# Wool\n\nQuokka wool is sold in June.\", \"format\": \"markdown\", \"metadata\": {$mark, \"lang\": \"en\", \"year\": 2019}},
    {\"id\": \"${prefix}html\", \"text\": \"<html><body><h1>Honig</h1><p>Quokka-Honig wird im Juli geerntet.</p></body></html>\", \"format\": \"html\", \"metadata\": {$mark, \"lang\": \"de\", \"year\": 2021}},
    {\"id\": \"${prefix}blank\", \"text\": \"   \"}]}"
check "POST /index takes a batch; a document that fails does not stop the others" 200 \
    "[item['status'] for item in body['results']] == ['indexed', 'indexed', 'failed'] and body['results'][2]['error']['code'] == 'unreadable_document'"
post /index "{\"documents\": [{\"id\": \"${prefix}ferry\", \"title\": \"Ferry\", \"url\": \"https://example.org/ferry\",
    \"metadata\": {$mark, \"lang\": \"en\", \"year\": 2024, \"tags\": [\"sea\", \"boat\"]},
    \"text\": \"The quokka ferry leaves the harbour at ten. Gas bottles are not allowed on board.\"}]}"
check "a new text is a new revision" 200 "[(item['status'], item['revision']) for item in body['results']] == [('indexed', 2)]"
sed 's/"title": "Ferry"/"title": "The ferry"/' "$folder/sent" >"$folder/retitled"
post /index "$(cat "$folder/retitled")"
check "a new title alone is an update" 200 "[(item['status'], item['revision']) for item in body['results']] == [('updated', 3)]"
printf '# Seeds\n\nQuokka seed oats are kept in the granary.\n' >"$folder/file.md"
call POST "/index?filename=seeds.md&id=${prefix}seeds.md&metadata=$(encoded "{\"tour\": \"$prefix\", \"lang\": \"en\"}")" \
    -H 'Content-Type: application/octet-stream' --data-binary "@$folder/file.md"
check "POST /index takes a file" 200 "[(item['id'], item['status']) for item in body['results']] == [(prefix + 'seeds.md', 'indexed')]"
printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR' >"$folder/picture.png"
call POST "/index?filename=${prefix}picture.png" -H 'Content-Type: image/png' --data-binary "@$folder/picture.png"
check "a file that cannot be read is refused with the reason" 200 \
    "body['results'][0]['status'] == 'failed' and body['results'][0]['error']['code'] in ('unreadable_document', 'unsupported_media_type')"

section "Jobs"
post /index "{\"wait\": false, \"documents\": [{\"id\": \"${prefix}later\", \"metadata\": {$mark}, \"text\": \"The quokka lighthouse is forty metres high.\"}]}"
job=$(value "body['job_id']")
check "POST /index with wait false answers 202 with a job" 202 "body['job_id'] and head['location'] == '/jobs/' + body['job_id']"
for _ in $(seq 150); do
    call GET "/jobs/$job"
    case $(value "body['status']") in queued | running) sleep 0.2 ;; *) break ;; esac
done
check "GET /jobs/{id}: it is done" 200 "body['status'] == 'done' and body['documents'] == \
{'total': 1, 'indexed': 1, 'unchanged': 0, 'failed': 0} and body['failures'] == []"

section "Documents"
call GET "/documents?prefix=$prefix&limit=2"
check "GET /documents gives a page" 200 "[item['id'] for item in body['documents']] == [prefix + 'a/slash', prefix + 'ferry'] and body['next']"
call GET "/documents?prefix=$prefix&limit=1000&after=$(encoded "$(value "body['next']")")"
check "and the next one" 200 "[item['id'] for item in body['documents']] == [prefix + name for name in ('html', 'later', 'seeds.md')] and body['next'] is None"
call GET "/documents/${prefix}ferry"
check "GET /documents/{id} gives the document with its history" 200 "body['revision'] == 3 and body['title'] == 'The ferry' \
and body['metadata'] == {'tour': prefix, 'lang': 'en', 'year': 2024, 'tags': ['sea', 'boat']} and sorted(item['revision'] for item in body['revisions']) == [1, 2, 3]"
call GET "/documents/${prefix}a%2Fslash"
check "a slash in an id is written %2F" 200 "body['id'] == prefix + 'a/slash' and body['format'] == 'markdown'"
call GET "/documents/${prefix}ferry/text"
check "GET /documents/{id}/text gives the current text" 200 "'at ten' in body and head['x-revision'] == '3' and head['etag'].startswith('\"sha256:')"
call GET "/documents/${prefix}ferry/text?revision=1"
check "and an earlier revision's" 200 "'at nine' in body and head['x-revision'] == '1'"

section "Queries"
own="\"filter\": {$mark}"
question="The quokka ferry leaves the harbour at ten."
post /query "{\"query\": \"$question\", $own}"
check "POST /query answers with a citation" 200 "body['answer'] and body['citations'] and body['passages'][0]['document_id'] == prefix + 'ferry' \
and {'embed', 'retrieve', 'rerank', 'generate', 'total'} <= set(body['timings_ms']) and isinstance(body['degraded'], list)"
cp "$folder/body" "$folder/answer"
if grep -qi '^ratelimit-policy:' "$folder/head"; then
    check "where queries are limited, the reply says what is left" 200 "head['ratelimit-policy'].startswith('\"queries\";q=') and ';r=' in head['ratelimit']"
fi
call GET "/documents/${prefix}ferry/text?revision=3"
check "the citation's bytes stand in the stored text" 200 "(lambda answer: all(raw[item['start']:item['end']] == item['quote'].encode() \
for item in answer['citations'] if item['document_id'] == prefix + 'ferry'))(__import__('json').load(open('$folder/answer')))"
post /query "{\"query\": \"$question\", $own, \"generate\": false, \"top_k\": 2}"
check "generate false gives passages only, at most top_k" 200 "body['answer'] is None and 1 <= len(body['passages']) <= 2 and \
all(item['scores']['fused'] == item['score'] for item in body['passages'])"
for mode in hybrid dense lexical; do
    post /query "{\"query\": \"$question\", $own, \"generate\": false, \"mode\": \"$mode\"}"
    check "mode $mode finds passages" 200 "any(item['document_id'] == prefix + 'ferry' for item in body['passages'])"
done
post /query "{\"query\": \"quokka\", $own, \"generate\": false, \"group\": \"chunk\", \"top_k\": 10}"
check "group chunk gives chunks" 200 "len(body['passages']) >= 1 and all(isinstance(item['chunk'], int) for item in body['passages'])"
post /query "{\"query\": \"quokka\", $own, \"generate\": false, \"rerank\": true}"
check "rerank true is taken; degraded says so where there is no reranker" 200 "body['passages']"
filtered() { # filter, ids of the tour's documents that remain, without the prefix
    post /query "{\"query\": \"quokka\", \"generate\": false, \"top_k\": 100, \"mode\": \"lexical\", \"filter\": {\"and\": [{$mark}, $1]}}"
    check "filter $1" 200 "sorted(item['document_id'].removeprefix(prefix) for item in body['passages']) == '$2'.split()"
}
filtered '{"lang": "de"}' "html"
filtered '{"year": {"gte": 2020, "lt": 2025}}' "ferry html"
filtered '{"tags": "boat"}' "ferry"
filtered '{"lang": {"in": ["de", "fr"]}}' "html"
filtered '{"year": {"exists": false}}' "later seeds.md"
filtered '{"lang": {"ne": "en"}}' "html later"
filtered '{"or": [{"lang": "de"}, {"and": [{"year": {"gt": 2020}}, {"not": {"lang": "de"}}]}]}' "ferry html"
post /query "{\"query\": \"$question\", $own, \"stream\": true}"
check "stream true sends passages, tokens and citations, then done" 200 "names[0] == 'passages' and names[-1] == 'done' and names.count('done') == 1 \
and 'token' in names and set(names) <= {'passages', 'token', 'citation', 'done'} and events[-1][1]['answer']"

call GET /metrics
if [ "$status" = 403 ]; then
    check_problem "GET /metrics is refused to a key that is not an admin's" 403 forbidden
else
    check "GET /metrics has counted them, in Prometheus' format" 200 \
        "head['content-type'].startswith('text/plain; version=0.0.4') and '# TYPE rag_queries_total counter' in body"
fi

section "Errors"
post /query '{"query": 5}'
check_problem "400: a field of the wrong type" 400 invalid_field query
post /query '{}'
check_problem "400: a field that is missing" 400 missing_field query
post /query '{"query": "a", "topk": 3}'
check_problem "400: a field that does not exist" 400 unknown_field topk
post /query '{"query": '
check_problem "400: a body that is no JSON" 400 malformed_body
post /query '{"query": "a", "filter": {"year": {"near": 2020}}}'
check_problem "400: a filter that does not exist" 400 unknown_field
post /index '{"documents": [{"id": "", "text": "a"}]}'
check_problem "400: an empty id" 400 invalid_field 'documents[0].id'
call GET "/documents?limit=0"
check_problem "400: a query parameter out of range" 400 invalid_field limit
call GET /nothing
check_problem "404: no such path" 404 not_found
call GET "/documents/${prefix}nobody"
check_problem "404: no such document" 404 not_found
call GET "/documents/${prefix}ferry/text?revision=99"
check_problem "404: no such revision" 404 not_found
call DELETE "/documents/${prefix}nobody"
check_problem "404: nothing to delete" 404 not_found
call GET /jobs/none
check_problem "404: no such job" 404 not_found
call PUT /query
check_problem "405: no such method" 405 method_not_allowed
check "405 names the methods that exist" 405 "'POST' in head['allow']"
"$python" -c 'import json; print(json.dumps({"documents": [{"id": str(n), "text": "a"} for n in range(1001)]}), end="")' >"$folder/many"
call POST /index -H 'Content-Type: application/json' --data-binary "@$folder/many"
check_problem "413: more than 1,000 documents" 413 too_large documents
head -c 2100000 /dev/zero | tr '\0' ' ' >"$folder/large"
call POST /query -H 'Content-Type: application/json' --data-binary "@$folder/large"
check_problem "413: a body that is too large" 413 too_large
call POST /query -H 'Content-Type: text/plain' --data-binary '{"query": "a"}'
check_problem "415: not JSON" 415 unsupported_media_type Content-Type
call POST /index -F "file=@$folder/file.md"
check_problem "415: a form" 415 unsupported_media_type Content-Type
call POST /query -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary '{"query": "a"}'
check_problem "415: a compressed body" 415 unsupported_media_type Content-Encoding

section "Who may do what"
if [ "$with_keys" = yes ]; then
    with_key ""
    call GET "/documents/${prefix}ferry"
    check_problem "401 without a key" 401 unauthenticated
    check "401 says how to authenticate" 401 "head['www-authenticate'].startswith('Bearer')"
    with_key "wrong-$key"
    call GET "/documents/${prefix}ferry"
    check_problem "401 with a wrong key" 401 unauthenticated
    with_key ""
    call GET /health
    check "GET /health without a key shows the status alone" 200 "'status' in body and 'dependencies' not in body"
    if [ -n "${READ_API_KEY-}" ]; then
        with_key "$READ_API_KEY"
        call GET "/documents/${prefix}ferry"
        check "a key of the role read reads" 200 "body['revision'] == 3"
        with_key "$READ_API_KEY"
        call DELETE "/documents/${prefix}ferry"
        check_problem "403: and does not delete" 403 forbidden
        with_key "$READ_API_KEY"
        post /index "{\"documents\": [{\"id\": \"${prefix}ferry\", \"text\": \"a\"}]}"
        check_problem "403: nor index" 403 forbidden
    else
        skip "what a key of the role read may do (READ_API_KEY)"
    fi
    if [ -n "${OTHER_API_KEY-}" ]; then
        with_key "$OTHER_API_KEY"
        call GET "/documents/${prefix}ferry"
        check_problem "another tenant's document is answered like none" 404 not_found
        with_key "$OTHER_API_KEY"
        call GET "/jobs/$job"
        check_problem "and another tenant's job" 404 not_found
        with_key "$OTHER_API_KEY"
        post /query "{\"query\": \"$question\", $own, \"generate\": false}"
        check "another tenant's query finds nothing of it" 200 "prefix not in str(body['passages'])"
    else
        skip "what another tenant sees (OTHER_API_KEY)"
    fi
else
    call GET "/documents/${prefix}ferry" -H 'Host: grounded.example'
    check_problem "403 without keys to another host's name" 403 forbidden
    call GET "/documents/${prefix}ferry" -H 'Origin: https://grounded.example'
    check_problem "403 without keys to another site's page" 403 forbidden
fi

section "Deleting"
call DELETE "/documents/${prefix}ferry"
check "DELETE /documents/{id} proves that nothing is left" 200 "body['withdrawn'] is True and body['revisions'] == 3 and body['proof'] == \
{'text': 0, 'vectors': 0, 'terms': 0, 'cache': 0}"
call GET "/documents/${prefix}ferry"
check_problem "it is gone" 404 not_found
call GET "/documents/${prefix}ferry/text?revision=1"
check_problem "and its earlier text with it" 404 not_found
post /query "{\"query\": \"$question\", $own, \"generate\": false}"
check "no query finds it" 200 "body['passages'] and (prefix + 'ferry') not in [item['document_id'] for item in body['passages']]"
delete_own
call GET "/documents?prefix=$prefix"
check "the tour's documents are deleted" 200 "body['documents'] == []"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
