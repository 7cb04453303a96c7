"""Lines that somebody wants to have again: kept, as a picture, as their sound."""

from __future__ import annotations

import io
from pathlib import Path

import av
from mutagen.id3 import ID3
from PIL import Image

from tests.browser.conftest import Invite
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.visitor import Visitor


def opens_line(visitor: Visitor, index: int) -> None:
    visitor.page.locator(f".turn[data-index='{index}'] .quote").click()


def saved(visitor: Visitor, button: str) -> bytes:
    with visitor.page.expect_download() as download:
        visitor.page.click(button)
    return Path(download.value.path()).read_bytes()


def test_a_line_is_kept_on_the_device_until_it_is_taken_out(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script(seconds=12, segment_s=3))
    visitor = invite().comes(f"#/p/{podcast.workflow_id}")
    visitor.hears()
    visitor.page.click("#share")
    assert not visitor.page.locator("#moment-bar").is_visible(), "a whole podcast is no moment"
    visitor.presses("Escape")
    for index in (3, 2):
        opens_line(visitor, index)
        visitor.page.get_by_role("button", name="Keep this line").click()
        assert visitor.page.get_attribute("#moment-keep", "aria-pressed") == "true"
        visitor.presses("Escape")
    visitor.page.reload()
    visitor.hears()
    moments = visitor.page.locator("#moments li")
    assert [moments.nth(at).locator("time").inner_text() for at in range(2)] == ["0:06", "0:09"]
    visitor.page.click("#play")
    moments.nth(1).locator("button").first.click()
    visitor.hears(beyond=9)
    visitor.page.get_by_role("button", name="Take this moment out, 0:06").click()
    opens_line(visitor, 3)
    assert visitor.page.get_attribute("#moment-keep", "aria-pressed") == "true"
    visitor.page.click("#moment-keep")
    visitor.presses("Escape")
    assert not visitor.page.locator("#moments-section").is_visible()


def test_a_kept_line_is_kept_on_every_device(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script(seconds=12, segment_s=3))
    phone = invite().comes(f"#/p/{podcast.workflow_id}")
    phone.hears()
    opens_line(phone, 2)
    phone.page.click("#moment-keep")
    phone.until(lambda: server.moments.get(podcast.workflow_id) == {2})
    desk = invite().comes(f"#/p/{podcast.workflow_id}")
    desk.sees("#moments time", "0:06")
    desk.page.get_by_role("button", name="Take this moment out, 0:06").click()
    desk.until(lambda: server.moments[podcast.workflow_id] == set())
    phone.page.reload()
    phone.hears()
    assert not phone.page.locator("#moments-section").is_visible()


def test_a_line_is_handed_on_as_a_picture_and_as_its_sound(server: ScriptedServer, invite: Invite) -> None:
    server.mp3 = an_mp3(12)
    podcast = server.add(Script(seconds=12, segment_s=3, title="מגדלורים"))
    visitor = invite().comes(f"#/p/{podcast.workflow_id}")
    visitor.hears()
    opens_line(visitor, 1)
    with Image.open(io.BytesIO(saved(visitor, "#moment-picture"))) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 20, "something is written on it"
    sound = saved(visitor, "#moment-sound")
    with av.open(io.BytesIO(sound), "r") as clip:
        seconds = sum(frame.samples for frame in clip.decode(audio=0)) / 48_000
    assert 3.0 <= seconds <= 3.2
    tags = ID3(io.BytesIO(sound))
    line = podcast.script.lines[1]
    assert [str(tags[name]) for name in ("TIT2", "TPE1", "TALB", "USLT::und")] == [line, "Ben", "מגדלורים", line]
    with Image.open(io.BytesIO(tags["APIC:"].data)) as cover:
        assert (cover.format, cover.size) == ("PNG", (1200, 630)), "the line can be read while it sounds"


def an_mp3(seconds: int) -> bytes:
    """As mastering makes them: at one rate throughout."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=48_000, layout="mono")
        stream.bit_rate = 96_000
        frame = av.AudioFrame(format="s16p", layout="mono", samples=48_000)
        frame.sample_rate = 48_000
        frame.planes[0].update(bytes(96_000))
        for _ in range(seconds):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def test_what_is_done_with_a_line_fits_on_a_small_phone_in_long_words(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script())
    visitor = invite(locale="de", viewport={"width": 360, "height": 740}).comes(f"#/p/{podcast.workflow_id}")
    visitor.hears()
    opens_line(visitor, 1)
    visitor.page.click("#moment-keep")
    visitor.page.click("#share-make")
    visitor.sees("#shares li", "Bis")
    beyond = """() => [...document.querySelectorAll("#share-dialog :is(button, input, select)")].filter((one) => {
      const { left, right, width } = one.getBoundingClientRect();
      const dialog = one.closest("dialog").getBoundingClientRect();
      return width && (left < dialog.left || right > dialog.right);
    }).map((one) => one.textContent)"""
    assert visitor.page.evaluate(beyond) == []
    visitor.presses("Escape")
    words = "document.querySelector('#moments q').getBoundingClientRect().width"
    assert visitor.page.evaluate(words) > 200, "a kept line has the width, not the button beside it"
