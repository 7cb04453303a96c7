"""Conversion of written text into spoken text: numbers, dates, money, units, abbreviations, links and symbols.

For engines reading the text letter by letter; hosted voices do this themselves, better for knowing the whole sentence,
but for links (`links_spoken`). The result has no digit and no symbol left.
"""

# ruff: noqa: RUF001 - signs and lowered digits are what this is about

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from common.errors import EngineRefused
from common.languages import pack_of
from common.languages.pack import Reading
from common.text.citations import without_citations
from common.text.scripts import has_words, is_latin, mostly_latin
from common.text.typed.signs import CROSSES
from functions.model_serving.tts.notations import in_words_and_numbers, stars_counted
from functions.model_serving.tts.shorthand import in_both_cases, written_out

if TYPE_CHECKING:
    from functions.model_serving.tts.spoken import SpokenNumbers

_LINK = re.compile(
    r"(?:(?:https?|ftps?|sftp|wss?)://|www\.)(?:www\.)?([\w-]+(?:\.[\w-]+)+)[^\s)\]>»”\"]*(?<![.,;:!?])", re.IGNORECASE
)
_MAIL = re.compile(r"(?:\bmailto:)?(?<![\w.+-])([\w.+-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_MARKDOWN_LINK = re.compile(r"!?\[([^\]\[]{0,300})\]\([^)\s]{0,2000}\)")
_NUMERO = re.compile(r"(?<!\w)(?:No\.|Nr\.|n\.|n\.º|nº|n°|Nº|N°|№|núm\.)\s?(?=\d|[IVXLC]{2,}\b)")
_SECTIONS = re.compile(r"§§\s?(?=\d)")
_PARAGRAPHS = re.compile(r"¶{2,}")
_SENTENCE_END = re.compile(r"\s+[A-ZÀ-Þ]|\s*$")
_HASHTAG = re.compile(r"(?<!\w)#((?:\d{1,4}(?=[^\W\d_]{3}))?[^\W\d_]\w{0,60})")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_GREEK = re.compile(r"(?<![\u0370-\u03ff])[\u0391-\u03c9µΩ]{1,2}(?![\u0370-\u03ff])")
_NAME_WITH_DOT = re.compile(r"(?<!\S)\.(?=[^\W\d_])")
_PICTURES = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u266c\u2670-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\u20e3\u200d\U000e0020-\U000e007f]+"
)
"""Emoji and the like: they add a mood to words, which no name of a picture would. The signs of music are none."""
_SPACES = re.compile("[ \u00a0\u2009\u202f]")
_EMPTY = re.compile(r"[(\[]\s*[,;:/–-]{0,9}\s*[)\]]")
_LOWERED: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")
_LINE_END = re.compile(r"(?P<mark>[.,;:!?…–—-]?)(?P<closing>[\"'”’»)]*)[ \t]*\n(?P<stanza>\s*\n)?\s*")
_OPERATORS: Final = (
    *(
        (re.compile(rf"{written}(?=\s?[-−\w.$€£])"), sign)
        for written, sign in (
            (">=", "≥"),
            ("<=", "≤"),
            ("!=", "≠"),
            ("==(?<![<>=!]==)(?!=)", "="),
            ("=>", "→"),
            (r"\*\*(?<=\w\*\*)(?=[\w(])", "^"),
        )
    ),
    (re.compile(r"(?<=\d)\s?(?:[*·]\s?(?=\d)|x\s?(?=10\^))"), "×"),
    (re.compile(r"(?:(?<=\d/\d)|(?<=\d/\d\d))(?:ths?|rds?|nds?)(?!\w)"), ""),
    (re.compile(r"(?<=[\d\s])([kMGT])b(?:ps|/s)(?!\w)"), r"\1bit/s"),
    (re.compile(r"(?<=\d)\s?([kTM])EUR(?!\w)"), r" \1 EUR"),
    (re.compile(r"º(?<=[\d\s]º)(?=\s?[CF]\b)"), "°"),
    (re.compile(r"(?<!\b0\d)(?<!\b0\d\d)(?<!\b0\d{3})(?<=\d) / (?=\d)|(?<=(?<!\w)[a-km-z])/(?=\d{1,3}(?!\w))"), "÷"),
    (re.compile(r"(?<=\d)[,.][-–—](?=\s?[€$]|[\s,.;:)]|$)"), ""),
)
"""Ways to write a sign."""
_COMPARED: Final = {"<": re.compile(r"(?<=\s)<(?=\s)"), ">": re.compile(r"(?<=\s)>(?=\s)")}
"""Signs that are words between what they compare, and else are marks of something."""
_ELSEWHERE: Final = frozenset({"<", ">", "<=", ">=", "~", "·"})
_DROPPED_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Cn", "Sc", "So", "Sk", "Sm", "Mn", "No"}


def require_latin_script(text: str) -> None:
    """Raise EngineRefused unless most letters of `text` are Latin: the only script readable by the voices here."""
    if not has_words(text):
        raise EngineRefused("engine_text_empty", "There is nothing in this text that could be spoken.")
    if not mostly_latin(text):
        raise EngineRefused("engine_script_unreadable", "This text is in a script that no voice here can read.")


_CROSSES = re.compile(
    rf"(?:^|(?<=[.;:!?])\s|(?<=\n))[{CROSSES}]\ufe0f?\s?(?=(?P<item>[\w\"“«¡][^.;:!?\n]*))", re.IGNORECASE
)
"""Pictures that say "not", as lists of rules have them: without a word for it the rule would be turned round, unless
its own words say so."""


def _crossed(item: str, reading: Reading) -> str:
    return " " if re.match(reading.denied, item, re.IGNORECASE) else f" {reading.crossed} "


def speakable(text: str, language: str) -> str:
    """Put `text`, which is in `language` (two letters), into words alone. The work grows with its length, no faster."""
    reading = pack_of(language).reading
    text = stars_counted(unicodedata.normalize("NFC", text), language)
    text = _without_pictures(_CROSSES.sub(lambda found: _crossed(found["item"], reading), text))
    text = links_spoken(text, language).translate(_LOWERED)
    text = _HASHTAG.sub(lambda found: f"{reading.hashtag} {_CAMEL.sub(' ', found[1])}", text)
    text = _NAME_WITH_DOT.sub(f"{reading.dot} ", text)
    text = in_words_and_numbers(text, language)
    for pattern, sign in _OPERATORS:
        text = pattern.sub(sign, text)
    text = _PARAGRAPHS.sub("¶", _SECTIONS.sub(f"{reading.sections} ", text))
    text = _NUMERO.sub(f"{reading.symbols['#']} ", text)
    text = written_out(text, language)
    abbreviations, full = _abbreviations(language)
    text = abbreviations.sub(lambda found: _written_out(found, reading, full), text)
    text = _numbers(language).spelled(text)
    text = _only_latin(text, reading)
    for symbol, name in reading.currencies.items():
        if unicodedata.category(symbol[-1]) != "Sc":  # letters are a sign only beside a number
            continue
        text = text.replace(symbol, f" {name.split('|')[1]} ")
    text = text.replace("%", f" {reading.percent} ")
    for symbol, compared in _COMPARED.items():
        text = compared.sub(f" {reading.symbols[symbol]} ", text)
    text = "".join(
        f" {reading.symbols[each]} " if each in reading.symbols and each not in _ELSEWHERE else each for each in text
    )
    text = _tidy(text)
    for written, said in _contractions(language):
        text = written.sub(said, text)
    return text


def _without_pictures(text: str) -> str:
    return text if text.isascii() else _EMPTY.sub("", _PICTURES.sub(" ", text))


def lines_spoken(text: str) -> str:
    """Give each line of verse the pause at its end, and a stanza a longer one, where they end without a mark."""

    def ended(found: re.Match[str]) -> str:
        mark = found["mark"] or ("." if found["stanza"] else ",")
        return f"{mark}{found['closing']} "

    return _LINE_END.sub(ended, text) if "\n" in text else text


def links_spoken(text: str, language: str) -> str:
    """Say each link and address of `text` by its name, and leave out the marks of citations."""
    reading = pack_of(language).reading
    text = _MARKDOWN_LINK.sub(r"\1", text)
    text = _LINK.sub(lambda found: found[1].replace(".", f" {reading.dot} "), text)
    text = _MAIL.sub(
        lambda found: (
            f"{found[1].replace('.', f' {reading.dot} ')} {reading.at} {found[2].replace('.', f' {reading.dot} ')}"
        ),
        text,
    )
    return without_citations(text)


def _written_out(found: re.Match[str], reading: Reading, full_of: Mapping[str, str]) -> str:
    """Return the words behind an abbreviation; an abbreviation at the end of a list keeps its full stop, shared with
    the sentence."""
    text, short = found.string, found[0]
    behind_name = reading.abbreviations_behind_names.get(short)
    if behind_name and re.search(
        r"(?:[A-ZÀ-Þ]\w*(?:['’]s)?|\d(?:st|nd|rd|th))\s$", text[max(0, found.start() - 40) : found.start()]
    ):
        ends_sentence = _SENTENCE_END.match(text, found.end())
        if not ends_sentence or ends_sentence.end() == len(text):
            return f"{behind_name}." if ends_sentence else behind_name
    full = full_of[_SPACES.sub("", short)]
    ends = _SENTENCE_END.match(text, found.end()) if short.endswith(".") else None
    return f"{full}." if ends and (short in reading.list_endings or ends.end() == len(text)) else full


@cache
def _numbers(language: str) -> SpokenNumbers:
    from functions.model_serving.tts.spoken import SpokenNumbers

    return SpokenNumbers(pack_of(language))


@cache
def _contractions(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(written), said) for written, said in pack_of(language).reading.contractions)


@cache
def _abbreviations(language: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Return a pattern of all abbreviations, with whatever spaces in them or none, and what they stand for without
    any."""
    known = pack_of(language).reading.abbreviations
    begin = {short: full for short, full in known.items() if re.fullmatch(r"[^\W\d_]+\.", short)}
    known = {**in_both_cases(begin), **known}
    any_of = _any_of(known).replace(r"\ ", f"{_SPACES.pattern}?")
    return re.compile(rf"(?<![\w.])(?:{any_of})(?!\w)"), {_SPACES.sub("", short): full for short, full in known.items()}


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern of any of these, the longest first, so none hides in another."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _only_latin(text: str, reading: Reading) -> str:
    """Name Greek letters, and leave the words of other scripts out: a voice would name each of their letters."""
    if text.isascii():
        return text
    text = _GREEK.sub(lambda found: _spaced(" ".join(_greek(each, reading) for each in found[0]), found), text)
    kept = ("" if character.isalpha() and not is_latin(character) else character for character in text)
    return _EMPTY.sub("", "".join(kept))


def _spaced(word: str, found: re.Match[str]) -> str:
    """Return a word in the place of a letter, spaced from adjoining letters and digits."""
    before, after = found.string[max(0, found.start() - 1) : found.start()], found.string[found.end() : found.end() + 1]
    return f"{' ' if before.isalnum() else ''}{word}{' ' if after.isalnum() else ''}"


def _greek(letter: str, reading: Reading) -> str:
    name = unicodedata.name(unicodedata.normalize("NFKC", letter), "").rpartition("LETTER ")[2].lower()
    name = {"lamda": "lambda", "final sigma": "sigma"}.get(name, name).split(" ")[0]
    return reading.greek.get(name, name)


def _tidy(text: str) -> str:
    """Punctuation for a voice to make pauses of, and no other sign."""
    text = re.sub(r"[()\[\]{}]|(?<=\s)[–—-]+(?=\s)|[—]|\.{2,}|…", ", ", text)
    text = re.sub(r"[*_`~^|<>\\\"“”„«»#•†‡]+", " ", text)
    text = text.replace("’", "'").replace("‘", "'").replace("/", " ")
    text = "".join(" " if unicodedata.category(each) in _DROPPED_CATEGORIES else each for each in text)
    text = re.sub(r"(?<!\w)-(?=\s|$)|(?<=\s)-(?=\w)", " ", text)
    text = re.sub(r"'(?<!\S')(?!\w)", " ", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" +([,;:.!?])", r"\1", text)
    text = re.sub(r"[,;:]+(?=[,;:.!?])", "", text)
    return text.strip(" ,;:")
