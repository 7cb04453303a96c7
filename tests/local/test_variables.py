"""Variables as Terraform reads them: the real Terraform, for a deployment's variables from all places at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local import variables
from local.doctor import VARIABLES

pytestmark = pytest.mark.usefixtures("terraform_is_here")


def test_everything_that_terraform_takes_is_read_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By no other reader's rules: comments of three kinds, heredocs, escapes, expressions, conversions."""
    monkeypatch.setenv("TF_VAR_cpu_quota", "11")
    monkeypatch.setenv("TF_VAR_domain", "env.example.com")
    monkeypatch.setenv("TF_VAR_google_engines", '["vertex_ai"]')
    monkeypatch.setenv("TF_VAR_memory_quota", "0")  # which a file takes back
    monkeypatch.setenv("TF_WORKSPACE", "another")
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-var-file=of-another-folder.tfvars")
    (tmp_path / "terraform.tfvars").write_text(
        "# a comment, // another,\n/* and\n   a third */\n"
        'project = "my-project" // here, too\n'
        "cpu_quota = 6 * 2 // more than eleven\n"
        "engine_settings = {\n  LANGUAGE_MODEL : <<-END\n    of two\n      lines\n  END\n"
        '  SPEECH_MODEL = "a \\"quoted\\" \\u00e9 $${model} ${1 + 1}",\n}\n'
        'memory_quota = "48"\ntrace = "true"\nspeech_requests_per_minute = 2e2\n'
    )
    (tmp_path / "terraform.tfvars.json").write_text('{"queue_suffix": "-1", "database": "first"}')
    (tmp_path / "b.auto.tfvars.json").write_text('{"queue_suffix": "-3"}')
    (tmp_path / "a.auto.tfvars").write_text('queue_suffix = "-2"\n')
    (tmp_path / "not-read.tfvars").write_text('database = "not-read"\n')
    given = tmp_path / "given.tfvars"
    given.write_text('database = "second"\nvertex_location = "eu"\n')

    told = variables.read(
        [*VARIABLES, "more_speech_engines"],
        ["-var=vertex_location=us", f"-var-file={given}", '-var=more_speech_engines=["espeak"]'],
        tmp_path,
    )

    assert told.diagnostics == ()
    assert told.values is not None
    assert told.values.items() >= {
        "project": "my-project",
        "cpu_quota": 12,
        "domain": "env.example.com",
        "google_engines": ["vertex_ai"],
        "memory_quota": 48,
        "trace": True,
        "speech_requests_per_minute": 200,
        "engine_settings": {
            "LANGUAGE_MODEL": "of two\n  lines\n",
            "SPEECH_MODEL": 'a "quoted" é ${model} 2',
        },
        "queue_suffix": "-3",
        "database": "second",
        "vertex_location": "eu",
        "more_speech_engines": ["espeak"],
        "region": "us-central1",
    }.items()  # fmt: skip
    assert told.values.keys() == {*VARIABLES, "more_speech_engines"}


def test_what_terraform_does_not_take_is_told_in_its_words_and_nothing_is_believed(tmp_path: Path) -> None:
    """All of it at once, each with its place; and a slip of the pen, over which an apply only warns."""
    (tmp_path / "terraform.tfvars").write_text(
        'project = "123456789"\ncpu_quota = 0\nalert_email = "me"\ncpu_qouta = 9\n'
    )
    told = variables.read(VARIABLES, [], tmp_path)
    assert told.values is None
    wrong = [one.text for one in told.diagnostics if one.fatal]
    assert [re.findall(r"line (\d).*(var\.\w+)", text)[0] for text in sorted(wrong)] == [
        ("1", "var.project"),
        ("2", "var.cpu_quota"),
        ("3", "var.alert_email"),
    ]
    [slip] = [one.text for one in told.diagnostics if not one.fatal]
    assert '"cpu_qouta"' in slip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"project = {", "line 1"),
        (b'project = "my-project"\ndomain = lower("A")\n', "Function calls not allowed"),
        (b"\xff\xfe", "line 1"),
        (b'project = "my-project"\ntrace = null\n', "trace is null"),
        (None, "does not exist"),
    ],
)
def test_a_file_that_is_none_is_told(content: bytes | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "my.tfvars"
    if content is not None:
        path.write_bytes(content)
    told = variables.read(VARIABLES, [f"-var-file={path}"], tmp_path)
    assert any(words in one.text for one in told.diagnostics if one.fatal), told
    assert "trace" not in (told.values or {})


def test_a_terraform_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "terraform").write_text("#!/bin/sh\necho 'no way' >&2\nexit 1\n")
    (tmp_path / "terraform").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    for expected in ("no way", "No such file"):
        [only] = variables.read(VARIABLES, [], tmp_path).diagnostics
        assert only.fatal
        assert expected in only.text
        (tmp_path / "terraform").unlink(missing_ok=True)
