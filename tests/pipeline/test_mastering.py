"""The finished episode, as read without knowledge of Aethercast: ffprobe, opusinfo, mutagen, webvtt-py."""

from __future__ import annotations

import io
import json
import re
import subprocess
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests
import webvtt
from google.cloud import firestore
from mutagen.id3 import ID3
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from PIL import Image

from common.artifacts import FILES
from common.contract import PACKET_MS
from common.ogg import read_opus
from local.podcast import SAMPLE
from local.stack import Stack
from local.stack_settings import PROJECT
from tests.conftest import PATIENCE_S, ApiClient, editions, eventually, left_of


class Mastered:
    """A finished podcast: the API's description, the script, and the files on this machine."""

    def __init__(self, api_client: ApiClient, workflow_id: str, folder: Path) -> None:
        self.shown = api_client.show(workflow_id)
        script = api_client.http.get(f"{api_client.api}/{workflow_id}/segments", timeout=30).json()
        self.segments: list[dict[str, Any]] = script["segments"]
        self.files: dict[str, Path] = {}
        self.types: dict[str, str] = {}
        self.saved_as: dict[str, str] = {}
        for kind, url in self.shown["artifacts"].items():
            answer = requests.get(url, timeout=30)
            self.files[kind] = folder / FILES[kind].name
            self.files[kind].write_bytes(answer.content)
            self.types[kind] = answer.headers["Content-Type"].replace('"', "")
            self.saved_as[kind] = unquote(
                answer.headers["Content-Disposition"].removeprefix("attachment; filename*=UTF-8''")
            )

    @property
    def duration_s(self) -> float:
        return float(sum(segment["packets"] for segment in self.segments) * PACKET_MS / 1000)

    def starts_s(self) -> list[float]:
        """When each segment begins, counted in packets."""
        starts, at = [], 0
        for segment in self.segments:
            starts.append(at * PACKET_MS / 1000)
            at += segment["packets"]
        return starts

    def chapters(self) -> list[tuple[float, str]]:
        """When each chapter begins, and its title, counted from the script."""
        found: list[tuple[float, str]] = []
        for start, segment in zip(self.starts_s(), self.segments, strict=True):
            title = segment["chapter"] or self.shown["title"]
            if not found or found[-1][1] != title:
                found.append((start, title))
        return found


@pytest.fixture(scope="module")
def mastered(api_client: ApiClient, tmp_path_factory: pytest.TempPathFactory) -> Mastered:
    with editions(api_client.stack):
        accepted = api_client.generate(text=SAMPLE.read_text(), title="Tides & <tales>", minutes=2)
        workflow_id = accepted["cpoa_workflow_id"]
        api_client.await_state(workflow_id, "COMPLETED")
        eventually(lambda: "m4a" in api_client.show(workflow_id)["artifacts"], PATIENCE_S)
    return Mastered(api_client, workflow_id, tmp_path_factory.mktemp("episode"))


def probed(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json", str(path)]
    return dict(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))


def test_every_file_is_there_under_its_type(mastered: Mastered) -> None:
    assert mastered.files.keys() == FILES.keys()
    assert mastered.types == {kind: file.content_type for kind, file in FILES.items()}
    assert mastered.saved_as["mp3"] == "Tides & <tales>.mp3"
    assert mastered.saved_as["transcript_vtt"] == "Tides & <tales> transcript.vtt"


@pytest.mark.parametrize(
    ("kind", "codec", "rate"), [("audio", "opus", "48000"), ("mp3", "mp3", "32000"), ("m4a", "aac", "24000")]
)
def test_the_sound_is_whole_with_tags_and_chapters(mastered: Mastered, kind: str, codec: str, rate: str) -> None:
    probe = probed(mastered.files[kind])
    audio = next(stream for stream in probe["streams"] if stream["codec_type"] == "audio")
    assert (audio["codec_name"], audio["channels"], audio["sample_rate"]) == (codec, 1, rate)
    assert float(probe["format"]["duration"]) == pytest.approx(mastered.duration_s, abs=0.1)
    tags = {name.lower(): value for found in (audio, probe["format"]) for name, value in found.get("tags", {}).items()}
    assert tags["title"] == "Tides & <tales>"
    assert tags["artist"] == "Ada, Ben"
    chapters = sorted((float(chapter["start_time"]), chapter["tags"]["title"]) for chapter in probe["chapters"])
    assert [title for _, title in chapters] == [title for _, title in mastered.chapters()]
    assert [start for start, _ in chapters] == pytest.approx([start for start, _ in mastered.chapters()], abs=0.001)
    assert len(chapters) > 2


def test_the_joined_file_is_clean_and_has_a_cover(mastered: Mastered) -> None:
    info = subprocess.run(["opusinfo", str(mastered.files["audio"])], capture_output=True, text=True, check=True)
    assert "WARNING" not in info.stdout + info.stderr
    assert len(read_opus(mastered.files["audio"].read_bytes()).packets) * PACKET_MS / 1000 == mastered.duration_s
    assert OggOpus(mastered.files["audio"])["metadata_block_picture"]


def test_the_mp3_can_be_sought_in_and_has_a_cover(mastered: Mastered) -> None:
    mp3 = MP3(mastered.files["mp3"])
    info: Any = mp3.info
    assert info.bitrate == 96_000
    tags = ID3(mastered.files["mp3"])
    assert tags["APIC:"].mime == "image/jpeg"
    assert Image.open(io.BytesIO(tags["APIC:"].data)).size == (600, 600)


def test_the_m4a_is_tagged_as_its_players_expect(mastered: Mastered) -> None:
    tags: Any = MP4(mastered.files["m4a"]).tags
    assert tags["\xa9nam"] == ["Tides & <tales>"]
    assert tags["\xa9ART"] == ["Ada, Ben"]
    assert Image.open(io.BytesIO(tags["covr"][0])).size == (600, 600)


def test_the_sound_of_the_editions_lies_where_the_packets_do(mastered: Mastered, tmp_path: Path) -> None:
    """Decoded apart by ffmpeg, both are the joined file's sound, none of it earlier or later than a codec's delay."""

    def quiet_ends(path: Path) -> list[float]:
        found = "silencedetect=n=-45dB:d=0.2"
        command = ["ffmpeg", "-nostats", "-i", str(path), "-vn", "-af", found, "-f", "null", "-"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
        return [float(time) for time in re.findall(r"silence_end: ([\d.]+)", told)]

    wanted = quiet_ends(mastered.files["audio"])
    assert len(wanted) > 5
    for kind in ("mp3", "m4a"):
        found = quiet_ends(mastered.files[kind])
        matched = [min(found, key=lambda time: abs(time - end)) - end for end in wanted]
        assert sum(abs(difference) < 0.06 for difference in matched) >= 0.8 * len(matched), matched


def test_the_transcripts_say_who_spoke_when(mastered: Mastered) -> None:
    captions = list(webvtt.read(str(mastered.files["transcript_vtt"])).captions)
    lines = list(webvtt.from_srt(str(mastered.files["transcript_srt"])).captions)
    told = json.loads(mastered.files["transcript_json"].read_text())
    assert told["version"] == "1.0.0"
    starts = mastered.starts_s()
    ends = [*starts[1:], mastered.duration_s]
    for start, end, segment, said in zip(starts, ends, mastered.segments, told["segments"], strict=True):
        text = " ".join(segment["text"].split())
        for cues, words in ((captions, text), (lines, f"{segment['speaker']}: {text}")):
            read = ""
            while read != words:
                cue = cues.pop(0)
                assert start <= cue.start_in_seconds + 1
                assert cue.end_in_seconds <= end
                lines_read = unescape(cue.text).translate(str.maketrans("\u2039\u203a", "<>")).splitlines()
                assert len(lines_read) <= 2
                read = " ".join([*filter(None, [read]), *lines_read])
                assert words.startswith(read)
                assert cues is lines or cue.voice == segment["speaker"]
        assert (said["startTime"], said["endTime"]) == pytest.approx((start, end))
        assert (said["speaker"], said["body"]) == (segment["speaker"], text)
    assert (captions, lines) == ([], [])


def test_the_chapters_are_those_of_the_script(mastered: Mastered) -> None:
    told = json.loads(mastered.files["chapters"].read_text())
    assert told["version"] == "1.2.0"
    assert [chapter["title"] for chapter in told["chapters"]] == [title for _, title in mastered.chapters()]
    starts = [start for start, _ in mastered.chapters()]
    assert [chapter["startTime"] for chapter in told["chapters"]] == pytest.approx(starts)
    assert told["chapters"][-1]["endTime"] == pytest.approx(mastered.duration_s)


def test_the_cover_is_as_directories_require(mastered: Mastered) -> None:
    cover = Image.open(mastered.files["cover"])
    assert (cover.format, cover.mode, cover.size) == ("JPEG", "RGB", (3000, 3000))
    assert mastered.files["cover"].stat().st_size < 512_000


def test_the_notes_have_no_markup_but_their_own(mastered: Mastered) -> None:
    html, markdown = mastered.files["notes_html"].read_text(), mastered.files["notes_md"].read_text()
    assert "<tales>" not in html
    assert markdown.startswith("# Tides \\& \\<tales\\>\n")
    for _, title in mastered.chapters()[1:]:
        assert title.split()[0] in html
        assert title.split()[0] in markdown


def test_what_is_deleted_while_it_is_mastered_leaves_nothing_behind(stack: Stack, api_client: ApiClient) -> None:
    db = firestore.Client(project=PROJECT)
    with editions(stack):
        workflow_id = api_client.generate(text=SAMPLE.read_text(), minutes=1)["cpoa_workflow_id"]
        api_client.await_state(workflow_id, "COMPLETED")
        at_work = db.collection("idempotency").document(f"editions:{workflow_id}-editions")
        eventually(lambda: bool(at_work.get().exists), PATIENCE_S)
        assert api_client.http.delete(f"{api_client.api}/{workflow_id}", timeout=60).status_code == 204

        def editions_are_over() -> bool:
            lines = (stack.logs / "editions.log").read_text().splitlines()
            of_editions = [line for line in lines if workflow_id in line and '"agent": "editions"' in line]
            return any("gone: " in line or '"message": "done"' in line for line in of_editions)

        eventually(editions_are_over, PATIENCE_S)
    # Deleted in the very moment in which an upload ends, it leaves that to its second removal: due at the next sweep
    db.collection("removals").document(workflow_id).update({"due": datetime.now(UTC)})
    eventually(lambda: not left_of(stack, workflow_id), PATIENCE_S, lambda: str(left_of(stack, workflow_id)))
