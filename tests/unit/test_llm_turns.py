"""From a model's text to spoken words: thoughts, labels, directions, nearly JSON, lines, names, and languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from common.text.detection import is_foreign
from common.text.sentences import sentences
from functions.model_serving.llm.dialogue.cast import Cast
from functions.model_serving.llm.dialogue.declined import declines, ends_script, hands_over
from functions.model_serving.llm.dialogue.nearly_json import values_in
from functions.model_serving.llm.dialogue.reasoning import without_reasoning
from functions.model_serving.llm.dialogue.spoken import spoken
from functions.model_serving.llm.dialogue.turn_stream import TurnReader

HOSTS = ("Ada", "Ben")
SAID = '{"speaker": "Ada", "text": "Now < then [1]."}'
DRAFT = '{"speaker": "Ada", "text": "DRAFT"}'
SIZES = [1, 3, 7, 10_000]


def cut(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (f"<think>Well, {DRAFT}</think>\n{SAID}", SAID),
        (f"<Thinking>Well, {DRAFT}</Thinking>{SAID}", SAID),
        (f"<thought>{DRAFT}</thought>{SAID}", SAID),
        (f"<seed:think>{DRAFT}</seed:think>{SAID}", SAID),
        (f"[THINK]{DRAFT}[/THINK]{SAID}", SAID),
        (f"◁think▷{DRAFT}◁/think▷{SAID}", SAID),
        (f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>{SAID}", SAID),
        (f"{SAID}<think>{DRAFT}</think>{SAID}", SAID * 2),
        (f"<think>{DRAFT}", ""),
        ("I should write this in turns that are short, and begin with the sea. " + f"{DRAFT}\nNo.</think>{SAID}", SAID),
        (SAID, SAID),
        (f"Sure! {SAID}", f"Sure! {SAID}"),
        ("Ada: Hello.\nBen: Yes.", "Ada: Hello.\nBen: Yes."),
        ("No answer that anybody could have asked for, and a long one.", None),
    ],
)
def test_thoughts_are_no_part_of_an_answer_however_they_are_marked_and_cut(
    answer: str, left: str | None, size: int
) -> None:
    assert "".join(without_reasoning(cut(answer, size))).strip() == (answer if left is None else left)


def test_an_answer_without_thoughts_is_not_held_back() -> None:
    assert next(without_reasoning(cut(SAID, 1))) == SAID[0]


LINES = {
    "numbered": "1. Ada: {}\n2. Ben: {}",
    "numbered and bold": "1. **Ada:** {}\n2. **Ben:** {}",
    "with times": "[00:00] Ada: {}\n[00:05] Ben: {}",
    "in bullets": "* **Ada:** {}\n* **Ben:** {}",
    "with pictures": "\N{STUDIO MICROPHONE} Ada: {}\n\N{STUDIO MICROPHONE} Ben: {}",
    "a table": "| Speaker | Text |\n|---|---|\n| Ada | {} |\n| Ben | {} |",
    "a table with numbers": "| # | Host | Line |\n|--|--|--|\n| 1 | **Ada** | {} |\n| 2 | **Ben** | {} |",
    "dashes": "Ada – {}\nBen – {}",
    "bold and dashes": "**Ada** — {}\n**Ben** — {}",
    "names as headings": "### Ada\n{}\n\n### Ben\n\n{}",
    "names in bold above": "**Ada**\n{}\n\n**Ben**\n{}",
    "names above": "ADA\n{}\n\nBEN\n{}",
    "YAML": "- speaker: Ada\n  text: {}\n  source: 1\n- speaker: Ben\n  text: {}\n  source: 1",
    "tags": "<Ada>{}</Ada><Ben>{}</Ben>",
    "attributes": '<turn speaker="Ada">{}</turn>\n<turn speaker="Ben">{}</turn>',
    "pairs": '[["Ada", "{}"], ["Ben", "{}"]]',
    "calls": '<tool_call>{{"name": "add", "arguments": {{"speaker": "Ada", "text": "{}"}}}}</tool_call>\n'
             '<tool_call>{{"name": "add", "arguments": {{"speaker": "Ben", "text": "{}"}}}}</tool_call>',
    "a string": '"[{{\\"speaker\\": \\"Ada\\", \\"text\\": \\"{}\\"}}, '
                '{{\\"speaker\\": \\"Ben\\", \\"text\\": \\"{}\\"}}]"',
    "a string of many lines": '```json\n"[\\n {{\\n  \\"speaker\\": \\"Ada\\",\\n  \\"text\\": \\"{}\\"\\n }},'
                              '\\n {{\\n  \\"speaker\\": \\"Ben\\",\\n  \\"text\\": \\"{}\\"\\n }}\\n]"\n```',
    "a string in an object": '{{"turns": "[{{\\"speaker\\": \\"Ada\\", \\"text\\": \\"{}\\"}}, '
                             '{{\\"speaker\\": \\"Ben\\", \\"text\\": \\"{}\\"}}]"}}',
    "strings": 'Here you are:\n["{{\\"speaker\\": \\"Ada\\", \\"text\\": \\"{}\\"}}", '
               '"{{\\"speaker\\": \\"Ben\\", \\"text\\": \\"{}\\"}}"]\n\nEnjoy!',
    "a string a line": '"{{\\"speaker\\": \\"Ada\\", \\"text\\": \\"{}\\"}}"\n'
                       '"{{\\"speaker\\": \\"Ben\\", \\"text\\": \\"{}\\"}}"',
    "lines in a list": '["Ada: {}", "Ben: {}"]',
    "Python": "[{{'speaker': 'Ada', 'text': '{}', 'source': None}}, {{'speaker': 'Ben', 'text': '{}', 'last': True}}]",
    "tuples": "[('Ada', '{}'), ('Ben', '{}')]",
    "keyed by numbers": '{{"turns": {{"1": {{"speaker": "Ada", "text": "{}"}}, '
                        '"2": {{"host": "Ben", "line": "{}"}}}}}}',
    "names beside numbers": '[{{"turn": 1, "Ada": "{}"}}, {{"turn": 2, "Ben": "{}"}}]',
    "names in objects": '[{{"speaker": {{"name": "Ada"}}, "text": "{}"}}, '
                        '{{"speaker": {{"name": "Ben"}}, "text": "{}"}}]',
    "columns": '{{"speakers": ["Ada", "Ben"], "texts": ["{}", "{}"]}}',
    "columns of other names": '```json\n{{"title": "T", "turns": {{"speaker": ["Ada", "Ben"], '
                              '"line": ["{}", "{}"], "source": [1, null]}}}}\n```',
    "columns by rows": '{{"speaker": {{"0": "Ada", "1": "Ben"}}, "text": {{"0": "{}", "1": "{}"}}}}',
    "columns in a string": '{{"turns": "{{\\"speakers\\": [\\"Ada\\", \\"Ben\\"], '
                           '\\"texts\\": [\\"{}\\", \\"{}\\"]}}"}}',
    "hosts beside lines": '{{"hosts": ["Ada", "Ben"], "lines": ["Ada: {}", "Ben: {}"]}}',
    "a table of values": 'speaker,text\nAda,"{}"\nBen,"{}"',
    "TOML": '[[turns]]\nspeaker = "Ada"\ntext = "{}"\n\n[[turns]]\nspeaker = "Ben"\ntext = "{}"',
    "comments": '{{speaker: "Ada", text: "{}", /* from 1 */ source: 1}}\n{{speaker: "Ben", text: "{}"}} // end',
    "fields in capitals": '[{{"Speaker": "Ada", "Text": "{}"}}, {{"SPEAKER": "Ben", "TEXT": "{}"}}]',
    "other fields": '[{{"speaker": "Ada", "message": "{}"}}, {{"character": "Ben", "speech": "{}"}}]',
    "arrows": "Ada > {}\nBen -> {}",
    "wide colons": "Ada\uff1a{}\nBen\uff1a{}",
    "in quotation marks": 'Ada: "{}"\nBen: “{}”',
    "commas too many": '```json\n[{{"speaker": "Ada", "text": "{}",}}, {{"speaker": "Ben", "text": "{}",}},]\n```',
}  # fmt: skip
"""How models write a script, whatever they are asked for."""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", LINES.values(), ids=LINES)
def test_a_script_is_understood_in_each_form_that_models_give_it(form: str, size: int) -> None:
    said = ("The marsh holds the mud – all of it.", "And it breaks the waves: every one.")
    reader = TurnReader(HOSTS)
    turns = [turn for piece in without_reasoning(cut(form.format(*said), size)) for turn in reader.feed(piece)]
    turns += reader.finish()
    assert [(turn.speaker.title(), turn.text) for turn in turns] == list(zip(HOSTS, said, strict=True))


NEXT = '{"speaker": "Ben", "text": "Next."}'
NEARLY = {
    r'{"speaker": "Ada", "text": "The marsh\'s old.", "source": 1}': ("Ada", "The marsh's old.", 1),
    r'{"speaker": "Ada", "text": "Say \alpha, then.", "source": 1}': ("Ada", r"Say \alpha, then.", 1),
    '{"speaker": "Ada", "text": "He said "no".", "source": 1}': ("Ada", 'He said "no".', 1),
    '{"speaker": "Ada", "text": "5" wide.", "source": 1}': ("Ada", '5" wide.', 1),
    '{"speaker": "Ada", "text": "One,\n note 2.", "source": 1}': ("Ada", "One, note 2.", 1),
    '{"speaker": "Ada", "text": "One\ttwo.", "source": 1,}': ("Ada", "One two.", 1),
    "{'speaker': 'Ada', 'text': 'It is so.', 'source': None}": ("Ada", "It is so.", None),
    "{'speaker': 'Ada', 'text': 'It doesn't, though it's so.', 'source': 1}": ("Ada", "It doesn't, though it's so.", 1),
    "{'speaker': 'Ada', 'text': 'They say \\'so.\\'', 'source': 1}": ("Ada", "They say 'so.'", 1),
    '{speaker: "Ada", text: "No marks.", source: 1}': ("Ada", "No marks.", 1),
    '{"speaker": "Ada" "text": "No comma." "source": 1}': ("Ada", "No comma.", 1),
    "{“speaker”: “Ada”, “text”: “Curly.”, “source”: 1}": ("Ada", "Curly.", 1),
    '{"speaker": "Ada", "text": ["Two.", "Parts."]}': ("Ada", "Two. Parts.", None),
    '{"host": "Ada", "line": "Other fields."}': ("Ada", "Other fields.", None),
    '{"Ada": "By name."}': ("Ada", "By name.", None),
    '{\n  "speaker": "Ada",\n  "text": "Over lines.",\n  "source": "1"\n}': ("Ada", "Over lines.", 1),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("written", "turn"), NEARLY.items())
def test_what_is_nearly_json_is_read(written: str, turn: tuple[str, str, int | None], size: int) -> None:
    reader = TurnReader(HOSTS)
    found = [one for piece in cut(f"{written}\n{NEXT}\n", size) for one in reader.feed(piece)] + reader.finish()
    assert [(one.speaker, one.text, one.source) for one in found] == [turn, ("Ben", "Next.", None)]
    assert (reader.broken, reader.inside) == (0, False)


@pytest.mark.parametrize("size", SIZES)
def test_a_message_of_nobody_is_no_turn(size: int) -> None:
    reader = TurnReader(HOSTS)
    assert [
        turn for piece in cut('{"message": "Out of credit.", "type": "error"}', size) for turn in reader.feed(piece)
    ] == []
    assert reader.finish() == []


def test_a_repair_never_costs_words() -> None:
    reader = TurnReader(HOSTS)
    assert reader.feed('{"speaker": "Ada", "text": "She said: "well, it is: "here"", and left."}\n') == []
    assert reader.broken == 1


@pytest.mark.parametrize(
    "answer",
    [
        '{"title": "Ada: a life", "narrator": "Ada"}',
        '{"hosts": {"Ada": "Curious.", "Ben": "Patient."}}',
        '{"speakers": ["Ada", "Ben"]}',
        '{"speakers": ["Ada", "Ben"], "topics": ["The sea and its tides.", "The Moon and its pull."]}',
        '{"speakers": ["Ada", "Ben", "Cy"], "texts": ["The sea and its tides."]}',
        '{"a":' * 3_000 + "[" * 3_000,
        '"' + "[" * 3_000 + '"',
    ],
)
def test_what_is_no_script_is_none(answer: str) -> None:
    reader = TurnReader(HOSTS)
    assert reader.feed(answer) + reader.finish() == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "answer",
    [
        "Ada: One.\nBen: Two\nlines.",
        "**Ada:** One.\n\n**Ben** (warmly): Two\n\nlines.\n\nAda: Three.",
        "Here is the script:\n\nADA: [softly] One.\nBEN: Two lines.\n\nLet me know if you would like any changes!",
        "- Ada: One.\n- Ben: Two lines.",
        "<p>Ada: One.</p>\n<p>Ben: Two lines.</p>",
        "<Ada>One.</Ada>\n<Ben>Two\nlines.</Ben>",
    ],
)
def test_an_answer_in_lines_is_read_where_there_is_no_json(answer: str, size: int) -> None:
    reader = TurnReader(HOSTS)
    assert [turn for piece in cut(answer, size) for turn in reader.feed(piece)] == []
    turns = [(turn.speaker.capitalize(), turn.text) for turn in reader.finish()]
    assert turns[:2] == [("Ada", "One."), ("Ben", "Two lines.")]
    assert len(turns) == answer.count("Three") + 2


def test_lines_beside_json_are_talk() -> None:
    reader = TurnReader(HOSTS)
    assert len(reader.feed(f"Note: as asked.\n{SAID}\nBen: there you are")) == 1
    assert reader.finish() == []


def test_the_last_line_of_an_answer_that_was_cut_off_is_left_out() -> None:
    reader = TurnReader(HOSTS)
    reader.feed("Ada: One.\nBen: Tw")
    assert [turn.text for turn in reader.finish(cut=True)] == ["One."]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Ada: The sea.", "The sea."),
        ("**Ada:** The sea.", "The sea."),
        ("Ada (excited): The sea.", "The sea."),
        ("Host 1: The sea.", "The sea."),
        ("[Ada] The sea.", "The sea."),
        ('Ben: "Well, yes."', '"Well, yes."'),
        ("Remember: it rises.", "Remember: it rises."),
        ("Ada and Ben: a story.", "Ada and Ben: a story."),
        ("Ada, what do you think?", "Ada, what do you think?"),
        ('[excited] Wow! (leans in) It rises. <break time="1s"/> *nods* [short pause] 😀', "Wow! It rises."),
        ("I mean (laughs) yes, *chuckles softly* indeed.", "I mean yes, indeed."),
        ("That is all. (smiles warmly)", "That is all."),
        ("Well... [thinking] Maybe.", "Well... Maybe."),
        ("[Music fades in] Hello.", "Hello."),
        ("Es stimmt. (lacht) Ja.", "Es stimmt. Ja."),
        ("¿Qué? (se ríe) Sí.", "¿Qué? Sí."),
        ("C'est vrai. (rires) Oui.", "C'est vrai. Oui."),
        ("John (of the Beatles) sang.", "John (of the Beatles) sang."),
        ("She (a musician) is *music* itself.", "She (a musician) is music itself."),
        ("It was cold. (It was ten degrees.) We went in.", "It was cold. (It was ten degrees.) We went in."),
        ("It is 5 metres (about 16 feet). Then it falls.", "It is 5 metres (about 16 feet). Then it falls."),
        ("Laughing gas (nitrous oxide) works.", "Laughing gas (nitrous oxide) works."),
        ("The beat (a drum beat) goes on.", "The beat (a drum beat) goes on."),
        ("Dogs (smiling breeds, they say) bark.", "Dogs (smiling breeds, they say) bark."),
        ("He said [the tenant] must pay.", "He said [the tenant] must pay."),
        ("*Never* again. It is *big*.", "Never again. It is big."),
        ("_sighs_ Well. ~laughs~ {chuckles} <<laughs>> Yes.", "Well. Yes."),
        ("\u3010laughs\u3011Yes, *Ada leans forward* so. [inaudible]", "Yes, so."),
        ("\N{EIGHTH NOTE} music \N{EIGHTH NOTE} Well... *takes a breath* here we go.", "Well... here we go."),
        ("That is — [laughter] — odd (laughing), is it not?", "That is — odd, is it not?"),
        ("1. **First:** One.\n2. `code` and $x^2$", "First: One. code and x^2"),
        ("He paid $5 and $6, at 5 °C.", "He paid $5 and $6, at 5 °C."),
        ("Salt &amp; mud &mdash; that&#39;s it; AT&T; 2 &lt; 3.", "Salt & mud — that's it; AT&T; 2 < 3."),
        ("<![CDATA[The sea.]]>", "The sea."),
        ("The\u200b sea\ufeff is\u2060 \u202eup\u202c.", "The sea is up."),
        ("⟨laughs⟩ The sea. 〈pauses〉", "The sea."),
        ("-- laughs -- The sea. /whispers/ It rises.", "The sea. It rises."),
        ("He sat – smiling – at the door.", "He sat – smiling – at the door."),
        ("\u3010\u7b11\u3011The sea.", "The sea."),
        ("The sea rises [1], (source 2) 【4†source】. (Word count: 9)", "The sea rises."),
        ("The source (of 3 rivers) is here.", "The source (of 3 rivers) is here."),
        ("It is \\(x\\) and \\textbf{mud}.", "It is x and mud."),
        ("Presentadora: El mar.", "El mar."),
        ("Moderatorin 2: Das Meer.", "Das Meer."),
        ("**Animatrice :** La mer.", "La mer."),
        ("Conduttore: Il mare.", "Il mare."),
        ("Apresentador: O mar.", "O mar."),
    ],
)
def test_no_voice_says_who_speaks_or_how_and_asides_are_said(written: str, said: str) -> None:
    assert spoken(written, HOSTS) == said
    [turn] = TurnReader(HOSTS).feed(json.dumps({"speaker": "Ada", "text": written}))
    assert turn.text == said


def test_a_model_that_gives_the_hosts_other_names_means_the_same_ever_after() -> None:
    cast = Cast(("Ada Lovelace", "Ben"))
    names = ["ada lovelace", "**Ada**", "BEN", "Host 2", "speaker A", "Riley", "Morgan", "Riley", "Third", ""]
    hosts = [cast.host(name, next_host="Ben") for name in names]
    ada, ben = "Ada Lovelace", "Ben"
    assert hosts == [ada, ada, ben, ben, ada, ben, ada, ben, ben, ben]


def test_a_plan_is_found_whatever_stands_around_it() -> None:
    plan = {"chapters": [{"title": "One"}]}
    draft = '{"chapters": [{"title": "Draft"}]}'
    for answer in (
        json.dumps(plan),
        f"A draft: {draft}\nBetter: {json.dumps(plan)} Done.",
        f"```json\n{json.dumps(plan, indent=1)}\n```",
        "{'chapters': [{'title': 'One'},]}",
        '{"chapters": [{"title": "One"}',
    ):
        assert plan in values_in(answer)
    assert next(values_in(f"{draft} {json.dumps(plan)}")) == plan


TEXTS = [path for path in sorted((Path(__file__).parent / "texts").glob("*.??.txt")) if path.suffixes[0] != ".x"]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_no_sentence_is_held_for_foreign_in_its_own_language_and_most_are_in_another(path: Path) -> None:
    language = path.suffixes[0][1:]
    every = list(sentences(path.read_text().replace("\n", " "), language))
    assert not [sentence for sentence in every if is_foreign(sentence, language)]
    other = "en" if language != "en" else "es"
    assert sum(is_foreign(sentence, other) for sentence in every) > 0.8 * len(every)


@pytest.mark.parametrize(
    "text",
    ["One.\\nBen: Two.\\nAda: Three.", "One. Ben: Two. **Ada:** Three.",
     '[{\\"speaker\\": \\"Ada\\", \\"text\\": \\"One.\\"}, {\\"speaker\\": \\"Ben\\", \\"text\\": \\"Two.\\"}, '
     '{\\"speaker\\": \\"Ada\\", \\"text\\": \\"Three.\\"}]'],
    ids=["lines", "in a row", "JSON"],
)  # fmt: skip
def test_no_host_says_the_lines_of_another(text: str) -> None:
    turns = TurnReader(HOSTS).feed('{"speaker": "Ada", "text": "' + text + '"}')
    assert [(turn.speaker, turn.text) for turn in turns] == [("Ada", "One."), ("Ben", "Two."), ("Ada", "Three.")]
    [turn] = TurnReader(HOSTS).feed('{"speaker": "Ada", "text": "I asked Ben: why? He said: so."}')
    assert turn.text == "I asked Ben: why? He said: so."


@pytest.mark.parametrize(
    "answer",
    [
        '{"speaker": "Ada", "text": "..."}',
        '{"speaker": "Ada", "text": "string"}',
        '{"speaker": "Ada", "text": "[Insert a fact here]"}',
        '{"speaker": "Ada", "text": "\\u200b"}',
        '{"message": "Out of credit", "text": "Payment required"}',
        '{"error": {"code": 402}, "content": "Payment required"}',
    ],
)
def test_what_has_nothing_to_say_is_no_turn(answer: str) -> None:
    reader = TurnReader(HOSTS)
    assert reader.feed(answer) + reader.finish() == []


@pytest.mark.parametrize("end", ["{" * 300_000, "mud\n" * 75_000, '"' * 300_000, "mud " * 75_000])
def test_an_answer_of_any_length_is_read_at_once(end: str) -> None:
    """A square growth would take minutes."""
    reader = TurnReader(HOSTS)
    for answer in (end, '{"speaker": "Ada", "text": "' + end):
        for piece in without_reasoning(cut(answer, 4_096)):
            assert reader.feed(piece) == []


DECLINED = {
    "en": ("I'm sorry, but I can't assist with that request.", "As an AI language model, I cannot record audio.",
           "I cannot provide that content.", "Unfortunately, I am unable to help with this topic.",
           "This request violates our content policy, so I cannot go on."),
    "de": ("Es tut mir leid, aber dabei kann ich Ihnen leider nicht helfen.", "Als KI kann ich das nicht.",
           "Leider kann ich diese Anfrage nicht beantworten.", "Dabei kann ich leider nicht helfen."),
    "es": ("Lo siento, pero no puedo ayudar con eso.", "Como modelo de lenguaje, no tengo opiniones.",
           "No puedo ayudarte con esa solicitud."),
    "fr": ("Je suis désolé, mais je ne peux pas répondre à cette demande.", "En tant qu'IA, je n'écoute rien.",
           "Je ne peux pas répondre à cette demande."),
    "pt": ("Desculpe, mas não posso ajudar com isso.", "Como uma IA, não ouço nada.", "Não posso ajudar com isso."),
    "it": ("Mi dispiace, ma non posso aiutarti con questo.", "In quanto modello linguistico, non ascolto.",
           "Mi dispiace, ma questa richiesta viola le linee guida e non posso continuare."),
}  # fmt: skip
SPOKEN = (
    "I'm sorry, but I can't agree with you there.", "I cannot help noticing how cold it is.", "I'm sorry, Ben.",
    "Es tut mir leid, aber das stimmt nicht.", "Leider kann ich das Meer von hier nicht sehen.",
    "Lo siento, pero no puedo estar de acuerdo.", "Je suis désolé, mais je ne peux pas le croire.",
    "Desculpe, mas não posso concordar.", "Mi dispiace, ma non posso crederci.", "Here is why: it rises.",
    "No puedo ayudarte a remar.", "Je ne peux pas répondre pour lui.", "Não posso ajudar o farol a girar.", "Fine.",
    "Dabei kann ich nicht schlafen.", "Non posso aiutare la marea.", "The end of the pier.", "Das Ende des Stegs.",
    "As an aid to sailors, it is lit.", "Here are the numbers: two and three.", "Hier ist der Grund: Es regnet.",
)  # fmt: skip


@pytest.mark.parametrize("text", [text for texts in DECLINED.values() for text in texts])
def test_a_refusal_is_told_from_what_a_host_says(text: str) -> None:
    assert declines(text)
    assert not any(declines(said) or hands_over(said) or ends_script(said) for said in SPOKEN)


@pytest.mark.parametrize(
    "text",
    [
        "Sure! Here is the dialogue about salt marshes:", "Certainly. Here's your podcast script:",
        "Klar! Hier ist das Gespräch:", "¡Claro! Aquí tienes el diálogo:", "Bien sûr ! Voici le dialogue :",
        "Claro! Aqui está o diálogo:", "Certo! Ecco il dialogo:",
    ],
)  # fmt: skip
def test_a_sentence_that_hands_the_script_over_is_none_of_it(text: str) -> None:
    assert hands_over(text)


@pytest.mark.parametrize(
    "text",
    ["End of script.", "THE END", "[End of podcast]", "Ende des Gesprächs.", "Fin del diálogo.", "Fin.",
     "Fim do roteiro.", "Fine del copione."],
)  # fmt: skip
def test_words_that_end_the_script_are_none_of_it(text: str) -> None:
    assert ends_script(text)


@pytest.mark.parametrize("mark", ["[END]", "(music fades)", "<END>"])
def test_a_turn_of_a_mark_alone_does_not_make_an_answer_malformed(mark: str) -> None:
    reader = TurnReader(HOSTS)
    said = reader.feed(f'{{"speaker": "Ada", "text": "It rises."}}\n{{"speaker": "Ben", "text": "{mark}"}}\n')
    assert [turn.text for turn in said + reader.finish()] == ["It rises."]
    assert not reader.broken
