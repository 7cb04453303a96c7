"""terraform/README.md's tables of variables and outputs, out of the HCL itself: python -m tests.terraform.readme."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import hcl2

from tests.terraform.extract_schema import ROOT

README = ROOT / "terraform" / "README.md"


def tables() -> dict[str, str]:
    """Marker -> the table that belongs there."""
    return {
        "variables": _table(["variable", "default", ""], _variables()),
        "outputs": _table(["output", ""], _outputs()),
    }


def filled(text: str) -> str:
    """`text` with the tables between their markers."""
    for marker, table in tables().items():
        begin, end = f"<!-- {marker} -->\n", f"<!-- /{marker} -->"
        head, found, rest = text.partition(begin)
        if found:
            text = head + begin + table + end + rest.partition(end)[2]
    return text


def _variables() -> Iterator[list[str]]:
    for name, variable in _blocks("variables.tf", "variable"):
        default = _plain(variable["default"]) if "default" in variable else "must be given"
        yield [f"`{name}`", default, _plain(variable["description"])]


def _outputs() -> Iterator[list[str]]:
    for name, output in _blocks("outputs.tf", "output"):
        yield [f"`{name}`", _plain(output["description"])]


def _blocks(file: str, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    document = hcl2.loads((ROOT / "terraform" / file).read_text(encoding="utf-8"))
    for one in document[kind]:
        for name, body in one.items():
            yield _plain(name), body


def _plain(value: Any) -> str:
    """A literal as people write it; strings without their quotes."""
    if isinstance(value, str):
        return value.strip('"')
    if isinstance(value, dict):
        return ", ".join(f"{name} = {_plain(inner)}" for name, inner in value.items() if not name.startswith("__"))
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return json.dumps(value)


def _table(head: list[str], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n".replace("|  |", "| |") for cells in lines)


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
