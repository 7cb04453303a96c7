"""A short chaos run: a few podcasts, each with a listener, while processes are killed and everything fails at times.

The long one is `nox -s chaos`. What fails here is drawn again with `nox -s chaos -- --workflows 4 --seed 11`.
"""

from __future__ import annotations

import pytest

from tests.chaos.run import run

SEED = 11


@pytest.mark.xdist_group("chaos")
@pytest.mark.parametrize("workflows", [4, pytest.param(20, marks=pytest.mark.nightly)])  # by day one of each kind
def test_every_podcast_is_heard_once_and_whole_whatever_breaks(workflows: int) -> None:
    report = run(SEED, workflows)
    assert not report.troubles, report
    assert report.completed == workflows
    assert report.kills_at_moments >= 0.4 * workflows
    assert report.reconnections > 0
