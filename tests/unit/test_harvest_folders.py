"""Documents packed together: each that can be read is a source of its own."""

from __future__ import annotations

import pytest

from common.contract import SourceKind
from functions.content_harvester import source, source_folder
from functions.content_harvester.kinds import kind_of
from functions.content_harvester.sandbox import read
from functions.content_harvester.source import Document, Source, Unreadable
from functions.content_harvester.source_folder import MAX_DOCUMENTS
from tests.documents import archive

EVENING = "The keeper climbed the tower each evening and lit the lamp."


def sources(files: dict[str, str]) -> list[Source]:
    document = Document(archive(files), "application/zip", "notes.zip")
    assert kind_of(document) is SourceKind.FOLDER
    return read(SourceKind.FOLDER, document).sources


def test_each_document_of_a_folder_is_a_source_in_the_order_in_which_people_count() -> None:
    files = {"notes/10. end.txt": "The end is here.", "notes/2. lamp.md": f"# The lamp\n\n{EVENING}",
             "notes/page.html": "", "__MACOSX/notes/._2. lamp.md": "x", "notes/.DS_Store": "x"}  # fmt: skip
    found = sources(files)
    assert [(source.title, source.text) for source in found] == [("The lamp", EVENING), ("10. end", "The end is here.")]
    assert found[0].left_out == {"file": 1}


def test_of_a_large_folder_the_rest_is_counted() -> None:
    found = sources({f"{number}.txt": f"Tide {number} came in." for number in range(MAX_DOCUMENTS + 7)})
    assert len(found) == MAX_DOCUMENTS
    assert found[0].left_out == {"file": 7}


@pytest.mark.parametrize("files", [{"a.bin": "\0\1"}, {"a.css": "", "b.xml": "<?xml version='1.0'?><a/>"}, {}])
def test_a_folder_with_nothing_to_read_is_called_so(files: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        sources(files)


def test_of_a_folder_no_more_is_read_than_a_podcast_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_folder, "MAX_ALL_CHARACTERS", 2 * len(EVENING))
    found = sources({f"{number}.txt": f"{EVENING} {number} times." for number in range(5)})
    assert [source.left_out for source in found] == [{"file": 3}, {}]


def test_a_text_of_countless_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs the harvester memory, however short."""
    monkeypatch.setattr(source, "MAX_BLOCKS", 20)
    assert sources({"a.txt": "- ab\n" * 20})
    with pytest.raises(Unreadable, match="more than 20 paragraphs"):
        sources({"a.txt": "- ab\n" * 21})


def test_who_writes_in_an_export_of_slack_is_called_by_name() -> None:
    users = '[{"id": "U1", "name": "ann", "real_name": "Ann Other"}, {"id": "U2", "name": "ben"}]'
    told = (
        '[{"user": "U1", "text": "Who has the key, <@U2>?", "ts": "1.0"}, {"user": "U2", "text": "I do.", "ts": "2.0"}]'
    )
    (found,) = sources({"users.json": users, "lamp/2025-03-03.json": told})
    assert [(block.speaker, block.text) for block in found.blocks] == [
        ("Ann Other", "Who has the key, ben?"), ("ben", "I do."),
    ]  # fmt: skip
    assert found.text == "Ann Other: Who has the key, ben?\n\nben: I do."
