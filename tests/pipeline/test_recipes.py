"""Every line of RECIPES.md runs verbatim: the blocks of a language in order, as a single program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from local.stack import Stack
from tests.conftest import editions

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / "RECIPES.md").read_text(), re.DOTALL | re.MULTILINE)


def run(stack: Stack, folder: Path, command: list[str], language: str) -> str:
    program = "\n".join(block for name, block in BLOCKS if name == language)
    script = folder / f"recipe.{'mjs' if language == 'js' else language}"
    script.write_text(program)
    env = {
        **os.environ,
        "API": stack.endpoints.api_url,
        "KEY": stack.endpoints.api_key,
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [*command, script], cwd=folder, env=env, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_there_is_no_block_that_nothing_runs() -> None:
    assert {language for language, _ in BLOCKS} == {"sh", "python", "js"}


def test_curl(stack: Stack, tmp_path: Path) -> None:
    with editions(stack):
        told = run(stack, tmp_path, ["bash", "-euo", "pipefail"], "sh")
    assert "event: end" in told
    assert "rss.xml" in told
    assert '"nothing_untold"' in told
    assert '"Neap tides"' in told
    assert (tmp_path / "tides.vtt").read_text().startswith("WEBVTT")
    assert (tmp_path / "tides.mp3").read_bytes().startswith(b"ID3")


def test_python(stack: Stack, tmp_path: Path) -> None:
    assert "podcast.completed" in run(stack, tmp_path, [sys.executable], "python")
    assert (tmp_path / "moon.ogg").read_bytes().startswith(b"OggS")


def test_javascript(stack: Stack, tmp_path: Path) -> None:
    node = Path(sys.executable).with_name("node")  # from its wheel: one that knows WebSocket
    told = run(stack, tmp_path, [str(node)], "js")
    assert re.search(r"^Ada: .+$", told, re.MULTILINE)
    assert re.search(r"^[\d.]+ seconds$", told, re.MULTILINE)
