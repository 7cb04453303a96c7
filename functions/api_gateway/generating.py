"""Having a podcast made: the work of `POST /api/v1/podcasts/generate`, and the rights to listen."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import uuid
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Request, Response, g

from common import contract, waking
from common.beside import beside
from common.blobs import Created, create_object, delete_objects
from common.errors import AethercastError, BadRequest, Conflict
from common.events import PODCAST_REQUESTED, PODCAST_WANTED, SCRIPT_COMPLETED, Event, publish
from common.hosts import hosts_of
from common.idempotency import Outcome, at_once
from common.languages import pack_of
from common.languages.caller import spoken_by
from common.names import OWN_TEXT, input_object, sources_object, workflow_prefix
from common.openings import begun
from common.pauses import pause_before
from common.problems import json_response
from common.records import Host, Material, Pronunciation, Segment, Stream, Wishes, Workflow
from common.settings import Settings
from common.states import SegmentState, StageState, StreamState, WorkflowState
from common.store import segments, streams, workflows
from common.text.cleaning import seen
from common.text.detection import PASSAGE_CHARACTERS, likely_languages
from common.text.titles import title_of
from common.tokens import new_token, token_hash
from functions.api_gateway import engines, opening, pronouncing, quotas, usage
from functions.api_gateway.bodies import json_object
from functions.api_gateway.own_script import Line, cast, parted
from functions.api_gateway.ownership import owned, require_kept
from functions.api_gateway.requests_schema import GenerateRequest

logger = logging.getLogger(__name__)

AGENT = "api_gateway"
_LIKELY = 0.25
"""Of a language, below which a script is taken to be in the caller's."""
_SURE_LETTERS = 60
"""Of a text: with fewer its language is in doubt."""
OPENING_FORMS = ("digest", "sound")
ID_DIGITS, KEY_DIGITS = 32, 20
"""Hexadecimal digits of a podcast's id, and of the request's digest at its beginning."""


def generate(settings: Settings, request: Request, owner: str, asked: GenerateRequest) -> Response:
    """Have a podcast made. Answers at once; a repetition with the same `X-Idempotency-Key` is the same podcast.

    One commit has the record of the request, the podcast with its greeting, the right to listen and the count of the
    request: all of them, or none. The podcast's material is stored before any agent is told to read the material: a
    repetition stores the parts missing after an attempt that died in between. Of two of the same request at the same
    moment one commits; the other has stored under a name of its own, and removes that again.

    With `?opening=sound` the answer brings the sound that the podcast begins with, as far as there is any.

    Only a stream id is new each time: a stream id is a right to listen, stored nowhere in the clear, so that a caller
    without the first answer gets another.
    """
    with_sound = opening_wanted(request)
    engines.require_offered(settings, asked)
    digest = hashlib.sha256(f"{owner}\n{idempotency_key(request)}".encode()).hexdigest()
    workflow_id = new_id(digest, secrets.token_hex())
    stream_id = new_token()
    storing: list[Future[Created]] = []
    said = beside(pronouncing.chosen, settings, owner, asked)
    room = beside(usage.require_room, settings, usage.minutes_of(asked))

    def make() -> Outcome:
        quotas.require_admission()
        room.result()
        storing.extend(_store_inputs(settings, workflow_id, asked))
        new = _accepted(settings, workflow_id, owner, asked, language_guessed(request, asked), said)
        listening = streams.opening(_stream(settings, stream_id, workflow_id, owner))
        return replace(new, writes=(*new.writes, listening, quotas.one_more()))

    outcome, own = at_once(settings, AGENT, digest, json_object(request), make, kept=record_kept(settings))
    if not own:
        wait(storing)
        _forget_inputs(settings, asked, workflow_id)
        workflow_id = str(outcome.result["workflow_id"])
        kept = require_kept(settings, owner, workflow_id)
        unread = kept.generating and kept.stages["harvest"] != StageState.DONE
        storing = _store_inputs(settings, workflow_id, asked) if unread else []
        streams.open_new(settings, _stream(settings, stream_id, workflow_id, owner), quotas.one_more())
    for stored in storing:
        stored.result()
    publish(settings, *outcome.events)
    logger.info("podcast requested")
    begins_with = outcome.result.get("opening")
    if with_sound and begins_with:
        packets = outcome.result.get("voiced_packets", begins_with["packets"])  # of the version before it is not known
        begins_with = opening.of_podcast(settings, workflow_id, packets)
    return _accepted_answer(settings, request, outcome, stream_id, begins_with)


def opening_wanted(request: Request) -> bool:
    """Tell whether the answer is to bring the sound of the opening. Raises BadRequest."""
    form = request.args.get("opening", "digest")
    if form not in OPENING_FORMS:
        raise BadRequest("opening_invalid", f"opening is one of {', '.join(OPENING_FORMS)}.")
    return form == "sound"


def new_id(digest: str, nonce: str) -> str:
    """Return the id of the podcast made of a request.

    The first part is the request's own, by which a removal finds its record; the second is of this making: a podcast
    deleted and asked for again shares no name of a task or an object with the deleted podcast.
    """
    return digest[:KEY_DIGITS] + hashlib.sha256(f"{digest} {nonce}".encode()).hexdigest()[: ID_DIGITS - KEY_DIGITS]


def idempotency_key(request: Request) -> str:
    """Return the caller's own key, or a random key never to be made again. Raises BadRequest."""
    key = request.headers.get("X-Idempotency-Key", uuid.uuid4().hex)
    if not 1 <= len(key) <= contract.MAX_KEY_CHARACTERS or not key.isascii() or not key.isprintable():
        raise BadRequest(
            "idempotency_key_invalid",
            f"X-Idempotency-Key has 1 to {contract.MAX_KEY_CHARACTERS} printable ASCII characters.",
        )
    return key


def record_kept(settings: Settings) -> timedelta:
    """Tell how long a request is remembered: a little longer than the podcast made of the request."""
    return timedelta(days=settings.retention_days + 2)


def accepted(settings: Settings, request: Request, outcome: Outcome, owner: str) -> Response:
    """Return the answer to a request for a podcast, with a right to hear the podcast, new each time."""
    stream_id = new_token()
    streams.open_new(settings, _stream(settings, stream_id, str(outcome.result["workflow_id"]), owner))
    return _accepted_answer(settings, request, outcome, stream_id, outcome.result.get("opening"))


def _accepted_answer(
    settings: Settings, request: Request, outcome: Outcome, stream_id: str, begins_with: dict[str, Any] | None
) -> Response:
    workflow_id = outcome.result["workflow_id"]
    answer = {
        "status": "GENERATING",
        "cpoa_workflow_id": workflow_id,
        "stream_id": stream_id,
        "websocket_url": _websocket_url(settings, request),
        "status_url": f"{settings.gateway_url}/api/v1/podcasts/{workflow_id}",
        "opening": begins_with,
    }
    return json_response(answer, 202, {"Location": answer["status_url"]})


def open_stream(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Return a fresh right to hear a podcast, from its beginning or from where a lost connection stopped.

    Of a failed or cancelled podcast the voiced part is heard.
    """
    workflow = owned(settings, owner, workflow_id)
    if not workflow.audible and not segments.voiced(settings, workflow_id):
        raise Conflict("podcast_ended", f"This podcast is {workflow.state}: there is nothing to hear.")
    stream_id = new_token()
    streams.open_new(settings, _stream(settings, stream_id, workflow_id, owner))
    return json_response({"stream_id": stream_id, "websocket_url": _websocket_url(settings, request)}, 201)


def _accepted(
    settings: Settings,
    workflow_id: str,
    owner: str,
    asked: GenerateRequest,
    language: str,
    said: Future[list[Pronunciation]],
) -> Outcome:
    """Return the new workflow with its greeting, of inputs that are being stored."""
    pronunciations = said.result()
    lines = [part for line in asked.lines for part in parted(line, language)]
    parts = cast(lines, [host.name for host in asked.hosts or ()])
    wishes = Wishes(
        topic=asked.topic,
        urls=asked.urls,
        inputs=[
            {"object": input_object(workflow_id, number), "name": name, "content_type": kind}
            for number, (name, kind) in enumerate(_inputs(asked))
        ],
        title=asked.title,
        minutes=usage.minutes_of(asked),
        language=asked.language,
        style=asked.style,
        pronunciations=pronunciations,
        focus=asked.focus,
        draft=asked.draft,
        show=asked.show,
        hosts=_hosts(asked, parts if lines else {}) or None,
        webhook={"url": asked.webhook.url, "secret": asked.webhook.secret} if asked.webhook else None,
        **engines.chosen(settings, asked),
    )
    new = new_workflow(settings, workflow_id, owner, _title(asked, language), language, wishes)
    if lines:
        return _scripted(settings, new, lines, parts)
    return requested(settings, new.at(harvest=StageState.RUNNING, forge=StageState.RUNNING))


def requested(settings: Settings, new: Workflow) -> Outcome:
    """Return a podcast that is to be written, committed with its greeting; the event says how much of that has its
    sound."""
    new = replace(new, starting=waking.waker.starting(settings) and not new.draft)
    opened = begun(settings, new)
    return Outcome(
        {"workflow_id": new.id, "opening": opened.described(), "voiced_packets": len(opened.packets)},
        writes=(*usage.begun(new, new.request.minutes), *segments.creations(new.id, opened.segments)),
        events=(Event(PODCAST_REQUESTED, new.id, {"voiced": opened.voiced}),),
    )


def _inputs(asked: GenerateRequest) -> list[tuple[str, str]]:
    """Name and media type of the text and the documents of a request."""
    text = [(OWN_TEXT, "text/plain; charset=utf-8")] if asked.text is not None else []
    return [*text, *((document.name, document.content_type) for document in asked.documents)]


def _store_inputs(settings: Settings, workflow_id: str, asked: GenerateRequest) -> list[Future[Created]]:
    """Begin to store the text and the documents of a request, unless they are there."""
    contents = [asked.text.encode()] if asked.text is not None else []
    contents += [document.content() for document in asked.documents]
    return [
        beside(create_object, settings, input_object(workflow_id, number), content, content_type=kind)
        for number, (content, (_, kind)) in enumerate(zip(contents, _inputs(asked), strict=True))
    ]


def _forget_inputs(settings: Settings, asked: GenerateRequest, workflow_id: str) -> None:
    """Remove the stored inputs of a podcast never made. Best effort: the rest goes with the bucket's retention."""
    with suppress(AethercastError):
        if asked.lines:
            workflows.remove(settings, workflow_id)
        if asked.documents or asked.text is not None or asked.lines:
            delete_objects(settings, workflow_prefix(workflow_id))


def _scripted(settings: Settings, new: Workflow, lines: list[Line], parts: dict[str, str]) -> Outcome:
    """Return a podcast of the caller's own script, voiced as written: nothing else is read, written or said.

    The script is stored before the workflow, so that no workflow exists without its script. One event has all of the
    script voiced: as many tasks as the script has lines.
    """
    voices = {host["name"]: host["voice"] for host in hosts_of(new.request)}
    script: list[Segment] = []
    for line in lines:
        speaker = parts[line.speaker]
        segment = Segment(
            index=len(script),
            kind=contract.SegmentKind.TURN,
            speaker=speaker,
            voice=voices[speaker],
            language=new.language,
            text=line.text,
            chapter=line.chapter,
            state=SegmentState.SCRIPTED,
            expires_at=new.expires_at,
        )
        script.append(replace(segment, pause_before_ms=pause_before(segment, script[-1]) if script else 0))
    material: Material = {"language": new.language, "title": new.title, "sources": [], "problems": []}
    # The object first: by its name, the script of an attempt that dies before its commit is found, and removed
    create_object(settings, sources_object(new.id), json.dumps(material).encode(), content_type="application/json")
    segments.store(settings, new.id, script)
    done = new.at(harvest=StageState.DONE, weave=StageState.DONE, forge=StageState.RUNNING)
    return Outcome(
        {"workflow_id": new.id},
        writes=usage.begun(replace(done, segments_total=len(script)), new.request.minutes),
        events=(
            Event(PODCAST_WANTED, new.id, {"segments": 0}),
            Event(SCRIPT_COMPLETED, new.id, {"segments": len(script)}),
        ),
    )


def _hosts(asked: GenerateRequest, parts: dict[str, str]) -> list[Host]:
    """Return the hosts as asked for, and the further hosts of a script."""
    named: list[Host] = [
        {"name": host.name, "voice": host.voice, "persona": host.persona} for host in asked.hosts or ()
    ]
    others = dict.fromkeys(host for host in parts.values() if host not in {each["name"] for each in named})
    return [*named, *(Host(name=host) for host in others)]


def new_workflow(
    settings: Settings, workflow_id: str, owner: str, title: str, language: str, wishes: Wishes
) -> Workflow:
    """Return a podcast of which nothing is done yet."""
    now = datetime.now(UTC)
    return Workflow(
        id=workflow_id,
        owner=owner,
        key=g.key_hash,
        state=WorkflowState.GENERATING,
        title=title,
        language=language,
        request=wishes,
        created_at=now,
        expires_at=now + timedelta(days=settings.retention_days),
    )


def _stream(settings: Settings, stream_id: str, workflow_id: str, owner: str) -> Stream:
    return Stream(
        id=token_hash(stream_id),
        workflow_id=workflow_id,
        owner=owner,
        key=g.key,
        state=StreamState.OPEN,
        expires_at=datetime.now(UTC) + timedelta(seconds=settings.stream_token_ttl_s),
    )


def _websocket_url(settings: Settings, request: Request) -> str:
    """Tell where to listen: for a page of the streamer's, the address of that page.

    A service on Cloud Run has two (https://cloud.google.com/run/docs/triggering/https-request), and the streamer, which
    cannot be told both, lets in pages loaded from the address of the call.
    """
    host = request.headers.get("Origin", "").partition("://")[2]
    urls = (url for url in settings.more_websocket_urls if url.partition("://")[2].partition("/")[0] == host)
    return next(urls, settings.websocket_url)


def _title(asked: GenerateRequest, language: str) -> str:
    """Return the title of a podcast before any reading: the best given by the request itself."""
    if asked.title or asked.topic:
        return str(asked.title or asked.topic)
    if asked.lines:
        return asked.lines[0].chapter or title_of(asked.lines[0].text, language) or pack_of(language).untitled
    if asked.text:
        return title_of(asked.text, language) or pack_of(language).untitled
    if asked.documents:
        return asked.documents[0].name.rpartition(".")[0] or asked.documents[0].name
    return seen(urlsplit(asked.urls[0]).hostname or "")[: contract.MAX_TITLE_CHARACTERS] or "a web page"


def language_guessed(request: Request, asked: GenerateRequest) -> str:
    """Return the language of the greeting, spoken before any source was read: as asked; or that of a script or a text
    in the request itself, for the greeting names it, and no voice reads another language; or as the caller speaks."""
    if not asked.language:
        given = " ".join(line.text for line in asked.lines) if asked.lines else (asked.text or "")
        passage = given[:PASSAGE_CHARACTERS]
        likely = likely_languages(passage) if asked.lines or sum(map(str.isalpha, passage)) >= _SURE_LETTERS else {}
        found = max(contract.LANGUAGES, key=lambda language: likely.get(language, 0.0))
        if likely.get(found, 0.0) > _LIKELY:
            return found
    return asked.language or spoken_by(request)
