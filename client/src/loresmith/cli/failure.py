"""How errors are told, and the exit code of each."""

from __future__ import annotations

from collections.abc import Iterator

from loresmith import error

#: The exit codes, for scripts. `--help` and docs/cli.md show this table.
OK, FAILED, USAGE, NOT_FOUND, UNAUTHORISED, UNREACHABLE, TIMEOUT, LATER = 0, 1, 2, 3, 4, 5, 6, 7
INTERRUPTED = 130

EXIT_CODES = {
    OK: "done",
    FAILED: "the job failed or was cancelled, or another error",
    USAGE: "wrong options, or a request that the API does not accept",
    NOT_FOUND: "there is no such job, piece or world",
    UNAUTHORISED: "not signed in, or not permitted",
    UNREACHABLE: "the API cannot be reached, or is down",
    TIMEOUT: "--timeout has passed; the job continues",
    LATER: "a limit is used up; try again later",
    INTERRUPTED: "interrupted by Ctrl-C",
}

_BY_KIND: tuple[tuple[type[error.LoreSmithError], int], ...] = (
    (error.InvalidRequest, USAGE),
    (error.IdempotencyMismatch, USAGE),
    (error.NotFound, NOT_FOUND),
    (error.Unauthenticated, UNAUTHORISED),
    (error.Forbidden, UNAUTHORISED),
    (error.RateLimited, LATER),
    (error.ConnectionLost, UNREACHABLE),
    (error.RequestTimeout, UNREACHABLE),
    (error.WaitTimeout, TIMEOUT),
    (error.NotConfigured, USAGE),
)

#: What the API calls a route is a command here.
_COMMANDS = {
    "POST /webhook/secret": "`loresmith webhook --new-secret`",
    "PUT /webhook": "`loresmith webhook URL`",
}
#: What the API calls a field is an option here.
_OPTIONS = {"deadline_s": "--deadline", "webhook.url": "--webhook"}
_SIGN_IN = "Sign in with `loresmith login`, or set LORESMITH_TOKEN."


class CommandError(error.LoreSmithError):
    """A command cannot be carried out. `exit_code` is that of the process."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def exit_code_of(failure: error.LoreSmithError) -> int:
    if isinstance(failure, CommandError):
        return failure.exit_code
    if isinstance(failure, error.ServerError) and failure.status in (502, 503, 504):
        return UNREACHABLE
    return next((code for kind, code in _BY_KIND if isinstance(failure, kind)), FAILED)


def explanation(failure: error.LoreSmithError) -> str:
    """What happened and what to do, for people."""
    told = "\n".join(_lines(failure))
    for route, command in _COMMANDS.items():
        told = told.replace(route, command)
    return told


def _lines(failure: error.LoreSmithError) -> Iterator[str]:
    if isinstance(failure, error.ApiError) and failure.errors:
        for fault in failure.errors:
            field = _OPTIONS.get(fault.field, fault.field.removeprefix("payload."))
            yield f"{field}: {fault.message}" if field else fault.message
    else:
        yield failure.message
    if isinstance(failure, error.Unauthenticated):
        yield _SIGN_IN
    if isinstance(failure, error.ConnectionLost):
        yield "Check the address and the network. For a local stack: make run."
    if isinstance(failure, error.ApiError) and failure.retry_after_s:
        yield f"Try again in {failure.retry_after_s:.0f} s."
    if failure.request_id:
        yield f"Request id, for the operators: {failure.request_id}"
