"""hibari's dictionaries give what json.loads gives, entry by entry."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from functions.model_serving.tts.engines.hibari import lexicon

WORDS = sorted({f"{first}{second}{number}" for first in "'Aaz" for second in "-bq" for number in range(90)})
VALUES = ("fOnimz", {"DEFAULT": "a", "NOUN": None}, "", {"DEFAULT": "ə", "None": "ɐ", "VERB": "b"})


def written(folder: Path, name: str, value: Any) -> Any:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    (folder / name).write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return lexicon.read(folder, name)


@pytest.mark.parametrize("block", [1, 7, 64, 1_000, 10**6])
@pytest.mark.parametrize("some", [WORDS[:1], WORDS[:2], WORDS])
def test_a_dictionary_in_order_is_read_block_by_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, some: list[str], block: int
) -> None:
    """Wherever a block may end: behind text, or behind an object, never within one."""
    monkeypatch.setattr(lexicon, "_BLOCK", block)
    whole = {word: VALUES[(number * 7 // 3) % len(VALUES)] for number, word in enumerate(some)}
    found = written(tmp_path, "lexicon_us_gold.json.gz", whole)
    asked = [each for word in WORDS for each in (word, word[:-1], f"{word}x", word.upper())]
    assert [found.get(word) for word in (*asked, "", "~", "é")] == [whole.get(word) for word in (*asked, "", "~", "é")]


def test_weights_are_found_by_whatever_characters_a_feature_has(tmp_path: Path) -> None:
    weights = {f"w={word}": {"NN": 1.5, "''": -2, ".": 0.1} for word in ('"', "\\", "}", "é", "a,b", "{", "'s", "</x")}
    model = {"tags": ["NN", "''", "."], "tagdict": {"the": "DT"}, "vocab": ["a", '"'], "weights": weights}
    found = written(tmp_path, "tagger.json.gz", model)
    assert {**found, "weights": weights} == model
    assert {feature: found["weights"].get(feature) for feature in weights} == weights
    assert found["weights"].get("w=") is None


def test_other_files_are_whole(tmp_path: Path) -> None:
    assert written(tmp_path, "tokenizer_exceptions.json", {"can't": ["ca", "n't"]}) == {"can't": ["ca", "n't"]}
