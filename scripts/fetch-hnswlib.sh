#!/usr/bin/env bash
# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

# Gets hnswlib's headers (Apache-2.0) from its Python source package into Sources/CHNSW/vendor/hnswlib.
# Does nothing if the pinned version is already there. Needs python3 with venv and pip.
set -euo pipefail

version=0.8.0
sha256=cb6d037eedebb34a7134e7dc78966441dfd04c9cf5ee93911be911ced951c44c

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
vendor="$root/Sources/CHNSW/vendor"
stamp="$vendor/hnswlib/.sha256"

if [[ -f $stamp && $(cat "$stamp") == "$sha256" ]]; then
    exit 0
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# pip reads the metadata of what it downloads, for which the package's own build requirements must be importable.
python3 -m venv "$scratch/venv"
pip=("$scratch/venv/bin/python" -m pip --quiet --disable-pip-version-check)
"${pip[@]}" install numpy pybind11 'setuptools<80' wheel
echo "hnswlib==$version --hash=sha256:$sha256" >"$scratch/requirements.txt"
"${pip[@]}" download --no-deps --no-binary=:all: --no-build-isolation --require-hashes \
    --requirement "$scratch/requirements.txt" --dest "$scratch"

tar -xzf "$scratch/hnswlib-$version.tar.gz" -C "$scratch"
rm -rf "$vendor/hnswlib"
mkdir -p "$vendor/hnswlib"
cp "$scratch/hnswlib-$version"/hnswlib/*.h "$scratch/hnswlib-$version/LICENSE" "$vendor/hnswlib/"
echo "$sha256" >"$stamp"
echo "hnswlib $version is in Sources/CHNSW/vendor/hnswlib"
