"""The text and the exit code of each error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
    UNREACHABLE: "the API cannot be reached or is down, or this is not its address",
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

#: Routes in the API's sentences, and the commands that replace them.
_COMMANDS = {
    "POST /webhook/secret": "`loresmith webhook --new-secret`",
    "PUT /webhook": "`loresmith webhook URL`",
}
#: Fields in the API's sentences, and the options that replace them.
_OPTIONS = {"deadline_s": "--deadline", "webhook.url": "--webhook", "from": "--since", "to": "--until"}
#: How the API's sentences refer to the header that says when to try again.
_RETRY_AFTER = "after the number of seconds in Retry-After"


class CommandError(error.LoreSmithError):
    """A command cannot be carried out. `exit_code` is that of the process."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def exit_code_of(failure: error.LoreSmithError) -> int:
    if isinstance(failure, CommandError):
        return failure.exit_code
    if isinstance(failure, error.ServerError | error.UnexpectedAnswer) and failure.status in (404, 502, 503, 504):
        return UNREACHABLE
    return next((code for kind, code in _BY_KIND if isinstance(failure, kind)), FAILED)


def explanation(failure: error.LoreSmithError, environment: Mapping[str, str]) -> str:
    """What happened and what to do, for people."""
    told = "\n".join(_lines(failure, environment))
    for route, command in _COMMANDS.items():
        told = told.replace(route, command)
    return told


def _lines(failure: error.LoreSmithError, environment: Mapping[str, str]) -> Iterator[str]:
    if isinstance(failure, error.Unauthenticated):  # the API's sentence is for those who write the header themselves
        yield _not_signed_in(environment)
    elif isinstance(failure, error.ApiError) and failure.errors:
        for fault in failure.errors:
            field = _OPTIONS.get(fault.field, fault.field.removeprefix("payload."))
            message = fault.message.replace("`to`", "--until")
            yield f"{field}: {message}" if field else message
    elif isinstance(failure, error.ApiError) and failure.retry_after_s:
        yield _with_time_to_retry(failure.message, failure.retry_after_s)
    else:
        yield failure.message
    if isinstance(failure, error.ConnectionLost):
        yield "Check the address and the network. For a local stack: make run."
    if isinstance(failure, error.UnexpectedAnswer) and failure.status == 404:
        yield 'The address of a local stack is the one that `make run` prints after "ready:".'
    if failure.request_id:
        yield f"Request id, for the operators: {failure.request_id}"


def _not_signed_in(environment: Mapping[str, str]) -> str:
    if environment.get("LORESMITH_TOKEN"):
        return (
            "The token in LORESMITH_TOKEN was refused: it is wrong, has expired, or is for another API. Set another, "
            "or unset the variable to use your login."
        )
    return (
        "The API requires a token. You have none, or yours is wrong or has expired. Sign in with `loresmith login`, "
        "or set LORESMITH_TOKEN."
    )


def _with_time_to_retry(message: str, retry_after_s: float) -> str:
    """The message with the time to wait, unless it says when to try again."""
    told = message.replace(_RETRY_AFTER, f"in {retry_after_s:.0f} s")
    return told if "try again" in told.lower() else f"{told}\nTry again in {retry_after_s:.0f} s."
