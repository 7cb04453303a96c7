"""What is written becomes what is said: no engine is given a digit, a sign or a link to stumble over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tts.speakable import require_latin_script, speakable
from tts.speakable_words import WORDS

from common.errors import EngineRefused

SAID = [
    ("en", "On 3 May 1999 it cost $12.50, e.g. 20% more.",
     "On three May nineteen ninety-nine it cost twelve dollars fifty, for example twenty percent more."),
    ("en", "See https://www.example.org/a/b?c=1 for Dr. Smith's 2nd paper.",
     "See example dot org for Doctor Smith's second paper."),
    ("en", "It's \N{MINUS SIGN}5 °C at 14:30, 3.14.",
     "It's minus five degrees Celsius at fourteen thirty, three point one four."),
    ("en", "Pages 12–15, chapter IV, Henry VIII, the 1990s, 1/2 & 3/4.",
     "Pages twelve to fifteen, chapter four, Henry the eighth, the nineteen nineties, one half and three quarters."),
    ("en", "1,234,567 people", "one million two hundred and thirty-four thousand five hundred and sixty-seven people"),
    ("de", "Am 3. Mai 1999 kostete es 12,50 €, d. h. 20 % mehr.",
     "Am dritten Mai neunzehnhundertneunundneunzig kostete es zwölf Euro fünfzig, das heißt zwanzig Prozent mehr."),
    ("de", "Um 14:30 Uhr waren 1.200 da.", "Um vierzehn Uhr dreißig waren eintausendzweihundert da."),
    ("fr", "Le 1er mai 1999, cela coûtait 12,50 €, soit 20 %.",
     "Le premier mai mille neuf cent quatre-vingt-dix-neuf, cela coûtait douze euros cinquante, soit vingt pour cent."),
    ("fr", "1 234 personnes", "mille deux cent trente-quatre personnes"),
    ("es", "El 3 de mayo de 1999 costó 12,50 €, un 20 % más.",
     "El tres de mayo de mil novecientos noventa y nueve costó doce euros cincuenta, un veinte por ciento más."),
    ("es", "El siglo XX", "El siglo veinte"),
    ("pt", "Em 3 de maio custou R$ 12,50, 20% mais.",
     "Em três de maio custou doze reais cinquenta, vinte por cento mais."),
    ("it", "Il 3 maggio costava 12,50 €, il 20% in più.",
     "Il tre maggio costava dodici euro cinquanta, il venti per cento in più."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "said"), SAID, ids=[f"{case[0]}: {case[1][:30]}" for case in SAID])
def test_numbers_dates_money_units_links_and_abbreviations_are_said_in_words(
    language: str, written: str, said: str
) -> None:
    assert speakable(written, language) == said


@given(st.sampled_from(sorted(WORDS)), st.text(st.characters(codec="utf-8"), max_size=80))
def test_whatever_is_written_no_digit_and_no_sign_is_left(language: str, written: str) -> None:
    said = speakable(written, language)
    assert not any(character.isdecimal() or character in "%€$£&@#<>{}|\\^~" for character in said), said


@pytest.mark.parametrize("language", sorted(WORDS))
def test_words_are_left_as_they_are(language: str) -> None:
    text = "Ada, Ben: «tu» — voilà, schön, mañana, così, também?"
    assert speakable(text, language).replace("–", "—").split()[:2] == ["Ada,", "Ben:"]
    for word in ("voilà", "schön", "mañana", "così", "também"):
        assert word in speakable(text, language)


@pytest.mark.parametrize(("text", "code"), [("潮汐是海水", "engine_script_unreadable"), ("… — !", "engine_text_empty")])
def test_what_no_voice_can_read_is_refused(text: str, code: str) -> None:
    with pytest.raises(EngineRefused, match=code):
        require_latin_script(text)
