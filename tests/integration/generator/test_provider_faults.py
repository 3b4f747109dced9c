"""Faults of a provider, and which status and code the worker gets."""

import json

import pytest

from proto.lore.v1 import lore_pb2
from tests.integration.generator.conftest import ENVIRONMENT, Generator
from tests.integration.generator.provider import Break, Drop, Hang, Happening, Provider, Status, Text


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Status(500), "UNAVAILABLE", "provider_unavailable"),
        (Status(503), "UNAVAILABLE", "provider_unavailable"),
        (Status(409), "UNAVAILABLE", "provider_unavailable"),
        (Status(408), "UNAVAILABLE", "provider_timeout"),
        (Status(429), "UNAVAILABLE", "provider_rate_limited"),
        (Status(429, "insufficient_quota"), "FAILED_PRECONDITION", "provider_quota"),
        (Status(401), "FAILED_PRECONDITION", "provider_auth"),
        (Status(403), "FAILED_PRECONDITION", "provider_auth"),
        (Status(400), "FAILED_PRECONDITION", "provider_bad_request"),
        (Status(404), "FAILED_PRECONDITION", "provider_bad_request"),
        (Drop(), "UNAVAILABLE", "provider_unavailable"),
        (Text("garbage"), "INTERNAL", "invalid_output"),
        (Text('{"wrong": "schema"}'), "INTERNAL", "invalid_output"),
        (Text(""), "INTERNAL", "invalid_output"),
        (Text('{"names": [', "length"), "INTERNAL", "truncated"),
        (Text(None, refusal="no"), "INTERNAL", "refused"),
        (Text("", "content_filter"), "INTERNAL", "refused"),
    ],
)
async def test_each_fault_has_its_status_and_code(
    generator: Generator, provider: Provider, fault: Happening, status: str, code: str
) -> None:
    client = await generator()
    provider.always(fault)
    failure = await client.fail("character", count=2)
    assert (failure.status.name, failure.code) == (status, code)
    assert failure.trailing["lore-retryable"] == ("true" if code not in FINAL else "false")
    for secret in ("text of the provider", ENVIRONMENT["OPENAI_API_KEY"], "127.0.0.1"):
        assert secret not in failure.details


FINAL = {"provider_quota", "provider_auth", "provider_bad_request", "refused"}


async def test_a_provider_that_never_answers_causes_a_timeout(generator: Generator, provider: Provider) -> None:
    client = await generator(LLM_TIMEOUT_S="0.1", LLM_LOAD_TIMEOUT_S="0.1")
    provider.always(Hang())
    failure = await client.fail("character", count=1)
    assert (failure.status.name, failure.code) == ("UNAVAILABLE", "provider_timeout")
    assert len(provider.calls) == 2


async def test_an_unreachable_provider_is_unavailable(generator: Generator) -> None:
    client = await generator(OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    failure = await client.fail("character", count=1)
    assert (failure.status.name, failure.code) == ("UNAVAILABLE", "provider_unavailable")


async def test_temporary_faults_do_not_reach_the_caller(generator: Generator, provider: Provider) -> None:
    client = await generator()
    provider.script("character_appearance_backstory", Status(500), Drop(), Status(429))
    provider.script("character_traits_skills_stats", Text("garbage"), Break(0.2))
    events = await client.generate("character", count=3)
    assert len(events.result) == 3


async def test_a_long_retry_after_is_passed_on_at_once(generator: Generator, provider: Provider) -> None:
    """The generator does not wait. The worker tries again later; until then, no other call is made."""
    client = await generator()
    provider.always(Status(429, retry_after="300"))
    failure = await client.fail("character", count=3, timeout_s=50)
    assert (failure.status.name, failure.code) == ("UNAVAILABLE", "provider_rate_limited")
    assert 290_000 < int(failure.trailing["retry-after-ms"]) <= 300_000
    again = await client.fail("relic", count=1, timeout_s=50)
    assert (again.code, len(provider.calls)) == ("provider_rate_limited", 1)


NAMED = [
    lore_pb2.Checkpoint(piece_index=index, stage="name", output_json=json.dumps({"name": name, "concept": "c"}))
    for index, name in enumerate(("Ada", "Bo"))
]


async def test_a_rejected_key_stops_the_other_pieces(generator: Generator, provider: Provider) -> None:
    client = await generator()
    provider.always(Status(401))
    failure = await client.fail("character", count=2, checkpoints=NAMED)
    assert failure.code == "provider_auth"
    assert len(provider.calls) == 1


async def test_one_rejected_call_only_fails_its_piece(generator: Generator, provider: Provider) -> None:
    client = await generator()
    provider.script("relic_description_history", Status(400), number=3)
    events = await client.generate("relic", count=5)
    assert len(events.result) == 4
    assert [(failure.piece_index, failure.code) for failure in events.generated.failures] == [
        (2, "provider_bad_request")
    ]


async def test_the_progress_says_that_the_generator_waits_for_the_provider(
    generator: Generator, provider: Provider
) -> None:
    client = await generator()
    provider.script("relic_description_history", Status(429, retry_after="2"))
    events = await client.generate("relic", count=1)
    index = [message for _, message in events.progress].index("The language model is busy, trying again...")
    assert events.progress[index][0] == events.progress[index - 1][0]
    assert len(events.result) == 1
