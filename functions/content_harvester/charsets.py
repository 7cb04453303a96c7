"""Bytes as text, whether or not they say how they are encoded, as browsers read them.

https://encoding.spec.whatwg.org/: labels mean the same as to browsers (`iso-8859-1` is windows-1252), an unknown label
counts for nothing, and a stray byte costs its own character alone.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

import webencodings

from common.languages import LANGUAGES
from functions.content_harvester.source import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 100_000
_DECLARED = re.compile(
    rb"<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})"
    rb"|<meta[^>]{1,400}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4096
_WESTERN = ("cp1252", "iso8859-15", "mac-roman", "cp850")
"""In which the languages that there are podcasts in were written before UTF-8; the first is by far the likeliest."""
_LETTERS = frozenset("àáâãäåæçèéêëìíîïñòóôõöøœùúûüÿßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖŒÙÚÛÜ")
_SIGNS = frozenset("“”„‘’‚«»‹›–—…¡¿°ºª€£§·•©®™½¼¾²³×\xa0")  # noqa: RUF001 - as print has them
_OTHER_SCRIPT = re.compile(rb"[\x80-\xff]{4,}")
"""Letters that follow each other so, beyond ASCII, are those of another script: no Western word has such a row."""
_LETTERS_OF = {
    **dict.fromkeys(("bs", "hr", "sh", "sl", "sr"), "čćđšž"),
    "cs": "áčďéěíňóřšťúůýž",
    "hu": "áéíóöőúüű",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
    "pl": "ąćęłńóśźż",
    "ro": "ăâîşţșț",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "tr": "âçğıîöşûü",
}
"""The letters beyond ASCII of languages that were not written in Western encodings."""
_CENTRAL = ("bs", "cs", "hr", "hu", "pl", "ro", "sh", "sk", "sl", "sr")
_ENCODINGS = {
    **dict.fromkeys(("cp1250", "iso8859-2", "cp852"), _CENTRAL),
    **dict.fromkeys(("cp1254", "cp857"), ("tr",)),
    **dict.fromkeys(("cp1257", "iso8859-4"), ("lt", "lv")),
}
_FEWEST, _PASSAGE = 30, 400
_NO_DOUBT, _MOST_FIT = 0.5, 0.35
_NOT_TEXT = "This is no text, nor a document of a kind that can be read."


_TWICE = re.compile(
    "(?:[Â-ß][\x80-\xbf{0}]|[à-ï][\x80-\xbf{0}]{{2}}|ð[\x80-\xbf{0}]{{3}})".format(
        "".join(bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xA0))
    )
)
"""What a letter of two to four bytes of UTF-8 looks like in windows-1252."""


def decode(data: bytes, charset: str | None) -> str:
    """Bytes as text, as decoded() says, letters that were encoded twice as they were. Raises Unreadable."""
    text = decoded(data, charset)
    return _TWICE.sub(_once, text) if len(_TWICE.findall(text[:_SAMPLE])) > 1 else text


def _once(letters: re.Match[str]) -> str:
    try:
        return "".join(_byte(letter) for letter in letters[0]).encode("latin-1").decode()
    except UnicodeDecodeError:
        return letters[0]


def _byte(letter: str) -> str:
    """Return a letter's byte in windows-1252, as browsers read that, as a letter."""
    try:
        return letter.encode("cp1252").decode("latin-1")
    except UnicodeEncodeError:
        return letter


def decoded(data: bytes, charset: str | None) -> str:
    """Bytes as text: by their byte order mark, as UTF-8 where they are valid UTF-8, as declared, or as they look.

    `charset` is the declaration from outside; HTML and XML declare theirs in their first bytes, too. Raises Unreadable
    for bytes other than text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data[:8192]:
        return data.decode(_wide(data[:8192]), errors="replace")
    text = data.decode("utf-8", errors="replace")
    if (strays := text.count("\ufffd")) == 0 or strays * 4 <= _beyond_ascii(text):
        return text
    for label in (charset, *_declared(data)):
        encoding_found = webencodings.lookup(label) if label else None
        if encoding_found is None or encoding_found.name in {"utf-8", "utf-16le", "utf-16be", "replacement"}:
            continue
        return str(encoding_found.codec_info.decode(data, "replace")[0])
    return data.decode(_guess(data), errors="replace")


def _beyond_ascii(text: str) -> int:
    return sum(character > "\x7f" and character != "\ufffd" for character in text)


def _declared(data: bytes) -> Iterator[str]:
    for found in _DECLARED.finditer(data[:_DECLARED_WITHIN]):
        yield (found[1] or found[2]).decode()


def _wide(head: bytes) -> str:
    """UTF-16 or UTF-32 without its mark: in Latin script every other byte is naught, or three of four.

    Raises Unreadable for other noughts.
    """
    whole = head[: len(head) // 4 * 4]
    for encoding in ("utf-32-le", "utf-32-be"):
        with suppress(UnicodeDecodeError):
            if sum(" " <= letter <= "\u02af" for letter in whole.decode(encoding)) * 8 > len(whole):
                return encoding
    halves = len(head) // 2
    for encoding, noughts, letters in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if noughts.count(0) * 10 >= halves * 7 and letters.count(0) * 10 < halves:
            return encoding
    raise Unreadable("source_not_text", _NOT_TEXT)


_TOO_FEW = 8
"""Letters beyond ASCII, among which a guess finds anything; texts in other scripts are refused in the end."""


def _guess(data: bytes) -> str:
    """Return an encoding for bytes neither UTF-8 nor with a declared encoding."""
    sample = data[:_SAMPLE]
    high = sum(byte > 0x7F for byte in sample)
    if 2 * sum(map(len, _OTHER_SCRIPT.findall(sample))) <= high:
        if spoken := _of_its_language(sample, high):
            return spoken
        likeliest = max(_WESTERN, key=lambda encoding: _western(sample, encoding))
        if _western(sample, likeliest) * 10 >= high * 7:
            return likeliest
    if high < _TOO_FEW:
        return _WESTERN[0]
    from charset_normalizer import from_bytes

    guess = from_bytes(sample).best()
    if guess is None:
        raise Unreadable("source_not_text", _NOT_TEXT)
    return guess.encoding


def _of_its_language(sample: bytes, high: int) -> str:
    """Return the encoding in which a text is in one of these languages and has its letters; empty where there is
    none."""
    from common.text.detection import likely_languages

    prose = re.sub(rb"<[^<>]{0,500}>|[^A-Za-z\x80-\xff]+", b" ", sample)
    prose = prose[len(prose) // 2 if len(prose) > _PASSAGE else 0 :][:_PASSAGE]
    western = likely_languages(prose.decode(_WESTERN[0], errors="replace").lower())
    if len(prose) < _FEWEST or sum(western.get(language, 0.0) for language in LANGUAGES) >= _NO_DOUBT:
        return ""
    best, most = "", 0.0
    for encoding, languages in _ENCODINGS.items():
        likely = likely_languages(prose.decode(encoding, errors="replace").lower())
        for letters in dict.fromkeys(_LETTERS_OF[language] for language in languages):
            sure = sum(likely.get(language, 0.0) for language in languages if _LETTERS_OF[language] == letters)
            if sure >= _NO_DOUBT and sure * _share(sample, encoding, letters) > most * high:
                best, most = encoding, sure * _share(sample, encoding, letters) / high
    return best if most >= _MOST_FIT else ""


def _share(sample: bytes, encoding: str, letters: str) -> int:
    """Return the number of characters beyond ASCII that a language has, less the others."""
    text = sample.decode(encoding, errors="replace").lower()
    return sum(1 if character in letters or character in _SIGNS else -1 for character in text if character > "\x7f")


def _western(sample: bytes, encoding: str) -> int:
    """Return the number of characters beyond ASCII placed as in Western languages, less those placed otherwise."""
    text = f" {sample.decode(encoding, errors='replace')} "
    score = 0
    for at, character in enumerate(text):
        if character <= "\x7f":
            continue
        before, after = text[at - 1], text[at + 1]
        if character in _LETTERS:
            fits = before.isalpha() or after.isalpha() or character in "àéèóêÀÉÈÓ"
            fits = fits and not (character.isupper() and before.islower())
        else:
            fits = character in _SIGNS and (character == "’" or not (before.isalpha() and after.isalpha()))
            fits = fits and not (character in "‚„" and before.isalpha())  # noqa: RUF001 - they open a quotation
            fits = fits and not (character in "¼½¾" and before in "'’" and after.isalpha())  # "l'œuf", in ISO 8859-15
        score += 1 if fits else -1
    return score
