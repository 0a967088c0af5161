#!/usr/bin/env bash
# Static checks that need no build: format, licence headers, forbidden imports, unstructured tasks, file sizes, scripts.
set -euo pipefail
cd "$(dirname "$0")/.."
status=0

complain() {
    echo "check: $1"
    while IFS= read -r line; do echo "    $line"; done <<<"$2"
    status=1
}

sources() { git ls-files --cached --others --exclude-standard -- "$@"; }

# Format.
mapfile -t swift_files < <(sources '*.swift')
if ! output=$(swift format lint --strict --parallel "${swift_files[@]}" 2>&1); then complain "format (run make format)" "$(head -n 20 <<<"$output")"; fi

# Licence header.
header=$(cat .license_header_template)
missing=$(for file in "${swift_files[@]}"; do
    first=$(head -n 6 "$file" | sed '/^\/\/ swift-tools-version/d' | head -n 5)
    [ "$first" = "$header" ] || echo "$file"
done)
[ -z "$missing" ] || complain "licence header missing" "$missing"

# One library, one target.
confined() { # module, allowed path prefixes as a regular expression
    local hits
    hits=$(grep -nE "^(public |package |internal |private )?import $1( |$|\.)" -r Sources --include='*.swift' | grep -vE "^Sources/($2)/" || true)
    [ -z "$hits" ] || complain "$1 may be imported only in $2" "$hits"
}
confined GRDB RAGEmbedded
confined GRDBSQLite RAGEmbedded
confined CHNSW RAGEmbedded
confined CStemmer RAGText
confined CMarkGFM RAGDocuments
confined CGumbo RAGDocuments
confined Hummingbird RAGHTTP
confined AsyncHTTPClient RAGTransport
confined CPythonBridge RAGPython
confined NIOSSL "RAGRedis|RAGTransport"
confined NIOPosix RAGRedis
confined Configuration grounded
confined ArgumentParser grounded
confined Yams grounded
hits=$(grep -nE '^(public |package )?import [A-Z]' -r Sources/RAGCore --include='*.swift' || true)
[ -z "$hits" ] || complain "RAGCore imports nothing" "$hits"

# Concurrency and safety.
hits=$(grep -nE '(^|[^A-Za-z.])Task(\.detached)? *(\([^)]*\) *)?\{' -r Sources --include='*.swift' | grep -vE '^Sources/(grounded|RAGTestKit)/' || true)
[ -z "$hits" ] || complain "no unstructured Task outside the executable and tests" "$hits"
hits=$(grep -nE 'try!|fatalError\(|as!' -r Sources --include='*.swift' | grep -vE '^Sources/RAGTestKit/|^[^:]*:[0-9]+: *//' || true)
[ -z "$hits" ] || complain "nothing may trap on input" "$hits"

# Size of files.
long=$(for file in "${swift_files[@]}"; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 400 ] || echo "$file: $lines lines"
done)
[ -z "$long" ] || complain "files over 400 lines" "$long"

# Scripts.
mapfile -t shell_files < <(sources 'scripts/*.sh' '.ci/run' 'fuzzing/*.sh' 'deploy/*.sh')
if command -v shellcheck >/dev/null; then
    if ! output=$(shellcheck "${shell_files[@]}" 2>&1); then complain "shell scripts" "$output"; fi
fi
mapfile -t python_files < <(sources '*.py')
if [ "${#python_files[@]}" -gt 0 ]; then
    if ! output=$(python3 - "${python_files[@]}" 2>&1 <<'PY'
import ast, sys
for name in sys.argv[1:]:
    ast.parse(open(name, encoding="utf-8").read(), name)
PY
    ); then complain "Python does not parse" "$output"; fi
fi

# Pages hold no placeholders, and their links lead somewhere.
mapfile -t pages < <(sources '*.md')
hits=$(grep -n '@@' "${pages[@]}" || true)
[ -z "$hits" ] || complain "placeholder in a page" "$hits"
for page in "${pages[@]}"; do
    while IFS= read -r link; do
        [ -e "$(dirname "$page")/$link" ] || complain "broken link in $page" "$link"
    done < <(grep -oE '\]\([^)#]+' "$page" | sed 's/^](//' | grep -vE '^(https?:|mailto:)' || true)
done

# Every setting is documented.
for key in $(grep -oE 'SettingKey\($' -A1 Sources/grounded/Configuration/SettingKey.swift | grep -oE '"[A-Z_]+"' | tr -d '"'; grep -oE 'SettingKey\("[A-Z_]+"' Sources/grounded/Configuration/SettingKey.swift | grep -oE '[A-Z_]{3,}'); do
    grep -q "$key" .env.example || complain "not in .env.example" "$key"
    grep -q "$key" docs/configuration.md || complain "not in docs/configuration.md" "$key"
done

# What deploys the server.
scripts/check-deploy.sh || status=1

[ "$status" -eq 0 ] && echo "check: clean"
exit "$status"
