// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A setting's name, its default, and what it is for: the one table that the reader, `check-config` and the documentation share.
struct SettingKey: Sendable, Hashable {
    /// The environment variable; in a file the same in lower case.
    let name: String
    /// The value where nothing is set; nil means none.
    let defaultValue: String?
    /// Whether the value is never printed.
    let isSecret: Bool
    /// What it decides, in one line.
    let summary: String

    private init(_ name: String, _ defaultValue: String?, secret: Bool = false, _ summary: String) {
        self.name = name
        self.defaultValue = defaultValue
        self.isSecret = secret
        self.summary = summary
    }

    static let serverHost = SettingKey("SERVER_HOST", "127.0.0.1", "Address to listen on; without API_KEYS only loopback is allowed")
    static let serverPort = SettingKey("SERVER_PORT", "8080", "Port to listen on; 0 takes a free one")
    static let dataDirectory = SettingKey("DATA_DIR", "./data", "Folder that holds the knowledge store")
    static let apiKeys = SettingKey("API_KEYS", nil, secret: true, "Comma-separated tenant:read|write|admin:key")
    static let maximumConnections = SettingKey("MAX_CONNECTIONS", "10000", "Most open client connections; more wait to be accepted")
    static let cacheSize = SettingKey("CACHE_SIZE", "10000", "Query embeddings kept in memory")
    static let cacheTTL = SettingKey("CACHE_TTL_SECONDS", "3600", "How long a cached query embedding is used")
    static let redisURL = SettingKey("REDIS_URL", nil, secret: true, "Redis or Valkey server for the second tier of the cache")
    static let redisAuthority = SettingKey("REDIS_CA_FILE", nil, "PEM file with who may sign the Redis server's certificate")
    static let cacheSecret = SettingKey("CACHE_SECRET", nil, secret: true, "Makes the keys in Redis; the same for all that share it")
    static let resultCacheMemory = SettingKey("RESULT_CACHE_MEMORY", "0", "Memory for whole query results, such as 64MB; 0 keeps none")
    static let resultCacheTTL = SettingKey("RESULT_CACHE_TTL_SECONDS", "300", "How long a kept query result is used")
    static let indexMemory = SettingKey("INDEX_MEMORY", "4GB", "Memory for open indexes; least recently used tenants are closed above it")
    static let embeddingModel = SettingKey(
        "EMBEDDING_MODEL",
        "all-MiniLM-L6-v2",
        "Name of an installed model or path of a model directory"
    )
    static let embeddingBackend = SettingKey(
        "EMBEDDING_BACKEND",
        "onnx",
        "onnx, sentence-transformers, openai, tei, or python:module:Class"
    )
    static let embeddingPrecision = SettingKey("EMBEDDING_PRECISION", "int8", "int8 or fp32, for onnx")
    static let embeddingDevice = SettingKey("EMBEDDING_DEVICE", "cpu", "cpu, cuda or mps, for sentence-transformers")
    static let embeddingURL = SettingKey("EMBEDDING_URL", nil, "Server for openai (such as http://127.0.0.1:11434/v1) and tei")
    static let embeddingKey = SettingKey("EMBEDDING_API_KEY", nil, secret: true, "Key for EMBEDDING_URL")
    static let embeddingQueryPrefix = SettingKey("EMBEDDING_QUERY_PREFIX", nil, "What openai and tei want before a query")
    static let embeddingPassagePrefix = SettingKey("EMBEDDING_PASSAGE_PREFIX", nil, "What openai and tei want before a passage")
    static let embeddingMaximumTokens = SettingKey("EMBEDDING_MAX_TOKENS", nil, "Most tokens per text, where openai or tei does not say it")
    static let embeddingThreads = SettingKey("EMBEDDING_THREADS", "auto", "Texts embedded at the same time; auto is one more than cores")
    static let python = SettingKey("PYTHON", nil, "Interpreter to load; else VIRTUAL_ENV, .venv, the system's")
    static let pythonWorkers = SettingKey("PYTHON_WORKERS", "0", "Worker processes for Python models; 0 runs them in the server")
    static let loaderProcesses = SettingKey(
        "LOADER_PROCESSES",
        "auto",
        "Documents of other formats read at the same time; auto is half the cores, 0 reads only text, Markdown and HTML"
    )
    static let loaderTimeout = SettingKey("LOADER_TIMEOUT_SECONDS", "60", "Longest time for reading one document")
    static let loaderMemory = SettingKey("LOADER_MEMORY", "512MB", "Most memory for reading one document")
    static let loaderOCR = SettingKey("LOADER_OCR", "false", "Whether scanned pages are read with tesseract: true or false")
    static let reranker = SettingKey(
        "RERANKER",
        nil,
        "late-interaction, onnx, sentence-transformers, tei, cohere, jina or python:module:Class; none without it"
    )
    static let rerankerModel = SettingKey("RERANKER_MODEL", nil, "Model directory or name for RERANKER")
    static let rerankerURL = SettingKey("RERANKER_URL", nil, "Server for tei, cohere and jina")
    static let rerankerKey = SettingKey("RERANKER_API_KEY", nil, secret: true, "Key for RERANKER_URL")
    static let rerank = SettingKey("RERANK", "off", "Whether queries that do not say are reranked: on or off; see grounded eval --rerank")
    static let rerankCandidates = SettingKey("RERANK_CANDIDATES", "20", "Passages reranked per query")
    static let rerankWeight = SettingKey("RERANK_WEIGHT", "0.2", "Weight of the reranker's score beside the fused one, 0 to 1")
    static let rerankMilliseconds = SettingKey("RERANK_LIMIT_MS", "1000", "Most time for reranking one query")
    static let chunkTokens = SettingKey("CHUNK_TOKENS", "254", "Most tokens per chunk; the model's own limit is the upper bound")
    static let fusion = SettingKey("FUSION", "absolute", "How dense and lexical scores are combined: absolute, minmax or rrf")
    static let denseWeight = SettingKey(
        "DENSE_WEIGHT",
        "auto",
        "Weight of the dense score in fusion, 0 to 1; auto: 0.45, minmax 0.6, rrf 0.5"
    )
    static let contextNeighbours = SettingKey(
        "CONTEXT_NEIGHBOURS",
        "1",
        "Chunks before and after each passage that the language model may read too"
    )
    static let languageModel = SettingKey("LM_MODEL", nil, "Model that writes answers; without it answers are extracted")
    static let languageBackend = SettingKey("LM_BACKEND", "openai", "openai, python-openai, xllamacpp or python:module:Class")
    static let openAIKey = SettingKey("OPENAI_API_KEY", nil, secret: true, "Key for the server that runs LM_MODEL")
    static let openAIBaseURL = SettingKey("OPENAI_BASE_URL", nil, "OpenAI-compatible server, such as http://127.0.0.1:11434/v1")
    static let queryPermits = SettingKey("MAX_CONCURRENT_QUERIES", "auto", "Queries served at the same time; auto is 4 per core")
    static let rateLimitQueries = SettingKey("RATE_LIMIT_QUERIES", "0", "Queries per minute and tenant; 0 sets no limit")
    static let rateLimitDocuments = SettingKey("RATE_LIMIT_DOCUMENTS", "0", "Documents taken in per minute and tenant; 0 sets no limit")
    static let rateLimitReplicas = SettingKey("RATE_LIMIT_REPLICAS", "1", "Servers that divide the limits when Redis does not share them")
    static let drainSeconds = SettingKey("DRAIN_SECONDS", "0", "How long /health/ready says no before connections are closed")
    static let shutdownSeconds = SettingKey("SHUTDOWN_SECONDS", "30", "Longest graceful shutdown")
    static let logLevel = SettingKey("LOG_LEVEL", "info", "trace, debug, info, notice, warning, error or critical")
    static let qdrantURL = SettingKey("QDRANT_URL", nil, "Qdrant server that holds everything, instead of DATA_DIR")
    static let qdrantKey = SettingKey("QDRANT_API_KEY", nil, secret: true, "Key for QDRANT_URL")
    static let qdrantCollection = SettingKey("QDRANT_COLLECTION", "documents", "What the names of the collections begin with")
    static let qdrantAuthority = SettingKey("QDRANT_CA_FILE", nil, "PEM file of the only authorities accepted for QDRANT_URL")
    static let qdrantReplication = SettingKey("QDRANT_REPLICATION_FACTOR", "1", "Nodes that hold each shard of a new collection")
    static let qdrantConsistency = SettingKey("QDRANT_WRITE_CONSISTENCY_FACTOR", "1", "Nodes that must have a write before it counts")
    static let qdrantShards = SettingKey("QDRANT_SHARDS", nil, "Shards of a new collection; else Qdrant decides")
    static let qdrantQuantization = SettingKey("QDRANT_QUANTIZATION", "off", "int8 walks the graph of a new collection over codes")

    static let all: [SettingKey] = [
        serverHost, serverPort, dataDirectory, apiKeys, maximumConnections, cacheSize, cacheTTL, redisURL, redisAuthority, cacheSecret,
        resultCacheMemory, resultCacheTTL, indexMemory, embeddingModel, embeddingBackend, embeddingPrecision, embeddingDevice, embeddingURL,
        embeddingKey,
        embeddingQueryPrefix, embeddingPassagePrefix, embeddingMaximumTokens, embeddingThreads, python, pythonWorkers,
        loaderProcesses, loaderTimeout, loaderMemory, loaderOCR, reranker,
        rerankerModel, rerankerURL, rerankerKey, rerank, rerankCandidates, rerankWeight, rerankMilliseconds, chunkTokens, fusion,
        denseWeight, contextNeighbours, languageModel, languageBackend, openAIKey, openAIBaseURL, queryPermits, rateLimitQueries,
        rateLimitDocuments,
        rateLimitReplicas, drainSeconds, shutdownSeconds, logLevel,
        qdrantURL, qdrantKey, qdrantCollection, qdrantAuthority, qdrantReplication, qdrantConsistency, qdrantShards, qdrantQuantization,
    ]
}
