"""A person at the player: actions, sights and sounds.

The page's own policy forbids code made from text, which Playwright's waiting functions rely on; so waiting is done
here, from outside, with what `evaluate` brings over the debugging protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import ConsoleMessage, Page

from tests.conftest import eventually

WITHIN_S = 90.0
"""Nothing takes this long; a machine on which everything else runs, too, may."""

# Listens in on the element through Web Audio, and notes what sounds, where the clock is, which line is lit: by a timer,
# for frames that are asked for take more processor time than the playing does.
RECORD = """() => {
  const audio = document.querySelector("audio");
  const context = (window.context ??= new AudioContext({ sampleRate: 48000 }));
  window.tap ??= context.createMediaElementSource(audio);
  const analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
  window.tap.connect(analyser).connect(context.destination);
  const bins = new Float32Array(analyser.frequencyBinCount);
  window.heard = [];
  const look = () => {
    analyser.getFloatFrequencyData(bins);
    const loudest = bins.reduce((best, value, at) => (value > bins[best] ? at : best), 0);
    const line = document.querySelector(".turn[aria-current]");
    window.heard.push({
      now: performance.now() / 1000,
      at: audio.currentTime,
      hz: (loudest * 48000) / 4096,
      db: bins[loudest],
      line: line ? Number(line.dataset.index) : null,
      playing: !audio.paused && audio.readyState > 2,
    });
    setTimeout(look, 30);
  };
  look();
}"""

SOUND = """() => {
  const { currentTime, paused, ended, readyState, playbackRate, duration, currentSrc, preservesPitch, buffered } =
    document.querySelector("audio");
  return {
    position: currentTime, paused, ended, ready: readyState, rate: playbackRate, duration, src: currentSrc,
    keeps_pitch: preservesPitch,
    buffered: Array.from({ length: buffered.length }, (_, at) => [buffered.start(at), buffered.end(at)]),
  };
}"""


@dataclass(frozen=True)
class Heard:
    """One look, at `now` (s): where the clock was (s), the loudest tone (Hz) and how loud (dB), the lit line."""

    now: float
    at: float
    hz: float
    db: float
    line: int | None
    playing: bool


class Visitor:
    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.complaints: list[str] = []
        """What the browser printed as an error, and errors that nobody caught."""
        self.expected: tuple[str, ...] = ()
        """Parts of complaints that a test brings about on purpose: a refused request is printed by the browser."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "registration blocked by Playwright" not in message.text:
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    @property
    def unexpected(self) -> list[str]:
        return [one for one in self.complaints if not any(part in one for part in self.expected)]

    # What they do

    def comes(self, path: str = "") -> Visitor:
        self.page.goto(self.url + path)
        self.page.locator("body[data-ready]").wait_for()
        return self

    def asks_for(self, wish: str) -> None:
        self.page.fill("#wish", wish)
        self.page.click("#make")

    def presses(self, key: str) -> None:
        self.page.keyboard.press(key)

    def seeks(self, seconds: float) -> None:
        """Puts the slider somewhere, as the keyboard or a finger does."""
        self.page.evaluate(
            """(to) => {
              const seek = document.querySelector("#seek");
              seek.value = String(to);
              for (const type of ["input", "change"]) seek.dispatchEvent(new Event(type, { bubbles: true }));
            }""",
            seconds,
        )

    def listens_in(self) -> None:
        self.page.evaluate(RECORD)

    # What they find

    @property
    def sound(self) -> dict[str, Any]:
        return dict(self.page.evaluate(SOUND))

    @property
    def position(self) -> float:
        return float(self.sound["position"])

    @property
    def heard(self) -> list[Heard]:
        return [Heard(**one) for one in self.page.evaluate("window.heard")]

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()

    def sees(self, selector: str, words: str = "") -> None:
        """Waits for `selector` to be visible, with `words` in it."""
        wanted = self.page.locator(selector).filter(has_text=words).first
        self.until(wanted.is_visible, lambda: f"no {selector} with {words!r}: {self._state()}")

    def until(self, holds: Callable[[], bool], otherwise: Callable[[], Any] | None = None) -> None:
        eventually(holds, WITHIN_S, lambda: str((otherwise or self._state)()))

    def hears(self, beyond: float = 0.2) -> None:
        """Waits for the sound to have come past a position, in seconds."""
        self.until(lambda: self.position > beyond)

    def is_at(self, position: float) -> None:
        """Waits for the clock to stand at a position, in seconds: paused, so as not to be missed."""
        self.until(lambda: abs(self.position - position) < 0.01)

    def stands_still(self, for_s: float = 0.5) -> bool:
        """Whether the clock does not move for a while."""
        before = self.position
        self.page.wait_for_timeout(for_s * 1000)
        return self.position == before

    def _state(self) -> dict[str, Any]:
        words = {name: self.text(name) for name in ("#playing-state", "#now", "#trouble")}
        return {**self.sound, **words, "complaints": self.complaints}
