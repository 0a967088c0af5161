# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Run with `.venv/bin/python -m unittest discover python/tests`."""

import json
import os
import random
import shutil
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / ".deps/models/all-MiniLM-L6-v2"
sys.path.insert(0, str(ROOT / "python"))

import numpy as np  # noqa: E402

import grounded_models  # noqa: E402
from grounded_models.model_folder import ModelFolder  # noqa: E402
from grounded_models.spans import byte_spans  # noqa: E402


class SpansTests(unittest.TestCase):
    def test_ascii_offsets_are_byte_offsets(self):
        starts, ends = byte_spans("two words", [(0, 3), (4, 9)])
        self.assertEqual((starts.tolist(), ends.tolist()), ([0, 4], [3, 9]))
        self.assertEqual(starts.dtype, np.int32)

    def test_counts_the_bytes_of_wide_characters(self):
        starts, ends = byte_spans("é 日 🎉 x", [(0, 1), (2, 3), (4, 5), (6, 7)])
        self.assertEqual((starts.tolist(), ends.tolist()), ([0, 3, 7, 12], [2, 6, 11, 13]))

    def test_a_dropped_accent_stays_with_its_letter(self):
        starts, ends = byte_spans("cafe\u0301 x", [(0, 4), (6, 7)])
        self.assertEqual((starts.tolist(), ends.tolist()), ([0, 7], [6, 8]))

    def test_what_is_dropped_before_a_word_goes_to_it(self):
        starts, ends = byte_spans(" \u200bzero", [(2, 6)])
        self.assertEqual((starts.tolist(), ends.tolist()), ([1], [8]))

    def test_no_tokens_no_spans(self):
        starts, ends = byte_spans("  ", [])
        self.assertEqual((len(starts), len(ends)), (0, 0))


class LoadTests(unittest.TestCase):
    def test_refuses_a_name_without_a_class(self):
        for name in ("module", ":Class", "module:"):
            with self.assertRaises(ValueError):
                grounded_models.load(name, "{}")

    def test_refuses_options_that_are_no_object(self):
        with self.assertRaises(ValueError):
            grounded_models.load("collections:Counter", "[]")

    def test_passes_options_as_keyword_arguments(self):
        self.assertEqual(grounded_models.load("collections:Counter", '{"a": 2}')["a"], 2)


class ModelFolderTests(unittest.TestCase):
    def setUp(self):
        self.path = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.path)

    def write(self, name, content="{}"):
        file = self.path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(content, encoding="utf-8")

    def test_reads_a_sentence_transformers_folder(self):
        self.write("onnx/model.onnx")
        self.write("tokenizer.json")
        self.write("1_Pooling/config.json", '{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}')
        self.write("sentence_bert_config.json", '{"max_seq_length": 384}')
        self.write("config.json", '{"max_position_embeddings": 512}')
        self.write("config_sentence_transformers.json", '{"prompts": {"query": "query: ", "passage": "passage: "}}')
        folder = ModelFolder(self.path)
        self.assertEqual((folder.pooling, folder.maximum_tokens), ("cls", 384))
        self.assertEqual((folder.query_prefix, folder.passage_prefix), ("query: ", "passage: "))

    def test_says_what_is_missing(self):
        with self.assertRaisesRegex(FileNotFoundError, "model.onnx"):
            ModelFolder(self.path)
        with self.assertRaisesRegex(FileNotFoundError, "not a folder"):
            ModelFolder(self.path / "absent")

    def test_refuses_to_guess_the_token_limit(self):
        self.write("model.onnx")
        self.write("tokenizer.json")
        with self.assertRaisesRegex(ValueError, "maximum_tokens"):
            ModelFolder(self.path)


@unittest.skipUnless(MODEL.exists(), "scripts/setup-python.sh lays the model out")
class OnnxEmbedderTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        options = json.dumps({"model_dir": str(MODEL)})
        cls.model = grounded_models.load("grounded_models.onnx_embedder:OnnxEmbedder", options)

    def test_rows_are_float32_of_length_one(self):
        matrix = self.model.embed(["a man eats bread", "日本語"], "passage")
        self.assertEqual((matrix.shape, matrix.dtype, matrix.flags["C_CONTIGUOUS"]), ((2, 384), np.float32, True))
        np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-5)

    def test_a_vector_does_not_depend_on_neighbours_or_threads(self):
        texts = [f"sentence number {i} about rivers" for i in range(16)]
        together = self.model.embed(texts, "passage")
        with ThreadPoolExecutor(4) as pool:
            alone = list(pool.map(lambda text: self.model.embed([text], "passage")[0], texts))
        np.testing.assert_array_equal(together, np.stack(alone))

    def test_a_text_that_is_too_long_is_an_error(self):
        self.model.embed(["word " * 254], "passage")
        with self.assertRaisesRegex(ValueError, "257 tokens.*256"):
            self.model.embed(["word " * 255], "passage")

    def test_spans_cut_on_character_borders_and_cover_everything(self):
        seed = int(os.environ.get("TEST_SEED", random.randrange(1 << 32)))
        print(f"seed {seed}", file=sys.stderr)
        generator = random.Random(seed)
        alphabet = "ab Z9.,\n\té日本ไกำ한🎉👩\u200d\u0301\u0323ﬁ№ß\u200b\u3000"
        for _ in range(300):
            text = "".join(generator.choices(alphabet, k=generator.randrange(40)))
            encoded = text.encode("utf-8")
            starts, ends = self.model.token_spans([text])[0]
            self.assertTrue((starts < ends).all() and (np.diff(starts) >= 0).all(), repr(text))
            covered = np.zeros(len(encoded), bool)
            for start, end in zip(starts, ends):
                encoded[start:end].decode("utf-8")
                covered[start:end] = True
            position = 0
            for piece in text.split():
                position = text.index(piece, position)
                first = len(text[:position].encode("utf-8"))
                touched = covered[first : first + len(piece.encode("utf-8"))]
                self.assertTrue(touched.all() or not touched.any(), repr(text))
                position += len(piece)

    def test_span_count_is_the_token_count_without_specials(self):
        text = "Tokenisation isn't trivial: naïve café, 日本語."
        starts, _ = self.model.token_spans([text])[0]
        self.assertEqual(len(starts), len(self.model._tokenizer.encode(text).ids) - 2)

    def test_info_names_what_decides_the_vectors(self):
        info = json.loads(self.model.info())
        self.assertEqual((info["dimension"], info["maximum_tokens"], info["pooling"]), (384, 256, "mean"))
        self.assertRegex(info["fingerprint"], "^[0-9a-f]{64}$")


if __name__ == "__main__":
    unittest.main()
