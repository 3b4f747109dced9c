"""The settings of a stage: all faults are reported together, before anything is created."""

import pytest

from foundation.settings import SettingsError
from infra.cdk.settings import InfraSettings

JWT = {"JWT_ISSUER": "https://i.example", "JWT_AUDIENCE": "a", "JWT_JWKS_URL": "https://i.example/jwks"}
KEY = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----"


def faults(**environment: str) -> str:
    with pytest.raises(SettingsError) as caught:
        InfraSettings.read(JWT | environment)
    return str(caught.value)


def test_only_the_settings_for_tokens_are_required() -> None:
    settings = InfraSettings.read(JWT)
    assert (settings.name, settings.egress, settings.nat_count, settings.architecture) == (
        "loresmith-dev",
        "nat",
        1,
        "arm64",
    )


def test_prod_survives_the_loss_of_a_zone_by_default() -> None:
    settings = InfraSettings.read(JWT | {"STAGE": "prod"})
    assert (settings.nat_count, settings.has_replica, settings.min_tasks) == (2, True, 2)
    assert settings.has_waf
    assert settings.has_canary


def test_prod_must_have_a_replica() -> None:
    assert "REDIS_MULTI_AZ" in faults(STAGE="prod", REDIS_MULTI_AZ="false")


def test_an_api_without_auth_needs_two_settings() -> None:
    assert "ACCEPT_PUBLIC_API_WITHOUT_AUTH=yes" in faults(AUTH_MODE="none")
    asked = {"AUTH_MODE": "none", "ACCEPT_PUBLIC_API_WITHOUT_AUTH": "yes"}
    assert InfraSettings.read(asked).auth_mode == "none"


@pytest.mark.parametrize("answer", ["", "no", "true", "1", "YES "])
def test_the_second_setting_must_be_exactly_yes(answer: str) -> None:
    assert "ACCEPT_PUBLIC_API_WITHOUT_AUTH" in faults(AUTH_MODE="none", ACCEPT_PUBLIC_API_WITHOUT_AUTH=answer)


@pytest.mark.parametrize("name", ["LLM_PROMPT_USD_PER_MILLION", "LLM_COMPLETION_USD_PER_MILLION"])
def test_half_a_price_is_refused_before_it_is_deployed(name: str) -> None:
    assert "set both or neither" in faults(**{name: "0.5"})


def test_everything_that_is_missing_is_reported_together() -> None:
    with pytest.raises(SettingsError) as caught:
        InfraSettings.read({"WORKER_MAX_CONCURRENCY": "1000"})
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "JWT_ISSUER",
        "JWT_AUDIENCE",
        "JWT_JWKS_URL, JWT_PUBLIC_KEY",
        "WORKER_MAX_CONCURRENCY",
    ]


def test_an_isolated_network_must_not_need_the_internet() -> None:
    said = faults(EGRESS="endpoints", NAT_GATEWAYS="1")
    assert "OPENAI_BASE_URL" in said
    assert "JWT_JWKS_URL" in said
    assert "NAT_GATEWAYS" in said


def test_an_isolated_network_with_everything_inside_is_valid() -> None:
    inside = {
        "EGRESS": "endpoints",
        "OPENAI_BASE_URL": "https://llm.internal/v1",
        "JWT_JWKS_URL": "",
        "JWT_PUBLIC_KEY": KEY,
    }
    assert InfraSettings.read(JWT | inside).nat_count == 0


def test_workers_may_not_start_more_jobs_than_the_generators_accept() -> None:
    """The others would be claimed and refused until their deadline. Further generators start only after minutes."""
    assert "WORKER_MAX_CONCURRENCY" in faults(WORKER_MAX_CONCURRENCY="30", GENERATOR_MIN_TASKS="2")
    InfraSettings.read(JWT | {"WORKER_MAX_CONCURRENCY": "30", "GENERATOR_MIN_TASKS": "3"})


def test_as_many_jobs_run_as_the_generators_that_always_run_accept() -> None:
    assert InfraSettings.read(JWT).max_batches == 12
    assert InfraSettings.read(JWT | {"STAGE": "prod"}).max_batches == 25
    assert InfraSettings.read(JWT | {"GENERATOR_MIN_TASKS": "100", "GENERATOR_MAX_TASKS": "100"}).max_batches == 1000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAGE", "Prod"),
        ("STAGE", "a" * 17),
        ("AWS_REGION", "mars"),
        ("REDIS_NODE_TYPE", "t4g.small"),
        ("LOG_RETENTION_DAYS", "8"),
        ("JWT_ALGORITHMS", "HS256"),
        ("JWT_ALGORITHMS", "none"),
        ("GENERATOR_IMAGE", "docker.io/library/python"),
        ("ALARM_EMAIL", "nobody"),
        ("GENERATOR_MIN_TASKS", "9"),
        ("API_RESERVED_CONCURRENCY", "0"),
    ],
)
def test_a_value_that_aws_or_the_code_would_refuse_is_refused_here(name: str, value: str) -> None:
    assert faults(**{name: value})


def test_faults_do_not_repeat_the_value() -> None:
    """It may be a secret in the wrong setting."""
    assert "sk-secret" not in faults(JWT_PUBLIC_KEY="sk-secret")


def test_the_region_is_found_in_the_same_order_as_by_aws_tools() -> None:
    assert InfraSettings.read(JWT | {"AWS_DEFAULT_REGION": "eu-west-1"}).region == "eu-west-1"
    both = {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_REGION": "eu-central-1"}
    assert InfraSettings.read(JWT | both).region == "eu-central-1"


def test_settings_that_the_generator_would_refuse_are_reported_with_all_other_faults() -> None:
    """Otherwise its tasks would fail at start-up, and the deployment would be rolled back after minutes."""
    said = faults(
        REDIS_NODE_TYPE="t4g.small", LLM_RESPONSE_FORMAT="xml", LLM_EXTRA_BODY="[1]", LLM_REASONING_TOKENS="many"
    )
    assert [line.partition(":")[0] for line in said.splitlines()] == [
        "REDIS_NODE_TYPE",
        "LLM_RESPONSE_FORMAT",
        "LLM_REASONING_TOKENS",
        "LLM_EXTRA_BODY",
    ]


def test_the_timeout_of_a_call_must_be_shorter_than_its_attempt() -> None:
    """The other durations of a deployed stage are fixed."""
    assert "LLM_TIMEOUT_S" in faults(LLM_TIMEOUT_S="90")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LLM_EXTRA_HEADERS", '{"api-key": "hunter2"}'),
        ("LLM_EXTRA_HEADERS", '{"X-Title": "LoreSmith", "Authorization": "Bearer hunter2"}'),
        ("LLM_EXTRA_QUERY", '{"key": "hunter2"}'),
    ],
)
def test_a_secret_in_a_header_or_query_is_refused(name: str, value: str) -> None:
    said = faults(**{name: value})
    assert said.startswith(f"{name}: ")
    assert "OPENAI_API_KEY" in said
    assert "hunter2" not in said


def test_harmless_headers_and_queries_are_passed_on_unchanged() -> None:
    given = {"LLM_EXTRA_HEADERS": '{"X-Title": "LoreSmith"}', "LLM_EXTRA_QUERY": '{"api-version": "preview"}'}
    assert InfraSettings.read(JWT | given | {"OPENAI_PROJECT_ID": "p"}).llm == given | {"OPENAI_PROJECT_ID": "p"}
