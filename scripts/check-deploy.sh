#!/usr/bin/env bash
# Checks everything that deploys the server, without a network and without an engine: Dockerfile, compose, HAProxy, Kubernetes, systemd,
# Prometheus with its alerts, Grafana, runbook. Tools come from scripts/setup.sh --test. Where one is missing its check is skipped and said
# so; with CI=true it is a failure.
# shellcheck disable=SC2317  # functions are called through check
set -euo pipefail
cd "$(dirname "$0")/.."
status=0
lint=.venv-lint/bin
# Debian keeps haproxy where only root looks.
PATH=$PATH:/usr/sbin

check() { # what it is, command…
    local what=$1 output
    shift
    if ! command -v "$1" >/dev/null; then
        echo "check-deploy: $what: skipped, there is no $1 (scripts/setup.sh --test installs it)"
        if [ "${CI-}" = true ]; then status=1; fi
        return
    fi
    if ! output=$("$@" 2>&1); then
        echo "check-deploy: $what"
        while IFS= read -r line; do echo "    $line"; done <<<"$output"
        status=1
    fi
}

systemd_unit() {
    local folder output
    folder=$(mktemp -d)
    # The program and the page need not be installed here; the rest of the unit is verified as it is.
    sed -e 's,^ExecStart=[^ ]*,ExecStart=/bin/true,' -e '/^Documentation=/d' deploy/systemd/grounded.service >"$folder/grounded.service"
    output=$(systemd-analyze verify --man=no "$folder/grounded.service" 2>&1) || { echo "$output"; rm -rf "$folder"; return 1; }
    # Names that systemd does not know are warnings with status 0.
    if grep -q "grounded.service" <<<"$output"; then echo "$output"; rm -rf "$folder"; return 1; fi
    systemd-analyze security --offline=true --threshold=20 "$folder/grounded.service" >"$folder/report" 2>&1 ||
        { tail -n 3 "$folder/report"; rm -rf "$folder"; return 1; }
    rm -rf "$folder"
}

check "Dockerfile" "$lint/hadolint" --config .hadolint.yaml Dockerfile
check "docker-compose.yml" "$lint/check-jsonschema" --builtin-schema vendor.compose-spec docker-compose.yml
check "Kustomizations" "$lint/check-jsonschema" --schemafile deploy/checks/schemas/kustomization.json \
    deploy/kubernetes/base/kustomization.yaml deploy/kubernetes/overlays/*/kustomization.yaml
check "ServiceMonitor" "$lint/check-jsonschema" --schemafile deploy/checks/schemas/servicemonitor.json \
    deploy/kubernetes/base/servicemonitor.yaml
check "Kubernetes" "$lint/python" -B deploy/checks/kubernetes.py
check "what speaks of the same things" "$lint/python" -B deploy/checks/deployment.py
export BIND=127.0.0.1:8080 STATS_BIND=127.0.0.1:8404 REPLICA_1=127.0.0.1:8081 REPLICA_2=127.0.0.1:8082 REPLICA_3=127.0.0.1:8083
check "HAProxy" haproxy -c -f deploy/haproxy/haproxy.cfg
check "alert rules" promtool check rules deploy/prometheus/alerts.yml
check "alert tests" promtool test rules deploy/prometheus/alerts_test.yml
if command -v systemd-analyze >/dev/null; then check "systemd" systemd_unit; else check "systemd" systemd-analyze; fi
# Names in prometheus.yml are the container's.
prometheus_config() {
    local folder
    folder=$(mktemp -d)
    mkdir "$folder/secrets"
    touch "$folder/secrets/metrics_key" "$folder/secrets/qdrant_key"
    cp deploy/prometheus/alerts.yml "$folder"
    sed "s,/run/secrets,$folder/secrets," prometheus.yml >"$folder/prometheus.yml"
    promtool check config "$folder/prometheus.yml" || { rm -rf "$folder"; return 1; }
    rm -rf "$folder"
}
queries() {
    local folder
    folder=$(mktemp -d)
    local result=0
    { "$lint/python" -B deploy/checks/queries.py "$folder" && promtool check rules "$folder/queries.yml"; } || result=1
    rm -rf "$folder"
    return "$result"
}
if command -v promtool >/dev/null; then check "queries of dashboard and autoscaler" queries; fi
if command -v promtool >/dev/null; then check "prometheus.yml" prometheus_config; else check "prometheus.yml" promtool; fi

[ "$status" -eq 0 ] && echo "check-deploy: clean"
exit "$status"
