"""Who opens the player may soon want a podcast: what that takes is started beside the page, and its opening is there.

The page is the first that is asked for, so the streamer is the first to see that somebody comes: at zero instances the
gateway would have to be started before it could have the others woken, or hand out an opening. Strangers wake nobody:
only who brings an API key, or an ID token, with the page's question for its configuration; or everybody, where the page
hands out a key.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from common import waking
from common.beside import beside
from common.contract import DEFAULT_MINUTES, STYLES
from common.errors import AethercastError
from common.oidc import person
from common.openings import begun
from common.records import Wishes, Workflow
from common.settings import Settings
from common.store import api_keys
from common.tokens import token_hash

logger = logging.getLogger(__name__)


def expect(settings: Settings, authorization: str) -> None:
    """Have all services woken for who comes with this `Authorization` header. Returns at once, and never raises."""
    scheme, _, key = authorization.partition(" ")
    known = scheme.lower() == "bearer" and key
    if settings.waker and (known or settings.player_api_key):
        beside(_wake_for, settings, key)


def usual_opening(settings: Settings, language: str) -> dict[str, Any]:
    """Return the opening of a podcast in a language with the usual choices, and these.

    The same as the gateway's answer to `POST /opening` for whoever has no pronunciations of their own. Raises
    ServiceBroken.
    """
    podcast = replace(Workflow.of({}), language=language, request=Wishes(minutes=DEFAULT_MINUTES, style=STYLES[0]))
    return {"choices": {"style": STYLES[0]}, "opening": begun(settings, podcast).with_sound()}


def _wake_for(settings: Settings, key: str) -> None:
    try:
        if settings.player_api_key or _may_ask(settings, key):
            waking.waker.wake(settings)
    except AethercastError as error:
        logger.info("nobody is woken: %s", error)


def _may_ask(settings: Settings, key: str) -> bool:
    """Tell whether the gateway would let this key, or person, ask for podcasts.

    Raises Unauthenticated for a token that is not valid, ServiceBroken.
    """
    if settings.id_token_client and key.count(".") == 2:
        return bool(person(key, settings, client_id=settings.id_token_client))
    return api_keys.is_good(settings, token_hash(key))
