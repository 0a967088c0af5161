# Grounded: documents in, checked answers out. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BUILD_DIR := .build
# The running server that test-api, load-test, health and metrics talk to; API_KEY in the environment is the key they send.
SERVER ?= http://127.0.0.1:8080
export SERVER

.PHONY: help setup build demo run test test-api load-test health metrics check format crash crash-full crash-replicas crash-replicas-full backup-test bench bench-lexical bench-indexing bench-bridge bench-cache bench-redis bench-embedders test-redis-faults test-qdrant-faults eval refusal clean \
	docker-build docker-up docker-down image-check validate-deploy

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

setup: ## Install what is missing: system libraries, Python environment, model, hnswlib headers
	@scripts/setup.sh

build: setup ## Build the server (release, Swift runtime linked in)
	@scripts/build.sh

demo: build ## Index the sample corpus and ask it some questions
	@scripts/demo.sh

run: build ## Start the server for real use (settings from the environment and .env)
	@scripts/run.sh

test: setup ## Run every test
	@scripts/test.sh

test-api: ## Tour of the whole API of a running server (SERVER=http://…, API_KEY in the environment), one line per check
	@scripts/test_api.sh

load-test: ## Queries at a fixed rate against a running server: latency, errors, throughput (RATE=50 SECONDS=20)
	@python3 benchmarks/load.py --server "$(SERVER)" --rate $(or $(RATE),50) --seconds $(or $(SECONDS),20)

health: ## How a running server and all it needs are
	@scripts/ask-server.sh /health

metrics: ## Metrics of a running server (with keys: API_KEY of the role admin)
	@scripts/ask-server.sh /metrics

check: ## Format, headers, forbidden imports, scripts
	@scripts/check.sh

format: ## Format the Swift sources in place
	@swift format --in-place --recursive --parallel Package.swift Sources Tests fuzzing

crash: ## Kill the server 10 times at random during ingestion and check that nothing acknowledged is lost
	@scripts/crash.sh --kills 10

crash-full: ## Kill it 50 times at random and once at every named commit point
	@scripts/crash.sh --kills 50 --points

crash-replicas: ## Kill 4 of three replicas and the engine under them 4 times during ingestion, and race 100 times
	@scripts/crash-replicas.sh --kills 4 --engine-kills 4 --race 100

crash-replicas-full: ## 30 kills of replicas, 30 of the engine, 1,000 races, and leases that move
	@scripts/crash-replicas.sh --kills 30 --engine-kills 30 --race 1000 --leases

backup-test: ## Take 20 backups under full write load, kill 5 of them, restore and compare the others
	@GROUNDED_BINARY=$${GROUNDED_BINARY:-.build/release/grounded} .venv/bin/python Tests/Backup/backup_under_load.py --backups 20 --kills 5

bench: build ## Latency of retrieval-only queries over SciFact, idle and while a bulk index runs
	@scripts/bench.sh

bench-lexical: ## BM25 alone over 100,000 chunks, beside exhaustive scoring
	@swift run --package-path benchmarks/lexical -c release LexicalBenchmark ../shared/data/retrieval/scifact

bench-indexing: build ## Indexing through the server beside the model alone on the same chunks
	@.venv/bin/python benchmarks/indexing.py --data ../shared/data/retrieval/scifact

bench-bridge: setup ## Calls into Python beside the same calls from Python itself (5 minutes)
	@swift run --package-path benchmarks/bridge -c release BridgeBenchmark

bench-cache: ## Hits of the memory cache, and its hit rate beside an ideal LRU's
	@swift run --package-path benchmarks/cache -c release

bench-redis: ## Hits of the shared cache against a real Redis
	@benchmarks/redis/run.sh

bench-embedders: ## ONNX beside sentence-transformers on torch (installs torch into .venv-torch)
	@scripts/setup-python.sh --torch
	@.venv-torch/bin/python benchmarks/embedders.py speed

test-redis-faults: build ## Every fault of Redis 20 times behind the chaos proxy
	@GROUNDED_FAULT_ROUNDS=20 GROUNDED_BINARY=.build/release/grounded .venv/bin/python -m unittest discover \
		-s Tests/Integration -t Tests/Integration -p test_redis.py

test-qdrant-faults: build ## Every fault of Qdrant 20 times behind the chaos proxy (15 minutes)
	@GROUNDED_FAULT_ROUNDS=20 GROUNDED_BINARY=.build/release/grounded .venv/bin/python -m unittest discover \
		-s Tests/Integration -t Tests/Integration -p test_qdrant.py

eval: build ## Retrieval quality on SciFact through the running server
	@scripts/eval.sh

refusal: build ## How often questions that SciFact cannot answer, and those it can, are refused
	@scripts/eval.sh ../shared/data/retrieval/scifact --modes hybrid --answers
	@scripts/refusal.sh

clean: ## Delete build products (documents and models stay)
	@rm -rf $(BUILD_DIR) fuzzing/.build

docker-build: ## Build the container image (MODEL=mount leaves the model out)
	@docker build -t grounded:$${GROUNDED_VERSION:-0.1.0} --build-arg MODEL=$${MODEL:-bake} \
		--build-arg REVISION=$$(git rev-parse --short HEAD) .

docker-up: docker-build ## Start three replicas with proxy, Qdrant, Redis, Prometheus and Grafana (.env holds the keys)
	@docker compose up -d --wait

docker-down: ## Stop them (volumes stay)
	@docker compose down

image-check: ## Build the image's file system in a chroot (root, Debian) and ask the server in it a question
	@scripts/image-check.sh

validate-deploy: ## Check Dockerfile, compose, proxy, Kubernetes, systemd, alerts and dashboard
	@scripts/check-deploy.sh
