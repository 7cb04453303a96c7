"""Every named failure of Aethercast, its audience, and its consequence.

    AethercastError
      Refused            final: asking again cannot help           -> 4xx, or a FAILED segment or workflow
        BadRequest         malformed or over-long input             400
        Unauthenticated    no key, a wrong key, a wrong token       401
        Forbidden          a valid caller who may not               403
        NotFound           not there, or another person's           404
          WorkflowGone       what work is about was deleted: nothing to do, now or later
        MethodNotAllowed   there, but does not take that method     405
        Conflict           the thing is not in a state for that     409
        TooLarge           a body over its limit                    413
        Unprocessable      understood, but cannot be done           422
          SourceRefused      a link or document that gives no text
          EngineRefused      a text or voice that a model turns down
        RateLimited        over a quota, with when to come back     429
      Busy               try again later                            503, the queue backs off
        LeaseHeld          another worker is at it now              409, for a 503 slows a whole queue
        EngineBusy         a model's quota is used up for now: waited for
        ServiceAway        one of our services is not there: waited for    502, for a 503 slows a whole queue
      Broken             failed, and may work the next time         502, retried a bounded number of times
        SourceBroken       a web server that fails or is too slow
        EngineBroken       a model that fails or is too slow
        ServiceBroken      another of our services or Google's
      LeaseLost          this worker was overtaken: it may commit nothing more (500, and the queue finds it done)
      Misconfigured      a setting is missing or wrong: told at start, never to a caller

`code` is stable and meant for programs; `detail` is a sentence meant for the person who asked, and never holds a
secret, an internal address or a stack trace. HTTP callers get both as RFC 9457 problem+json (`common/problems.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar


class AethercastError(Exception):
    """The root: a stable `code`, a `detail` for people, and the HTTP `status` it becomes."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    calls: int | None = 0
    """How many calls of an engine it cost; None where nobody can tell."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Refused(AethercastError):
    status = 400
    title = "The request was refused"


class BadRequest(Refused):
    title = "The request is malformed"


class Unauthenticated(Refused):
    status = 401
    title = "A valid credential is needed"


class Forbidden(Refused):
    status = 403
    title = "Not allowed"


class NotFound(Refused):
    status = 404
    title = "Not found"


class WorkflowGone(NotFound):
    """Raised after a look into the store, and only then."""

    def __init__(self) -> None:
        super().__init__("podcast_unknown", "There is no podcast of this id.")


class MethodNotAllowed(Refused):
    """`allowed` are the methods that the address does take (RFC 9110, section 15.5.6: the answer names them)."""

    status = 405
    title = "Not a method of this address"

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__("method_not_allowed", "This address does not take that method.")
        self.allowed = sorted(allowed)


class UpgradeRequired(Refused):
    """A protocol in a version that the address does not speak (RFC 9110, section 15.5.22)."""

    status = 426
    title = "Another protocol needed"


class Conflict(Refused):
    status = 409
    title = "Not possible in the present state"


class TooLarge(Refused):
    status = 413
    title = "Too large"


class Unprocessable(Refused):
    status = 422
    title = "This cannot be done"


class SourceRefused(Unprocessable):
    title = "The source cannot be used"


class EngineRefused(Unprocessable):
    title = "The engine turned the text down"


class RateLimited(Refused):
    """Over a quota. `retry_after` is in whole seconds."""

    status = 429
    title = "Too many requests"

    def __init__(self, code: str, detail: str, retry_after: int) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after


class Busy(AethercastError):
    status = 503
    title = "Busy, try again later"


class LeaseHeld(Busy):
    status = 409
    title = "Already being worked on"


class EngineBusy(Busy):
    pass


class ServiceAway(Busy):
    """Another of our services answered nothing: somebody before it did, or nobody. No request reached the service, so
    waiting is no failure (policy.PATIENCE)."""

    status = 502

    def __init__(self) -> None:
        super().__init__("service_away", "Another of our services cannot be reached just now.")


class Broken(AethercastError):
    status = 502
    title = "Something this depends on failed"


class SourceBroken(Broken):
    pass


class EngineBroken(Broken):
    pass


class ServiceBroken(Broken):
    pass


class LeaseLost(AethercastError):
    title = "Overtaken by another worker"


class Misconfigured(AethercastError):
    title = "Not configured"
