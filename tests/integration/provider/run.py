"""Runs a case and checks how it ended."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import grpc.aio

from tests.e2e.api import Api
from tests.integration.generator.client import Client
from tests.integration.provider.case import Case
from tests.integration.provider.server import Call, Provider

#: Makes each run of a case unique.
_RUNS = itertools.count(1)
#: The slowest cases fail after all attempts of their job.
_PATIENCE_S = 300
#: A request has a prompt of about 3,000 characters, the schema and the piece so far. More means that it repeats a
#: runaway answer.
MOST_PROMPT = 16_000
#: No stage asks for more than a few hundred words; a thinking model may need thousands of tokens in addition.
MOST_LIMIT = 32_768


@dataclass(frozen=True)
class Outcome:
    #: "completed", or the error code.
    ending: str
    result: list[dict[str, Any]]
    #: (code, whether the piece is missing)
    warnings: list[tuple[str, bool]]
    calls: list[Call]
    error: str = ""


def run_name(case: Case) -> str:
    return f"{case.name}-{next(_RUNS)}"


def submit(api: Api, provider: Provider, case: Case, run: str) -> str:
    """Submit the job of a case and return its id."""
    payload: dict[str, Any] = {"theme": provider.play(run, case.behave)}
    payload |= {"user_id": "42"} if case.work.kind == "world" else {"count": case.work.count}
    return str(api.submit(case.work.type, payload)["id"])


def finished(api: Api, provider: Provider, run: str, job_id: str) -> Outcome:
    job = api.finished(job_id, timeout_s=_PATIENCE_S)
    warnings = [(warning["code"], warning.get("missing", True)) for warning in job["warnings"]]
    ending = job["error_code"] or job["status"]
    return Outcome(ending, _pieces(job["result"]), warnings, provider.calls(run), job["error"] or "")


async def generate(client: Client, provider: Provider, case: Case, **params: Any) -> Outcome:
    """Let a generator make one attempt at a case, without the rest of the system."""
    run = run_name(case)
    theme = provider.play(run, case.behave)
    call = client.start(case.work.kind, theme=theme, count=case.work.count, timeout_s=60, **params)
    events, code, said = await _followed(call)
    if code:
        return Outcome(code, [], [], provider.calls(run), said)
    generated = events[-1].generated
    warnings = [(failure.code, getattr(failure, "missing", True)) for failure in generated.failures]
    return Outcome("completed", _pieces(json.loads(generated.result_json)), warnings, provider.calls(run))


async def _followed(call: Any) -> tuple[list[Any], str, str]:
    """The events of a call, and the error's code and message, which are empty if it succeeded."""
    events: list[Any] = []
    try:
        async for message in call:
            events += message.events
    except grpc.aio.AioRpcError as error:
        trailing = dict(error.trailing_metadata() or ())
        return events, str(trailing.get("lore-error-code") or error.code().name), error.details() or ""
    return events, "", ""


def judge(case: Case, outcome: Outcome) -> None:
    """Check what the case expects, and what must be true of every case."""
    story = f"{outcome.ending} {outcome.error!r} {outcome.warnings}, {len(outcome.calls)} calls: {_story(outcome)}"
    assert outcome.ending in case.ends, story
    if outcome.ending == "completed":
        assert len(outcome.calls) <= case.work.calls + case.extra, story
        assert len(outcome.result) == case.work.count - case.missing, story
        assert sorted(code for code, missing in outcome.warnings if not missing) == sorted(case.adjusted), story
        assert sum(missing for _, missing in outcome.warnings) == case.missing, story
        check_shown(outcome)
    elif case.most is not None:
        assert len(outcome.calls) <= case.most, story
    check_requests(outcome.calls)


def check_shown(outcome: Outcome) -> None:
    """Check that people see exactly what the server meant, and no trace of the form in which it came."""
    meant = {leaf for call in outcome.calls for leaf in _leaves([call.reply.meant, call.reply.kept])}
    for piece in outcome.result:
        shown = set(
            _leaves(
                {key: value for key, value in piece.items() if key not in ("type", "language", "world_id", "pieces")}
            )
        )
        assert shown <= meant, f"shown, but not meant: {shown - meant}"
    names = [piece.get("name") for piece in outcome.result]
    assert len(set(names)) == len(names)


def check_requests(calls: list[Call]) -> None:
    """Check the rules that every request to a provider must follow."""
    for question in (call.question for call in calls):
        assert question.limit, "a call without an output limit"
        assert 0 < question.limit <= MOST_LIMIT
        assert len(question.prompt) <= MOST_PROMPT, f"a prompt of {len(question.prompt)} characters"
        assert question.alternates, f"roles that do not alternate, or an empty message: {question.roles}"
        unnamed = [name for name in question.fields if name not in question.prompt]
        assert not unnamed, f"fields that are not in the prompt: {unnamed}"


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for child in value:
            yield from _leaves(child)
    elif isinstance(value, str):
        yield from value.split("\n\n")
    elif value is not None:
        yield value


def _story(outcome: Outcome) -> str:
    """The first requests and replies, for the message of a failed test."""
    return "; ".join(
        f"{'+'.join(call.question.fields)} ({call.question.format}, limit {call.question.limit}) → "
        f"{call.reply.status} {call.reply.body[:160]!r}"
        for call in outcome.calls[:8]
    )


def _pieces(result: Any) -> list[dict[str, Any]]:
    return result if isinstance(result, list) else [result] if result else []
