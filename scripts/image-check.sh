#!/usr/bin/env bash
# Proves without a container engine that the Dockerfile gives a server that starts and answers: executes its Debian stages in a chroot,
# puts the built binary where the Swift stage would, and runs the entry point as the image's user on a read-only root, in namespaces of its
# own (no network), with the image's environment and health check. Needs root, Debian's debootstrap and util-linux, and a built server
# (make build, or BINARY=…). The base system is kept in .deps/debootstrap; everything else is removed.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
binary=${BINARY:-.build/release/grounded}
base=.deps/debootstrap/bookworm.tar

fail() {
    echo "image-check: $*" >&2
    exit 1
}

[ "$(id -u)" -eq 0 ] || fail "run it as root: it mounts and changes root"
for tool in debootstrap unshare strip tar; do
    command -v "$tool" >/dev/null || fail "there is no $tool (Debian: apt-get install debootstrap util-linux binutils tar)"
done
[ -x "$binary" ] || fail "$binary is missing: make build first"
[ -x .venv-lint/bin/python ] || scripts/setup-python.sh --test

work=$(mktemp -d)
# Mounts live in namespaces that end with their processes, so there is nothing to unmount; another file system is never entered.
trap 'rm -rf --one-file-system "$work"' EXIT

if [ ! -f "$base" ]; then
    mkdir -p "$(dirname "$base")"
    scripts/progress.sh "Fetching Debian bookworm" debootstrap --variant=minbase bookworm "$work/base"
    tar -C "$work/base" -cf "$base.part" --exclude=./var/cache/apt/archives/*.deb .
    mv "$base.part" "$base"
    rm -rf --one-file-system "$work/base"
fi

start=$SECONDS
unshare --mount --propagation private .venv-lint/bin/python -B deploy/checks/image.py build "$work" "$PWD/$base" "$binary"
echo "image-check: built in $((SECONDS - start)) s"
unshare --mount --propagation private --net --pid --fork --kill-child --mount-proc \
    .venv-lint/bin/python -B deploy/checks/image.py serve "$work"
echo "image-check: passed"
