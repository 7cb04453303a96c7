"""What is written becomes what is said: no engine is given a digit, a sign or a link to stumble over."""

# ruff: noqa: RUF001 - dashes, primes and Greek letters are what this is about

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import EngineRefused
from common.languages import LANGUAGES
from functions.model_serving.tts.speakable import require_latin_script, speakable

GOLDEN: Final = Path(__file__).parent / "golden" / "said.txt"
NOTATIONS: Final = GOLDEN.with_name("said_notations.txt")
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
    # Dates and times in numbers, as each language writes them
    ("en", "On 3/5/1999, 25/12/2001 and 3.5.1999.",
     "On March fifth, nineteen ninety-nine, December twenty-fifth, two thousand and one "
     "and May third, nineteen ninety-nine."),
    ("en", "7/4/76, at 9:05", "July fourth, nineteen seventy-six, at nine oh five"),
    ("de", "Am 3.5.1999 um 14.30 Uhr.",
     "Am dritten Mai neunzehnhundertneunundneunzig um vierzehn Uhr dreißig."),
    ("de", "Der 1.12.2024 war es, vom 3.5. bis 9 Uhr.",
     "Der erste Dezember zweitausendvierundzwanzig war es, vom dritten Mai bis neun Uhr."),
    ("fr", "Le 3/5/1999 à 14h30, le 01/02/2020 à 9 h.",
     "Le trois mai mille neuf cent quatre-vingt-dix-neuf à quatorze heures trente, "
     "le premier février deux mille vingt à neuf heures."),
    ("es", "El 3/5/1999 a las 14.30 h y el 03-05-2020.",
     "El tres de mayo de mil novecientos noventa y nueve a las catorce y treinta y el tres de mayo de dos mil veinte."),
    ("pt", "Em 3/5/1999, às 14h30.",
     "Em três de maio de mil novecentos e noventa e nove, às catorze e trinta."),
    ("it", "Il 3/5/1999 alle 14.30, il 3.5.2020.",
     "Il tre maggio millenovecentonovantanove alle quattordici e trenta, il tre maggio duemilaventi."),
    ("fr", "À 1 h, 21h05, après 3,5 h.", "À une heure, vingt et une heures cinq, après trois virgule cinq heures."),
    ("pt", "À 1h, às 2h e às 22h10.", "À uma hora, às duas horas e às vinte e duas e dez."),
    # Abbreviations, links and addresses in each
    ("en", "Mr. Ray et al. (U.S.) wrote to info@example.org, at 60 mph, approx. $3.5 million.",
     "Mister Ray and others, U S, wrote to info at example dot org, at sixty miles per hour, "
     "approximately three point five million dollars."),
    ("es", "El Sr. Gil y la Dra. Paz, p. ej., leen https://www.ejemplo.es/mar?x=1 en EE. UU., o info@ejemplo.es, etc.",
     "El señor Gil y la doctora Paz, por ejemplo, leen ejemplo punto es en Estados Unidos, "
     "o info arroba ejemplo punto es, etcétera."),
    ("fr", "M. Roy et Mme Petit, p. ex., lisent www.exemple.fr/mer, né en 44 av. J.-C., au XIXe siècle, à 5 km/h.",
     "monsieur Roy et madame Petit, par exemple, lisent exemple point fr, né en quarante-quatre avant Jésus-Christ, "
     "au dix-neuvième siècle, à cinq kilomètres par heure."),
    ("de", "Prof. Roth und Dr. Kohl lesen z. B. https://www.beispiel.de/meer?x=1 bei -5 °C, 44 v. Chr., § 12, usw.",
     "Professor Roth und Doktor Kohl lesen zum Beispiel beispiel Punkt de bei minus fünf Grad Celsius, "
     "vierundvierzig vor Christus, Paragraf zwölf, und so weiter."),
    ("pt", "O Sr. Gil e a Dra. Paz, p. ex., leem https://exemplo.pt/mar nos EUA, pela 2ª vez, a 5 km/h, em 44 a.C.",
     "O senhor Gil e a doutora Paz, por exemplo, leem exemplo ponto pt nos Estados Unidos, pela segunda vez, "
     "a cinco quilômetros por hora, em quarenta e quatro antes de Cristo."),
    ("it", "Il Sig. Rossi e la Dott.ssa Bianchi, ad es., leggono https://www.esempio.it/mare?x=1, la 2ª volta, ecc.",
     "Il signor Rossi e la dottoressa Bianchi, ad esempio, leggono esempio punto it, la seconda volta, eccetera."),
    # Units of every language in each, in the number that follows
    ("de", "60 mph, 6 ft, 1 kg, 2,5 GB.",
     "sechzig Meilen pro Stunde, sechs Fuß, ein Kilogramm, zwei Komma fünf Gigabyte."),
    ("fr", "1 km², 2 km², 3 Go, 20 ms.",
     "un kilomètre carré, deux kilomètres carrés, trois gigaoctets, vingt millisecondes."),
    # and what only looks like one
    ("de", "Version 3.5.12 und 14,30 €.", "Version drei Punkt fünf Punkt zwölf und vierzehn Euro dreißig."),
    ("en", "Steps 1 and 2 Go home.", "Steps one and two Go home."),
    ("en", "It is 14.30 of 24/7.", "It is fourteen point three zero of twenty-four seven."),
    # Greek and micro signs
    ("en", "10 µg, 250 μg, 5 µs, 3 μm, 10 kΩ, 5 Ω.",
     "ten micrograms, two hundred and fifty micrograms, five microseconds, three micrometers, ten kiloohms, "
     "five ohms."),
    ("en", "β-blockers, TNF-α, IL-1β, Δv", "beta-blockers, TNF-alpha, IL one beta, delta v"),
    # Scales behind sums of money, in each language
    ("en", "$2.3bn, £4.2m, €5m, $450K, $1.2tn, US$3bn, A$5m, $1.2–1.5bn",
     "two point three billion dollars, four point two million pounds, five million euros, four hundred and "
     "fifty thousand "
     "dollars, one point two trillion dollars, three billion US dollars, five million Australian dollars, one "
     "point two "
     "to one point five billion dollars"),
    ("de", "2,3 Mrd. €, 5 Mio. Menschen, 1 Mio. €, 12 Tsd. Euro.",
     "zwei Komma drei Milliarden Euro, fünf Millionen Menschen, eine Million Euro, zwölf tausend Euro."),
    ("fr", "1,5 M€, 2,5 Md€, 450 k€, 1 M$",
     "un virgule cinq million d'euros, deux virgule cinq milliards d'euros, quatre cent cinquante mille euros, "
     "un million de dollars"),
    ("es", "5 mil millones de €, 1,5 M€, 21 €, £21",
     "cinco mil millones de euros, uno coma cinco millones de euros, veintiún euros, veintiuna libras"),
    ("pt", "R$ 2,3 bi, R$ 450 mi, £2",
     "dois vírgula três bilhões de reais, quatrocentos e cinquenta milhões de reais, duas libras"),
    ("de", "401.006 £, 1.101.000, 1.001",
     "vierhunderteintausendsechs Pfund, eine Million einhunderteintausend, eintausendeins"),
    ("it", "2,3 mld €, 450 mln di euro, 118",
     "due virgola tre miliardi di euro, quattrocentocinquanta milioni di euro, centodiciotto"),
    # Signs, fractions, powers
    ("en", "-$3.50, <10, > 30, ±2%, ≤5, ~20, +3, 5 - 3 = 2, 5−3, 7 / 2",
     "minus three dollars fifty, less than ten, more than thirty, plus or minus two percent, at most five, "
     "about twenty, "
     "plus three, five minus three equals two, five minus three, seven divided by two"),
    ("en", "3/8, 2½ cups, 1 3/4 oz, 120/80 mmHg, 2^10, 10^-9, 10⁶, E = mc²",
     "three eighths, two and one half cups, one and three quarters ounces, one hundred and twenty over eighty "
     "millimeters "
     "of mercury, two to the power of ten, ten to the power of minus nine, ten to the power of six, E equals "
     "mc squared"),
    ("en", "5 kg/m³, 9.8 m/s², 5 mg/kg/day, H₂O, Fe³⁺",
     "five kilograms per cubic meter, nine point eight meters per second squared, five milligrams per "
     "kilogram per day, "
     "H two O, Fe three plus"),
    # Times, versions, addresses, numbers to call
    ("en", "9:30PM, 10:15am, 9am–5pm, 2:03:59 hours, 3:26.00, 1h 30m",
     "nine thirty P M, ten fifteen A M, nine A M to five P M, two hours three minutes fifty-nine seconds, "
     "three minutes twenty-six point zero zero seconds, one hour thirty minutes"),
    ("en", "3.11.2, v2.0, 10.0.0.1, 2025-03-04T10:00Z",
     "three dot eleven dot two, version two dot zero, ten dot zero dot zero dot one, "
     "March fourth, twenty twenty-five, ten o'clock UTC"),
    ("en", "+1 (212) 555-0134, 555-1234, 4-4-2, 3:1, 3-1, 1990-95",
     "plus one, two one two, five five five, zero one three four, five five five, one two three four, four four two, "
     "three to one, three to one, nineteen ninety to ninety-five"),
    ("en", "48°51′24″N, 6'2\", the '90s, 2nd-largest, COVID-19, #BlackLivesMatter, C#",
     "forty-eight degrees fifty-one minutes twenty-four seconds north, six feet two inches, the nineties, "
     "second largest, "
     "COVID nineteen, hashtag Black Lives Matter, C sharp"),
    ("en", "Jan. 5, No. 10 Downing St. is on p. 12, §§ 3–5.",
     "January fifth, number ten Downing Street is on page twelve, sections three to five."),
    # Ordinal numbers before any noun, and Roman ones
    ("de", "Im 19. Jahrhundert, der 2. Weltkrieg, die 2. Auflage, in der 2. Runde. Es sind 5. Danach 10–12 Uhr.",
     "Im neunzehnten Jahrhundert, der zweite Weltkrieg, die zweite Auflage, in der zweiten Runde. Es sind fünf. Danach "
     "zehn bis zwölf Uhr."),
    ("fr", "le XIXe siècle, Ier siècle, Louis XIV, n° 5", "le dix-neuvième siècle, premier siècle, Louis quatorze, "
     "numéro cinq"),
    ("es", "el s. XIX, el 3er puesto, capítulo V", "el siglo diecinueve, el tercer puesto, capítulo cinco"),
    ("it", "il 1° maggio, il sec. XX, 20 °C", "il primo maggio, il secolo ventesimo, venti gradi Celsius"),
    ("pt", "séc. XX, 2ª vez, 1 pessoa, 2 horas", "século vinte, segunda vez, uma pessoa, duas horas"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "said"), SAID, ids=[f"{case[0]}: {case[1][:30]}" for case in SAID])
def test_numbers_dates_money_units_links_and_abbreviations_are_said_in_words(
    language: str, written: str, said: str
) -> None:
    assert speakable(written, language) == said


@pytest.mark.parametrize("recorded", [GOLDEN, NOTATIONS], ids=lambda path: path.stem)
def test_everything_that_people_write_numbers_in_is_said_as_it_was_when_somebody_read_it(recorded: Path) -> None:
    """GOLDEN=1 records it anew; the difference is for a person to read, aloud."""
    written = [line for line in recorded.read_text().splitlines() if not line.startswith(" ")]
    said = "".join(f"{line}\n    {speakable(line[4:], line[:2])}\n" for line in written)
    if os.environ.get("GOLDEN"):
        recorded.write_text(said)
    assert said == recorded.read_text()


@given(st.sampled_from(LANGUAGES), st.text(st.characters(codec="utf-8"), max_size=80))
def test_whatever_is_written_no_digit_and_no_sign_is_left(language: str, written: str) -> None:
    said = speakable(written, language)
    assert not any(character.isdecimal() or character in "%€$£&@#<>{}|\\^~" for character in said), said


@pytest.mark.parametrize(
    ("repeated", "characters"),
    [*((each, 10_000) for each in ("\n", "[", "-", "a@", "http://", "MM")), ("1-", 3_000), ("1/", 3_000)],
)
def test_the_work_grows_with_a_text_and_no_faster(repeated: str, characters: int) -> None:
    """Under a second each, where a rule that looks back or ahead without bounds would take hours."""
    speakable((repeated * characters)[:characters], "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_left_as_they_are(language: str) -> None:
    text = "Ada, Ben: «tu» — voilà, schön, mañana, così, também?"
    assert speakable(text, language).replace("–", "—").split()[:2] == ["Ada,", "Ben:"]
    for word in ("voilà", "schön", "mañana", "così", "também"):
        assert word in speakable(text, language)


NO_NUMERALS = {
    "en": "The IV drip ran, An IV line, In IV form, Vitamin C, Malcolm X, XL shirts, MIX and CD, CIVIL law, May I go",
    "es": "En mayo, vía IV, Liga MX, la vitamina C, un MIX y un CD, I de Italia",
    "fr": "En mai, un IV, le XV de France, la vitamine C, un MIX et un CD, VI comme six",
    "de": "Im Mai, IV-Zugang, Vitamin C, ein MIX, eine CD, LMU, XXL, ab und zu, je mehr",
    "pt": "Em maio, via IV, a vitamina C, um MIX e um CD, I de Itália",
    "it": "A maggio, via IV, la vitamina C, un MIX e un CD, I come Imola",
}


@pytest.mark.parametrize("language", NO_NUMERALS)
def test_letters_that_may_be_numerals_are_none_behind_small_words(language: str) -> None:
    assert speakable(NO_NUMERALS[language], language) == NO_NUMERALS[language]


@pytest.mark.parametrize(
    "text", ["World War II, I think", "Rocky IV, I love it", "Act II and I left", "Louis XIV, I said"]
)
def test_a_lone_i_is_a_word_in_english_behind_numerals_too(text: str) -> None:
    assert "I" in speakable(text, "en").split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_unit_without_a_number_is_said_as_one_with_it(language: str) -> None:
    for unit in ("km/h", "mg/dl", "€/m²", "µg/m³"):
        assert speakable(f"5 {unit}", language).endswith(speakable(unit, language))


@pytest.mark.parametrize(("text", "code"), [("潮汐是海水", "engine_script_unreadable"), ("… — !", "engine_text_empty")])
def test_what_no_voice_can_read_is_refused(text: str, code: str) -> None:
    with pytest.raises(EngineRefused, match=code):
        require_latin_script(text)


def test_a_cross_before_an_item_is_said_and_a_tick_is_not() -> None:
    assert speakable("✅ Tents; ❌ Fires. 🚫 Drones", "en") == "Tents; not: Fires. not: Drones"
    assert speakable("Zelte; ❌ Feuer", "de") == "Zelte; nicht: Feuer"
    assert speakable("All done ✓, ✗, gone ❌.", "en") == "All done, gone."


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "No dogs. Dogs not allowed. not: Candles. not: Without a ticket"),
        ("de", "Keine Hunde. Rauchen verboten. nicht: Barfuß klettern. Hunde sind nicht erlaubt"),
        ("es", "Sin mascotas. No correr. no: Balones, salvo los pequeños. Prohibido fumar"),
        ("fr", "Pas de chiens. Chiens interdits. non: Barbecues, sauf le dimanche. Ne courez pas"),
        ("pt", "Nada de fogueiras. Não são permitidos cães. não: Música alta. Cães proibidos"),
        ("it", "Niente cani. Vietato fumare. no: Scarponi in camera. Nessun fuoco"),
    ],
)
def test_a_cross_before_words_that_deny_adds_no_second_denial(language: str, said: str) -> None:
    bare = [part.rpartition(": ")[2] for part in said.split(". ")]
    spoken = speakable(". ".join(f"❌ {item}" for item in bare), language)
    assert spoken.replace(" :", ":") == said


@pytest.mark.parametrize("sign", "⛔🚷🚭📵✖")
def test_every_sign_that_forbids_is_said(sign: str) -> None:
    assert speakable(f"{sign} Bikes", "en") == "not: Bikes"
