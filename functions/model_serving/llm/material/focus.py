"""Focus of a podcast: the contents wanted and not wanted by the person asking, as far as words show.

For the writer without a model: a model is told the whole focus. Clauses after words like "without" or "leave out" name
the unwanted contents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from functions.model_serving.llm.material.ranking import terms

_CLAUSE = re.compile(r"[.;:,!?\n]+|\b(?:but|aber|pero|mais|mas|ma|però)\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:without|no|not|don't|leave out|leaving out|omit|skip|except|ignore|ohne|nicht|keine?n?|weglassen|außer"
    r"|sin|omite|omitir|deja fuera|excepto|sans|pas|omets|omettre|sauf|sem|não|deixa fora|exceto|senza|non|ometti"
    r"|tranne|lascia fuori)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Focus:
    """The words of meaning of both, as stems."""

    wanted: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str, language: str) -> Focus:
        """Read the focus from the words of the person asking."""
        wanted: set[str] = set()
        unwanted: set[str] = set()
        for clause in filter(None, _CLAUSE.split(text)):
            said = _NOT.search(clause)
            before, after = (clause[: said.start()], clause[said.end() :]) if said else (clause, "")
            if said and not terms(after, language):  # "lass die Sonne weg", "den Mond nicht"
                before, after = "", before
            wanted.update(terms(before, language))
            unwanted.update(terms(after, language))
        return cls(frozenset(wanted - unwanted), frozenset(unwanted))
