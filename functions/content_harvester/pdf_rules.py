"""The boxes that rules close around text on a PDF page: the cells of a table, the fields of a form, a text in a frame.

ISO 32000 knows no tables: only lines and rectangles that are drawn somewhere near letters. A box is what a reader's
eye sees around a word: the nearest rules on its four sides, if each reaches from one of its neighbours to the other.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pypdfium2.raw as pdfium

_MOST_OBJECTS = 4_000
"""A page with more is a drawing."""
_MOST_POINTS = 4_000
_MOST_CROSSINGS = 20_000
_THIN = 2.5
"""Points: so wide a rule may be drawn, as a rectangle."""
_SHORTEST = 7.0
_NEAR = 2.0
"""Points: so far from each other rules may end that meet to the eye."""
_FEWEST = 2
_FEWEST_ENDS = 3
"""Rules each way: with fewer there is no box."""


@dataclass(frozen=True)
class Box:
    """A space that is closed by rules, in points from the page's lower left corner."""

    left: float
    bottom: float
    right: float
    top: float
    drawing: int
    """The number of the drawing whose rules meet."""

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.bottom <= y <= self.top


@dataclass
class _Rule:
    """A line across, `at` a height from `start` to `end`; or one upright."""

    at: float
    start: float
    end: float
    drawing: int = -1

    def reaches(self, start: float, end: float) -> bool:
        return self.start - _NEAR <= start and end <= self.end + _NEAR


@dataclass
class Rules:
    """The rules of one page: those across, from the lowest, and the upright ones, from the left."""

    across: list[_Rule] = field(default_factory=list)
    upright: list[_Rule] = field(default_factory=list)

    def part(self, left: float, right: float, y: float) -> bool:
        """Tell whether an upright rule stands between two places on a line."""
        rules = self.upright
        for at in range(bisect_left(rules, left, key=_at), bisect_right(rules, right, key=_at)):
            if rules[at].start <= y <= rules[at].end:
                return True
        return False

    def box(self, x: float, y: float) -> Box | None:
        """Return the box around a place, or None where a side is open."""
        low, high = float("-inf"), float("inf")
        for _ in range(3):  # a rule that does not reach to the box's other sides, as a check box's, is none of its own
            lefts = [rule for rule in self.upright if rule.at <= x and _covers(rule, y, low, high)]
            rights = [rule for rule in self.upright if rule.at > x and _covers(rule, y, low, high)]
            if not lefts or not rights:
                return None
            left, right = lefts[-1], rights[0]
            below = [rule for rule in self.across if rule.at <= y and rule.reaches(left.at, right.at)]
            above = [rule for rule in self.across if rule.at > y and rule.reaches(left.at, right.at)]
            if not below or not above:
                return None
            low, high = below[-1].at, above[0].at
            if left.reaches(low, high) and right.reaches(low, high):
                return Box(left.at, low, right.at, high, left.drawing)
        return None


def rules_of(page: pdfium.FPDF_PAGE) -> Rules:
    """Return what is drawn on a page as lines and rectangles; none where it is more than a table takes."""
    objects = pdfium.FPDFPage_CountObjects(page)
    if objects > _MOST_OBJECTS:
        return Rules()
    across: list[_Rule] = []
    upright: list[_Rule] = []
    points = 0
    for number in range(objects):
        drawn = pdfium.FPDFPage_GetObject(page, number)
        if pdfium.FPDFPageObj_GetType(drawn) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        segments = pdfium.FPDFPath_CountSegments(drawn)
        points += segments
        if points > _MOST_POINTS:
            return Rules()
        for left, bottom, right, top in _shapes(drawn, segments):
            if top - bottom < _THIN and right - left > _SHORTEST:
                across.append(_Rule((bottom + top) / 2, left, right))
            elif right - left < _THIN and top - bottom > _SHORTEST:
                upright.append(_Rule((left + right) / 2, bottom, top))
            elif right - left > _SHORTEST and top - bottom > _SHORTEST and _is_seen(drawn):
                across += _Rule(bottom, left, right), _Rule(top, left, right)
                upright += _Rule(left, bottom, top), _Rule(right, bottom, top)
    across, upright = _joined(across), _joined(upright)
    if min(len(across), len(upright)) < _FEWEST or len(across) * len(upright) > _MOST_CROSSINGS:
        return Rules()
    _number_drawings(across, upright)
    upright = sorted([*upright, *_open_sides(across, upright)], key=_at)
    return Rules(across, upright)


def _at(rule: _Rule) -> float:
    return rule.at


def _covers(rule: _Rule, y: float, low: float, high: float) -> bool:
    return rule.start <= y <= rule.end and (low == float("-inf") or rule.reaches(low, high))


def _shapes(drawn: pdfium.FPDF_PAGEOBJECT, segments: int) -> Iterator[tuple[float, float, float, float]]:
    """Yield the boxes of a path's lines and rectangles; a path of many lines is parted."""
    if segments <= 5:
        sides = [ctypes.c_float() for _ in range(4)]
        if pdfium.FPDFPageObj_GetBounds(drawn, *sides):
            yield sides[0].value, sides[1].value, sides[2].value, sides[3].value
        return
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(drawn, matrix)
    if matrix.b or matrix.c:
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    before = 0.0, 0.0
    for number in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(drawn, number)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = matrix.a * x.value + matrix.e, matrix.d * y.value + matrix.f
        if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_LINETO:
            width, height = abs(here[0] - before[0]), abs(here[1] - before[1])
            if min(width, height) < 0.5:
                yield min(here[0], before[0]), min(here[1], before[1]), max(here[0], before[0]), max(here[1], before[1])
        before = here


def _is_seen(drawn: pdfium.FPDF_PAGEOBJECT) -> bool:
    """Tell whether a rectangle has a border, or another color than paper."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(drawn, mode, stroke)
    if stroke.value or not mode.value:
        return bool(stroke.value)
    color = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFPageObj_GetFillColor(drawn, *color)
    return min(part.value for part in color[:3]) < 250


def _joined(rules: Sequence[_Rule]) -> list[_Rule]:
    """Return rules that go on from each other as one, sorted by where they are."""
    joined: list[_Rule] = []
    by_place: list[list[_Rule]] = []
    for rule in sorted(rules, key=_at):
        if by_place and rule.at - by_place[-1][-1].at < _NEAR and rule.at - by_place[-1][0].at < 2 * _NEAR:
            by_place[-1].append(rule)
        else:
            by_place.append([rule])
    for place in by_place:
        at = sum(rule.at for rule in place) / len(place)
        last: _Rule | None = None
        for rule in sorted(place, key=lambda rule: rule.start):
            if last is not None and rule.start <= last.end + _NEAR:
                last.end = max(last.end, rule.end)
            else:
                last = _Rule(at, rule.start, rule.end)
                joined.append(last)
    return joined


def _open_sides(across: Sequence[_Rule], upright: Sequence[_Rule]) -> Iterator[_Rule]:
    """Yield the sides of tables drawn with open sides: where rules across begin or end, and none is upright."""
    by_drawing = defaultdict[int, list[_Rule]](list)
    for rule in across:
        by_drawing[rule.drawing].append(rule)
    for drawing, rules in by_drawing.items():
        low, high = rules[0].at, rules[-1].at
        for at in (min(rule.start for rule in rules), max(rule.end for rule in rules)):
            ends = sum(min(abs(rule.start - at), abs(rule.end - at)) < _NEAR for rule in rules)
            drawn = any(abs(rule.at - at) < 2 * _NEAR and rule.reaches(low, high) for rule in upright)
            if ends >= _FEWEST_ENDS and 2 * ends > len(rules) and not drawn:
                yield _Rule(at, low, high, drawing)


def _number_drawings(across: Sequence[_Rule], upright: Sequence[_Rule]) -> None:
    """Give rules that meet, directly or through others, the same number."""
    rules = [*across, *upright]
    parent = list(range(len(rules)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    for number, rule in enumerate(across):
        first = bisect_left(upright, rule.start - _NEAR, key=_at)
        for other in range(first, bisect_right(upright, rule.end + _NEAR, key=_at)):
            if upright[other].start - _NEAR <= rule.at <= upright[other].end + _NEAR:
                parent[root(len(across) + other)] = root(number)
    for number, rule in enumerate(rules):
        rule.drawing = root(number)
