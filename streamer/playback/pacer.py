"""The pacer: sends every listener the audio due now, and notes when more will be.

One for all. A thousand listeners mean some hundred sends a second, each of several seconds of audio that is framed
already: the work done here is the price of a listener.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Generic

from common import wire
from streamer import frames
from streamer.catalog.channels import Channel, Channels
from streamer.catalog.timeline import Timeline
from streamer.metrics import Counts
from streamer.playback.scheduler import TimerWheel
from streamer.playback.send_window import SendWindow
from streamer.playback.subscription import K, Subscription
from streamer.tickets import Ticket


class Standing(Enum):
    """The state of a subscription after being served."""

    GOES_ON = auto()
    FINISHED = auto()
    """The whole podcast has been sent, and that this is all of it."""
    ASTRAY = auto()
    """Its position lies beyond the end of the podcast."""
    FAILED = auto()
    """There is nothing more to send; the timeline's failure says why."""


class Pacer(Generic[K]):
    """Serve subscriptions. Times are seconds of `clock`, which is the timer wheel's."""

    def __init__(
        self,
        clock: Callable[[], float],
        timers: TimerWheel[Subscription[K]],
        channels: Channels[Subscription[K]],
        counts: Counts,
    ) -> None:
        self._clock, self._timers, self._channels, self._counts = clock, timers, channels, counts

    def serve(self, subscription: Subscription[K], now: float) -> Standing:
        """Send the audio due now, if any, and set the time for the next piece."""
        ticket, channel, window, sink = (
            subscription.ticket,
            subscription.channel,
            subscription.window,
            subscription.sink,
        )
        if ticket is None or channel is None or window is None or not sink.ready:
            return Standing.GOES_ON
        timeline = channel.timeline
        if not subscription.greeted:
            if timeline.failure is not None and (timeline.gone or not timeline.packets):  # there is nothing to begin
                return Standing.FAILED
            if not timeline.known:
                return Standing.GOES_ON
            self._greet(subscription, ticket, timeline, now)
        messages = window.messages
        due = window.take(now)
        if due:
            self._counts.sends += 1
            self._counts.messages_sent += window.messages - messages
            sink.send(due, now)
        self._prefetch(subscription, channel, window)
        return self._next(subscription, window, now)

    def serve_due(self, subscription: Subscription[K], due_at: float) -> Standing:
        """Serve a subscription at its time, and record the lateness."""
        sends = self._counts.sends
        standing = self.serve(subscription, self._clock())
        if self._counts.sends > sends:
            self._counts.send_lateness.observe(max(0.0, self._clock() - due_at))
        return standing

    def retime(self, subscription: Subscription[K]) -> None:
        """Set the time for the next piece anew: the playhead was moved."""
        if subscription.window is not None and subscription.sink.ready:
            self._timers.put(subscription, subscription.window.due(self._clock()))

    def _greet(self, subscription: Subscription[K], ticket: Ticket, timeline: Timeline, now: float) -> None:
        metadata = wire.stream_metadata(
            workflow_id=ticket.workflow_id,
            title=timeline.title,
            pre_skip=timeline.pre_skip,
            resume_token=ticket.resume_token,
        )
        subscription.greeted = True
        subscription.sink.send([frames.text(metadata), *timeline.progress_so_far()], now)

    def _prefetch(self, subscription: Subscription[K], channel: Channel[Subscription[K]], window: SendWindow) -> None:
        segment = window.segment
        if segment is not subscription.supplied or window.missing is not None:
            subscription.supplied = segment if self._channels.prefetch(channel, segment) else None

    def _next(self, subscription: Subscription[K], window: SendWindow, now: float) -> Standing:
        """Set the time for the next piece, unless this was the end, or the sink has to take this one first."""
        timeline, sink = window.timeline, subscription.sink
        if not sink.ready:
            return Standing.GOES_ON
        if window.position < timeline.packets:
            self._timers.put(subscription, window.due(now))
        elif window.finished:
            sink.send([frames.text(wire.stream_end(timeline.packets))], now)
            return Standing.FINISHED
        elif window.astray:
            return Standing.ASTRAY
        elif timeline.failure is not None:
            return Standing.FAILED
        else:
            self._timers.put(subscription, None)  # the next segment will bring the next time
        return Standing.GOES_ON
