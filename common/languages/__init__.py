"""The languages of podcasts: a Pack each, imported on first use.

To add a language, put its Pack into a module of its two letters here, and these into the list of common/contract.py.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from common import contract

if TYPE_CHECKING:
    from common.languages.pack import Pack

LANGUAGES: tuple[str, ...] = contract.LANGUAGES
"""ISO 639-1 codes, in the order in which they are offered."""
DEFAULT: Final = LANGUAGES[0]
"""Of what has no language yet: neither was one asked for, nor a source read."""


@cache
def pack_of(language: str) -> Pack:
    """Look up the Pack of a language, two letters. Raises KeyError for an unknown language."""
    if language not in LANGUAGES:
        raise KeyError(language)
    found: Pack = import_module(f"{__name__}.{language}").PACK
    return found
