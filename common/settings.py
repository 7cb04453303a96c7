"""Where things are and how much is allowed: one typed object, read once from the environment.

The product never asks whether it runs on a laptop. Where Google's libraries have an `*_EMULATOR_HOST` variable of their
own they read it themselves; everything else that differs between a laptop and the cloud is a setting here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from common.errors import Misconfigured


@dataclass(frozen=True)
class Settings:
    """Each field is read from the environment variable of its name in upper case; an agent names those it `needs`.

    Settings not given by Terraform itself go into its variables `engine_settings` and `limits`.
    """

    # Google Cloud
    google_cloud_project: str = ""
    location: str = "us-central1"
    vertex_location: str = "global"
    """Where Gemini is asked on Vertex AI: `global`, `us`, `eu` or a region; newer models are offered in those three
    only. https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations"""
    firestore_database: str = "(default)"
    events_topic: str = "agent-events"
    wakings_topic: str = "wakings"
    audio_bucket: str = ""
    queue_suffix: str = ""
    """Ends the names of the queues (common/policy.py): a deleted queue's own may not be usable for days."""
    cloud_tasks_emulator_host: str = ""
    """`host:port` of a Cloud Tasks emulator; the client library has no variable of its own for it."""

    iam_credentials_url: str = ""
    """Where signatures are asked for, though a private key is at hand. Empty: it signs, or where there is none, IAM."""

    # Our own services: the URL each is reached at, which is also the audience of tokens made out to it
    gateway_url: str = ""
    orchestrator_url: str = ""
    content_harvester_url: str = ""
    script_weaver_url: str = ""
    voice_forge_url: str = ""
    model_serving_url: str = ""
    mastering_url: str = ""
    editions_url: str = ""
    webhooks_url: str = ""
    streamer_url: str = ""
    dead_letters_url: str = ""
    sweeper_url: str = ""
    websocket_url: str = ""
    """The `wss://` address that listeners are given."""
    more_websocket_urls: tuple[str, ...] = ()
    """Other addresses of the same streamer: who asks from a page of one of them is given that one."""

    # Who may call whom: comma-separated service account e-mails
    tasks_invoker: str = ""
    events_invoker: str = ""
    scheduler_invoker: str = ""
    waker: str = ""
    """Whose name services are woken in (common/waking.py), which is good for nothing else."""
    model_serving_callers: tuple[str, ...] = ()
    signing_callers: tuple[str, ...] = ()
    notify_callers: tuple[str, ...] = ()
    removal_callers: tuple[str, ...] = ()
    oidc_issuers: tuple[str, ...] = ("https://accounts.google.com", "accounts.google.com")
    oidc_jwks_url: str = "https://www.googleapis.com/oauth2/v3/certs"

    platform_checks_tokens: bool = False
    """Says that nobody reaches this service but whom the platform has let in, by a token whose signature it has taken
    away: of a service with invokers of its own in terraform/iam.tf, and of no other."""
    authenticator_key: str = field(default="", repr=False)
    """What our requests are signed with, and held to where a token proves nothing (common/authenticator.py)."""
    authenticator_other_key: str = field(default="", repr=False)
    """Is as good for those that come in: the next key, or the last, while keys are changed."""
    tick_token_sha256: str = ""
    """Of the token that Cloud Scheduler's calls carry."""

    starts_within_s: float = 0.0
    """How long services take to start that were left without an instance: for as long after they were woken greetings
    have a breath more (common/cold_open.py). 0: each always has one."""

    id_token_client: str = ""
    """Lets people in with Google's ID tokens, too, as a hosted player gets them: the OAuth client ID that they are made
    out to. Empty: API keys alone."""

    load_on_start: bool = False
    """Imports all libraries while an instance starts (common/readiness.py), not at the first request. For the platform,
    where starting is paid for once and somebody waits for a request; a laptop has many services in one process."""

    # Engines. Addresses, keys, models and voices are those of the default engines alone. Another engine's have its name
    # in the middle, such as SPEECH_OPENAI_BASE_URL: none is ever shown another's key (`of_engine`).
    speech_version: str = ""
    """Tells one release of the engines, with their settings, from others: sound that was kept of one is of no use to
    another (common/openings.py)."""
    speech_engine: str = "hibari"
    language_engine: str = "extractive"
    speech_engines: tuple[str, ...] = ()
    language_engines: tuple[str, ...] = ()
    """What a request may choose instead of the default ones."""
    speech_base_url: str = ""
    speech_api_key: str = field(default="", repr=False)
    speech_model: str = ""
    speech_voices: tuple[str, ...] = ()
    """What the engine calls the voices of the hosts, by place, up to four; its own choice unless set."""
    speech_sample_rate: int = 0
    """In Hz, of a server that sends bare samples and does not state it. 0: it is found out by a known sentence."""
    speech_unsettled: bool = False
    """Lets voices speak, too, of whose weights nobody has settled whether they may be used commercially."""
    voice_weights: str = ""
    """Where weights of voices come from that no package carries, for every engine. Empty: from where they are
    published, at the first use; an address: from a copy of that; `bucket`: from below `voices/` in the audio bucket;
    `none`: from nowhere."""
    voice_weights_folder: str = ""
    """Where they are kept; among the user's caches unless set."""
    language_base_url: str = ""
    language_api_key: str = field(default="", repr=False)
    language_model: str = ""
    language_context_characters: int = 60_000
    """How much source text a language model is given at once. Longer sources are condensed first. What a server turns
    down, or cuts, lessens it by itself."""
    language_first_token_s: float = 180.0
    """How long a language model may take to the first token of an answer: a server may have to load it first."""
    language_silence_s: float = 60.0
    """Between two tokens."""
    language_calls: int = 20
    """How often a language model may be asked for one podcast, in all attempts together, beyond two calls for each
    chapter and for each piece of its sources that is condensed."""

    # Sources
    wikipedia_url: str = "https://{language}.wikipedia.org"
    """`{language}` is replaced by the two letters of the podcast's language."""
    search_base_url: str = ""
    """A SearXNG server, which topics are looked up with beside Wikipedia; none: Wikipedia alone."""
    search_api_key: str = field(default="", repr=False)
    """Sent to it as a bearer token, for servers that stand behind something that asks for one."""
    github_raw_url: str = "https://raw.githubusercontent.com"
    github_api_url: str = "https://api.github.com"
    arxiv_url: str = "https://arxiv.org"
    harvest_private_addresses: bool = False
    """Lets links and webhooks lead to addresses of this machine and private networks. For local runs and tests only."""

    # Behaviour
    apologize_for_failed_segments: bool = True
    """A segment that no engine will voice is replaced by a spoken apology; otherwise it fails the workflow."""

    lookahead_segments: int = 0
    """For live listening: no more segments are voiced than this many beyond those that somebody is about to hear; the
    rest waits for listeners, or for somebody who asks for the file. 0: everything is voiced at once."""

    sweep_redrive_after_s: int = 120
    sweep_fail_after_s: int = 1800
    """A workflow that is quiet for so long is driven on, and failed in the end."""

    removed_again_after_s: int = 3600
    """When what was deleted is removed once more, because work that was under way may have stored something since:
    later than the longest deadline of common/policy.py. So long after the last title, too, what is missing of a
    podcast's files is asked for again, and what nothing leads to any more is removed."""

    rename_settles_s: float = 30.0
    """How long after a new title the files are made with it: of several titles in that time, the last is the one."""

    # Limits
    max_source_bytes: int = 10 * 1024 * 1024
    source_timeout_s: float = 15.0
    ocr_command: str = ""
    """A program that is given a picture on its standard input and writes its text to its standard output, such as
    `tesseract - - -l eng+deu`: with it pictures and scanned PDFs are read."""

    source_readers: int = 0
    """How many documents an instance reads at once, each in up to 768 MiB. 0: one more than it has processors."""
    stream_token_ttl_s: int = 6 * 3600
    signed_url_ttl_s: int = 15 * 60
    retention_days: int = 30
    requests_per_minute: int = 60
    reads_per_minute: int = 600
    """Of one key, or one feed, and of one instance of the gateway: requests that do not count as costly."""
    podcasts_at_once: int = 20
    """Of one key, in the making. 0: any number, as with those below."""
    minutes_a_day: int = 1000
    """Of podcasts that one key may ask for."""
    usd_a_day: float = 0.0
    """That the speech voiced that day may have cost one key, before it is refused more."""
    cors_origins: tuple[str, ...] = ()
    """Pages that may call the API and listen; the streamer lets those in besides that it serves itself."""

    # Streamer
    player_api_base: str = ""
    player_api_key: str = field(default="", repr=False)
    """What the player that the streamer serves calls, and the key it calls it with; no key: the listener is asked."""
    sign_in_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    """Where people sign in who come with an ID token; Google's page sends them back to the player."""
    web_root: str = ""
    """Where the player's files are; the `web/` beside `streamer/` unless set."""
    max_connections: int = 1000
    max_connections_per_address: int = 100
    trusted_proxies: int = 0
    """How many proxies in front add the address they were called from to X-Forwarded-For."""
    max_connection_s: int = 3500
    """A listener is handed over to a new connection after so long: before the platform cuts it off at 60 minutes."""
    resume_grace_s: float = 120.0
    """How long after a token to listen was last shown the same is good again, unless the next one is shown."""
    stalled_after_s: float = 20.0
    """A listener who takes nothing of what is due for so long is let go. One who reads slowly takes in lumps: at
    16 kbit/s a kernel, or a proxy, may say nothing for 10 s and longer."""
    feed_memory_bytes: int = 96 * 1024 * 1024
    """How much audio one instance keeps for all its listeners together."""

    log_level: str = "INFO"
    traces_to: str = ""
    """Where a trace of each podcast goes (common/tracing.py): `cloud` for Cloud Trace, the address of a collector, or a
    file's path. Empty: nowhere, and nothing is loaded for it."""

    @classmethod
    def from_env(cls, *, needs: tuple[str, ...] = (), env: Mapping[str, str] | None = None) -> Settings:
        """Read the environment. Raises Misconfigured for a malformed value or for a field of `needs` left empty."""
        env = os.environ if env is None else env
        values: dict[str, Any] = {}
        for setting in fields(cls):
            raw = env.get(setting.name.upper())
            if raw is not None:
                values[setting.name] = _parse(setting.name, raw, str(setting.type))
        settings = cls(**values)
        missing = [name.upper() for name in needs if not getattr(settings, name)]
        if missing:
            raise Misconfigured("setting_missing", f"set the environment variable(s) {', '.join(missing)}")
        return settings

    @classmethod
    def of_engine(cls, kind: str, name: str, env: Mapping[str, str] | None = None) -> Settings:
        """Return the settings in the view of an engine; `kind` is "speech" or "language"."""
        env = os.environ if env is None else env
        every, own = f"{kind.upper()}_", f"{kind.upper()}_{name.upper()}_"
        if name == cls.from_env(env=env).offered(kind)[0]:
            shared = dict(env)
        else:
            shared = {variable: value for variable, value in env.items() if not variable.startswith(every)}
        mine = {every + key.removeprefix(own): value for key, value in env.items() if key.startswith(own)}
        return cls.from_env(env={**shared, **mine, f"{every}ENGINE": name})

    def offered(self, kind: str) -> tuple[str, ...]:
        """Return the engines of a kind on offer to requests, the default first."""
        return tuple(dict.fromkeys((getattr(self, f"{kind}_engine"), *getattr(self, f"{kind}_engines"))))


def _parse(name: str, raw: str, kind: str) -> Any:
    try:
        match kind:
            case "str":
                return raw
            case "bool":
                return {"true": True, "1": True, "false": False, "0": False, "": False}[raw.lower()]
            case "int":
                return int(raw)
            case "float":
                return float(raw)
            case _:
                return tuple(part.strip() for part in raw.split(",") if part.strip())
    except (KeyError, ValueError):
        raise Misconfigured("setting_malformed", f"{name.upper()}={raw!r} is not a valid {kind}") from None
