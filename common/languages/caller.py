"""The language of a caller, where a request names none."""

from __future__ import annotations

from flask import Request

from common import contract


def spoken_by(request: Request) -> str:
    """Return the best of our languages by `Accept-Language`, else the first."""
    return request.accept_languages.best_match(contract.LANGUAGES) or contract.LANGUAGES[0]
