"""How a demo server can be told to behave, so that users and tests see what that looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Result, source and reason of A-ASSOCIATE-RJ (PS3.8 table 9-21).
REJECTIONS: Final[dict[str, tuple[int, int, int]]] = {
    "no-reason": (1, 1, 1),
    "application-context": (1, 1, 2),
    "calling-ae-title": (1, 1, 3),
    "called-ae-title": (1, 1, 7),
    "protocol-version": (1, 2, 2),
    "congestion": (2, 3, 1),
    "local-limit": (2, 3, 2),
}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the server departs from a quick and willing one.

    Attributes:
        delay: seconds before each response.
        large: send this many responses, made from the matching ones over and over with numbers and UIDs of their own;
            None sends what matches.
        limit: send at most this many, then a final 0xA700 (out of resources) where there are more; None for no limit.
        failure: answer every query with this failure status.
        silent: never answer a query.
        rejection: a name out of REJECTIONS; reject every association with it.
        abort_after: abort the association after this many responses; None never.
    """

    delay: float = 0.0
    large: int | None = None
    limit: int | None = None
    failure: int | None = None
    silent: bool = False
    rejection: str | None = None
    abort_after: int | None = None
