"""Cohorts: listeners who are to be sent the same at the same time, for whom it is found out once what that is.

Nobody is told to keep step. But those with the same window who came within a moment of each other stand at the same
packet and are due at the same time, and what a piece costs is mostly finding out what is due. Whoever pauses, lags,
reports another clock or comes to the end of a segment is served alone, and joins those then found beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from streamer.feed import Segment
from streamer.listener import Listener, Pace
from streamer.session import Session
from streamer.timetable import GRID_S, Timetable

Place = tuple[Segment, int, Pace, int]
"""The segment, the next packet to send in the middle of it, the pace, and the slot of the timetable."""


@dataclass(eq=False, slots=True)
class Cohort:
    """Members stand where it does and are due when it is: a session that does not has left."""

    place: Place
    members: list[tuple[Session, Listener]] = field(default_factory=list)
    due_at: float | None = None


class Cohorts:
    """All there are, by where they stand and when they are due."""

    def __init__(self, timetable: Timetable[Session | Cohort]) -> None:
        self._timetable = timetable
        self._by_place: dict[Place, Cohort] = {}

    def join(self, members: list[tuple[Session, Listener]], segment: Segment, due_at: float) -> None:
        """Have these, who stand at one packet of this segment, served together with whoever is there already."""
        _, listener = members[0]
        slot = round(due_at / GRID_S)
        due_at = slot * GRID_S
        place = segment, listener.position, listener.pace, slot
        cohort = self._by_place.get(place)
        if cohort is None:
            cohort = self._by_place[place] = Cohort(place)
            self._timetable.put(cohort, due_at)
        for session, _ in members:
            session.due_at = due_at
        cohort.members += members

    def dissolve(self, cohort: Cohort, due_at: float) -> list[tuple[Session, Listener]]:
        """It was due then. Returns who is still of it; they have no time any more."""
        del self._by_place[cohort.place]
        _, position, _, _ = cohort.place
        members: list[tuple[Session, Listener]] = []
        for session, listener in cohort.members:
            if session.due_at == due_at and listener.position == position:  # else it has left
                session.due_at = None  # who has left and come back may be there twice
                members.append((session, listener))
        return members
