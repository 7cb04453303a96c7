"""The language of a greeting: no voice reads the title of a text in another language than its own."""

from __future__ import annotations

import pytest
from flask import Request

from functions.api_gateway.generating import language_guessed
from functions.api_gateway.requests_schema import GenerateRequest, parse

TEXTS = {
    "de": "Die Kletterhalle ist von neun bis zweiundzwanzig Uhr geöffnet, außer an Feiertagen und im August.",
    "en": "The climbing hall is open from nine to ten in the evening, except on holidays and in August.",
    "es": "El rocódromo está abierto de nueve a veintidós horas, salvo los días festivos y el mes de agosto.",
    "fr": "La salle d'escalade est ouverte de neuf heures à vingt-deux heures, sauf les jours fériés et en août.",
    "it": "La palestra di roccia è aperta dalle nove alle ventidue, tranne nei giorni festivi e in agosto.",
    "pt": "O ginásio de escalada está aberto das nove às vinte e duas horas, exceto aos feriados e em agosto.",
}


def guessed(accepts: str = "en", **asked: str) -> str:
    request = Request({"REQUEST_METHOD": "POST", "HTTP_ACCEPT_LANGUAGE": accepts})
    return language_guessed(request, parse(GenerateRequest, asked))


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_is_greeted_in_its_own_language_unless_another_is_asked_for(language: str) -> None:
    assert guessed("de" if language != "de" else "en", text=TEXTS[language]) == language
    assert guessed(text=TEXTS[language], language="fr") == "fr"


@pytest.mark.parametrize("text", ["Tides", "東京は日本の首都である。" * 20, "Jan Kowalski, ul. Długa 5"])
def test_a_text_that_tells_no_language_is_greeted_as_its_caller_speaks(text: str) -> None:
    assert guessed("it", text=text) == "it"
    assert guessed("it", topic="Tides") == "it"
