"""Recognized and unrecognized links; the hostile ones are in tests/security/test_instructions.py."""

from __future__ import annotations

import pytest

from common.text.links import title_without_links, without_links


@pytest.mark.parametrize(
    "text",
    [
        "Fish and/or chips at 1.5 km/h, by TCP/IP.",
        "Booking.com and Node.js are names, e.g./i.e. words.",
        "U.S./Chinese talks of 24.12.2025 were z.B./d.h. short.",
        "Of 3 < 4 and 5 > 4 both hold, and [sic] (this) is no link.",
        "Note: http is a protocol, and www three letters.",
    ],
)
def test_words_are_left_as_they_are(text: str) -> None:
    assert without_links(text) == text


def test_of_a_name_with_a_link_the_words_are_left() -> None:
    assert (
        title_without_links("Win [a prize](https://evil.example/x)  at www.evil.example\nnow") == "Win a prize at now"
    )
    assert title_without_links("https://evil.example/x") == ""


@pytest.mark.parametrize(
    "hard", ["a." * 100_000, "a-" * 100_000, "<a" * 100_000, "[a](" + "x" * 100_000, "[a](" * 50_000]
)
def test_no_text_is_made_to_take_long(hard: str) -> None:
    assert without_links(hard) == hard
