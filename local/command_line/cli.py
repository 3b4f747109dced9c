"""The command line: `python -m local run | demo | stack | token`."""

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from foundation.settings import SettingsError
from local import dev_issuer
from local.command_line.job_client import Job, JobClient
from local.command_line.job_view import missing, show_progress, show_result, show_warnings
from local.error import LocalError
from local.page_server import build
from local.provider_check.advice import advice
from local.provider_check.process import check
from local.provider_check.source import source_line
from local.stack.local_stack import LocalStack
from local.stack.redis_server import without_password
from local.stack.settings import StackSettings, read_dotenv

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="LoreSmith Jobs on this machine.",
    pretty_exceptions_enable=False,  # they wrap lines, and a secret split in two is not masked
)

#: Ctrl-C, `kill`, and a closed terminal.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: Exit status of an interrupted demo, as shells report Ctrl-C.
_INTERRUPTED = 130
#: Exit status of a strict demo if its job completed with missing pieces.
_INCOMPLETE = 3

#: The owner of the first job, if the stack identifies callers.
_FIRST_CALLER = "first-job"
#: The addresses that the documents name.
_USUAL_PORTS = {"api": 18_212, "web": 18_213}
FIRST_JOB = ("generate_characters", {"theme": "fantasy", "count": 3})


@app.command()
def run() -> None:
    """Start everything, run one real job, and serve until Ctrl-C."""
    console = Console()
    with _reporting_errors(console):
        settings = _settings()
        with _stack(console, settings, with_page=True) as stack:
            if settings.takes_foreign_tokens:
                console.print("No first job: it needs a token, and only the issuer set in JWT_* can issue one.")
            else:
                job = _first_job(console, stack)
                show_warnings(console, job, f"To write the missing pieces: {_retry_line(stack, job)}")
            _show_addresses(console, stack)
            stack.wait()


@app.command()
def demo(
    strict: Annotated[bool, typer.Option("--strict", help="Exit with status 3 if pieces are missing.")] = False,
) -> None:
    """Start everything, run one real job, and exit. The exit status is 0 if the job completes, even partially."""
    console = Console()
    with _reporting_errors(console):
        settings = _settings()
        if settings.takes_foreign_tokens:
            raise LocalError(
                "The demo needs a token from the issuer set in JWT_*. Unset JWT_*, or use `make stack` instead."
            )
        with _stack(console, settings) as stack:
            job = _first_job(console, stack)
            show_warnings(console, job, "To write the missing pieces, use `make run` and POST /jobs/{id}/retry.")
        if strict and missing(job):
            raise typer.Exit(_INCOMPLETE)
        return
    raise typer.Exit(_INTERRUPTED)  # only Ctrl-C and SIGTERM lead here


@app.command(name="stack")
def serve() -> None:
    """Start everything and serve until Ctrl-C."""
    console = Console()
    with _reporting_errors(console), _stack(console, _settings(), with_page=True) as stack:
        _show_addresses(console, stack)
        stack.wait()


@app.command()
def token(
    subject: Annotated[str, typer.Argument(help="The token's `sub`: the caller that it identifies.")],
    hours: Annotated[float, typer.Option(min=0.01, help="How many hours it is valid.")] = 8,
) -> None:
    """Print a token for a stack with AUTH_MODE=jwt that issues its own tokens."""
    with _reporting_errors(Console()):
        settings = _settings()
        if dev_issuer.is_replaced(settings.environment):
            raise LocalError("JWT_* is set to another issuer. Get a token from that issuer, or unset JWT_*.")
        sys.stdout.write(dev_issuer.token(settings.local_dir, subject, hours) + "\n")


def _settings() -> StackSettings:
    return StackSettings.read(os.environ, read_dotenv())


@contextmanager
def _stack(console: Console, settings: StackSettings, *, with_page: bool = False) -> Iterator[LocalStack]:
    """A running stack. Once it shuts down, signals do not interrupt it."""
    if with_page and "serve_page" not in settings.model_fields_set:
        served = build.prepare(lambda line: console.print(Text(line), soft_wrap=True))
        settings = settings.model_copy(update={"serve_page": served})
    console.print(Text("Starting ... (the first start takes longer)", style="dim"))
    with LocalStack(settings, usual_ports=_USUAL_PORTS) as running:
        console.print(f"ready: {running.urls.api}", soft_wrap=True, highlight=False)
        if running.urls.web:
            console.print(f"page: {running.urls.web}", soft_wrap=True, highlight=False)
        try:
            _show_writer(console, settings)
            yield running
        finally:
            _ignore_signals()


def _show_writer(console: Console, settings: StackSettings) -> None:
    console.print(Text(source_line(settings)), soft_wrap=True)
    if wrong := check(settings):
        console.print(Text(wrong, style="yellow"), soft_wrap=True)


@contextmanager
def _reporting_errors(console: Console) -> Iterator[None]:
    """Exit with the message of a `LocalError` or `SettingsError`. End the block on Ctrl-C or SIGTERM."""
    handler = _log_to_stderr()
    previous = {number: signal.signal(number, _interrupt) for number in _SIGNALS}
    try:
        yield
    except SettingsError as error:
        faults = "".join(f"\n  {fault}" for fault in error.faults)
        _print_error(f"These settings (environment and .env) are invalid:{faults}")
        raise typer.Exit(1) from None
    except LocalError as error:
        _print_error(str(error))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print(Text("Everything has stopped.", style="dim"))
    finally:
        for number, reaction in previous.items():
            signal.signal(number, reaction)
        logging.getLogger("local").removeHandler(handler)


def _print_error(message: str) -> None:
    Console(stderr=True).print(Text(message, style="red"), soft_wrap=True)


def _first_job(console: Console, stack: LocalStack) -> Job:
    """The completed job. Raises `LocalError` if it does not complete."""
    client = JobClient(stack.urls.api, stack.token(_FIRST_CALLER))
    job_type, payload = FIRST_JOB
    submitted = client.submit(job_type, payload)
    console.print(Text(f"First job {submitted['id']}: {job_type} {payload}"), soft_wrap=True)
    job = show_progress(console, client.follow(submitted["id"]))
    if job["status"] != "completed":
        ending = "was cancelled" if job["status"] == "cancelled" else "failed"
        lines = [f"The job {ending}: {job['error'] or job['message']}", *_where_to_look(stack, job)]
        raise LocalError("\n".join(lines))
    show_result(console, job)
    return job


def _where_to_look(stack: LocalStack, job: Job) -> Iterator[str]:
    """Hints for the operator. Callers of the API do not get them."""
    if not stack.has_offline_writer and (setting := advice(job["error_code"])):
        yield setting
    llm = without_password(stack.urls.llm) if stack.urls.llm else "OpenAI's own address"
    yield f"The LLM is at {llm}. Its error messages are in {stack.logs / 'generator.log'}."


def _retry_line(stack: LocalStack, job: Job) -> str:
    return f"curl -s -X POST {_caller(stack, _FIRST_CALLER)}{stack.urls.api}/jobs/{job['id']}/retry"


def _caller(stack: LocalStack, subject: str) -> str:
    """The curl option for acting as this caller; empty if the stack does not identify callers."""
    return f'-H "Authorization: Bearer $(make -s token SUB={subject})" ' if stack.token(subject) else ""


def _show_addresses(console: Console, stack: LocalStack) -> None:
    api = stack.urls.api
    body = (
        _caller(stack, "alice")
        + """-H 'Content-Type: application/json' -d '{"type": "generate_relics", "payload": {"theme": "steampunk"}}'"""
    )
    lines = [f"{name:<10} {without_password(url)}" for name, url in stack.urls.known().items()]
    lines += ["", "Try:", f"  curl -s {api}/job-types", f"  curl -s {api}/jobs {body}", f"  curl -s {api}/health"]
    console.print(Text("\n".join([*lines, "", "Ctrl-C stops everything."])), soft_wrap=True)


def _log_to_stderr() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.lock = None  # Ctrl-C could leave it locked (local.stack.supervisor)
    logger = logging.getLogger("local")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    return handler


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    _ignore_signals()
    raise KeyboardInterrupt


def _ignore_signals() -> None:
    # Not SIG_IGN, because started programs would inherit it.
    for number in _SIGNALS:
        signal.signal(number, lambda *_: None)
