"""One address of the API: what serves it, and how the OpenAPI document describes it."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from chalicelib.api.media_type import JSON
from chalicelib.api.message import MAX_BODY_BYTES, Parameter, Response

Endpoint = Callable[..., Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    #: The operation's id in the OpenAPI document, which clients are generated from.
    id: str
    #: In upper case.
    method: str
    path: str
    #: Called with the services, the request, and the path's parameters by name.
    endpoint: Endpoint
    summary: str
    #: status → type of the answer's body (`api.body`); None: no body.
    answers: Mapping[int, type | None]
    #: The media types of a 200 whose body is a file. `answers` then has no type for it.
    downloads: tuple[str, ...] = ()
    #: Statuses of problem documents, without those that every route may answer.
    problems: tuple[int, ...] = ()
    #: Requests are checked against their bounds.
    parameters: tuple[Parameter, ...] = ()
    #: The schema of a body that submits jobs.
    submits: Literal["Submission", "BatchSubmission"] | None = None
    max_body_bytes: int = MAX_BODY_BYTES
    #: The type of any other body; None: the body is not read.
    takes: type | None = None
    #: A short body that the route accepts, if it reads one. It is shown in the OpenAPI document and for an empty body.
    example: Mapping[str, Any] = field(default_factory=dict)
    media_types: tuple[str, ...] = JSON
    #: Needs no token, even if the others do.
    is_public: bool = False
    #: Parameters of the path that must not be logged.
    secrets: frozenset[str] = frozenset()
    headers: tuple[str, ...] = ()
    tag: str = "jobs"

    @property
    def methods(self) -> list[str]:
        """Every readable resource also answers HEAD, which uptime monitors use (RFC 9110, 9.1)."""
        return ["GET", "HEAD"] if self.method == "GET" else [self.method]
