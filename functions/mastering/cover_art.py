"""A cover for each episode: its title over rings of sound, in colours drawn from the title, always the same.

Square, 3,000 pixels and JPEG for the directories (https://podcasters.apple.com/support/896-artwork-requirements), and
small for the files themselves.

The font has Latin, Greek and Cyrillic letters. A title in another script is told by its colours alone: fonts for all of
them weigh more than everything else that an agent carries.
"""

from __future__ import annotations

import colorsys
import hashlib
import io
import unicodedata
from functools import cache, lru_cache
from importlib.resources import as_file, files

from PIL import Image, ImageDraw, ImageFont

SIZE = 3000
SMALL = 600
_RINGS = 9
_MARGIN = 0.08
_MAX_LINES = 6
_NOWHERE = "\uffff"
"""No font has a glyph for this one (https://www.unicode.org/faq/private_use.html#noncharacters)."""

Color = tuple[int, int, int]


@lru_cache(maxsize=4)
def cover(title: str, *, size: int = SIZE) -> bytes:
    """Draw a JPEG of `size` pixels a side. The last are kept: both editions bear the same."""
    ground, accent = _colors(title)
    words = legible(title)
    center = size * (0.86 if words else 0.5)
    image = _shaded(ground, _mixed(ground, accent, 0.35), size)
    draw = ImageDraw.Draw(image)
    for ring in range(_RINGS, 0, -1):
        radius = size * 0.11 * ring
        color = _mixed(ground, accent, 0.75 * (1 - ring / (_RINGS + 1)))
        box = (center - radius, center - radius, center + radius, center + radius)
        draw.ellipse(box, outline=color, width=max(1, size // 150))
    _write(draw, words, size)
    margin = size * _MARGIN
    draw.text((margin, size - margin), "AETHERCAST", (255, 255, 255), _font("Bold", size // 28), anchor="ls")
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=85, optimize=True)
    return encoded.getvalue()


def legible(title: str) -> str:
    """Leave out of `title` what the font has no letters for, which would be boxes: whole words, and single signs.

    "" where that is more than a quarter of its letters: the rest would be another title.
    """
    words = unicodedata.normalize("NFC", title).split()
    kept = [word for word in words if all(map(_has, _letters(word)))]
    if sum(map(len, map(_letters, kept))) < 0.75 * sum(map(len, map(_letters, words))):
        return ""
    return " ".join(filter(None, ("".join(filter(_has, word)) for word in kept)))


def _letters(word: str) -> str:
    """Return the readable part of a word: letters, figures, and their marks."""
    return "".join(sign for sign in word if sign.isalnum() or unicodedata.category(sign)[0] == "M")


@cache
def _has(sign: str) -> bool:
    font = _font("Bold", 32)
    return sign.isprintable() and bytes(font.getmask(sign)) != bytes(font.getmask(_NOWHERE))


def _shaded(top: Color, bottom: Color, size: int) -> Image.Image:
    """Return a gradient between two colors: a single column, at next to no cost, made wide."""
    column = Image.composite(
        Image.new("RGB", (1, size), bottom),
        Image.new("RGB", (1, size), top),
        Image.linear_gradient("L").resize((1, size)),
    )
    return column.resize((size, size), Image.Resampling.NEAREST)


def _write(draw: ImageDraw.ImageDraw, title: str, size: int) -> None:
    """Write the title in the largest fitting letters; words beyond the smallest size are left out."""
    room = size * (1 - 2 * _MARGIN)
    for height in (size // 7, size // 10, size // 13, size // 17, size // 22):
        font = _font("ExtraBold", height)
        lines = _lines(title, font, room)
        if len(lines) <= _MAX_LINES and all(font.getlength(line) <= room for line in lines):
            break
    else:
        lines = [_shortened(line, font, room) for line in lines[:_MAX_LINES]]
    margin = size * _MARGIN
    draw.multiline_text((margin, margin), "\n".join(lines), (255, 255, 255), font, spacing=height * 0.2)


def _lines(text: str, font: ImageFont.FreeTypeFont, room: float) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        if lines and font.getlength(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _shortened(line: str, font: ImageFont.FreeTypeFont, room: float) -> str:
    if font.getlength(line) <= room:
        return line
    while line and font.getlength(line + "…") > room:
        line = line[:-1]
    return line + "…"


def _colors(title: str) -> tuple[Color, Color]:
    """Return a dark ground for white letters, and its lighter neighbour on the color circle."""
    hue = hashlib.sha256(title.casefold().encode()).digest()[0] / 256
    return _rgb(hue, 0.22, 0.65), _rgb(hue + 0.11, 0.62, 0.8)


def _rgb(hue: float, lightness: float, saturation: float) -> Color:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return round(255 * red), round(255 * green), round(255 * blue)


def _mixed(one: Color, other: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


@cache
def _font(weight: str, height: int) -> ImageFont.FreeTypeFont:
    with as_file(files("font_manrope") / "files" / f"Manrope-{weight}.ttf") as path:
        return ImageFont.truetype(path, height)
