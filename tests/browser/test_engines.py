"""What is to hold in every other engine alike."""

from __future__ import annotations

import time

import pytest

from tests.browser.engines import FIREFOX, WEBKIT, Engine, comes, hears_the_end, plays, sound
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.test_sound import CHOOSES_SHORTER, LENGTH_S, PAUSED

pytestmark = pytest.mark.nightly


@pytest.fixture(params=[pytest.param("firefox", marks=FIREFOX), pytest.param("safari", marks=WEBKIT)])
def engine(request: pytest.FixtureRequest) -> Engine:
    running: Engine = request.getfixturevalue(request.param)
    return running


def test_what_was_made_of_a_stopped_one_is_heard_to_its_end(server: ScriptedServer, engine: Engine) -> None:
    podcast = server.add(Script(seconds=30, segment_s=3, burst=3, rate=0))
    podcast.complete_at_once, podcast.cancelled_at = False, time.monotonic()
    plays(engine, server, podcast)
    hears_the_end(engine)
    assert engine.evaluate("document.querySelector('#total').textContent") == "0:03"
    assert not engine.evaluate("document.querySelector('#trouble').hidden")
    assert engine.evaluate("document.querySelectorAll('.turn').length") == 10


def test_a_finished_one_plays_with_shorter_pauses(server: ScriptedServer, engine: Engine) -> None:
    podcast = server.add(PAUSED)
    comes(engine, server)
    engine.evaluate(CHOOSES_SHORTER)
    plays(engine, server, podcast)
    hears_the_end(engine)
    engine.evaluate("(localStorage.clear(), 1)")
    assert sound(engine)["duration"] == pytest.approx(LENGTH_S, abs=0.05)
