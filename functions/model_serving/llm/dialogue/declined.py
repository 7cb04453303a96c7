"""Words of a model about its task, where a turn should be: a refusal, or what hands the script over, or ends it.

Told by whole phrases, for hosts say "I'm sorry" and "here is why" as well: whoever refuses says in the same sentence
what they will not do, and whoever hands a script over calls it one, and ends with a colon.
"""

from __future__ import annotations

import re
from typing import Final

_SELF: Final = (
    r"as an? (?:AI|artificial intelligence|(?:large )?language model)\b",
    r"als (?:KI|künstliche Intelligenz|(?:großes )?Sprachmodell)\b",
    r"como (?:una? |uma )?(?:IA|inteligencia artificial|inteligência artificial|modelo de (?:lenguaje|linguagem))\b",
    r"en tant (?:qu['’](?:IA|intelligence artificielle)|que modèle de langage)\b",
    r"(?:come|in quanto) (?:una? )?(?:IA|intelligenza artificiale|modello linguistico)\b",
)
_REFUSALS: Final = (
    r"(?:(?:I['’]m|I am) (?:\w+ )?(?:sorry|afraid)|sorry|I apologi[sz]e|unfortunately)?,? ?(?:but )?I "
    r"(?:can(?:no|['’])t|can not|am (?:unable|not able) to|['’]m (?:unable|not able) to|(?:won['’]t|will not)) "
    r"(?:be able to )?(?:help|assist|comply|fulfill?|provide|create|write|generate|produce|continue|engage|do)\b"
    r".{0,60}\b(?:requests?|that|this|content|topic|dialogue|script|prompt|material)\b",
    r"(?:es tut mir (?:\w+ )?leid|tut mir leid|leider|entschuldigung),? (?:aber )?(?:\w+ ){0,4}(?:kann|darf|werde) ich "
    r".{0,60}\bnicht\b.{0,40}\b(?:helfen|erfüllen|beantworten|unterstützen|schreiben|erstellen|nachkommen)\b",
    r"(?:lo siento|lo lamento|disculpa|perdón)\w*,? (?:pero )?no (?:puedo|me es posible) .{0,20}\b"
    r"(?:ayud|cumpl|respond|escrib|gener|crear|proporcion|asist|continuar)",
    r"(?:(?:je suis )?(?:\w+ )?désolée?|je regrette),? (?:mais )?je ne (?:peux|suis|puis) .{0,30}\b"
    r"(?:aider|répondre|satisfaire|écrire|générer|fournir|assister|accéder|continuer)\b",
    r"(?:desculp[ea]|lamento|sinto muito|peço desculpas?)\w*,? (?:mas )?não (?:posso|consigo|me é possível) .{0,20}\b"
    r"(?:ajud|atend|respond|escrev|ger|cri|fornec|continuar)",
    r"(?:mi dispiace|spiacente|sono spiacente|scusa)\w*,? (?:ma )?non (?:posso|sono in grado di|riesco a) .{0,20}\b"
    r"(?:aiut|soddisf|rispond|scriv|gener|crea|forni|assist|continuare)",
)
_WITHOUT_APOLOGY: Final = (
    r"(?:dabei|damit|hierbei|bei dieser \w+|diese \w+) (?:kann|darf|werde) ich (?:\w+ ){0,3}nicht (?:\w+ )?"
    r"(?:helfen|weiterhelfen|behilflich|unterstützen|erfüllen|beantworten|bearbeiten|nachkommen)\b",
    r"ich (?:kann|darf) (?:\w+ ){0,3}(?:bei|mit) (?:dieser|diesem|der|dem)\b.{0,30}\bnicht (?:weiter)?helfen\b",
    r"no (?:puedo|me es posible) (?:ayudar|asistir|cumplir|atender|responder|completar|satisfacer)\w*\b.{0,20}"
    r"\b(?:solicitud|petición|eso|esto|tema|contenido)\b",
    r"je ne (?:peux|suis|puis) (?:\w+ ){0,3}(?:aider|répondre|accéder|satisfaire|assister|donner suite)\b.{0,20}"
    r"\b(?:demande|cela|ça|sujet|contenu|requête)\b",
    r"não (?:posso|consigo) (?:\w+ )?(?:ajudar|atender|responder|cumprir|auxiliar)\w*(?:-\w+)?\b.{0,20}"
    r"\b(?:pedido|solicitação|isso|isto|tema|conteúdo)\b",
    r"non (?:posso|sono in grado di|riesco a) (?:aiutar|assister|soddisfar|risponder|elaborar|evader)\w*\b.{0,20}"
    r"\b(?:richiesta|questo|ciò|argomento|contenuto)\b",
)
_RULES: Final = (
    r"[^.!?\n]{0,120}\b(?:violat\w+|viola\w*|verst(?:ö|o)ß\w*|incumple\w*|infringe\w*|enfreint\w*|contraire|contr\w+)\b"
    r"[^.!?\n]{0,40}\b(?:(?:content|usage|safety) polic\w+|guidelines|(?:inhalts)?richtlinien|nutzungsbedingungen"
    r"|directrices|políticas? de (?:contenido|uso|conteúdo)|diretrizes|règles d['’]utilisation|politique de contenu"
    r"|linee guida)\b[^.!?\n]{0,80}\b(?:can(?:no|['’])t|unable|nicht|no puedo|ne peux|não posso|non posso)\b"
)
"""What a model refers to that says why: "this request violates the guidelines, and I cannot …"."""
_REFUSES = re.compile(rf"\W*(?:{'|'.join((*_SELF, *_REFUSALS, *_WITHOUT_APOLOGY, _RULES))})", re.IGNORECASE | re.DOTALL)
_ENDS = re.compile(
    r"\W*(?:the )?end(?: of (?:the )?(?:script|dialogue|conversation|podcast|episode|transcript|chapter|opening|turns?"
    r"|segment))?\W*|\W*(?:\(?ende|schluss)(?: (?:des|der) \w+)?\W*|\W*fin(?: (?:del?|du|de la) \w+)?\W*"
    r"|\W*fim(?: d[oa] \w+)?\W*|\W*fine (?:del(?:la)?|dell['’]) ?\w+\W*",
    re.IGNORECASE,
)
_SCRIPT: Final = (
    r"(?:dialogu?e?|script|conversation|podcast|transcript|turns|JSON|Skript|Gespräch|Drehbuch|diálogo|gui[oó]n"
    r"|conversación|roteiro|guião|conversa|dialogo|copione|conversazione)"
)
_LONGEST_END: Final = 40
_HANDS_OVER = re.compile(
    r"\W*(?:(?:sure|certainly|of course|absolutely|okay|great|klar|natürlich|gerne?|sicher|claro|por supuesto"
    r"|com certeza|bien sûr|d['’]accord|certo|certamente)\b[\s!,.]*)?"
    r"(?:here(?:['’]s| is| are)|hier (?:ist|sind|kommt)|aquí (?:está|tiene)\w*|voici|aqui está|ecco)\b"
    rf"[^.!?:]{{0,80}}\b{_SCRIPT}\b[^.!?:]{{0,60}}:\W*",
    re.IGNORECASE,
)


def declines(text: str) -> bool:
    """Tell whether a turn, or an answer, begins by refusing its task."""
    return _REFUSES.match(text[:400]) is not None


def ends_script(text: str) -> bool:
    """Tell whether a turn does nothing but say that the script is over: "End of script."."""
    return len(text) <= _LONGEST_END and _ENDS.fullmatch(text) is not None


def hands_over(text: str) -> bool:
    """Tell whether a turn does nothing but announce the script: "Sure! Here is the dialogue:"."""
    return _HANDS_OVER.fullmatch(text) is not None
