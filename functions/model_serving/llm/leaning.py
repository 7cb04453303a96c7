"""Which sentences lean on the one before them, so that nobody would understand them if they were quoted without it.

Told by how they begin: a pronoun, a possessive, a word like "therefore"; where subjects are left out, a verb.
"""

from __future__ import annotations

import re
from typing import Final

_FIRST_WORDS: Final = {
    language: frozenset(words.split())
    for language, words in {
        "en": """
            he she it they him her them his hers its their theirs this that these those such both neither either
            another others but yet so then thus hence therefore however nevertheless instead moreover furthermore
            besides also otherwise accordingly consequently similarly meanwhile afterwards here there and or nor
            because which who yes no indeed still too""",
        "es": """
            él ella ello ellos ellas su sus este esta esto estos estas ese esa eso esos esas aquel aquella aquellos
            aquellas ambos ambas pero sin sino así entonces además también tampoco luego después mientras y e o ni
            porque por allí ahí aquí tal tales dicho dicha lo les sí no es son era eran fue fueron tiene tienen""",
        "fr": """
            il elle ils elles lui leur leurs son sa ses ce cet cette ces cela ceci celui celle ceux celles c'est mais
            ainsi donc alors puis ensuite aussi cependant pourtant toutefois néanmoins or et ou ni car là ici tel telle
            tels telles y en oui non""",
        "de": """
            er sie es ihm ihn ihr ihre ihren ihrem ihrer sein seine seinen seinem seiner dies diese dieser dieses
            diesen diesem das jene jener jenes beide beides aber doch jedoch sondern dann danach darauf damit dadurch
            daher deshalb deswegen also so auch außerdem zudem dennoch trotzdem hingegen dagegen hier dort da und oder
            denn weil dabei dazu davon daran daraus darin solche solcher ja nein allerdings""",
        "pt": """
            ele ela eles elas seu sua seus suas este esta isto estes estas esse essa isso esses essas aquele aquela
            aquilo ambos ambas mas porém contudo todavia assim então depois também além logo portanto e ou nem porque
            ali aí aqui tal tais lhe sim não é são era eram foi foram tem têm""",
        "it": """
            egli lui lei esso essa essi esse loro suo sua suoi sue questo questa questi queste quello quella quelli
            quelle ciò entrambi entrambe ma però tuttavia così allora poi quindi inoltre anche dunque infatti invece e
            o né perché lì là qui tale tali sì no ne è sono era erano fu furono""",
    }.items()
}
_OPENINGS: Final = {
    "en": (
        "in (?:return|turn|contrast|addition|both|this|that|these|such|other words|fact)",
        "for (?:this|that|example|instance)",
        "(?:at|on|by|to|with|of|after|from|one of|some of) (?:this|that|these|those|them|there|then|the same)",
        "on the (?:other|contrary)",
        "as a (?:result|consequence)",
        "the (?:result|reason|explanation|answer|effect|latter|former|same|other|two)",
    ),
    "es": (
        "en (?:cambio|consecuencia)",
        "por (?:eso|ello|tanto)",
        "al mismo",
        "el resultado",
        r"\w+ (?:sus?|est[aeo]s?)",
    ),
    "fr": (
        "par (?:conséquent|exemple)",
        "en (?:revanche|effet|outre)",
        "le résultat",
        r"\w+ (?:son|sa|ses|leurs?|cela|ce)",
    ),
    "de": ("zum beispiel", "im gegensatz", "das ergebnis", r"(?:in|aus|mit|nach|bei|von|an|zu) diese[rmn]"),
    "pt": ("por (?:isso|exemplo)", "em (?:troca|consequência)", "o resultado", r"\w+ (?:seus?|suas?)", "dest[ae]s?"),
    "it": ("per (?:questo|esempio)", "di conseguenza", "il risultato", r"\w+ (?:su[oae]|suoi|quest[oaei])"),
}
_PATTERNS: Final = {
    language: re.compile(rf"(?:{'|'.join(openings)})\b", re.IGNORECASE) for language, openings in _OPENINGS.items()
}
_STANDS_ALONE: Final = re.compile(
    r"(?:it (?:is|was|has been|takes|seems|turns)\b.* (?:that|to)\b|there (?:is|are|was|were)\b"
    r"|this (?:week|month|year|morning)\b|(?:es|da) (?:gibt|war|ist)\b|es (?:ist|war)\b)",
    re.IGNORECASE,
)
_TAKES_UP: Final = re.compile(r"\b(?:therefore|however|the latter|the former|do the same)\b", re.IGNORECASE)


def leans(text: str, language: str) -> bool:
    """Whether the first sentence of this text takes something up from before it: "It", "Such", "In return"."""
    opening = text.lstrip("«“\"'(¿¡— ").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if not opening or _STANDS_ALONE.match(opening):
        return False
    if opening.split(maxsplit=1)[0].rstrip(",.;:").lower() in _FIRST_WORDS[language]:
        return True
    if _PATTERNS[language].match(opening):
        return True
    return language == "en" and _TAKES_UP.search(opening[:160].partition(". ")[0]) is not None
