"""Sound beside its speed, as the listener chose: with shorter pauses, louder; live and from its file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Invite
from tests.browser.scripted_podcast import Podcast, Script, frequency_hz
from tests.browser.scripted_server import ScriptedServer
from tests.browser.test_playback import NEAR_HZ, SOUNDING_DB
from tests.browser.visitor import Visitor

PAUSED = Script(seconds=10, segment_s=1, pauses=((2, 3), (4, 6)))
"""Seconds 2, 4 and 5 are silent, of which 160 ms of each pause stay."""
STAYS_S = 0.16
CHOOSES_SHORTER = """(localStorage.setItem("aethercast.sound", '"shorter"'), 1)"""
LENGTH_S = 10 - 3 + 2 * STAYS_S
PEAK_AND_POWER = """async (module) => {
  const { amplifier } = await import(module);
  const [rate, seconds] = [48000, 4];
  const render = async (through) => {
    const context = new OfflineAudioContext(1, rate * seconds, rate);
    const buffer = new AudioBuffer({ length: rate * seconds, sampleRate: rate });
    const samples = buffer.getChannelData(0);
    for (let at = 0; at < samples.length; at++) { // syllables, loud and soft, at -16 dBFS together
      const [time, syllable] = [at / rate, Math.floor((4 * at) / rate)];
      const loud = [0.6, 0.15, 0.35, 0][syllable % 4] * Math.sin(Math.PI * ((4 * time) % 1));
      samples[at] = loud * Math.sin(2 * Math.PI * 180 * time);
    }
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(through ? amplifier(context) : context.destination);
    source.start();
    const rendered = (await context.startRendering()).getChannelData(0).subarray(rate);
    const power = rendered.reduce((sum, sample) => sum + sample ** 2, 0) / rendered.length;
    const peak = rendered.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    return [peak, 10 * Math.log10(power)];
  };
  return [await render(false), await render(true)];
}"""


def live(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = PAUSED
    visitor.asks_for("lighthouses")


def from_its_file(server: ScriptedServer, visitor: Visitor) -> Podcast:
    podcast = server.add(PAUSED)
    visitor.comes(f"#/p/{podcast.workflow_id}")
    return podcast


@pytest.mark.parametrize("begins", [live, from_its_file])
def test_long_pauses_are_left_out_and_the_lit_line_and_the_clock_are_right(
    server: ScriptedServer, visitor: Visitor, begins: Callable[[ScriptedServer, Visitor], object]
) -> None:
    visitor.page.evaluate(CHOOSES_SHORTER)
    visitor.comes()
    begins(server, visitor)
    visitor.hears(beyond=0.05)
    assert visitor.page.input_value("#sound") == "shorter", "as it was left"
    visitor.listens_in()
    visitor.seeks(0)
    visitor.until(lambda: bool(visitor.sound["ended"]))
    assert visitor.sound["duration"] == pytest.approx(LENGTH_S, abs=0.05)
    sounding = [one for one in visitor.heard if one.playing and one.db > SOUNDING_DB and one.line is not None]
    for second in (1, 3, 6, 7, 8):  # each is a line, and has a tone of its own
        lines = [one.line for one in sounding if abs(one.hz - frequency_hz(second)) < NEAR_HZ]
        assert lines, f"second {second} is not heard"
        assert max(lines, key=lines.count) == second
    assert visitor.text("#elapsed") == visitor.text("#total") == "0:10"


def test_pauses_come_and_go_where_it_plays_and_so_do_places(server: ScriptedServer, visitor: Visitor) -> None:
    """Parts left out before a place do not move the place: on the slider, at the server, after a reload."""
    podcast = from_its_file(server, visitor)
    visitor.hears()
    visitor.page.click("#play")
    visitor.seeks(7.5)
    for sound, played in (("shorter", 7.5 - 3 + 2 * STAYS_S), ("", 7.5), ("shorter", 7.5 - 3 + 2 * STAYS_S)):
        visitor.page.select_option("#sound", sound)
        visitor.is_at(played)
        assert visitor.page.input_value("#seek") == "7.5"
    assert visitor.page.evaluate("document.querySelector('audio').paused"), "nothing plays that was paused"
    visitor.page.reload()
    visitor.until(lambda: visitor.text("#elapsed") in {"0:07", "0:08"})
    assert server.places[podcast.workflow_id] == pytest.approx(7500, abs=600)


def test_where_the_packets_cannot_be_had_the_file_plays(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(PAUSED)
    visitor = invite(before=CHOOSES_SHORTER)
    visitor.page.route("**/media/ogg.js", lambda route: route.abort())
    visitor.expected = ("ogg.js",)
    visitor.comes(f"#/p/{podcast.workflow_id}")
    visitor.until(lambda: visitor.sound["src"].endswith(".ogg") and visitor.position > 0.2)


def test_louder_is_louder_and_never_too_loud(visitor: Visitor) -> None:
    (_, softly), (peak, power) = visitor.page.evaluate(PEAK_AND_POWER, f"{visitor.url}media/louder.js")
    assert 4 < power - softly < 10
    assert peak < 1


@pytest.mark.parametrize("begins", [live, from_its_file])
def test_what_plays_is_made_louder(
    server: ScriptedServer, visitor: Visitor, begins: Callable[[ScriptedServer, Visitor], object]
) -> None:
    begins(server, visitor)
    visitor.hears(beyond=0.05)
    # The element belongs to the page's own graph from now on: nobody else may have it
    visitor.page.evaluate(
        """() => {
          const join = AudioContext.prototype.createMediaElementSource;
          AudioContext.prototype.createMediaElementSource = function (audio) {
            const source = join.call(this, audio);
            const analyser = new AnalyserNode(this, { fftSize: 4096 });
            source.connect(analyser);
            window.joined = { context: this, analyser };
            return source;
          };
        }"""
    )
    visitor.page.select_option("#sound", "louder")
    visitor.until(lambda: bool(visitor.page.evaluate("window.joined?.context.state === 'running'")))
    begin = visitor.position
    visitor.hears(beyond=begin + 0.5)
    assert visitor.page.evaluate("document.querySelector('audio').crossOrigin") == "anonymous"
    visitor.page.select_option("#sound", "")
    begin = visitor.position
    visitor.hears(beyond=begin + 0.2)
