"""Words are said as their owner has them said, whole and in their case, and no markup comes with them."""

# ruff: noqa: RUF001 - signs of the International Phonetic Alphabet are meant

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import contract
from common.pronunciations import GUARD, MARK, marked, merged, respelled, unmarked
from functions.api_gateway.requests_schema import (
    GenerateRequest,
    InvalidRequest,
    KeptPronunciations,
    parse,
)
from functions.model_serving import tts
from functions.model_serving.tts.engines.espeak.engine import EspeakEngine
from functions.model_serving.tts.engines.espeak.phonemes import mnemonics
from functions.model_serving.tts.protocol import Description, Voice
from functions.model_serving.tts.speakable import speakable

NGINX = {"written": "Nginx", "said": "engine x"}


@pytest.mark.parametrize(
    ("text", "entries", "said"),
    [
        ("Nginx runs. Nginx's? (Nginx)", [NGINX], "engine x runs. engine x's? (engine x)"),
        ("NGINX, nginx and Nginxes", [NGINX], "NGINX, nginx and Nginxes"),
        ("NGINX, nginx and Nginxes", [{**NGINX, "any_case": True}], "engine x, engine x and Nginxes"),
        ("US and us", [{"written": "US", "said": "United States"}], "United States and us"),
        ("C++, C and C+++", [{"written": "C++", "said": "C plus plus"}], "C plus plus, C and C plus plus+"),
        ("New York, York", [{"written": "York", "said": "jork"}, {"written": "New York", "said": "N Y"}], "N Y, jork"),
        ("a b", [{"written": "a", "said": "b"}, {"written": "b", "said": "a"}], "b a"),
        ("Leigh", [{"written": "Leigh", "ipa": "liː"}], "Leigh"),
        ("Leigh", [{"written": "Leigh", "ipa": "liː", "said": "lee"}], "lee"),
        ("Leigh", [], "Leigh"),
        ("AC/DC, AC and DC/AC", [{"written": "AC/DC", "said": "A C D C"}], "A C D C, AC and DC/AC"),
        (".NET, ASP.NET and net", [{"written": ".NET", "said": "dot net"}], "dot net, ASP.NET and net"),
        ("C#/C++!", [{"written": "C#", "said": "see sharp"}, {"written": "C++", "said": "cpp"}], "see sharp/cpp!"),
        ("L\u2019Or\u00e9al's",
         [{"written": "L'Ore\u0301al", "said": "lorayal"}], "lorayal's"),
        ("Zoe\u0308 and Zoe",
         [{"written": "Zoe", "said": "zo"}, {"written": "Zo\u00eb", "said": "zoey"}], "zoey and zo"),
        ("New\u00a0York, Coca\u2011Cola",
         [{"written": "New York", "said": "n y"}, {"written": "Coca-Cola", "said": "coke"}],
         "n y, coke"),
        ("Nginx-based, re-Nginx, Nginx\u2014", [NGINX], "engine x-based, re-engine x, engine x\u2014"),
        ("STRA\u00dfE \u00c5sa", [{"written": "\u00e5sa", "said": "oh sa", "any_case": True}], "STRA\u00dfE oh sa"),
        ("10 k8s", [{"written": "k8s", "said": "kates"}], "10 kates"),
    ],
)  # fmt: skip
def test_whole_words_are_said_otherwise_in_the_case_chosen(text: str, entries: list[dict[str, Any]], said: str) -> None:
    assert respelled(text, entries) == respelled(text, entries, reads_ipa=lambda _: False)
    assert respelled(text, entries).text == said


@pytest.mark.parametrize("language", contract.LANGUAGES)
def test_what_is_said_goes_through_all_that_a_language_does_to_a_text(language: str) -> None:
    entries = [NGINX, {"written": "B12", "said": "bee twelve"}, {"written": "4/5", "said": "four fifth"}]
    said = speakable(respelled("Nginx, B12, 4/5.", entries).text, language)
    assert said == "engine x, bee twelve, four fifth."


def test_a_voice_that_reads_ipa_has_that_and_one_that_cannot_make_the_sounds_the_words() -> None:
    entries = [{"written": "Leigh", "ipa": "liː", "said": "lee"}]
    told = respelled("To Leigh.", entries, reads_ipa=lambda ipa: True)
    assert (told.text, told.sounds) == ("To Leigh.", {"Leigh": "liː"})
    told = respelled("To Leigh.", entries, reads_ipa=lambda ipa: False)
    assert (told.text, told.sounds) == ("To lee.", {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Nginx by Leigh.", "engine x of Leigh by [0]."),
        ("Leigh, not Leigh of Nginx", "[0], not [0] of engine x of Leigh"),
        ("Nginx", "engine x of Leigh"),
        ("New Leigh and Leigh", "[0] and [1]"),
    ],
)
def test_words_that_an_entry_has_said_keep_out_of_the_sounds_of_another(text: str, said: str) -> None:
    entries = [
        {"written": "Leigh", "ipa": "liː"},
        {"written": "New Leigh", "ipa": "njuːliː"},
        {"written": "Nginx", "said": "engine x of Leigh"},
    ]
    told = respelled(text, entries, reads_ipa=lambda _: True)
    spoken, listed = marked(told.text, told.sounds)
    assert " ".join(unmarked(spoken, [f"[{number}]" for number in range(len(listed))]).split()) == _spaced(said)
    assert GUARD not in spoken


def _spaced(said: str) -> str:
    return re.sub(r"(?<=])([.,])", r" \1", said)


def test_of_several_lists_the_earlier_ones_count() -> None:
    other: Any = {"written": "Nginx", "said": "n jinx"}
    assert merged([NGINX], [other, {"written": "A", "said": "b"}]) == [NGINX, {"written": "A", "said": "b"}]  # type: ignore[list-item]


def test_marks_go_through_all_that_is_done_to_a_text_and_nobody_else_can_set_them() -> None:
    text, listed = marked(f"5 k8s at k8s, 3 kg {MARK}aa{MARK}", {"k8s": "kates"})
    said = unmarked(speakable(text, "en"), [f"[[{sound}]]" for sound in listed])
    assert said.split() == ["five", "[[kates]]", "at", "[[kates]]", ",", "three", "kilograms", "'aa'"]


@given(st.text(max_size=60))
def test_no_markup_comes_with_what_is_said(said: str) -> None:
    """Whatever got into a record: plain words, or left unsaid."""
    told = respelled("x", [{"written": "x", "said": said}]).text
    assert not set(told) & set('<>[]{}()|&*_`#\\/"=;:')


@pytest.mark.parametrize(
    ("entries", "field", "message"),
    [
        ([{"written": "x"}], "pronunciations.0", "give what is said, or its ipa"),
        ([{"written": "", "said": "y"}], "pronunciations.0.written", "at least 1 character"),
        ([{"written": "x" * 61, "said": "y"}], "pronunciations.0.written", "at most 60 characters"),
        ([{"written": "x", "said": "y" * 121}], "pronunciations.0.said", "at most 120 characters"),
        ([{"written": "x", "said": "<break time='9s'/>"}], "pronunciations.0.said", "has other signs than letters"),
        ([{"written": "x", "said": "[[h@l'oU]]"}], "pronunciations.0.said", "has other signs than letters"),
        ([{"written": "x", "said": "...", "ipa": ""}], "pronunciations.0", "has no word in it"),
        ([{"written": "x", "said": "эх"}], "pronunciations.0", "in a script that no voice here can read"),
        ([{"written": "x", "ipa": "/ɛks/"}], "pronunciations.0.ipa", "International Phonetic Alphabet"),
        ([{"written": "x", "said": "y", "sounds": "z"}], "pronunciations.0.sounds", "there is no such field"),
        ([NGINX, {**NGINX, "said": "n jinx"}], "pronunciations", "'Nginx' is said in two ways"),
        ([{"written": f"x{n}", "said": "y"} for n in range(101)], "pronunciations", "at most 100 items"),
    ],
)  # fmt: skip
def test_a_wrong_pronunciation_is_told_by_its_place(entries: list[dict[str, Any]], field: str, message: str) -> None:
    for model, body in ((GenerateRequest, {"topic": "tides"}), (KeptPronunciations, {})):
        with pytest.raises(InvalidRequest) as wrong:
            parse(model, {**body, "pronunciations": entries})
        assert wrong.value.errors[0]["field"] == field
        assert message in wrong.value.errors[0]["message"]


def test_what_is_kept_has_a_limit_over_all_shows() -> None:
    lexicon = [{"written": f"x{number}", "said": "y"} for number in range(contract.MAX_PRONUNCIATIONS)]
    shows = {f"show {number}": lexicon for number in range(5)}
    parse(KeptPronunciations, {"shows": shows})
    with pytest.raises(InvalidRequest, match="500 is the most, shows and all"):
        parse(KeptPronunciations, {"shows": shows, "pronunciations": [NGINX]})


# espeak-ng


@pytest.mark.parametrize(
    ("language", "ipa", "written"),
    [
        ("en", "ˈlʌfbərə", "l'Vfb@r@"), ("en", "ˈɛndʒɪn ˈɛks", "'EndZIn 'Eks"), ("en", "ʒɑ̃", None),
        ("de", "ˈʃøːn", "S'Y:n"), ("fr", "bɔ̃ʒuʁ", "bO~Zur"), ("es", "ˈkaʝe", "k'aJ^e"), ("xx", "a", None),
    ],
)  # fmt: skip
def test_ipa_is_told_in_the_mnemonics_of_the_language(language: str, ipa: str, written: str | None) -> None:
    assert mnemonics(ipa, language) == written


@pytest.fixture(scope="module")
def espeak() -> Iterator[EspeakEngine]:
    engine = EspeakEngine(1)
    yield engine
    engine.close()


def test_espeak_makes_the_sounds_that_it_is_told(espeak: EspeakEngine) -> None:
    voice = espeak.voice("first", "en")
    plain = b"".join(espeak.synthesize("This is Leigh.", voice))
    told = b"".join(espeak.synthesize("This is Leigh.", voice, "", {"Leigh": "ˈlʌfbərə"}))
    assert abs(len(told) - len(plain)) > 4_410, "about 100 ms and more"
    as_it_is = b"".join(espeak.synthesize("Say hello.", voice))
    assert b"".join(espeak.synthesize("Say Leigh.", voice, "", {"Leigh": "həˈloʊ"})) == as_it_is


def test_nobody_else_tells_espeak_sounds(espeak: EspeakEngine) -> None:
    voice = espeak.voice("first", "en")
    entries = [{"written": "x", "said": "[[h@l'oU]]"}, {"written": "y", "ipa": "]] [[a"}]
    assert respelled("x y", entries, reads_ipa=lambda ipa: espeak.reads_ipa(ipa, voice)).sounds == {}
    injected = b"".join(espeak.synthesize("So [[h@l'oU]] there.", voice))
    assert injected == b"".join(espeak.synthesize("So, h@l'oU, there.", voice))


class Noted:
    """An engine without phonetic input, noting its texts."""

    def __init__(self) -> None:
        self.handed: list[str] = []

    def describe(self) -> Description:
        return Description("noted", (), ("en",), 24_000, True, None)

    def voice(self, name: str, language: str) -> Voice:
        return Voice(name, language, 0.0)

    def synthesize(self, text: str, voice: Voice, style: str = "") -> Iterator[bytes]:
        self.handed.append(text)
        yield bytes(48_000)


def test_an_engine_without_a_lexicon_is_handed_the_respelling() -> None:
    noted = Noted()
    list(tts.speak(noted, "Nginx rose 5%.", voice="first", language="en", pronunciations=[NGINX]))
    assert noted.handed == ["engine x rose 5%."]


def test_what_each_engine_is_given_is_said() -> None:
    assert EspeakEngine(1).describe().given == "words"
    assert Noted().describe().given == "writing"
