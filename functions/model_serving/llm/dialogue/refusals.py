"""Refusals by servers of language models, each in words of its own."""

from __future__ import annotations

import json
import re
from typing import Any, Final

_MOST: Final = 1_000
"""Characters of a refusal that are its own: some quote the whole request after that."""
_TOO_LONG = re.compile(
    r"context[ _-]?(?:length|window|size)|maximum context|prompt (?:is |was )?too (?:long|large)"
    r"|too many (?:input )?tokens|input token count|tokens to keep from the initial prompt"
    r"|exceeds? the (?:available|model'?s) context"
    r"|request too large|reduce the length of|`?inputs`? tokens \+ `?max_new_tokens",
    re.IGNORECASE,
)
SYSTEM_ROLE = re.compile(
    r"system[ _](?:role|message|prompt|instruction)|role\W{0,3}system\b|['\"`]system['\"`]"
    r"|developer (?:role|message|instruction)|roles? must alternate|only user and assistant",
    re.IGNORECASE,
)
"""About a model whose template has no place for instructions beside the prompt."""
_N_CTX = re.compile(r"n_ctx\D{0,4}\d+")
_CONTEXT = re.compile(
    r"(?:context (?:length|window|size)|maximum|limit|allow(?:s|ed)|must be <=)\D{0,32}?\d[\d,]{2,}"
    r"|\d[\d,]{2,} (?:tokens? )?(?:maximum|limit)",
    re.IGNORECASE,
)


def too_long(refusal: Any) -> bool:
    """Tell whether a server complains of a prompt longer than the server takes."""
    return _TOO_LONG.search(told_by(refusal)) is not None


def context_tokens(refusal: Any) -> int | None:
    """Return the number of tokens taken according to a server, prompt and answer together; None where the server names
    no number."""
    told = told_by(refusal)
    found = _N_CTX.search(told) or _CONTEXT.search(told)
    return numbers_in(found[0])[0] if found else None


def numbers_in(text: str) -> list[int]:
    """Return the whole numbers of two digits and more in `text`: "32,768" is one."""
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*\d", text)]


def told_by(refusal: Any) -> str:
    """Return a refusal's message, in one text: an `error` object, or whatever stands in its place."""
    if isinstance(refusal, dict):
        names = ("n_ctx", "param", "code", "message", "detail")
        told = " ".join(f"{name} {refusal[name]}" for name in names if refusal.get(name)) or json.dumps(refusal)
        return told[:_MOST]
    return str(refusal or "")[:_MOST]
