#!/usr/bin/env bash
# Installs what is missing: system libraries, hnswlib's headers, the Python environment and the model.
# A second run finds everything in place, takes about a second and changes nothing.
#
# usage: scripts/setup.sh [--test]
#   --test   also installs what the tests need: redis-server, haproxy, Prometheus' promtool and systemd's analyser (tests start their own
#            servers), Chromium for the web page, and the Python packages of setup-python.sh --test
#
# macOS with Homebrew is handled but untested.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    echo "setup: $*" >&2
    exit 1
}

command -v swift >/dev/null || fail "no Swift toolchain: install Swift 6.3 or later from swift.org"

with_tests=no
for argument in "$@"; do
    if [ "$argument" = --test ]; then with_tests=yes; fi
done

install_debian() {
    local wanted=(libsqlite3-dev libstemmer-dev libcmark-gfm-dev libcmark-gfm-extensions-dev libgumbo-dev
        python3 python3-venv python3-dev zlib1g-dev strace shellcheck curl)
    if [ "$with_tests" = yes ]; then wanted+=(redis-server openssl haproxy prometheus systemd); fi
    # Ubuntu's package of that name is a snap, which containers cannot install; CHROMIUM names another browser there.
    if [ "$with_tests" = yes ] && grep -qx 'ID=debian' /etc/os-release; then wanted+=(chromium); fi
    local missing=()
    local package
    for package in "${wanted[@]}"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ "${#missing[@]}" -eq 0 ] && return
    local sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    scripts/progress.sh "Fetching the list of system packages" "${sudo[@]}" apt-get update -qq
    scripts/progress.sh "Installing ${missing[*]}" \
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

install_macos() {
    local wanted=(sqlite snowball cmark-gfm gumbo-parser python@3.12 shellcheck)
    if [ "$with_tests" = yes ]; then wanted+=(redis); fi
    local missing=()
    local package
    for package in "${wanted[@]}"; do
        brew list --versions "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    [ "${#missing[@]}" -eq 0 ] || scripts/progress.sh "Installing ${missing[*]}" brew install "${missing[@]}"
}

if command -v apt-get >/dev/null; then
    install_debian
elif command -v brew >/dev/null; then
    install_macos
else
    fail "neither apt-get nor brew was found: install SQLite, libstemmer, cmark-gfm, gumbo and Python 3.10+ with their headers"
fi

scripts/setup-python.sh "$@"
scripts/fetch-hnswlib.sh
