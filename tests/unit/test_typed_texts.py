"""Typed texts, line by line, from the reader to the embedded writer's script.

The lines of each text were ended on purpose: none is glued to the next, none of a list is left out, and what governs a
list, or takes something back, is said with it.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from common.languages import pack_of
from common.text.blocks import Block, BlockKind
from common.text.sentences import ended, sentences
from functions.content_harvester.source import Document
from functions.content_harvester.source import Source as Read
from functions.content_harvester.source_text import read_text
from functions.mastering.captions import captions
from functions.mastering.episode import Turn as Spoken
from functions.model_serving.llm.engines.extractive.writer import ExtractiveWriter
from functions.model_serving.llm.material.code import is_code
from functions.model_serving.llm.material.context_dependence import depends_on_context, limits_what_was_said
from functions.model_serving.llm.material.paragraphs import paragraphs
from functions.model_serving.llm.material.topics import names
from functions.model_serving.llm.narrator import Narrator
from functions.model_serving.llm.protocol import Request, Source, Turn
from functions.model_serving.tts.speakable import lines_spoken

TYPED: Final = Path(__file__).parent / "typed"
NAMES: Final = sorted(path.name.removesuffix(".txt") for path in TYPED.glob("*.txt"))
SIGN: Final = re.compile(r"^\s*(?:\d{1,2}[.°)]|\([a-z]+\)|[a-z]\)|[-•]|[IVX]+ -|[A-Z]\.|[A-ZÀ-Þ][\w ]+:)\s+")


def read(text: str) -> Read:
    return read_text(Document(text.encode(), "text/plain", "typed.txt"))


@cache
def script(name: str, minutes: float = 3) -> tuple[Turn, ...]:
    source = read((TYPED / f"{name}.txt").read_text())
    title = source.title or "A text"
    told = Source(source.text, title, blocks=tuple(source.blocks))
    return tuple(
        ExtractiveWriter().write(
            Request(title, name.rpartition(".")[2], minutes, "conversation", ("Ada", "Ben"), (told,))
        )
    )


def said(name: str) -> str:
    return "\n".join(turn.text for turn in script(name) if turn.source is not None)


@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_glued_to_the_next(name: str) -> None:
    lines = [line.strip() for line in (TYPED / f"{name}.txt").read_text().splitlines()]
    for line, following in pairwise(lines):
        one, other = SIGN.sub("", line), SIGN.sub("", following)
        if other == following and other[:1].islower():
            continue  # broken in mid-sentence
        if one and other and not ended(one) and not one.endswith((" and", " or")):
            last, first = " ".join(one.split()[-2:]).rstrip(",;:"), other.split()[0]
            assert f" {last} {first} " not in said(name), (line, following)


@pytest.mark.parametrize("name", NAMES)
def test_turns_end_as_sentences(name: str) -> None:
    assert all(ended(turn.text) for turn in script(name))


@pytest.mark.parametrize("name", NAMES)
def test_no_number_of_a_clause_and_no_label_of_a_speaker_is_read(name: str) -> None:
    assert not re.search(
        r"(?:^|[.!?] )(?:Art\.|Section|§|I+ -|\d°|[DR]\.|PRIMERA|SEGUNDA|MARSH|Marta:)", said(name), re.MULTILINE
    )


SAID: Final = {
    "faq_code.en": ["Can I use it offline?\nYes, for seven days.", "Does it work on Windows?\nNot yet."],
    "interview_note.es": ["muera él primero.\n", "Berta Soler publica este otoño"],
    "interview_note.de": ["schenkt es mir.\n", "Ina Wolf liest am Freitag"],
    "rfc.en": [
        "are met: the server has not sent a Close frame; the connection is younger than ten minutes; and the",
        "during a restart (see Section 7.1).",
        "Exceptions. None of this applies to local sockets. However, a client",
    ],
    "recipe_titles.it": [
        "olio q.b.\n",
        "Ammollo. Mettete i ceci in acqua fredda la sera prima. Non aggiungete",
        "Cottura. Cuocete per due ore. Non mescolate mai.\n",
        "scatola, ma sciacquateli bene.",
    ],
    "law_articles.pt": [
        "começa. O presente regulamento",
        "Horário: O mercado funciona de terça-feira a sábado, das 7 às 14 horas. O mercado não abre",
        "vendedores: Ocupar espaço",
        "Coimas. A violação do artigo",
    ],
    "law_subjects.fr": [
        "Les fruits tombés du sol commun, Les fruits des haies, Les noix des chemins, appartiennent à celui qui",
        "secouer un arbre. Toutefois, les enfants",
    ],
    "licence_folded.en": [
        "and that you do at least one of the following: place your changes",
        "within your own harbour; give the changed tables another name.",
        "copying. You may not ask a fee",
    ],
    "terms_titles.en": [
        "Children under 12. No child under 12",
        "Deposit. The deposit is returned",
        "weather except where the Owner",
    ],
    "faq_lists.de": [
        "\nWas passiert bei einem Unfall?\nSichern Sie die Unfallstelle. Rufen Sie",
        "kleinen Schäden. Unterschreiben Sie nichts.\n",
    ],
    "rules_signs.de": [
        "❌ Keine Hunde; ❌ Barfuß klettern; Partnercheck; ⛔ Seilsprünge.",
        "Bouldern. Nicht über 4 Meter ohne Seil. Nur wer",
    ],
    "rules_signs.it": ["Cucina. Non si cucina. Chi porta cibo", "Da non fare: aprire le finestre"],
    "privacy_titles.de": ["Ihre Rechte. Sie haben das Recht", "Keine Rechte haben Sie allerdings"],
    "sermon.de": ["Liebe Gemeinde, als mein Großvater den Hof übernahm", "\nAmen."],
    "play_title.it": ["\nIl Sindaco: La corda l'ho presa io. Ma non per me: per la campana.\n"],
    "law.pt": ["direitos dos associados: votar", "só pode decidir se estiver presente"],
    "law.fr": ["Sont exclus : l'usure normale", "sauf si : il dépasse"],
    "law.en": ["No member may: lend", "payable, provided that: the fine", "child, except where the book"],
    "law.es": ["arrendador: subarrendar", "salvo que cualquiera", "Solo se devolverá si"],
    "recipe.en": ["Ingredients: 1 kg chicken thighs; 2 onions, finely chopped; ½ cup", "pepper before you serve."],
    "recipe.it": ["Ingredienti per 4 persone: 300 g di fagioli cannellini; 1 mazzo"],
    "recipe.de": ["1 Prise Salz. Für die Füllung", "nicht im Kühlschrank"],
    "minutes.en": ["Present: Dana Reed", "Apologies: Carl Brandt", "Next meeting: 11 April"],
    "minutes.it": ["Presenti: Bianchi, Conti, Moretti. Assenti: Gallo"],
    "release.de": ["Neu: Oberfläche überarbeitet. Bekanntes Problem:"],
    "leaflet.en": [
        "Do not take Nordalin if you: are allergic to ibuprofen or any of the other ingredients; have ever had",
        "if you develop: signs of bleeding in the stomach: black stools, vomiting blood; a severe skin rash; "
        "difficulty breathing.\nCommon (may affect up to 1 in 10 people): heartburn, headache, dizziness. Uncommon",
    ],
    "contract.en": [
        "not: mow on slopes of more than 15 degrees; let anyone under 18 drive the Mower; or carry passengers, unless",
        "may be used only if: the blades are covered during transport; the grass is dry.",
        "missing at handover.",
        "No fee is due",
        "by 8 p.m., unless: it rains heavily;",
    ],
    "terms.de": ["Es ist verboten: vom Beckenrand zu springen; Glasflaschen", "haftet nicht für: verlorene Schlüssel"],
    "leaflet.de": [
        "darf nicht eingenommen werden: wenn Sie",
        "bevor Sie Hustofin einnehmen, wenn: Sie schwanger",
        "beträgt: Erwachsene: 3-mal täglich 5 ml; Kinder",
        "ml. Nehmen Sie nicht die doppelte Menge",
        "Warnhinweise: Wenden Sie sich an Ihren Arzt, bevor Sie Hustofin einnehmen, wenn: Sie schwanger sind;",
    ],
    "manual.en": [
        "Do not: use the kettle without its lid;",
        "None of the following may be used: bleach;",
        "Repeat twice.",
    ],
    "leaflet_labels.es": [
        "Posibles efectos adversos. Muy frecuentes (pueden afectar a más de 1 de cada 10 personas): sueño, mareo. "
        "Frecuentes (pueden",
    ],
    "minutes_outcomes.it": ["La proposta è approvata.", "La proposta non è approvata.", "cancello, tranne per carico"],
    "safety.it": ["Guasti: Il motore non parte – Serbatoio vuoto", "soggette a usura, salvo difetti di fabbricazione."],
    "chess.en": [
        "begins. 1. e4 c5 2. Nf3 d6 3. d4 cxd4 4. Nxd4 Nf6 5. Nc3 a6.\n",
        "6. Bg5 e6 7. f4 Be7. Black does not take",
        "Nbd7 10. g4!? A bold move. Only 10. Bd3 is",
        "Result: 1–0.",
    ],
    "quiz.de": ["a) Handwerker; b) Leibeigene; c) Kaufleute.", "Antwort: c). Biber galt"],
    "judgment.fr": [
        "ET : La société Toitures du Nord, défenderesse.",
        "préjudice moral qu'elle invoque.",
        "tribunal : condamne",
    ],
    "bulletin.pt": [
        "Porto, Mín: 14, Máx: 23. Lisboa, Mín: 17",
        "chuva só a partir",
        "temperatura, mas não no Algarve.",
    ],
    "email.es": ["Temas: presupuesto; mudanza: quién paga"],
    "will.en": ["free of tax: to my niece Clara, my piano", "other than a reading of"],
    "privacy.pt": ["Com ninguém, exceto: quando a lei o exige; com a biblioteca"],
    "exam.en": [
        "may not bring: telephones",
        "examination: No talking is allowed; You may leave the room only: with an",
    ],
    "agenda.en": ["absence; Minutes of the last meeting; Matters arising", "Date of next meeting."],
    "agenda.fr": ["sortant; Questions diverses."],
    "products.es": ["No se admiten devoluciones salvo: planta", "Sábados: 10:00–13:00. Domingos cerrado."],
    "letter.fr": ["nous a raconté ceci : « Mon grand-père"],
    "syllabus.es": ["No se puede aprobar la asignatura si: no se entrega", "Calendario: Semana 1"],
    "menu.fr": ["à l'exception : de la salade", "DESSERTS. Île flottante"],
    "sports.it": ["Le pagelle: Galli 5;"],
    "lecture.en": ["How is it cured?\nThe Millennium Bridge: opened"],
    "faq.fr": ["Les chiens sont-ils admis ?\nNon, à l'exception : des chiens guides;"],
    "faq.pt": ["Quem paga meia-entrada?\nEstudantes; maiores de 60 anos;", "Não é permitido: usar tripé"],
    "story.es": ["—¿Hay agua? —preguntó la niña."],
    "recipe_steps.it": ["Procedimento: Sciogliete", "Stendete senza schiacciare. Infornate a 240°"],
    "recipe_wrapped.de": ["bei 180 °C backen."],
    "minutes_lists.it": ["Decisioni: non si rinnova il contratto"],
    "law.it": ["È vietato: depositare", "sono ammessi purché: siano tenuti"],
    "law_wrapped.en": ["of the board: sell honey", "list, except that in an outbreak", "valid unless: ten members"],
    "rental.pt": ["não poderá: sublocar", "exceto se: houver danos"],
    "timetable.en": ["Day: Monday, Departs: 07:10, Arrives: 08:00.", "Sunday: no service.", "Tickets: Adult 6.20"],
    "quotes.en": ['face," she said. "I saw his hat, and I saw that he limped.'],
    "notice.en": ["DO NOT USE THE WASHING MACHINE", "THE LIFT WILL WORK. THE HEATING WILL NOT."],
    "howto.en": ["Do not move the hive if: it is hotter than 25 °C; the colony is queenless.\n", "Drive slowly."],
    "dashes.fr": ["Ne jamais ouvrir la vanne rouge; Vérifier"],
    "rules_parted.en": [
        "provided you have: signed the waiver;",
        "exception of: people who sleep",
        "played: before nine",
    ],
    "wiki.en": ["History. Ropewalks were harsh", "Process. The strands"],
    "signs.en": ["Tents up to 4 people; Gas stoves; ❌ Open fires; ❌ Drones."],
    "tail.de": ["Das Mitführen von: Hunden; Fahrrädern; Grillgeräten ist untersagt.", "dürfen: nur bei Tageslicht;"],
    "law_nested.en": [
        "No person shall, on the common: light a fire, except: in a hearth",
        "ranger; cut any tree; or leave litter.",
        "subsection (1) if: it was necessary to save life; and the ranger",
    ],
    "terms.es": ["no es acumulable con: vales de descuento; la tarjeta joven (salvo en enero)."],
    "minutes_votes.de": ["TOP 1: Haushalt. Der Haushalt wird vorgestellt.", "entfällt, es sei denn: die Stadt"],
    "contract.fr": [
        "L'emprunteur s'engage à : rendre",
        "Sont interdits : les pétards; les bougies",
        "rendue si : la salle",
    ],
    "manual.pt": [
        "Não use o aparelho: com o fio",
        "sucos: Corte a fruta; Junte a água; Bata por 1 minuto.",
        "Nunca coloque: líquidos",
        "12 meses, exceto: quedas",
    ],
    "unless.en": ["Do not park here: lorries; buses; trailers, unless: they are unloading; the police allow it."],
    "steps.de": ["Rad ausbauen; Mantel abziehen.", "Nicht mit dem Schraubenzieher!"],
    "privacy.es": ["Solo los usamos para: enviarle", "No los usamos para: publicidad"],
    "rules_wrapped.pt": [
        "não pode: retirar mais de cinco livros, salvo autorização escrita",
        "renovar: quem não tem multas",
    ],
    "releases.en": ["no longer read).", "v2.2: Fixed: times"],
    "policy.fr": ["pendant les heures du conte.", "Il est interdit de / d' : manger", "PRÊT. Durée du prêt"],
    "warranty.de": ["nur, wenn: der Kaufbeleg vorgelegt wird; und das Gerät", "Sie gilt nicht: bei Sturzschäden;"],
    "notes.en": ["legal whether we can: keep the logs, share them w/ the auditor; NOT decided: office move"],
    "unterm.en": ["park here except: residents with a badge", "but only: between 8 a.m. and 6 p.m.; with"],
}


@pytest.mark.parametrize("name", SAID)
def test_lists_are_said_with_what_governs_them(name: str) -> None:
    assert [words for words in SAID[name] if words not in said(name)] == []


@pytest.mark.parametrize(
    ("name", "chapters"),
    [
        ("will.en", ["Executors", "Specific gifts", "The diaries", "Residue", "Funeral"]),
        ("privacy.pt", ["Que dados recolhemos", "Para que os usamos", "Com quem os partilhamos",
                        "Durante quanto tempo", "Os seus direitos"]),
        ("safety.it", ["Generalità", "Avviamento", "Guasti", "Garanzia"]),
        ("leaflet_labels.es", ["Qué es Tolvenil y para qué se utiliza", "Cómo tomar Tolvenil",
                               "Posibles efectos adversos", "Conservación"]),
    ],
)  # fmt: skip
def test_headings_are_chapters_of_a_narration_whatever_stands_below_them(name: str, chapters: list[str]) -> None:
    source = read((TYPED / f"{name}.txt").read_text())
    told = Source(source.text, "A text", blocks=tuple(source.blocks))
    turns = Narrator().write(Request("A text", name.rpartition(".")[2], 9, "narration", ("Ada",), (told,)))
    assert list(dict.fromkeys(turn.chapter for turn in turns if turn.chapter)) == chapters


@pytest.mark.parametrize(
    ("language", "carried", "rejected"),
    [
        ("en", "The motion was carried.", "The motion was not carried."),
        ("de", "Der Antrag wurde angenommen.", "Der Antrag wurde nicht angenommen."),
        ("es", "Se aprueba la propuesta presentada.", "No se aprueba la propuesta presentada."),
        ("fr", "La proposition est adoptée.", "La proposition n'est pas adoptée."),
        ("it", "La mozione viene approvata.", "La mozione non viene approvata."),
        ("pt", "A proposta foi aprovada.", "A proposta não foi aprovada."),
    ],
)
def test_what_is_decided_is_told_of_each_motion(language: str, carried: str, rejected: str) -> None:
    """Neither a negation nor the same words under another heading are a repetition."""
    text = "".join(
        f"# {letter}\n\n{said}\n\n{result}\n\n"
        for letter, said, result in [
            ("Alba", "Rossi: 3 + 4.", carried), ("Bora", "Ferri: 5 + 6.", rejected), ("Cima", "Conte: 7 + 8.", carried)
        ]
    )  # fmt: skip
    source = read(text)
    told = Source(source.text, "Motions", blocks=tuple(source.blocks))
    turns = list(ExtractiveWriter().write(Request("Motions", language, 3, "conversation", ("Ada", "Ben"), (told,))))
    results = [result for turn in turns for result in (carried, rejected) if result in turn.text]
    assert results == [carried, rejected, carried]


@pytest.mark.parametrize(
    ("language", "last", "told"),
    [
        ("en", "Dogs must be kept on a lead at all times", True),
        ("de", "Hunde sind an der Leine zu führen und nicht erlaubt", True),
        ("fr", "Les chiens ne sont pas admis sur la plage", True),
        ("es", "No se admiten perros en la playa sin correa", True),
        ("it", "I cani non sono ammessi sulla spiaggia", True),
        ("pt", "Os cães não são admitidos na praia", True),
        ("en", "Yours sincerely, Anna Miller Harbour Office", False),
        ("en", "Tel. 0341 555 0123", False),
        ("en", "The following dogs are allowed on the", False),
    ],
)
def test_a_last_sentence_is_told_though_its_full_stop_was_forgotten(language: str, last: str, told: bool) -> None:
    before = Block(BlockKind.PARAGRAPH, "1992: 12.")
    found = list(paragraphs("", 0, language=language, blocks=(before, Block(BlockKind.PARAGRAPH, last))))
    assert (found[-1].text == f"{last}.") == told


@pytest.mark.parametrize(
    ("language", "limit"),
    [
        ("en", "Subsection (1) does not apply to the ranger."),
        ("de", "Satz 1 gilt nicht für das Personal."),
        ("es", "El artículo no se aplicará a los servicios municipales."),
        ("fr", "Le présent article ne s'applique pas aux secours."),
        ("it", "Il divieto non si applica ai gatti."),
        ("pt", "O inciso II não se aplica ao porteiro."),
    ],
)
def test_what_does_not_apply_takes_back_what_was_said_before(language: str, limit: str) -> None:
    assert limits_what_was_said(limit, language)


LABELS: Final = r"Chorus|Refrain|Ref\.|Verse|Strophe|Estribillo|Ritornello|Estrofe|Refrão"


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("poem")])
def test_a_poem_is_told_verse_by_verse_and_stanza_by_stanza(name: str) -> None:
    """Without the numbers and the labels of stanzas, which nobody sings."""
    text = (TYPED / f"{name}.txt").read_text().partition("\n\n")[2]
    text = re.sub(rf"^(?:\(?(?:\d\. )?(?:{LABELS})(?: \d)? ?:?(?: \(2x)?\)?$|\d\.?[ \n])", "", text, flags=re.MULTILINE)
    verses = [line.strip().rstrip(",;.") for line in text.splitlines() if line.strip()]
    told = [line.strip().rstrip(",;.") for line in said(name).splitlines() if line.strip()]
    assert told[-len(verses) + 1 :] == verses[1:]


def test_each_verse_has_its_pause_and_each_stanza_a_longer_one() -> None:
    assert lines_spoken("The sea\nis cold,\nthey say\n\n“Come in”\nit says!\nGo") == (
        "The sea, is cold, they say. “Come in,” it says! Go"
    )


def test_captions_keep_the_lines_of_verses() -> None:
    turn = Spoken("Ada", "The sea\nis cold,\n\nand all the boats\nare old.", "", 0, 0, 6_000, "")
    assert [caption.lines for caption in captions(turn)] == [("The sea", "is cold,"), ("and all the boats", "are old.")]


def test_a_narrated_poem_keeps_its_verses() -> None:
    source = read((TYPED / "poem.en.txt").read_text())
    told = Source(source.text, "The Ropewalk", blocks=tuple(source.blocks))
    turns = list(Narrator().write(Request("The Ropewalk", "en", 3, "narration", ("Ada",), (told,))))
    assert "and never makes a sound.\n\nThey walk backward all the day,\nthe men" in turns[1].text


@pytest.mark.parametrize(
    "name",
    ["faq.en", "faq.de", "faq.fr", "faq.pt", "interview.it", "interview.en", "interview_stops.es", "interview_bold.en",
     "faq_numbered.en", "faq_bold.de", "interview_named.it",
     "dialogue.es"],
)  # fmt: skip
def test_questions_stand_alone_and_the_other_host_answers(name: str) -> None:
    turns = [turn for turn in script(name) if turn.source is not None]
    asked = [number for number, turn in enumerate(turns) if turn.text.endswith("?")]
    assert len(asked) >= 2
    assert all(turns[number].speaker != turns[number + 1].speaker for number in asked)
    assert not any(re.search(r"\?[ ;]+[A-ZÀ-Þ](?!.*\?$)", turn.text) for turn in turns)


@pytest.mark.parametrize("name", ["interview.en", "play.de", "play_stops.en", "dialogue.de"])
def test_stage_directions_are_not_said(name: str) -> None:
    assert not re.search(r"laughs|Pause|setzt sich|sitting down|Lights fade|müde|DEV\.|MORAG\.", said(name))


def test_an_item_that_is_code_costs_a_list_under_a_heading_itself_alone() -> None:
    source = read("# Tide 2.4\n\n## Added\n\n- Dark mode\n- Export to tables\n- `--dry-run` for all commands\n")
    told = Source(source.text, "Tide 2.4", blocks=tuple(source.blocks))
    turns = list(ExtractiveWriter().write(Request("Tide", "en", 1, "briefing", ("Ada",), (told,))))
    assert any("Added: Dark mode; Export to tables." in turn.text for turn in turns)


def test_a_rule_that_begins_with_no_leans_on_nothing() -> None:
    assert not depends_on_context("No boat may leave the dock after sunset.", "en")
    assert depends_on_context("No, it may not.", "en")
    assert not depends_on_context("No se aprueba la pintura.", "es")
    assert not depends_on_context("Não se paga multa.", "pt")
    assert depends_on_context("No such boat may leave.", "en")


def test_a_story_in_single_quotes_is_read_on() -> None:
    assert [turn.text for turn in script("story.en") if turn.source is None][1:-1] == []


@pytest.mark.parametrize(
    ("name", "told"), [("Node.js", True), ("Vue.js", True), ("main.js", False), ("src/App.js", False)]
)
def test_a_product_that_is_called_like_a_file_is_told(name: str, told: bool) -> None:
    assert is_code(f"We wrote about {name} last year.") is not told


@pytest.mark.parametrize("text", ["Use -p for a port.", "Options: -p, -d.", "Run it with --port."])
def test_an_option_is_code_whatever_mark_follows(text: str) -> None:
    assert is_code(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Mais hélas! quand le soir vint, il n'y avait plus de miettes."),
        ("it", "Ahimè! disse la volpe, e tacque."),
        ("en", "Hush! said the fox to the miller."),
    ],
)
def test_no_sentence_begins_with_a_small_letter(language: str, text: str) -> None:
    assert list(sentences(text, language)) == [text]
    assert len(list(sentences("we met. it rained. nobody came.", "en"))) == 3


SECTIONS: Final = {
    "en": ("No fish may be fried here. Bread may.", "It is shut on Mondays. It opens at nine."),
    "de": ("Nicht über vier Meter. Nur wer gelernt hat, darf allein hinein.", "Sie haben ein Recht auf Auskunft."),
    "es": ("No se abre los lunes. Los martes se abre a las diez.", "Solo entran los socios. Pagan dos euros."),
    "fr": ("Ne salez pas la pâte. Le beurre suffit.", "Elle a lieu au printemps. Elle dure un mois."),
    "pt": ("Não se vende peixe ao domingo. Vende-se pão.", "Só entram os sócios. Pagam dois euros."),
    "it": ("Non si cucina. Chi porta cibo paga due euro.", "Solo i soci entrano. Pagano due euro."),
}


@pytest.mark.parametrize("language", SECTIONS)
def test_a_section_that_begins_with_not_is_told_as_all_others(language: str) -> None:
    """The sentence takes back nothing of the section above, and takes up its own heading."""
    plain = " ".join(f"{place} {number}." for number, place in enumerate(("Porto", "Riga", "Bari", "Kiel") * 8))
    blocks = [Block(BlockKind.HEADING, "Alfa", 2), Block(BlockKind.PARAGRAPH, plain)]
    for number, text in enumerate(SECTIONS[language]):
        blocks += [Block(BlockKind.HEADING, f"Beta {number}", 2), Block(BlockKind.PARAGRAPH, text)]
    source = Source("\n\n".join(block.text for block in blocks), blocks=tuple(blocks))
    turns = ExtractiveWriter().write(Request("Alfa", language, 6, "briefing", ("Ada", "Ben"), (source,)))
    told = [turn.text for turn in turns if turn.source is not None]
    for number, text in enumerate(SECTIONS[language]):
        assert any(turn.endswith(text) and f"Beta {number}" in turn for turn in told), told


def test_the_answer_below_a_question_that_is_a_heading_is_told_after_it() -> None:
    blocks = (
        Block(BlockKind.HEADING, "Is it free?", 2),
        Block(BlockKind.PARAGRAPH, "Yes. But we ask for a donation of two euros."),
        Block(BlockKind.HEADING, "Contact", 2),
        Block(BlockKind.PARAGRAPH, "The office is in Mill Road, above the bakery. It opens at nine."),
    )
    source = Source("\n\n".join(block.text for block in blocks), blocks=blocks)
    turns = list(ExtractiveWriter().write(Request("Boats", "en", 2, "briefing", ("Ada", "Ben"), (source,))))
    assert "Is it free? Yes. But we ask for" in " ".join(turn.text for turn in turns)


def test_what_is_slight_or_the_only_passage_is_not_announced_as_the_last() -> None:
    phrases = pack_of("en").phrases
    for text in ("The ferry crosses the sound at nine and at noon.\n\nAmen.", "Pull the rope. Close the gate."):
        turns = ExtractiveWriter().write(Request("Boats", "en", 2, "briefing", ("Ada", "Ben"), (Source(text),)))
        assert not [turn for turn in turns if turn.text.startswith(phrases.last)]


def test_what_goes_on_with_the_words_before_is_not_announced() -> None:
    """Neither as the last passage, nor as a quotation: "And one more passage. That carries …"."""
    phrases = pack_of("en").phrases
    names = ("Porto", "Riga", "Bari", "Kiel", "Cork", "Faro")
    text = "\n\n".join(
        f"The harbour of {name} was dredged in the spring, and its cranes were painted. Ships came back soon."
        f"\n\nThat brought {name} a new market hall and a school, which it had wanted for more than a hundred years."
        for name in names
    )
    for style in ("conversation", "briefing", "debate"):
        turns = ExtractiveWriter().write(Request("Harbours", "en", 8, style, ("Ada", "Ben"), (Source(text),)))
        led = [turn.text for turn in turns if turn.text.startswith((*phrases.last, *phrases.lead_in))]
        assert not [text for text in led if " That brought" in text[:80]]


@pytest.mark.parametrize(
    ("language", "text", "absent"),
    [
        ("de", "Sie hinterlässt keinen Nachfolger. Wer will, nennt Alma Nachfolger ihrer Kunst.", "Maschine"),
        ("de", "Drei Kühe standen im Stall. Keine Maschine, kein Strom, kein Telefon.", "Maschine"),
        ("en", "It was run by nobody from Kiel, and had no Captain, or so they said.", "Captain"),
    ],
)
def test_nobody_asks_about_what_there_is_none_of(language: str, text: str, absent: str) -> None:
    assert absent not in names(text, language)


HEADED: Final = {
    "de": "§ 2 Vertragsschluss\nDer Vertrag kommt erst mit der Übergabe des Rades zustande.",
    "en": "If you forget to use the spray\nDo not use a double dose.",
    "es": "Si toma más comprimidos de los que debe\nAcuda inmediatamente al servicio de urgencias.",
    "fr": "Si vous oubliez de prendre le sirop\nNe prenez pas de dose double.",
    "it": "Se dimentica di prendere le compresse\nNon prenda una dose doppia.",
    "pt": "Se tomar mais comprimidos do que deve\nProcure logo o hospital mais perto.",
}


@pytest.mark.parametrize("language", HEADED)
def test_a_heading_on_a_line_of_its_own_is_not_said_in_one_breath_with_the_sentence_below(language: str) -> None:
    heading, sentence = HEADED[language].split("\n")
    found = read(f"A title\n\n{HEADED[language]}\n\n{'The rest of it is told in one long paragraph. ' * 4}").blocks
    assert [(block.kind, block.text) for block in found[:2]] == [
        (BlockKind.HEADING, heading), (BlockKind.PARAGRAPH, sentence),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lead", "titles"),
    [
        ("In this leaflet", ("What it is", "Before you use it", "How to use it")),
        ("Que contient cette notice ?", ("Qu'est-ce que c'est ?", "Comment le prendre ?")),
        ("Inhalt", ("Was ist Husdin?", "Wie wird es eingenommen?")),
    ],
)
def test_contents_are_not_told_and_the_titles_listed_there_are_headings(lead: str, titles: tuple[str, ...]) -> None:
    listed = "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))
    text = "\n\n".join(f"{number}. {title.upper()}\nIt is short." for number, title in enumerate(titles, 1))
    source = read(f"Leaflet\n\n{lead}\n{listed}\n\n{text}")
    assert [(block.kind, block.text) for block in source.blocks] == [
        told for title in titles
        for told in ((BlockKind.HEADING, title.upper()), (BlockKind.PARAGRAPH, "It is short."))
    ]  # fmt: skip
    assert source.left_out == {"contents": 1}


def test_steps_that_stand_twice_are_no_contents() -> None:
    steps = "1. Melt the wax\n2. Pour it out"
    found = read(f"Candles\n\nFor one candle:\n{steps}\n\nFor two candles:\n{steps}").blocks
    assert [block.text for block in found if block.kind == BlockKind.ITEM] == ["Melt the wax", "Pour it out"] * 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("§ 1º A multa não excederá cem reais.", "§ 2º Em caso de recusa, a multa dobra."),
        ("[0002] Ladders are known.", "[0003] Their hinges fold."),
        ("Art. 4 The boat is free.", "Art. 5 The oars are not."),
    ],
)
def test_clauses_on_lines_are_parted_and_their_numbers_are_not_read(one: str, other: str) -> None:
    """Neither in a conversation nor in a narration."""
    source = read(f"A law\n\n{one}\n{other}")
    told = Source(source.text, source.title, blocks=tuple(source.blocks))
    language = "pt" if "multa" in one else "en"
    for writer, style in ((ExtractiveWriter(), "conversation"), (Narrator(), "narration")):
        turns = list(writer.write(Request("A law", language, 2, style, ("Ada", "Ben"), (told,))))
        words = " ".join(turn.text for turn in turns if turn.source is not None)
        assert not re.search(r"§|\[0|Art\.|\d", words), words
        assert all(line.split(" ", 2)[2] in words for line in (one, other) if not line.startswith("["))


def test_an_answer_that_begins_with_a_number_is_no_part_of_its_question() -> None:
    found = read("Shop\n\n1. Is it free?\nNo.\n\n2. What is it?\n5 euros.\n\n3. Where?\nHere.").blocks
    assert [block.text for block in found] == ["Is it free?", "No.", "What is it?", "5 euros.", "Where?", "Here."]


def test_counted_questions_and_a_lone_pair_are_told_without_their_labels() -> None:
    counted = "Crier\n\n" + "\n\n".join(f"Q{at}. How is it, {name}?\nWell." for at, name in enumerate("abc", 1))
    for text, asked in ((counted, "How is it, a?"), ("Notes\n\nQ. When is it open?\nA. Not before May.", "When is it")):
        source = read(text)
        told = Source(source.text, source.title, blocks=tuple(source.blocks))
        turns = list(ExtractiveWriter().write(Request("A text", "en", 2, "conversation", ("Ada", "Ben"), (told,))))
        words = " ".join(turn.text for turn in turns if turn.source is not None)
        assert asked in words
        assert not re.search(r"\b(?:Q\d?|A)[.:]", words), words


@pytest.mark.parametrize("name", ["MRS. PELL", "DR. WATT", "M. ROUX", "SRA. VELA", "TOM"])
def test_names_with_a_title_are_names_in_plays_and_directions_are_said_by_nobody(name: str) -> None:
    source = read(
        f"The bill\n\n{name}. You have not paid me.\nANN (waking). I never said that I would not.\n(A knock.)\n"
        f"{name}. Who is it?\n[She opens. A stranger shakes his hat.]\nANN. (Within.) Nobody. (Exit.)\n"
        f"{name}. Then let him in!\nANN. Let him in?"
    )
    assert {block.speaker for block in source.blocks if block.kind == BlockKind.LINE} == {name, "ANN"}
    told = Source(source.text, source.title, blocks=tuple(source.blocks))
    turns = list(ExtractiveWriter().write(Request("The bill", "en", 2, "conversation", ("Ada", "Ben"), (told,))))
    words = [turn.text for turn in turns if turn.source is not None]
    assert "Nobody." in words
    assert not [text for text in words if re.search(r"knock|stranger|Within|Exit|waking|[(\[]", text)]


BYLINES: Final = (
    "By Carla Nunn, Reporter", "by Margaret Dunne", "Von Jana Feld", "Publié le 3 avril 2024 à 10h12\nPar Yann Le Goff",
    "Marta Ruiz | Lerma", "di Paolo Renzi", "Por José da Silva e Ana Lopes", "Redação", "Last updated: March 3, 2024",
)  # fmt: skip
"""And the days that texts appeared."""
BELOW: Final = ("Von Wien nach Graz", "By the sea", "De la mer", "14 May 2024", "Di notte", "Por la noche en Lerma")


@pytest.mark.parametrize("line", BYLINES)
def test_a_byline_is_no_heading_and_not_how_a_text_begins(line: str) -> None:
    source = read(f"A bridge comes back\n\n{line}\n\nA bridge that was swept away is back.\n\nSee also: The flood wall")
    assert source.title == "A bridge comes back"
    assert source.text == "A bridge that was swept away is back."


@pytest.mark.parametrize("line", BELOW)
def test_other_lines_below_a_title_stay(line: str) -> None:
    assert line in read(f"A bridge comes back\n\n{line}\n\nA bridge that was swept away is back.").text


RETRACTED: Final = {
    "en": ("Ladders are sold.", "Their hinges, however, may fold.", "Taxes are excluded.",
           "This figure does not include tax."),
    "de": ("Der Mieter haftet.", "Er kann jedoch kündigen.", "Kinder sind ausgenommen.", "Unberührt bleibt Satz 1."),
    "es": ("Hay multa.", "El niño, sin embargo, entra.", "Se exceptúan los domingos.", "Quedan excluidos los niños."),
    "fr": ("Le port est payant.", "Il peut toutefois refuser.", "Les enfants en sont exemptés.",
           "Font exception les chiens."),
    "it": ("La cuffia è obbligatoria.", "Il capo può però rifiutare.", "Fanno eccezione i bambini.",
           "Ne sono esclusi i cani."),
    "pt": ("Há multa.", "Os nomes, porém, não.", "Excetuam-se os domingos.",
           "Parágrafo único. O disposto não se aplica aos cães."),
}  # fmt: skip


@pytest.mark.parametrize("language", RETRACTED)
def test_what_is_taken_back_in_mid_sentence_or_by_an_exception_is_known(language: str) -> None:
    plain, *retractions = RETRACTED[language]
    assert not limits_what_was_said(plain, language)
    assert all(limits_what_was_said(sentence, language) for sentence in retractions)


def test_an_answer_is_not_gone_on_with_by_what_another_heading_is_true_of() -> None:
    source = read(
        "Leaflet\n\nWhat should you know?\nIt is not for children under two, nor for those who are allergic to ivy.\n\n"
        "Driving\nNo special precautions are necessary.\n\nHow is it taken?\nTwice a day.\n\nHow is it kept?\nCool.\n"
    )
    told = Source(source.text, source.title, blocks=tuple(source.blocks))
    turns = list(ExtractiveWriter().write(Request("Leaflet", "en", 3, "conversation", ("Ada", "Ben"), (told,))))
    [turn] = [turn for turn in turns if "precautions" in turn.text]
    assert "ivy" not in turn.text
    assert "Driving" in turn.text
    assert turn.chapter == "Driving"


def test_steps_are_told_all_or_not_at_all_and_a_date_leads_into_no_list() -> None:
    source = read("Setup\n\nSteps\n\n1. Write `config.toml` first\n2. Enter the place\n3. Run it\n\nThat is all of it.")
    told = Source(source.text, source.title, blocks=tuple(source.blocks))
    turns = list(ExtractiveWriter().write(Request("Setup", "en", 2, "conversation", ("Ada", "Ben"), (told,))))
    assert not [turn for turn in turns if "Enter the place" in turn.text]
    blocks = (
        Block(BlockKind.PARAGRAPH, "Last changed: March 3, 2024"),
        *(Block(BlockKind.ITEM, f"You may not swim in pool {at}.", 1, f"{at}.") for at in (1, 2)),
    )
    first = next(paragraphs("", 0, language="en", blocks=blocks))
    assert (first.text, first.items) == ("Last changed: March 3, 2024.", ())


@pytest.mark.parametrize(
    "text",
    [
        "O seguro fica a cargo do empregador.", "Ocupa el cargo de alcaldesa.", "They are apt to forget it.",
        "She would brew tea for all.", "Le vieux docker du port ne dort jamais.", "Un cd di canti di mare.",
        "The pip of an apple, and nox the night.", "Let the leaves curl up.",
    ],
)  # fmt: skip
def test_words_that_are_names_of_programs_as_well_are_no_code(text: str) -> None:
    assert not is_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "Then run cargo install tides.", "Use brew install tides.", "Run docker run tides.", "Go there: cd tides/src",
        "Fetch it: curl -L tides.example", "First git clone it.", "Run pip install tides.", "Run it with npm ci.",
    ],
)  # fmt: skip
def test_commands_are_code(text: str) -> None:
    assert is_code(text)


def test_the_articles_of_a_constitution_keep_their_lists_and_are_told_without_their_numbers() -> None:
    roman = [f"{tens}{ones}" for tens in ("", "X", "XX", "XXX") for ones in
             ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")][1:39]  # fmt: skip
    items = [f"* {number} -  direito de número {at} de todos" for at, number in enumerate(roman)]
    items[37:] = [
        f"* {roman[37]} -  é reconhecida a instituição do júri, assegurados:", " *     a)  a plenitude de defesa;",
        " *     b)  o sigilo das votações;",
    ]  # fmt: skip
    text = "**Art. 5º** São direitos dos trabalhadores:\n" + "\n".join(items)
    source = read_text(Document(text.encode(), "text/markdown", "lei.md"))
    told = Source(source.text, "A lei", blocks=tuple(source.blocks))
    turns = list(ExtractiveWriter().write(Request("A lei", "pt", 9, "conversation", ("Ada", "Ben"), (told,))))
    words = [turn.text for turn in turns if turn.source is not None]
    assert not [text for text in words if re.search(r"Art\.|[IVX]{2} -|\b[ab]\)", text)]
    [jury] = [text for text in words if "sigilo" in text]
    assert "júri, assegurados: a plenitude" in jury
    assert all(text.removeprefix("É assim que começa. ")[0].isupper() for text in words)


@pytest.mark.parametrize("number", ["XXI", "XXXVIII", "XL", "LXXVII"])
def test_great_numbers_of_items_are_no_part_of_them_in_plain_text(number: str) -> None:
    values = {"XXI": 21, "XXXVIII": 38, "XL": 40, "LXXVII": 77}
    roman = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
    tens = ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX"]
    lines = [f"{tens[at // 10]}{roman[at % 10]} – direito {at} de todos;" for at in range(1, values[number] + 1)]
    found = read("A lei\n\nSão direitos:\n" + "\n".join(lines)).blocks
    assert found[-1].text == f"direito {values[number]} de todos;"
    assert found[-1].marker.startswith(number)


def test_a_disclaimer_in_capitals_is_one_paragraph_wherever_its_lines_were_broken() -> None:
    lines = (
        "THIS SOFTWARE IS PROVIDED BY THE REGENTS AND CONTRIBUTORS ``AS IS'' AND", "ANY EXPRESS OR IMPLIED WARRANTIES,"
        " INCLUDING, BUT NOT LIMITED TO, THE", "IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PURPOSE",
        "ARE DISCLAIMED.  IN NO EVENT SHALL THE REGENTS OR CONTRIBUTORS BE LIABLE", "FOR ANY DAMAGES.",
    )  # fmt: skip
    [*_, last] = read("Copyright (c) The Regents.\n\n" + "\n".join(lines)).blocks
    assert last.kind == BlockKind.PARAGRAPH
    assert last.text == " ".join(" ".join(lines).split()).replace("``", "“").replace("''", "”")


def test_prose_with_lines_of_uneven_length_is_no_list() -> None:
    text = (
        '      "Work" shall mean the work of authorship, whether in Source or\n'
        "      Object form, made available under the License, as indicated by a\n"
        "      copyright notice that is included in or attached to the work\n"
        "      (an example is provided in the Appendix below).\n"
    )
    [block] = read(f"Definitions\n\n{text}").blocks
    assert (block.kind, block.text) == (BlockKind.PARAGRAPH, " ".join(text.split()))


def test_numbers_that_end_at_the_same_place_are_of_one_list() -> None:
    text = "Rights include:\n\n" + "".join(
        f"{number:>4}. the right to sing, to dance and to be heard, by whoever likes to,\n      on day {at};\n"
        for at, number in enumerate(("i", "ii", "iii", "iv", "v"), 1)
    )
    items = read(f"Rights\n\n{text}").blocks[1:]
    assert [block.level for block in items] == [1] * 5


@pytest.mark.parametrize("marks", [("1° ", "2° ", "3° "), ("a) ", "b) ", "c) ")])
def test_numbered_paragraphs_stay_with_what_leads_into_them(marks: tuple[str, ...]) -> None:
    items = ("De délivrer la chose louée ;", "D'entretenir cette chose ;", "D'en faire jouir le preneur.")
    text = "Le bailleur est obligé, sans qu'il soit besoin de le dire :\n\n" + "\n\n".join(
        f"{mark}{item}" for mark, item in zip(marks, items, strict=True)
    )
    source = read_text(Document(f"# Bail\n\n{text}".encode(), "text/markdown", "bail.md"))
    told = Source(source.text, "Bail", blocks=tuple(source.blocks))
    turns = list(ExtractiveWriter().write(Request("Bail", "fr", 2, "conversation", ("Ada", "Ben"), (told,))))
    [turn] = [turn for turn in turns if "délivrer" in turn.text]
    assert "de le dire : De délivrer" in turn.text
    assert "D'en faire jouir le preneur." in turn.text


@pytest.mark.parametrize("text", ["It opened on 12/03/2024 at noon.", "Directive 96/9/EC protects databases."])
def test_days_and_directives_are_no_paths(text: str) -> None:
    assert not is_code(text)


def test_a_clause_below_a_list_is_no_item_of_it() -> None:
    text = (
        '1.5. "Incompatible"\n    means\n\n    (a) that a notice is attached; or\n\n    (b) that it is old.\n\n'
        '1.6. "Form"\n    means any other form.\n\n1.7. "License"\n    means this document.\n'
    )
    found = read(f"Definitions\n\n{text}").blocks
    assert [block.text for block in found if block.kind == BlockKind.ITEM] == [
        "that a notice is attached; or", "that it is old.",
    ]  # fmt: skip
    assert found[-1].text.endswith('"License" means this document.')


ASKED_TWOFOLD: Final = {
    "de": "Was ist Husdin und wofür wird es angewendet?", "en": "What is Husdin and what is it used for?",
    "es": "¿Qué es Husdin y para qué se utiliza?", "fr": "Qu'est-ce que Husdin et dans quels cas l'utilise-t-on ?",
    "it": "Che cos'è Husdin e a cosa serve?", "pt": "O que é Husdin e para que serve?",
}  # fmt: skip


@pytest.mark.parametrize("language", ASKED_TWOFOLD)
def test_a_question_with_and_in_it_takes_nothing_up(language: str) -> None:
    asked = ASKED_TWOFOLD[language]
    source = read(
        f"Husdin\n\nHusdin => 3.\n\n{asked}\nHusdin 5.\n\nHusdin forte?\nHusdin 6.\n\nHusdin mite?\nHusdin 7.\n"
    )
    told = Source(source.text, source.title, blocks=tuple(source.blocks))
    turns = list(ExtractiveWriter().write(Request("Husdin", language, 2, "conversation", ("Ada", "Ben"), (told,))))
    assert asked in [turn.text for turn in turns]


@pytest.mark.parametrize(
    ("number", "title"), [("Art. 2", "(Sanzioni)"), ("Artigo 3.º", "(Sanções)"), ("§ 2", "(Leine)")]
)
def test_titles_of_articles_in_brackets_are_headings(number: str, title: str) -> None:
    for between in ("\n", "\n\n1. "):
        found = read(
            f"Una legge\n\n{number}\n{title}{between}La sanzione non si applica ai minori di anni dieci."
        ).blocks
        assert (found[0].kind, found[0].text) == (BlockKind.HEADING, title.strip("()"))
        assert found[-1].text.endswith("La sanzione non si applica ai minori di anni dieci.")


def test_a_number_with_a_dash_behind_is_no_part_of_its_clause() -> None:
    found = read("Loi\n\nArticle 1er\nI. – La vente est interdite.\nII. – Le I ne s'applique pas aux dons.").blocks
    assert [block.text for block in found[-2:]] == ["La vente est interdite.", "Le I ne s'applique pas aux dons."]


def test_steps_below_ingredients_are_another_list() -> None:
    source = read_text(Document(
        b"# Cake\n\n**For the drizzle**\n* juice of a lemon\n* 85g sugar\n\n1. Heat the oven.\n2. Beat the butter.\n",
        "text/markdown", "cake.md",
    ))  # fmt: skip
    told = Source(source.text, source.title, blocks=tuple(source.blocks))
    turns = list(ExtractiveWriter().write(Request("Cake", "en", 2, "conversation", ("Ada", "Ben"), (told,))))
    assert not [turn for turn in turns if "sugar" in turn.text and "oven" in turn.text]
    assert [turn for turn in turns if "Heat the oven. Beat the butter." in turn.text]


@pytest.mark.parametrize("line", [",", ";", ",,", "– ,", "§ 2", "Q.", "1."])
def test_a_line_of_marks_alone_is_read(line: str) -> None:
    assert read(f"A title\n\nYours truly,\n{line}\n\nThe end is near.").text.endswith("The end is near.")
