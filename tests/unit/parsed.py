"""Source files as Python reads them, each parsed once a process however many tests look through it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Parse a file and list its syntax tree's nodes, in no particular order."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
