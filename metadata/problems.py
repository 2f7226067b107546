"""What is wrong with an input: every fault once, with its place and its cure.

    TangramError                 carries one code, any number of faults
    ├── BadInputError            BAD_USER_INPUT: the caller can cure it by sending something else
    ├── UnauthenticatedError     UNAUTHENTICATED
    ├── ForbiddenError           FORBIDDEN
    ├── NotFoundError            NOT_FOUND: absent, or another tenant's, and nobody can tell which
    ├── ConflictError            CONFLICT: somebody else was first
    ├── LimitError               LIMIT_EXCEEDED
    └── UnavailableError         UNAVAILABLE: try again later

Codes are the API's (`extensions.code`); a fault's `reason` is the stable finer code listed in `docs/errors.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

__all__ = [
    "BadInputError",
    "ConflictError",
    "Fault",
    "Faults",
    "ForbiddenError",
    "LimitError",
    "NotFoundError",
    "TangramError",
    "UnauthenticatedError",
    "UnavailableError",
]

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        reason: Stable code in lower snake case, such as `unknown_field`; see `docs/errors.md`.
        message: Names the thing, the value and what was expected, in one sentence.
        path: Where in the input, from its root: `("objects", 2, "fields", 0, "type")`.
        hint: The cure, as an instruction; empty when the message says it already.
    """

    reason: str
    message: str
    path: Path = ()
    hint: str = ""

    def under(self, *prefix: str | int) -> Fault:
        """The same fault seen from an input that holds this one under `prefix`."""
        return Fault(self.reason, self.message, (*prefix, *self.path), self.hint)


class Faults:
    """Collects faults in the order found, each once."""

    __slots__ = ("_faults",)

    def __init__(self) -> None:
        self._faults: dict[Fault, None] = {}

    def add(self, reason: str, message: str, *, path: Path = (), hint: str = "") -> None:
        """Note one fault."""
        self._faults.setdefault(Fault(reason, message, path, hint))

    def extend(self, faults: Iterable[Fault], *prefix: str | int) -> None:
        """Note several faults, found in a part of the input that stands under `prefix`."""
        for fault in faults:
            self._faults.setdefault(fault.under(*prefix))

    def __bool__(self) -> bool:
        return bool(self._faults)

    def __iter__(self) -> Any:
        return iter(self._faults)

    def raise_if_any(self) -> None:
        """Raise them together, if there are any.

        Raises:
            BadInputError: With every fault collected so far.
        """
        if self._faults:
            raise BadInputError.of(self)


@dataclass(eq=False)
class TangramError(Exception):
    """Base of every error that a caller may see. Its text holds no SQL, stack or other tenant's names."""

    message: str
    faults: tuple[Fault, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    code: ClassVar[str] = "INTERNAL"
    http_status: ClassVar[int] = 500

    def __str__(self) -> str:
        return self.message

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> Self:
        """An error that carries `faults`; its message is the first one's, with a count of the others."""
        found = tuple(faults)
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        return cls(f"{found[0].message}{more}", found)

    @classmethod
    def single(cls, reason: str, message: str, *, path: Path = (), hint: str = "", **extra: Any) -> Self:
        """An error with exactly one fault; `extra` is added to the error's extensions."""
        return cls(message, (Fault(reason, message, path, hint),), extra)

    def without_names(self) -> Self:
        """The same, without hints that list or suggest what the tenant has declared: for who may not see all of it."""
        told = tuple(replace(one, hint="") if one.hint.startswith(_LISTING) else one for one in self.faults)
        return type(self)(self.message, told, self.extra)


_LISTING = ("Known", "Did you mean")
"""How hints begin that name what there is."""


class BadInputError(TangramError):
    """The caller can cure it by sending something else."""

    code = "BAD_USER_INPUT"
    http_status = 400


class UnauthenticatedError(TangramError):
    """No valid token was sent."""

    code = "UNAUTHENTICATED"
    http_status = 401


class ForbiddenError(TangramError):
    """The actor is known and may not do this."""

    code = "FORBIDDEN"
    http_status = 403


class NotFoundError(TangramError):
    """It does not exist for this actor."""

    code = "NOT_FOUND"
    http_status = 404


class ConflictError(TangramError):
    """Somebody else was first: a version, a unique value, a lock."""

    code = "CONFLICT"
    http_status = 409


class LimitError(TangramError):
    """The request asks for more than a limit allows."""

    code = "LIMIT_EXCEEDED"
    http_status = 429


class UnavailableError(TangramError):
    """A part that is needed does not answer; the same request may succeed later."""

    code = "UNAVAILABLE"
    http_status = 503
