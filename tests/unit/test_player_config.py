"""The service's configuration, as given to the player."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from common.settings import Settings
from streamer.player_files import player_files


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, {"api_base": "https://api.example"}),
        ({"player_api_key": "abc"}, {"api_base": "https://api.example", "api_key": "abc"}),
        (
            {"id_token_client": "ours", "sign_in_url": "https://in.example"},
            {"api_base": "https://api.example", "sign_in": {"client": "ours", "address": "https://in.example"}},
        ),
    ],
)
def test_the_player_is_told_how_listeners_come_in(given: dict[str, Any], told: dict[str, Any]) -> None:
    settings = Settings(player_api_base="https://api.example", **given)
    app = Flask(__name__)
    app.register_blueprint(player_files(settings))
    assert app.test_client().get("/config.json").json == told
