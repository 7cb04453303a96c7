"""A seventh language, as a contributor would add: its pack, and nothing else."""

# ruff: noqa: RUF001 - multiplication signs are meant

from __future__ import annotations

from typing import Final

from common.languages.pack import Context, Notes, Nouns, Pack, Phrases, Reading, words

PACK: Final = Pack(
    code="nl",
    name="Dutch",
    locale="nl-NL",
    speaking_rate=15.5,
    stemmer="dutch",
    greeting=("Hallo.", "Welkom bij Aethercast. Ik ben {host}.", "Het onderwerp van vandaag: {title}."),
    settling="Fijn dat u er bent. Maak het u gemakkelijk: over enkele ogenblikken beginnen we.",
    untitled="Een tekst zonder titel",
    apology="Het spijt ons: deze passage kon niet worden uitgesproken. We gaan verder met de volgende.",
    notes=Notes("Met {speakers}. Geschreven en gesproken door Aethercast.", "Hoofdstukken", "Bronnen"),
    phrases=Phrases(
        introduction="En ik ben {other}.",
        opening="Wat u hoort, zijn de woorden van de bronnen zelf.",
        opening_alone="Wat u hoort, zijn de woorden van de bronnen zelf.",
        begin="Zo begint het.",
        source=("Nu een andere bron: {title}.", "Dan {title}."),
        chapter=("Volgend onderwerp: {title}.", "Verder met: {title}."),
        moving_on=("Laten we verdergaan.", "Tijd voor het volgende hoofdstuk."),
        about_name=("En {term}?", "Wat lezen we over {term}?"),
        about_word=("Ik heb een woord genoteerd: {term}.", "Hoe zit het met {term}?"),
        why=("Wordt er een reden genoemd?", "Waar ligt dat aan?"),
        figures=("Zijn er cijfers?", "Om hoeveel gaat het?"),
        on=("Ga verder.", "En dan?", "Wat komt daarna?"),
        lead_in=("De tekst zegt het zo:", "Ik citeer:"),
        last=("Een laatste passage voor we stoppen.", "En nog een passage tot slot."),
        unfinished="We stoppen hier. De tekst zelf gaat verder.",
        close="Dit was ons onderwerp: {title}. Alles in de woorden van de bronnen. Tot de volgende keer.",
        goodbye="Dit was {title}. Tot de volgende keer.",
        because=("omdat", "doordat", "vanwege"),
    ),
    stop_words=words("aan als bij dan dat deze die door een het hun maar met naar niet ook over uit van voor zijn"),
    context=Context(
        first_words=words("hij zij het ze deze die dit dat maar dus daarom"),
        openings=("in (?:ruil|tegenstelling)",),
        limits=("maar", "echter", "toch", "alleen", "niet", "tenzij"),
        narrative=words("hij zij zei vroeg was had"),
        once_upon_a_time=("er was eens",),
    ),
    nouns=Nouns(words("de en in is of op te van"), articles=words("de het"), fused=words("een")),
    reading=Reading(
        num2words="nl",
        percent="procent",
        permille="promille",
        degrees="graad|graden",
        minus="min",
        to="tot",
        ratio="tegen",
        per="per",
        point="komma",
        dot="punt",
        colon="dubbelepunt",
        slash="schuine streep",
        at="apenstaartje",
        version="versie",
        hashtag="hashtag",
        date="{day} {month} {year}",
        scales={3: "duizend|duizend", 6: "miljoen|miljoen", 9: "miljard|miljard"},
        currencies={"€": "euro|euro", "$": "dollar|dollar"},
        cents={"€": "cent|cent"},
        abbreviations={"bijv.": "bijvoorbeeld", "enz.": "enzovoort"},
        symbols={
            "♭": "mol",
            "♯": "kruis",
            "&": "en",
            "+": "plus",
            "=": "is",
            "@": "apenstaartje",
            "#": "nummer",
            "×": "maal",
            "§": "paragraaf",
            "<": "minder dan",
            ">": "meer dan",
            "≤": "hoogstens",
            "≥": "minstens",
            "<=": "hoogstens",
            ">=": "minstens",
            "±": "plus of min",
            "~": "ongeveer",
            "≈": "ongeveer",
            "≠": "niet gelijk aan",
            "÷": "gedeeld door",
            "√": "wortel van",
            "∞": "oneindig",
            "·": "maal",
            "→": "naar",
            "∆": "delta",
        },
        denominators={2: "half|halven"},
        agreement=(("één$", "een", "een"),),
        over="op",
        power="tot de macht",
        powers={2: "in het kwadraat"},
        prefixes={-12: "pico", -9: "nano", -6: "micro", -3: "milli", 3: "kilo", 6: "mega", 9: "giga", 12: "tera"},
        named_units={"Wh": "wattuur|wattuur"},
        compass={"N": "noord", "S": "zuid", "E": "oost", "W": "west", "O": "oost"},
        hour=(" uur ", " uur"),
        hour_marks=("uur",),
        bare_hours=True,
        list_endings=("enz.",),
    ),
    untold_sections=frozenset({"zie ook", "externe links"}),
)

TEXT: Final = """Twee keer per dag

Langs de meeste kusten komt de zee twee keer per dag het strand op, en trekt zij zich twee keer weer terug. De
aantrekkingskracht van de Maan is de belangrijkste oorzaak van dat getij. Ook de Zon trekt aan het water van de oceanen,
maar haar invloed is minder dan half zo groot.

Vissers langs de kust kennen de getijden sinds vele eeuwen, omdat hun boten alleen bij hoog water konden uitvaren. In
kleine havens hing bij de kade een bord met de tijden van de volgende dag. Tegenwoordig berekenen computers de
waterstand voor jaren vooruit, op enkele centimeters nauwkeurig.
"""
