"""A server with faults for a player at a test's command: slow audio, dying sockets, refused tokens, failing podcasts.

It speaks the API and the WebSocket wire of the product (common/wire.py), with real Opus packets, over real sockets, and
serves web/ under the same Content-Security-Policy.
"""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, redirect, request, send_from_directory
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server
from werkzeug.serving import WSGIRequestHandler, make_server
from wsproto.utilities import LocalProtocolError

from common import contract, wire
from common.artifacts import FILES, KINDS
from common.ogg import write_opus
from common.records import Segment
from streamer.player_files import secured
from tests.browser.scripted_podcast import Podcast, Script, pre_skip
from tests.browser.web_files import WEB, FromMemory, Quiet

TICK_S = 0.02
MESSAGE_PACKETS = 25


class ScriptedServer:
    """Use as a context manager. `url` is where the page is; the rest is for a test to look at and to turn."""

    opening_away = False
    """Whether what tells openings beforehand has no instance yet."""

    def __init__(
        self,
        script: Script | None = None,
        api_key: str | None = "scripted-key",
        handler: type[WSGIRequestHandler] = FromMemory,
    ) -> None:
        self.script = script or Script()
        self.api_key, self.handed_out_key = "scripted-key", api_key
        self.podcasts: dict[str, Podcast] = {}
        self.shares: dict[str, list[dict[str, str]]] = {}
        """By workflow."""
        self.places, self.moments = dict[str, int](), dict[str, set[int]]()
        """Where the listener has come to (ms), and which turns they keep, by workflow."""
        self.places_told = 0
        """How often a place was written."""
        self.feeds: list[dict[str, str]] = []
        self.requests: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        """What clients said on their sockets, in order."""
        self.sockets: set[Server] = set()
        self.opened = 0
        self.down = False
        """Whether new sockets are refused, and with them the API."""
        self.refuses: tuple[int, str, str] | None = None
        """Status, code and detail of the problem that requests for podcasts get."""
        self.editions = True
        """Whether finished episodes have their MP3 and M4A, which come after the other files."""
        self.mp3 = b"episode.mp3"
        """What the MP3 of every episode holds."""
        self.dead_links = 0
        """So many of the next requests for a file find that its link has expired."""
        self.engines: dict[str, list[dict[str, Any]]] = {
            "speech": [{"engine": "espeak", "voices": []}],
            "language": [{"engine": "extractive"}],
        }
        """Who may speak and write, the default ones first."""
        self.usage: dict[str, Any] = {"limits": {"minutes_a_day": None}, "in_the_making": 0, "days": []}
        self.opening_s = 0.0
        """How much of the beginning the page may have before it asks for a podcast."""
        self.other_opening = False
        """Whether podcasts begin otherwise than the page was told."""
        self.openings = 0
        """How often the page was told an opening."""
        self.answers: threading.Event | None = None
        """What the next answers to requests for podcasts wait for."""
        self.key_problem: tuple[int, str] | None = None
        """Status and code of the problem that the key has, right as it is."""
        self.signs_in = ""
        """Whether people may sign in: "as asked", or with a token made for another request."""
        self.sign_ins: list[dict[str, str]] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        """What else was asked for of podcasts, by its name, with its body."""
        self._lock, self._tokens = threading.Lock(), dict[str, str]()
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True, request_handler=handler)
        self.origin = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.origin}/"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.cut()
        self._server.shutdown()
        self._server.server_close()

    def cut(self) -> None:
        """Kill every open socket without a word, as a dying machine does."""
        for ws in list(self.sockets):
            with contextlib.suppress(OSError):
                ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                ws.sock.shutdown(socket.SHUT_RDWR)

    def restart(self) -> None:
        """Close every socket as a server does that is about to be replaced."""
        for ws in list(self.sockets):
            with contextlib.suppress(ConnectionClosed, LocalProtocolError, OSError):
                ws.close(wire.CLOSE_RESTART, "restart")

    def forget_tokens(self) -> None:
        """No token that was given out opens a socket any more."""
        with self._lock:
            self._tokens.clear()

    def add(self, script: Script) -> Podcast:
        """A podcast of the library, finished."""
        podcast = Podcast(secrets.token_hex(16), script, complete_at_once=True)
        self.podcasts[podcast.workflow_id] = podcast
        return podcast

    def said_of(self, type_: str) -> list[dict[str, Any]]:
        return [message for message in self.said if message["type"] == type_]

    def counted(self, name: str) -> int:
        """The page's counters so far, as reported."""
        return sum(said.get(name, 0) for said in self.said_of("client_metrics"))

    def _app(self) -> Flask:
        app = Flask(__name__, static_folder=None)
        api = "/api/v1/podcasts"
        app.add_url_rule("/config.json", view_func=self._config)
        app.add_url_rule("/opening.json", view_func=lambda: {"choices": {}, "opening": None}, endpoint="usual_opening")
        app.add_url_rule("/sign-in", view_func=self._sign_in)
        app.add_url_rule("/", view_func=lambda: send_from_directory(WEB, "index.html"), endpoint="index")
        app.add_url_rule("/<path:name>", view_func=lambda name: send_from_directory(WEB, name), endpoint="page")
        app.add_url_rule("/files/<workflow_id>/<name>", view_func=self._file)
        app.add_url_rule(f"{api}/generate", view_func=self._api(self._generate), methods=["POST"], endpoint="generate")
        app.add_url_rule("/api/v1/opening", view_func=self._api(self._opening), methods=["POST"], endpoint="opening")
        app.add_url_rule("/api/v1/sample", view_func=self._api(self._sample), methods=["POST"], endpoint="sample")
        app.add_url_rule("/api/v1/engines", view_func=self._api(lambda: self.engines), endpoint="engines")
        app.add_url_rule("/api/v1/usage", view_func=self._api(lambda: self.usage), endpoint="usage")
        app.add_url_rule(api, view_func=self._api(self._list), endpoint="list")
        app.add_url_rule(f"{api}/<workflow_id>", view_func=self._api(self._show), endpoint="show")
        place = f"{api}/<workflow_id>/place"
        app.add_url_rule(place, view_func=self._api(self._place), methods=["GET", "PUT"], endpoint="place")
        moment = f"{api}/<workflow_id>/moments/<index>"
        app.add_url_rule(moment, view_func=self._api(self._moment), methods=["PUT", "DELETE"], endpoint="moment")
        app.add_url_rule(f"{api}/<workflow_id>/usage", view_func=self._api(self._usage_of), endpoint="usage_of")
        feeds = "/api/v1/feeds"
        app.add_url_rule(feeds, view_func=self._api(self._list_feeds), endpoint="feeds")
        app.add_url_rule(feeds, view_func=self._api(self._create_feed), methods=["POST"], endpoint="create_feed")
        app.add_url_rule(feeds, view_func=self._api(self._revoke_feeds), methods=["DELETE"], endpoint="revoke_feeds")
        app.add_url_rule(
            f"{api}/<workflow_id>", view_func=self._api(self._delete), methods=["DELETE"], endpoint="delete"
        )
        app.add_url_rule(
            f"{api}/<workflow_id>", view_func=self._api(self._rename), methods=["PATCH"], endpoint="rename"
        )
        app.add_url_rule(
            f"{api}/<workflow_id>/segments", view_func=self._api(self._edit), methods=["PATCH"], endpoint="edit"
        )
        for name, view in (
            ("cancel", self._cancel),
            ("stream", self._stream),
            ("approve", self._approve),
            ("remake", self._derived),
            ("continue", self._derived),
        ):
            app.add_url_rule(f"{api}/<workflow_id>/{name}", view_func=self._api(view), methods=["POST"], endpoint=name)
        app.add_url_rule(f"{api}/<workflow_id>/segments", view_func=self._api(self._segments), endpoint="segments")
        shares = f"{api}/<workflow_id>/shares"
        app.add_url_rule(shares, view_func=self._api(self._share), methods=["POST"], endpoint="share")
        app.add_url_rule(shares, view_func=self._api(self._list_shares), endpoint="shares")
        revoke = self._api(self._revoke_share)
        app.add_url_rule(f"{shares}/<share_id>", view_func=revoke, methods=["DELETE"], endpoint="revoke_share")
        app.after_request(self._guard)
        Sock(app).route(f"{api}/stream")(self._listen)
        return app

    def _guard(self, response: Response) -> Response:
        policy = (WEB / "csp.txt").read_text(encoding="utf-8").strip()
        policy = policy.replace("{origins}", self.url.rstrip("/")).replace("{sockets}", f"ws://{self.origin}")
        response.headers["Cache-Control"] = "no-store"
        return secured(response, lambda: policy)

    def _config(self) -> dict[str, Any]:
        more = {"sign_in": {"client": "our-client", "address": f"{self.url}sign-in"}} if self.signs_in else {}
        return {"api_base": "", "api_key": self.handed_out_key, **more}

    def _sign_in(self) -> Any:
        """Google's page, on which somebody has agreed: back with a token that is as good as a key."""
        self.sign_ins.append(request.args.to_dict())
        nonce = request.args["nonce"] if self.signs_in == "as asked" else "another"
        claims = base64.urlsafe_b64encode(json.dumps({"nonce": nonce}).encode()).decode().rstrip("=")
        self.api_key = f"e30.{claims}.c2ln"
        return redirect(f"{request.args['redirect_uri']}#id_token={self.api_key}&state={request.args['state']}")

    def _api(self, view: Callable[..., Any]) -> Callable[..., Any]:
        def checked(**arguments: str) -> Any:
            if self.down:
                return _problem(503, "unavailable", "Busy; ask again.")
            shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
            workflow_id = arguments.pop("workflow_id", None)
            if shown.startswith("share_"):
                if not any(share["token"] == shown for share in self.shares.get(workflow_id or "", [])):
                    return _problem(403, "share_revoked", "This share was taken back.")
            elif shown != self.api_key:
                return _problem(401, "key_wrong", "This API key is not known.")
            elif self.key_problem:
                return _problem(*self.key_problem, "")
            if workflow_id is None:
                return view()
            podcast = self.podcasts.get(workflow_id)
            return (
                view(podcast, **arguments)
                if podcast
                else _problem(404, "podcast_unknown", "There is no podcast of this id.")
            )

        return checked

    def _generate(self) -> Any:
        body = request.get_json()
        self.requests.append(body)
        if self.answers:
            self.answers.wait(30)
        if self.refuses:
            return _problem(*self.refuses)
        podcast = Podcast(secrets.token_hex(16), self.script, minutes=body["minutes"], draft=body.get("draft", False))
        return self._accepted(podcast)

    def _accepted(self, podcast: Podcast) -> Any:
        self.podcasts[podcast.workflow_id] = podcast
        return {
            "status": "GENERATING",
            "cpoa_workflow_id": podcast.workflow_id,
            **self._grant(podcast),
            "status_url": f"{self.url}api/v1/podcasts/{podcast.workflow_id}",
            "opening": None if self.other_opening else self._begins_with(podcast),
        }, 202

    def _opening(self) -> Any:
        if self.opening_away:
            return _problem(503, "service_unavailable", "It is being started.")
        podcast = Podcast("", self.script, complete_at_once=True)
        known = self._known_opening()
        self.openings += known is not None
        return {"opening": known and known | self._sound(podcast, known["packets"])}

    def _sample(self) -> dict[str, Any]:
        self.asked.append(("sample", request.get_json()))
        packets = Podcast("", self.script, complete_at_once=True).packets(0, 100)
        sound = base64.b64encode(wire.pack_packets(0, packets)).decode()
        return {"opening": {"digest": "", "packets": 100, "pre_skip": pre_skip(), "segments": [], "sound": sound}}

    def _begins_with(self, podcast: Podcast) -> dict[str, Any] | None:
        known = self._known_opening()
        if known is None or request.args.get("opening") != "sound":
            return known
        return known | self._sound(podcast, known["packets"])

    def _known_opening(self) -> dict[str, Any] | None:
        packets = round(self.opening_s * 1000 / contract.PACKET_MS)
        return {"digest": f"of {packets} packets", "packets": packets} if packets else None

    def _sound(self, podcast: Podcast, packets: int) -> dict[str, Any]:
        segments = [one for one in podcast.segments() if one["first_packet"] < packets]
        sound = wire.pack_packets(0, podcast.packets(0, packets))
        return {"pre_skip": pre_skip(), "segments": segments, "sound": base64.b64encode(sound).decode()}

    def _list(self) -> dict[str, Any]:
        words = request.args.get("q", "").lower()
        found = [podcast for podcast in self.podcasts.values() if words in podcast.script.title.lower()]
        return {
            "podcasts": [self._described(podcast) for podcast in reversed(found)],
            "places": self.places,
            "next_page_token": None,
        }

    def _place(self, podcast: Podcast) -> dict[str, Any]:
        if request.method == "PUT":
            self.places[podcast.workflow_id] = request.get_json()["position_ms"]
            self.places_told += 1
        moments = sorted(self.moments.get(podcast.workflow_id, ()))
        return {"position_ms": self.places.get(podcast.workflow_id, 0), "moments": moments}

    def _moment(self, podcast: Podcast, index: str) -> Any:
        kept = self.moments.setdefault(podcast.workflow_id, set())
        (kept.add if request.method == "PUT" else kept.discard)(int(index))
        return "", 204

    def _usage_of(self, podcast: Podcast) -> dict[str, Any]:
        return {"characters": {"google": 4310}, "engine_calls": 41, "speech_usd": 0.1293}

    def _list_feeds(self) -> dict[str, Any]:
        return {"feeds": self.feeds}

    def _create_feed(self) -> Any:
        self.feeds.append({"created_at": datetime.now(UTC).isoformat(), "key": "0123456789ab"})
        url = f"https://api.example.com/api/v1/feeds/{secrets.token_urlsafe(32)}/rss.xml"
        return {"url": url, "qr": _qr_code(url)}, 201

    def _revoke_feeds(self) -> Any:
        self.feeds.clear()
        return "", 204

    def _show(self, podcast: Podcast) -> dict[str, Any]:
        return self._described(podcast)

    def _delete(self, podcast: Podcast) -> Any:
        del self.podcasts[podcast.workflow_id]
        return "", 204

    def _rename(self, podcast: Podcast) -> dict[str, Any]:
        podcast.script = replace(podcast.script, title=request.get_json()["title"])
        return self._described(podcast)

    def _edit(self, podcast: Podcast) -> dict[str, Any]:
        self.asked.append(("edit", request.get_json()))
        for edit in request.get_json()["segments"]:
            podcast.edits[edit["index"]] = edit.get("text", "")
        return self._described(podcast)

    def _approve(self, podcast: Podcast) -> dict[str, Any]:
        self.asked.append(("approve", request.get_json()))
        podcast.draft, podcast.began = False, time.monotonic()
        return self._described(podcast)

    def _derived(self, podcast: Podcast) -> Any:
        self.asked.append((request.path.rsplit("/", 1)[-1], request.get_json()))
        return self._accepted(Podcast(secrets.token_hex(16), self.script))

    def _cancel(self, podcast: Podcast) -> dict[str, Any]:
        podcast.cancelled_at = time.monotonic()
        return self._described(podcast)

    def _stream(self, podcast: Podcast) -> Any:
        if podcast.state in {"FAILED", "CANCELLED"} and not podcast.available:
            return _problem(409, "podcast_ended", f"This podcast is {podcast.state}: there is nothing to hear.")
        return self._grant(podcast), 201

    def _segments(self, podcast: Podcast) -> dict[str, Any]:
        return {"segments": podcast.segments()}

    def _share(self, podcast: Podcast) -> Any:
        number = f"{len(self.shares.get(podcast.workflow_id, [])):016x}"
        share = {
            "id": number,
            "token": f"share_{number}_1999999999_{secrets.token_urlsafe(32)}",
            "created_at": podcast.created.isoformat(),
            "expires_at": (podcast.created + timedelta(days=request.get_json()["days"])).isoformat(),
        }
        self.shares.setdefault(podcast.workflow_id, []).append(share)
        return share, 201

    def _list_shares(self, podcast: Podcast) -> dict[str, Any]:
        return {"shares": self.shares.get(podcast.workflow_id, [])}

    def _revoke_share(self, podcast: Podcast, share_id: str) -> Any:
        shares = self.shares[podcast.workflow_id]
        shares[:] = [share for share in shares if share["id"] != share_id]
        return "", 204

    def _file(self, workflow_id: str, name: str) -> Response:
        if self.dead_links:
            self.dead_links -= 1
            return Response("<Error><Code>ExpiredToken</Code></Error>", 400, mimetype="application/xml")
        podcast = self.podcasts[workflow_id]
        if name == "episode.ogg":
            data = write_opus(podcast.packets(0, podcast.total), pre_skip(), serial=1, tags={"TITLE": "scripted"})
        elif name in {"cover.jpg", "cover-600.jpg"}:
            data = _cover(podcast.script.title)
        elif name == "episode.mp3":
            data = self.mp3
        else:
            data = name.encode()
        response = Response(data, content_type=FILES[KINDS[name]].content_type)
        response.headers["Content-Disposition"] = f'attachment; filename="scripted {name}"'
        response.make_conditional(request, accept_ranges=True, complete_length=len(data))
        return response

    def _artifacts(self, podcast: Podcast) -> dict[str, str]:
        there = {kind: file.name for kind, file in FILES.items() if self.editions or kind not in {"mp3", "m4a"}}
        return {kind: f"{self.url}files/{podcast.workflow_id}/{name}" for kind, name in there.items()}

    def _described(self, podcast: Podcast) -> dict[str, Any]:
        state = podcast.state
        finished = state == "COMPLETED"
        segments = podcast.segments()
        voiced = sum(segment["first_packet"] < podcast.available for segment in segments)
        forging = {"FAILED": "FAILED", "COMPLETED": "DONE"}.get(state, "RUNNING")
        code, message = podcast.script.fails_with or ("", "")
        return {
            "workflow_id": podcast.workflow_id,
            "state": state,
            "title": podcast.script.title,
            "language": "en",
            "created_at": podcast.created.isoformat(),
            "minutes": podcast.minutes,
            "show": podcast.script.show,
            "draft": podcast.draft,
            "stages": {
                "harvest": "DONE" if voiced > 1 else "RUNNING",
                "weave": "DONE" if finished or podcast.draft else "RUNNING",
                "forge": forging,
                "master": "DONE" if finished else "PENDING",
            },
            "duration_ms": round(podcast.script.seconds * 1000) if finished else None,
            "error": {"code": code, "message": message} if state == "FAILED" else None,
            "sources": list(podcast.script.sources) if voiced > 1 else [],
            "source_problems": list(podcast.script.source_problems) if voiced > 1 else [],
            "artifacts": self._artifacts(podcast) if finished else None,
            "segments": {"written": len(segments), "voiced": voiced, "total": len(segments)},
        }

    def _grant(self, podcast: Podcast) -> dict[str, str]:
        return {
            "stream_id": self._token(podcast.workflow_id),
            "websocket_url": f"ws://{self.origin}/api/v1/podcasts/stream",
        }

    def _token(self, workflow_id: str) -> str:
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[token] = workflow_id
        return token

    def _listen(self, ws: Server) -> None:
        _sends_one_at_a_time(ws)
        with ws.sock.dup() as line:
            try:
                with contextlib.suppress(LocalProtocolError):  # the page has just closed it itself
                    self._serve(ws)
            finally:
                with contextlib.suppress(OSError):  # werkzeug would put an HTTP answer behind the closing frame
                    line.shutdown(socket.SHUT_WR)

    def _serve(self, ws: Server) -> None:
        """One listener: claim, then send whatever is there and within the window, until the end or a close."""
        if self.down:
            ws.close(wire.CLOSE_RESTART, "down")
            return
        first = self._take(ws.receive(timeout=10) or "")
        if not isinstance(first, wire.Start | wire.Resume):
            ws.close(wire.CLOSE_POLICY, "say start")
            return
        with self._lock:
            workflow_id = self._tokens.pop(
                first.stream_id if isinstance(first, wire.Start) else first.resume_token, None
            )
        if workflow_id is None:
            ws.send(wire.dumps(wire.error("stream_unknown", "This stream id was used, or has expired.")))
            ws.close(wire.CLOSE_POLICY, "stream_unknown")
            return
        self.opened += 1
        self.sockets.add(ws)
        try:
            self._feed(ws, self.podcasts[workflow_id], first)
        except (ConnectionClosed, OSError):
            pass
        finally:
            self.sockets.discard(ws)

    def _feed(self, ws: Server, podcast: Podcast, first: wire.Start | wire.Resume) -> None:
        script, sent, paused = podcast.script, first.next_packet, False
        played_ms: float = first.next_packet * contract.PACKET_MS
        began, window_ms = time.monotonic(), first.window_ms or 30_000
        metadata = wire.stream_metadata(
            workflow_id=podcast.workflow_id,
            title=script.title,
            pre_skip=pre_skip(),
            resume_token=self._token(podcast.workflow_id),
        )
        ws.send(wire.dumps(metadata))
        ws.send(wire.dumps(wire.progress("harvest", "RUNNING", detail="example.org")))
        waiting = podcast.segments()
        while True:
            message = ws.receive(timeout=TICK_S)
            if message is not None:
                match self._take(message):
                    case wire.ClientMetrics(values):
                        played_ms, began = values.get("played_ms", played_ms), time.monotonic()
                    case wire.PauseRequest():
                        paused = True
                    case wire.ResumeRequest():
                        paused, began = False, time.monotonic()
            if podcast.cancelled_at and sent >= podcast.available:
                ws.send(wire.dumps(wire.error("podcast_cancelled", "This podcast was cancelled.")))
                ws.close(wire.CLOSE_NORMAL, "cancelled")
                return
            if paused:
                continue
            clock_ms = played_ms + (time.monotonic() - began) * 1000
            until = min(podcast.available, int((clock_ms + window_ms) / contract.PACKET_MS))
            while waiting and waiting[0]["first_packet"] < max(until, sent):
                segment = waiting.pop(0)
                ws.send(wire.dumps(wire.segment_message(Segment.of(segment), segment["first_packet"])))
            while sent < until:
                to = min(until, sent + MESSAGE_PACKETS)
                ws.send(wire.pack_packets(sent, podcast.packets(sent, to)))
                sent = to
            if sent >= podcast.total:
                if script.fails_with:
                    ws.send(wire.dumps(wire.error(*script.fails_with)))
                    ws.close(wire.CLOSE_INTERNAL, "failed")
                else:
                    ws.send(wire.dumps(wire.stream_end(podcast.total)))
                    ws.close(wire.CLOSE_NORMAL, "end")
                return

    def _take(self, message: str | bytes) -> wire.ClientMessage:
        parsed = wire.parse_client_message(message)  # a player that says something else is broken: let the test see it
        self.said.append(json.loads(message))
        return parsed


def _sends_one_at_a_time(ws: Server) -> None:
    """Have no two threads write to a socket at once: each would close what the page closes, which browsers complain
    of."""
    lock, send = threading.Lock(), ws.ws.send

    def alone(event: Any) -> bytes:
        with lock:
            return bytes(send(event))

    ws.ws.send = alone


def _cover(title: str) -> bytes:
    from functions.mastering.cover_art import cover  # tests/conftest.py lays the path to the agents

    return cover(title, size=600)


def _qr_code(url: str) -> str:
    from functions.api_gateway.feeds import qr_code

    return qr_code(url)


def _problem(status: int, code: str, detail: str) -> Response:
    body = {"type": f"urn:aethercast:problem:{code}", "title": code, "status": status, "code": code, "detail": detail}
    return Response(json.dumps(body), status, mimetype="application/problem+json")


if __name__ == "__main__":
    with ScriptedServer(handler=Quiet) as server:  # whoever runs it by hand changes files meanwhile
        print(server.url, flush=True)
        threading.Event().wait()
