"""What a page says about itself rather than about its matter: bylines, dates, buttons, offers, notices.

Short blocks are looked at alone, each by itself, in the languages that there are podcasts in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from common.text.blocks import Block, BlockKind
from common.text.sentences import ended
from functions.content_harvester.back_matter import without_back_matter
from functions.content_harvester.source import Unreadable

_LONGEST = 160
_READING_TIME = re.compile(
    r"(?:reading time|lesezeit|temps de lecture|tiempo de lectura|tempo de leitura|tempo di lettura)\s?:?\s?"
    r"(?:ca\.?\s)?\d{1,3}\D{0,12}|\d{1,3}(?:\s?[-–]\s?\d{1,3})?[ -]?min(?:ute[ns]?|utos?|uti)?\.?\s"
    r"(?:read(?:ing)?(?: time)?|lesezeit|de lecture|de lectura|de leitura|di lettura)",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"advertisement|sponsored|anzeige|werbung|publicité|publicidad|publicidade|pubblicità"
    r"|(?:share(?= (?:this|on|via|article|story|post)\b|$)|teilen|partager|compartir|compartilhar|partilhar|condividi)"
    r"(?: .{1,60})?"
    r"|(?:follow us|folgen sie uns|suivez-nous|síguenos|siga-nos|seguici)\b.{0,80}"
    r"|(?:read more|read also|see also|related|mehr dazu|lesen sie auch|lire aussi|à lire aussi|lee también|leer más|"
    r"leia também|leia mais|leggi anche)\b\s?:?.{0,120}"
    r"|(?:sign up|subscribe)\b.{0,100}\bnewsletter\b.{0,40}|skip to (?:main )?content|back to top|copy link|print this"
    r"|listen to (?:this|the) (?:article|story)|\d{1,5} (?:comments?|kommentare?|commentaires?|comentarios?|commenti)",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?:(?:first|last|originally)\s)?(?:published|posted|updated|modified|veröffentlicht|aktualisiert|publié|"
    r"mis à jour|publicado|actualizado|atualizado|pubblicato|aggiornato)\b.{0,100}(?:\d|\bago\b).{0,40}",
    re.IGNORECASE,
)
_BY = frozenset(re.findall(r"\w+", "by and von und par et por y e di text story words"))
_OFFER = re.compile(
    r"(?:continue|keep) reading\b|read the (?:full|rest of the) (?:article|story)\b|"
    r"subscribe (?:now|today|to (?:read|continue|unlock|get))|"
    r"already (?:a |have an? )(?:subscri|account|member)|(?:available|reserved|only) (?:to|for) (?:paid |paying |our )?"
    r"(?:subscribers|members)|for (?:subscribers|members) only|unlock this (?:article|story|post)|"
    r"jetzt (?:abonnieren|testen)|nur für abonnent|weiterlesen mit|réservé (?:à nos|aux) abonnés|abonnez-vous pour|"
    r"(?:solo|exclusivo|exclusiva) para (?:nuestros )?suscriptores|exclusivo para assinantes|riservato agli abbonati|"
    r"abbonati per (?:leggere|continuare)",
    re.IGNORECASE,
)
_LAST = 6
"""Blocks at the end of a page among which an offer to subscribe stands."""
_NOTICE_CHARACTERS = 1_200
_NOT_FOUND = re.compile(
    r"(?:error )?(?:404|410)\b|.{0,40}\b(?:page|file|article)\b.{0,20}\bnot (?:be )?found|not found|oops\b|"
    r"seite nicht gefunden|página no encontrada|página não encontrada|pagina non trovata|page introuvable",
    re.IGNORECASE,
)
_TURNED_AWAY = re.compile(
    r"just a moment|attention required|access (?:to this page has been )?denied|(?:403 )?forbidden|captcha|ddos|"
    r"are you (?:a )?(?:human|robot)|verify(?:ing)? (?:that )?you|(?:security|robot|bot) (?:check|verification)|"
    r"pardon our interruption|checking your browser",
    re.IGNORECASE,
)
_SIGN_IN = re.compile(
    r"(?:sign|log)[ -]?in\b|anmelden\b|anmeldung\b|einloggen\b|(?:se )?connecter\b|connexion\b|iniciar sesi[oó]n|"
    r"iniciar sessão|accedi\b",
    re.IGNORECASE,
)


def check_is_no_notice(title: str, blocks: Sequence[Block]) -> None:
    """Raise Unreadable for a short page that says to be empty, or closed to programs or strangers."""
    if sum(len(block.text) for block in blocks) > _NOTICE_CHARACTERS:
        return
    told = "To read it, save it in a browser, and hand in the file."
    called = [title, *(block.text for block in blocks[:1] if block.kind is BlockKind.HEADING)]
    if any(map(_NOT_FOUND.match, called)):
        raise Unreadable("source_not_found", "This page says that what was looked for is not there.")
    if any(map(_TURNED_AWAY.match, called)):
        raise Unreadable("source_empty", "This page turns programs away. Save it in a browser, and hand in the file.")
    if any(map(_SIGN_IN.match, called)):
        raise Unreadable("source_empty", f"One has to sign in to see this page. {told}")


def without_furniture(blocks: Sequence[Block], author: str | None, left_out: Counter[str]) -> list[Block]:
    """Leave out a page's blocks about the page itself, the lists of links and references, which are counted, and
    headings at its end without a text below."""
    kept = [block for block in blocks if not _is_furniture(block, author or "")]
    kept = without_back_matter(kept, left_out)
    last = max((number for number, block in enumerate(kept) if block.kind is not BlockKind.HEADING), default=len(kept))
    return kept[: last + 1]


def _is_furniture(block: Block, author: str) -> bool:
    text = block.text
    if block.kind not in {BlockKind.PARAGRAPH, BlockKind.ITEM} or len(text) > _LONGEST:
        return False
    if _READING_TIME.fullmatch(text):
        return True
    if ended(text):
        return False
    if _SAID.fullmatch(text) or _DATED.fullmatch(text):
        return True
    words = re.findall(r"[^\W\d_]+", text.lower())
    named = set(re.findall(r"[^\W\d_]+", author.lower()))
    return len(words) > 1 and words[0] in _BY and bool(named) and set(words) <= named | _BY


def without_offer(blocks: Sequence[Block]) -> tuple[list[Block], bool]:
    """Return the blocks of a page without the offer to subscribe at its end, and whether there is one."""
    for number in range(max(1, len(blocks) - _LAST), len(blocks)):
        if len(blocks[number].text) < 2 * _LONGEST and _OFFER.search(blocks[number].text):
            return list(blocks[:number]), True
    return list(blocks), False
