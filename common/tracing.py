"""A trace of each podcast, of OpenTelemetry's spans, where TRACES_TO says where to; nothing at all where it does not.

A trace's id is its workflow's, which is 32 hexadecimal digits as W3C Trace Context has them
(https://www.w3.org/TR/trace-context/): whoever knows a podcast knows its trace, and a service without a context
(the streamer, which learns from Firestore) adds its spans all the same. Tasks and calls bring the context in the header
`traceparent`, events in the attribute `ce-traceparent` (CloudEvents' extension for distributed tracing): the platform
writes a `traceparent` of its own into a push.

    cloud     Cloud Trace, over OTLP (https://cloud.google.com/trace/docs/migrate-to-otlp-endpoints)
    https://… a collector's own address for traces, over OTLP (http:// on this machine)
    /…        a file, a JSON object a span

Spans are sent in batches, between requests or at the end of an instance: nobody waits for that.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Tracer

    from common.settings import Settings

HEADER: Final = "traceparent"
EVENT_ATTRIBUTE: Final = "ce-traceparent"
CLOUD: Final = "https://telemetry.googleapis.com/v1/traces"
_ID: Final = re.compile("[0-9a-f]{32}")
_OFF: Final[AbstractContextManager[Any]] = nullcontext()
_tracer: Tracer | None = None
"""Of this process, once `work` was called with settings to trace by."""


class Headers(Protocol):
    """Headers of a request, of Flask or in a dict."""

    def get(self, key: str, default: str, /) -> str: ...


def work(
    settings: Settings,
    name: str,
    workflow_id: str = "",
    headers: Headers | None = None,
    *,
    header: str = HEADER,
    began_ns: int | None = None,
) -> AbstractContextManager[Any]:
    """Return a span of something done for a workflow, under whoever asked for it by `headers`; since `began_ns` (Unix
    time) or now. Without a workflow's id that of the caller counts, and there is no span where nobody tells one."""
    if not settings.traces_to:
        return _OFF
    from opentelemetry.trace import SpanKind

    context = _context(workflow_id, (headers or {}).get(header, ""))
    if context is None:
        return _OFF
    global _tracer  # noqa: PLW0603 - one for the process, as the SDK has it
    _tracer = _tracer or _tracer_to(settings.traces_to, settings.google_cloud_project)
    return _tracer.start_as_current_span(
        name, context=context, kind=SpanKind.SERVER, attributes={"workflow_id": workflow_id}, start_time=began_ns
    )


def call(name: str, **attributes: str) -> AbstractContextManager[Any]:
    """Return a span of a call to somebody else, within the present one; there is none outside of a workflow's."""
    if _tracer is None:
        return _OFF
    from opentelemetry.trace import SpanKind, get_current_span

    if not get_current_span().is_recording():
        return _OFF
    return _tracer.start_as_current_span(name, kind=SpanKind.CLIENT, attributes=attributes)


def begun(name: str) -> Callable[..., None]:
    """Begin a span as `call` does, and return the function to end the span."""
    if _tracer is None:
        return _nothing
    from opentelemetry.trace import SpanKind, get_current_span

    if not get_current_span().is_recording():
        return _nothing
    span = _tracer.start_span(name, kind=SpanKind.CLIENT)
    return lambda *_: span.end()


def carrier(header: str = HEADER) -> dict[str, str]:
    """Return the header bringing the present context, if any, to the service asked."""
    if _tracer is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carried: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carried)
    return {header: carried[HEADER]} if carried else {}


def _nothing(*_: object) -> None:
    """End no span."""


def _context(workflow_id: str, traceparent: str) -> Context | None:
    """Return the context of a caller in the same trace, or else the root of the workflow's, which is nobody's span."""
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, get_current_span, set_span_in_context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    trace_id = int(workflow_id, 16) if _ID.fullmatch(workflow_id) else 0
    told = TraceContextTextMapPropagator().extract({HEADER: traceparent})
    caller = get_current_span(told).get_span_context()
    if caller.is_valid and caller.trace_flags.sampled and trace_id in {0, caller.trace_id}:
        return told
    if not trace_id:
        return None
    root = SpanContext(trace_id, trace_id >> 64 or 1, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return set_span_in_context(NonRecordingSpan(root))


@cache
def _tracer_to(traces_to: str, project: str) -> Tracer:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    service = os.environ.get("K_SERVICE", "")  # https://cloud.google.com/run/docs/container-contract#env-vars
    resource = Resource.create({"service.name": service or "aethercast", "gcp.project_id": project})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(_processor(traces_to))
    return provider.get_tracer("aethercast")


def _processor(traces_to: str) -> SpanProcessor:
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor

    if traces_to.startswith("/"):
        out = Path(traces_to).open("a", encoding="utf-8")  # noqa: SIM115 - for the life of the process
        return SimpleSpanProcessor(
            ConsoleSpanExporter(out=out, formatter=lambda span: span.to_json(indent=None) + "\n")
        )
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    if traces_to != "cloud":
        return BatchSpanProcessor(OTLPSpanExporter(endpoint=traces_to, timeout=5))
    import google.auth
    from google.auth.transport.requests import AuthorizedSession

    credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
    return BatchSpanProcessor(OTLPSpanExporter(endpoint=CLOUD, session=AuthorizedSession(credentials), timeout=5))
