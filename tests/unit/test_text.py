"""What agents agree on about written text: scripts that voices read, marks of citations, where sentences end."""

from __future__ import annotations

import pytest

from common.text.citations import without_citations
from common.text.scripts import dominant_script, has_words, mostly_latin
from common.text.sentences import sentences


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Приливы и отливы, by Ada.", "Cyrillic"),
        ("潮汐是海水的周期性运动。", "Chinese"),
        ("さざなみ", "Japanese"),
        ("Οι παλίρροιες", "Greek"),  # noqa: RUF001
        ("ab Я" + "Я" * 100_000, "Cyrillic"),
    ],
)
def test_what_is_mostly_in_another_script_is_told_by_name(text: str, script: str) -> None:
    assert not mostly_latin(text)
    assert dominant_script(text) == script


@pytest.mark.parametrize(
    "text", ["Ada", "naïve façade, 1ª vez", "παλίρροια means tide", "1234", "", "ab Я" + "a" * 100_000]
)
def test_a_few_foreign_letters_or_none_at_all_are_read(text: str) -> None:
    assert mostly_latin(text)


def test_a_sign_is_no_word() -> None:
    assert has_words("… 7")
    assert has_words("é")
    assert not has_words("… — !")


@pytest.mark.parametrize(
    "mark", ["[1]", " [12]", "[2, 3]", "[4–6]", "[ 7 ]", "[a]", " [note 3]", "[citation needed]", "[8][9]"]
)  # fmt: skip
def test_the_mark_of_a_citation_goes_with_its_space(mark: str) -> None:
    assert without_citations(f"The tide rises{mark}. It falls.") == "The tide rises. It falls."


@pytest.mark.parametrize("text", ["He said [h]e would.", "b[0x1]", "[sic]", "[I]", "[12345]", "[note]"])
def test_other_brackets_stay(text: str) -> None:
    assert without_citations(text) == text


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("en", "Dr. Smith met J. Doe. They spoke!  Why? ", ["Dr. Smith met J. Doe.", "They spoke!", "Why?"]),
        ("de", "Das ist z. B. die Ebbe. Und dann?", ["Das ist z. B. die Ebbe.", "Und dann?"]),
        (
            "de",
            "Im 19. Jahrhundert war es so. Die 3. Auflage kam.",
            ["Im 19. Jahrhundert war es so.", "Die 3. Auflage kam."],
        ),
        ("de", "Er gilt seit der 20. Woche. Dann?", ["Er gilt seit der 20. Woche.", "Dann?"]),
        ("de", "Sie wohnt in Zimmer 20. Woche für Woche.", ["Sie wohnt in Zimmer 20.", "Woche für Woche."]),
        ("fr", "M. Roy lit. Puis il part.", ["M. Roy lit.", "Puis il part."]),
        ("pt", "Fica na Rua da Prata, 45, 2.º andar. Não há elevador.",
         ["Fica na Rua da Prata, 45, 2.º andar.", "Não há elevador."]),
        ("es", "Vive en el 3.º piso. La 2.ª puerta.", ["Vive en el 3.º piso.", "La 2.ª puerta."]),
        ("en", "", []),
    ],
)  # fmt: skip
def test_a_sentence_ends_where_a_reader_would_end_it(language: str, text: str, parts: list[str]) -> None:
    assert list(sentences(text, language)) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1936. The first hangar was built.", ["1936. The first hangar was built."]),
        ("It was 1936. The first hangar was built.", ["It was 1936.", "The first hangar was built."]),
        ("12. Mai 1950. Das war der Tag.", ["12. Mai 1950.", "Das war der Tag."]),
    ],
)
def test_a_number_alone_is_no_sentence(text: str, parts: list[str]) -> None:
    assert list(sentences(text, "de" if "Mai" in text else "en")) == parts
