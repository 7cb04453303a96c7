"""The letters of a PDF page, turned upright, each as tall as its font.

ISO 32000 lets a text stand at any angle, and a font say of its height what it likes: Type 3 fonts often give each
letter's own box, and some fonts a box of many lines. Lines are told by heights, so that those have to be right.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2.raw as pdfium

MAX_LETTERS = 200_000
"""A page with more is no page that anybody reads."""
HYPHENS = {"\x02": "-", "\xad": "-", "\u2010": "-", "\u2011": "-", "\ufffe": "-"}
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LETTERS = HYPHENS | _LIGATURES
_ASLANT = 3
"""Degrees: a page that was scanned is turned by less."""
_NEAR = 2
_TALL = 1.75
"""How much taller than its size a font's box can be."""
_UNLIKE = 0.2
_FEW = 0.05
_BELOW, _ABOVE, _CAPITAL = 0.22, 0.9, 0.72
"""How far a usual font's box reaches below and above the line it stands on, and its capitals, of its size."""
_LOWEST, _HIGHEST = 0.35, 1.1

Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Letter:
    """A letter with its box as if it stood upright: by `turn` degrees it is turned. A space and a line's end have no
    box."""

    text: str
    left: float = 0.0
    bottom: float = 0.0
    right: float = 0.0
    top: float = 0.0
    turn: int = 0
    index: int = 0
    """Its number on the page."""
    em: float = 0.0
    """The size of its font in points; below zero where it is mirrored twice."""


def letters_of(text: pdfium.FPDF_TEXTPAGE, shown: Box) -> list[Letter]:
    """Return the letters of a page in the order of its content, but for those beside what is `shown` of the page:
    nobody sees them.

    What stands aslant is turned around the page's center.
    """
    center = ((shown[0] + shown[2]) / 2, (shown[1] + shown[3]) / 2)
    letters: list[Letter] = []
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    for index, sign in _signs(text):
        if sign in "\r\n" or (not sign.strip() and sign not in HYPHENS):
            letters.append(Letter("\n" if sign in "\r\n" else " "))
        elif pdfium.FPDFText_GetLooseCharBox(text, index, box) and pdfium.FPDFText_GetMatrix(text, index, matrix):
            if box.right < shown[0] or box.left > shown[2] or box.top < shown[1] or box.bottom > shown[3]:
                continue
            letter = Letter(_LETTERS.get(sign, sign), box.left, box.bottom, box.right, box.top, index=index)
            letter.em = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
            letter.turn = _degrees(matrix, mirrored=letter.em < 0)
            letters.append(letter)
    drawn = [letter for letter in letters if letter.em]
    _join_turns(drawn)
    for letter in drawn:
        if letter.turn % 90:
            _set_upright(letter, _origin(text, letter), center)
        else:
            _set(letter, turned(letter.turn, (letter.left, letter.bottom, letter.right, letter.top)))
    _even_out(text, [letter for letter in drawn if letter.turn % 90 == 0])
    return [letter for letter in letters if not letter.em or letter.top > letter.bottom]


def turned(turn: int, box: Box) -> Box:
    """Left, bottom, right, top of what is turned by a quarter or several, as if it stood upright."""
    left, bottom, right, top = box
    match turn:
        case 90:
            return -top, left, -bottom, right
        case 180:
            return -right, -top, -left, -bottom
        case 270:
            return bottom, -right, top, -left
        case _:
            return box


def _signs(text: pdfium.FPDF_TEXTPAGE) -> Iterator[tuple[int, str]]:
    """Yield the letters of a page with their numbers. One beyond U+FFFF is to PDFium two units of UTF-16, here the
    first."""
    high = 0
    for index in range(min(pdfium.FPDFText_CountChars(text), MAX_LETTERS)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:
            high = code
        elif 0xDC00 <= code < 0xE000:
            if high:
                yield index - 1, chr(0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00))
            high = 0
        elif code <= 0x10FFFF:
            yield index, chr(code)


def _degrees(matrix: pdfium.FS_MATRIX, *, mirrored: bool) -> int:
    """Whole degrees by which a letter is turned to the right; a page turned by a few, as by a scanner, stands upright,
    and so does what is slanted to look italic."""
    degrees = round(math.degrees(math.atan2(-matrix.b, matrix.a)) + 180 * mirrored) % 360
    quarter = round(degrees / 90) * 90
    return quarter % 360 if abs(degrees - quarter) <= _ASLANT else degrees


def _join_turns(letters: list[Letter]) -> None:
    """Letters that stand aslant by nearly the same angle stand by the same."""
    often = Counter(letter.turn for letter in letters if letter.turn % 90)
    chosen = dict[int, int]()
    for turn, _ in often.most_common():
        chosen[turn] = next((other for other in chosen.values() if abs(turn - other) <= _NEAR), turn)
    for letter in letters if chosen else ():
        letter.turn = chosen.get(letter.turn, letter.turn)


def _set_upright(letter: Letter, origin: tuple[float, float], center: tuple[float, float]) -> None:
    """Turn a letter that stands aslant. Its given box is that of a turned rectangle, with its corners."""
    angle = -math.radians(letter.turn)
    across, along = abs(math.cos(angle)), abs(math.sin(angle))
    em = abs(letter.em)
    wide, high = letter.right - letter.left, letter.top - letter.bottom
    height = (_ABOVE + _BELOW) * em
    width = (wide - height * along) / across if across > along else (high - height * across) / along
    x, y = origin[0] - center[0], origin[1] - center[1]
    begin = center[0] + x * math.cos(angle) + y * math.sin(angle)
    base = center[1] - x * math.sin(angle) + y * math.cos(angle)
    _set(letter, (begin, base - _BELOW * em, begin + max(width, em / 5), base + _ABOVE * em))


def _even_out(text: pdfium.FPDF_TEXTPAGE, letters: list[Letter]) -> None:
    """Give the letters of each font a usual one's height, where each has its own, or the font's is none."""
    tall = sum(letter.top - letter.bottom > _TALL * abs(letter.em) for letter in letters)
    uneven = sum(
        one.em == other.em and abs((one.top - one.bottom) - (other.top - other.bottom)) > _UNLIKE * abs(one.em)
        for one, other in pairwise(letters)
    )
    if tall + uneven < _FEW * len(letters):
        return
    by_font = defaultdict[tuple[int, float, int], list[Letter]](list)
    for letter in letters:
        shown = pdfium.FPDFText_GetTextObject(text, letter.index)
        font = pdfium.FPDFTextObj_GetFont(shown) if shown else None
        number = ctypes.cast(font, ctypes.c_void_p).value or 0 if font else 0
        by_font[number, letter.em, letter.turn].append(letter)
    for of_font in by_font.values():
        _even_out_font(text, of_font)


def _even_out_font(text: pdfium.FPDF_TEXTPAGE, letters: list[Letter]) -> None:
    em = abs(letters[0].em)
    bases = [turned(letter.turn, (*origin, *origin))[1] for letter in letters for origin in [_origin(text, letter)]]
    above = max(_top(text, letter) - base for letter, base in zip(letters, bases, strict=True))
    if not _LOWEST * em < above < _HIGHEST * em:  # Type 3 fonts have a size of their own kind (ISO 32000, 9.6.4)
        em = above / _CAPITAL
    for letter, base in zip(letters, bases, strict=True):
        letter.bottom, letter.top = base - _BELOW * em, base + _ABOVE * em


def _origin(text: pdfium.FPDF_TEXTPAGE, letter: Letter) -> tuple[float, float]:
    """Return the place that a letter stands on, unturned."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text, letter.index, x, y)
    return x.value, y.value


def _top(text: pdfium.FPDF_TEXTPAGE, letter: Letter) -> float:
    """Tell how high a letter itself reaches, whatever its font says."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text, letter.index, left, right, bottom, top)
    return turned(letter.turn, (left.value, bottom.value, right.value, top.value))[3]


def _set(letter: Letter, box: Box) -> None:
    letter.left, letter.bottom, letter.right, letter.top = box
