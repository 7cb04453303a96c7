"""Numbers and letters in front of items, and whether they count: 1, 2, 3; a, b, c; i, ii, iii."""

from __future__ import annotations

from collections.abc import Sequence


def in_order(markers: Sequence[str]) -> bool:
    """Tell whether they count: 1, 2, 3, or a, b, c, or i, ii, iii."""
    return bool(markers) and any(
        all(marker == mark(number) for number, marker in enumerate(markers, first))
        for mark, first in ((str, int(markers[0]) if markers[0].isdigit() else 1), (_letter, 1), (_roman, 1))
    )


def _letter(number: int) -> str:
    return chr(ord("a") + number - 1) if 0 < number <= 26 else ""


def _roman(number: int) -> str:
    units = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
    return "x" * (number // 10) + units[number % 10]
