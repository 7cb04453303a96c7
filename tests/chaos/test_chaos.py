"""A short chaos run: a few podcasts, each with a listener, while processes are killed and everything fails at times.

The long one is `nox -s chaos`. What fails here is drawn again with `nox -s chaos -- --workflows 10 --seed 11`.
"""

from __future__ import annotations

import pytest

from tests.chaos.run import run

SEED, WORKFLOWS = 11, 10


@pytest.mark.xdist_group("chaos")
def test_every_podcast_is_heard_once_and_whole_whatever_breaks() -> None:
    report = run(SEED, WORKFLOWS)
    assert not report.troubles, report
    assert report.completed == WORKFLOWS
    assert report.kills_at_moments >= 4
    assert report.reconnections > 0
