"""gRPC channels that outlive their connection.

A connection may be lost without a word: requests over such a connection are swallowed, while new connections work.
Keep-alive pings notice too late, since Google's front ends allow a ping in 30 s
(https://github.com/googleapis/java-bigtable/pull/528). So a call whose time ran out, and over whose channel nothing at
all was answered for half of that time, takes the channel for lost: the next calls, its own repetition first, go over
a new channel. Calls under way on the old channel come to their own end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import grpc

from common import tracing

OPTIONS: Final = (
    ("grpc.keepalive_time_ms", 30_000),
    # The first is TCP_USER_TIMEOUT, too, for what no kernel acknowledges (gRPC proposal A18). How long a ping may take
    # is said by the second alone, which is a minute otherwise.
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.ping_timeout_ms", 5_000),
    ("grpc.http2.max_pings_without_data", 0),  # after two pings a watch that only listens would send no more
    # Channels to one server share their connections otherwise: the new channel would get the one that is lost
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
)
"""https://github.com/grpc/grpc/blob/master/include/grpc/impl/channel_arg_names.h"""

_UNHEARD = {grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
"""Statuses that may have been made on this side of the connection."""


def transport_of(kind: Any, emulator: str = "", credentials: Any = None) -> Any:
    """Return the gRPC transport `kind` of one of Google's clients over such a channel: to an emulator, or else to
    Google.

    Who we are is looked up where no `credentials` are given.
    """
    if emulator:
        return kind(channel=RenewedChannel(lambda: grpc.insecure_channel(emulator, options=OPTIONS)))
    return kind(credentials=credentials, channel=renewing(kind.create_channel))


def renewing(create: Callable[..., grpc.Channel]) -> Callable[..., RenewedChannel]:
    """Return a transport's `create_channel`, for a channel that is renewed."""

    def connect(*host: str, options: Sequence[tuple[str, Any]] = (), **how: Any) -> RenewedChannel:
        return RenewedChannel(lambda: create(*host, options=[*options, *OPTIONS], **how))

    return connect


class RenewedChannel(grpc.Channel):
    """Channels from `connect`, one after the other. Every method may be called from any thread."""

    def __init__(self, connect: Callable[[], grpc.Channel]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._line: _Line | None = None
        self.generation = 0
        """How many channels have been lost so far."""
        self.heard_at = 0.0
        """When a call was last answered, on the monotonic clock."""

    def line(self) -> _Line:
        """Return the channel that calls go over now; it is made on first use, after any fork."""
        with self._lock:
            if self._line is None:
                self._line = _Line(self._connect())
            return self._line

    def renew(self, lost: _Line | None = None) -> None:
        """Take the present channel for lost; only the named channel, if any, and only while present."""
        with self._lock:
            if self._line is not None and lost in {None, self._line}:
                self._line = None
                self.generation += 1

    def ended(self, line: _Line, began: float, code: grpc.StatusCode) -> None:
        """Learn how a call has ended that began at `began` over `line`."""
        if code not in _UNHEARD:
            line.heard_at = self.heard_at = time.monotonic()
        # Half of its time, for one that began just before the connection was lost may have seen another answered
        elif code is grpc.StatusCode.DEADLINE_EXCEEDED and line.heard_at < (began + time.monotonic()) / 2:
            self.renew(line)

    def unary_unary(self, *method: Any, **more: Any) -> Any:
        return _Unary(self, method[0], lambda channel: channel.unary_unary(*method, **more))

    def unary_stream(self, *method: Any, **more: Any) -> Any:
        return _Streaming(self, method[0], lambda channel: channel.unary_stream(*method, **more))

    def stream_unary(self, *method: Any, **more: Any) -> Any:
        return _Unary(self, method[0], lambda channel: channel.stream_unary(*method, **more))

    def stream_stream(self, *method: Any, **more: Any) -> Any:
        return _Streaming(self, "", lambda channel: channel.stream_stream(*method, **more))

    def subscribe(self, callback: Any, try_to_connect: Any = False) -> None:
        self.line().channel.subscribe(callback, try_to_connect)

    def unsubscribe(self, callback: Any) -> None:
        self.line().channel.unsubscribe(callback)

    def close(self) -> None:
        with self._lock:
            if self._line is not None:
                self._line.channel.close()

    def __enter__(self) -> RenewedChannel:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class _Line:
    """A channel, and the time of its last answered call."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.channel = channel
        self.heard_at = 0.0


class _Method:
    """A method of a server, called over whichever channel there is by then; traced unless the `name` is empty."""

    def __init__(self, channel: RenewedChannel, name: str, of: Callable[[grpc.Channel], Any]) -> None:
        self._channel, self._of = channel, of
        self._name = name.rpartition("/")[2]

    def _watched(self, line: _Line, began: float, call: Any) -> Any:
        call.add_done_callback(lambda done: self._channel.ended(line, began, done.code()))
        return call


class _Unary(_Method, grpc.UnaryUnaryMultiCallable, grpc.StreamUnaryMultiCallable):
    def __call__(self, *request: Any, **how: Any) -> Any:
        return self.with_call(*request, **how)[0]

    def with_call(self, *request: Any, **how: Any) -> Any:
        line, began = self._channel.line(), time.monotonic()
        try:
            with tracing.call(self._name):
                answered = self._of(line.channel).with_call(*request, **how)
        except grpc.RpcError as error:
            self._channel.ended(line, began, error.code())
            raise
        self._channel.ended(line, began, grpc.StatusCode.OK)
        return answered

    def future(self, *request: Any, **how: Any) -> Any:
        line, began = self._channel.line(), time.monotonic()
        return self._watched(line, began, self._of(line.channel).future(*request, **how))


class _Streaming(_Method, grpc.UnaryStreamMultiCallable, grpc.StreamStreamMultiCallable):
    def __call__(self, *request: Any, **how: Any) -> Any:
        line, began = self._channel.line(), time.monotonic()
        over = tracing.begun(self._name) if self._name else None  # a watch lasts for days
        call = self._watched(line, began, self._of(line.channel)(*request, **how))
        if over:
            call.add_done_callback(over)
        return call
