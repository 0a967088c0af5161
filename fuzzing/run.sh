#!/bin/bash
# usage: fuzzing/run.sh TARGET SECONDS, for example: fuzzing/run.sh FuzzHTML 60
# What fails is kept in FailCases/TARGET-*; put the input into a test before fixing it.
set -euo pipefail
cd "$(dirname "$0")"
target=${1:?FuzzJSON, FuzzMarkdown, FuzzHTML, FuzzTerms, FuzzSentences, FuzzRESP or FuzzWorkerReply}
seconds=${2:?seconds}
# libFuzzer reports the crash itself; Swift's backtracer would hang on it.
export SWIFT_BACKTRACE=enable=no
swift build -c release --sanitize=fuzzer --product "$target"
mkdir -p "corpus/$target"
exec ".build/release/$target" "corpus/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -max_len=16384 \
    -artifact_prefix="FailCases/$target-"
