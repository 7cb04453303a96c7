"""Text as it is written becomes text as it is said: numbers, dates, money, units, abbreviations, links and symbols.

For engines that read what is there, letter by letter; hosted voices do this themselves, better for knowing the whole
sentence, but for links (`links_spoken`). What comes out has no digit and no symbol left in it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from common.errors import EngineRefused
from common.languages import pack_of
from common.languages.pack import Reading
from common.text.citations import without_citations
from common.text.scripts import has_words, is_latin, mostly_latin
from functions.model_serving.tts.spoken_numbers import SpokenNumbers

_LINK = re.compile(r"(?:https?://|www\.)(?:www\.)?([\w-]+(?:\.[\w-]+)+)[^\s)\]>»”\"]*(?<![.,;:!?])", re.IGNORECASE)
_MAIL = re.compile(r"([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)")
_MARKDOWN_LINK = re.compile(r"!?\[([^\]]{0,300})\]\([^)\s]{0,2000}\)")
_NUMERO = re.compile(r"(?<!\w)(?:No\.|Nr\.|n\.|n\.º|nº|n°|núm\.)\s?(?=\d)")
_SENTENCE_END = re.compile(r"\s+[A-ZÀ-Þ]|\s*$")
_DROPPED_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Cn", "So", "Sk", "Mn"}


def require_latin_script(text: str) -> None:
    """Raise EngineRefused unless most letters of `text` are Latin: the only script that the voices here can read."""
    if not has_words(text):
        raise EngineRefused("engine_text_empty", "There is nothing in this text that could be spoken.")
    if not mostly_latin(text):
        raise EngineRefused("engine_script_unreadable", "This text is in a script that no voice here can read.")


def speakable(text: str, language: str) -> str:
    """Put `text`, which is in `language` (two letters), into words alone. Meant for one turn: what is hardest to read
    of the 5,000 characters that a turn may have takes 0.2 s."""
    reading = pack_of(language).reading
    text = links_spoken(unicodedata.normalize("NFC", text), language)
    text = _only_latin(text)
    text = _NUMERO.sub(f"{reading.symbols['#']} ", text)
    text = _abbreviations(language).sub(lambda found: _written_out(found, reading), text)
    text = _numbers(language).spelled(text)
    for symbol, name in reading.currencies.items():
        text = text.replace(symbol, f" {name.split('|')[1]} ")
    text = text.replace("%", f" {reading.percent} ")
    text = "".join(f" {reading.symbols[each]} " if each in reading.symbols else each for each in text)
    return _tidy(text)


def links_spoken(text: str, language: str) -> str:
    """Say each link and address of `text` by its name, and leave out the marks of citations."""
    reading = pack_of(language).reading
    text = _MARKDOWN_LINK.sub(r"\1", text)
    text = _LINK.sub(lambda found: found[1].replace(".", f" {reading.dot} "), text)
    text = _MAIL.sub(lambda found: f"{found[1]} {reading.at} {found[2].replace('.', f' {reading.dot} ')}", text)
    return without_citations(text)


def _written_out(found: re.Match[str], reading: Reading) -> str:
    """What an abbreviation stands for; one that a list ends with keeps the full stop that it shares with a sentence."""
    full = reading.abbreviations[found[0]]
    ends_list = found[0] in reading.list_endings and _SENTENCE_END.match(found.string, found.end())
    return f"{full}." if ends_list else full


@cache
def _numbers(language: str) -> SpokenNumbers:
    return SpokenNumbers(pack_of(language))


@cache
def _abbreviations(language: str) -> re.Pattern[str]:
    longest_first = sorted(pack_of(language).reading.abbreviations, key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _only_latin(text: str) -> str:
    """Without the words of other scripts: a voice would name their letters one by one."""
    if text.isascii():
        return text
    kept = ("" if character.isalpha() and not is_latin(character) else character for character in text)
    return re.sub(r"\(\s*[,;:/–-]*\s*\)", "", "".join(kept))


def _tidy(text: str) -> str:
    """Punctuation that a voice makes pauses of, and no other sign."""
    text = re.sub(r"[()\[\]{}]|\s[–—-]+(?=\s)|[—]|\.{2,}|…", ", ", text)
    text = re.sub(r"[*_`~^|<>\\\"“”„«»#]+", " ", text)
    text = text.replace("’", "'").replace("‘", "'").replace("/", " ")
    text = "".join(" " if unicodedata.category(each) in _DROPPED_CATEGORIES else each for each in text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s+([,;:.!?])", r"\1", text)
    text = re.sub(r"[,;:]+(?=[,;:.!?])", "", text)
    return text.strip(" ,;:")
