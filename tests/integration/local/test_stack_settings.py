"""How the local stack reads the environment and `.env`."""

from pathlib import Path

import pytest

from foundation.settings import SettingsError
from local.lambda_emulator.event_source.settings import EventSourceSettings
from local.page_server import build
from local.stack import environment
from local.stack.plan import Plan
from local.stack.settings import StackSettings, read_dotenv


def test_the_environment_wins_over_dotenv() -> None:
    settings = StackSettings.read({"API_PORT": "8001"}, {"API_PORT": "8000", "WORKER_CONCURRENCY": "3"})
    assert (settings.api_port, settings.worker_concurrency) == (8001, 3)


def test_an_empty_variable_in_the_environment_overrides_dotenv() -> None:
    """So one run can ignore a key in `.env`: OPENAI_API_KEY= make run."""
    settings = StackSettings.read({"OPENAI_API_KEY": ""}, {"OPENAI_API_KEY": "sk-x"})
    assert settings.needs_offline_writer
    assert "OPENAI_API_KEY" not in settings.environment


def test_dotenv_is_read_without_interpolation(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# comment\nOPENAI_API_KEY='sk-$x'\nexport LLM_PORT=9000\nHALF\n")
    assert read_dotenv(tmp_path) == {"OPENAI_API_KEY": "sk-$x", "LLM_PORT": "9000", "HALF": None}
    assert read_dotenv(tmp_path / "nowhere") == {}


def test_variables_that_the_stack_does_not_use_are_passed_on() -> None:
    assert StackSettings.read({"LEASE_S": "3"}, {"OFFLINE_LLM_FAULTS": "401"}).environment == {
        "LEASE_S": "3",
        "OFFLINE_LLM_FAULTS": "401",
    }


def test_all_faults_are_reported_at_once() -> None:
    with pytest.raises(SettingsError) as fault:
        StackSettings.read(
            {"API_PORT": "70000", "WORKER_CONCURRENCY": "0", "AWS_EMULATOR": "localstack", "RECOVERY_INTERVAL_S": "x"}
        )
    faults = fault.value.faults
    assert [line.split(":")[0].strip() for line in faults] == [
        "API_PORT",
        "AWS_EMULATOR",
        "WORKER_CONCURRENCY",
        "RECOVERY_INTERVAL_S",
    ]


def test_faults_of_every_program_are_reported_once() -> None:
    wrong = {
        "AWS_ENDPOINT_URL": "foo",
        "LLM_TIMEOUT_S": "x",
        "LEASE_S": "0",
        "HEARTBEAT_S": "-1",
        "LOG_LEVEL": "LOUD",
        "OFFLINE_WRITER_SEED": "x",
        "OFFLINE_LLM_FAULTS": "429=2",
        "CORS_ALLOW_ORIGIN": "http://a.example,http://b.example",
        "JWT_JWKS_URL": "issuer.example/jwks.json",
    }
    with pytest.raises(SettingsError) as fault:
        StackSettings.read(wrong)
    faults = fault.value.faults
    assert sorted(line.split()[0].rstrip(":") for line in faults) == sorted(wrong)


def test_a_page_that_is_not_built_cannot_be_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "DIST", tmp_path)
    with pytest.raises(SettingsError, match=r"SERVE_PAGE: .*npm run build"):
        StackSettings.read({"SERVE_PAGE": "true"})
    (tmp_path / "index.html").touch()
    assert StackSettings.read({"SERVE_PAGE": "true"}).serve_page


def test_a_fault_does_not_reveal_a_secret() -> None:
    with pytest.raises(SettingsError) as fault:
        StackSettings.read({"REDIS_URL": "redis://:hunter2@cache:6379", "API_PORT": "x"})
    assert "hunter2" not in str(fault.value)
    assert "hunter2" not in repr(StackSettings.read({"REDIS_URL": "redis://:hunter2@cache:6379"}))


def test_faults_of_the_event_source_are_reported_at_once() -> None:
    with pytest.raises(SettingsError) as fault:
        EventSourceSettings.read({"JOBS_QUEUE_URL": "http://x", "WORKER_CONCURRENCY": "0", "LAMBDA_RUNTIME": "java"})
    for name in ("JOBS_DLQ_URL", "WORKER_CONCURRENCY", "WORKER_TIMEOUT_S", "LAMBDA_RUNTIME", "EVENT_SOURCE_PIDS"):
        assert f"{name}: " in str(fault.value)


@pytest.mark.parametrize(
    ("given", "base_url"),
    [
        ({}, "http://127.0.0.1:"),
        ({"OPENAI_API_KEY": "sk-x"}, None),
        ({"OPENAI_BASE_URL": "http://gpu:8000/v1"}, "http://gpu:8000/v1"),
        ({"OPENAI_API_KEY": "sk-x", "OPENAI_BASE_URL": "http://gpu:8000/v1"}, "http://gpu:8000/v1"),
    ],
)
def test_the_offline_writer_is_used_if_neither_a_key_nor_an_address_is_set(
    tmp_path: Path, given: dict[str, str], base_url: str | None
) -> None:
    """`base_url` None: the OpenAI client's default, which needs no setting."""
    settings = StackSettings.read({"LOCAL_DIR": str(tmp_path)} | given)
    parts = Plan(settings, {})
    programs = {program.name: program for program in parts.first("token")}
    found = programs["generator"].environment.get("OPENAI_BASE_URL")
    assert ("llm" in programs) is settings.needs_offline_writer is (given == {})
    assert found == parts.urls.llm
    assert (found or "").startswith(base_url or "")
    assert (found is None) is (base_url is None)
    assert programs["generator"].environment["OPENAI_API_KEY"] == given.get("OPENAI_API_KEY", "offline")


@pytest.mark.parametrize(
    ("given", "languages"),
    [
        ({}, "en"),
        ({"OPENAI_BASE_URL": "http://gpu:8000/v1"}, None),
        ({"OPENAI_BASE_URL": "http://gpu:8000/v1", "LLM_LANGUAGES": "de,fr"}, "de,fr"),
        ({"OPENAI_API_KEY": "sk-x"}, None),
    ],
)
def test_only_the_offline_writer_is_limited_to_english(
    tmp_path: Path, given: dict[str, str], languages: str | None
) -> None:
    settings = StackSettings.read({"LOCAL_DIR": str(tmp_path)} | given)
    (generator,) = (program for program in Plan(settings, {}).first("token") if program.name == "generator")
    assert generator.environment.get("LLM_LANGUAGES") == languages


@pytest.mark.parametrize(
    ("given", "model"),
    [({}, "offline-writer"), ({"OPENAI_MODEL": "qwen3"}, "offline-writer"), ({"OPENAI_API_KEY": "sk-x"}, None)],
)
def test_text_of_the_offline_writer_is_not_said_to_come_from_a_model(
    tmp_path: Path, given: dict[str, str], model: str | None
) -> None:
    settings = StackSettings.read({"LOCAL_DIR": str(tmp_path)} | given)
    (generator,) = (program for program in Plan(settings, {}).first("token") if program.name == "generator")
    assert generator.environment.get("OPENAI_MODEL") == model


def test_a_configured_service_is_not_started(tmp_path: Path) -> None:
    given = {
        "REDIS_URL": "redis://cache:6379/1",
        "AWS_ENDPOINT_URL": "http://localstack:4566",
        "OPENAI_API_KEY": "sk-x",
    }
    parts = Plan(StackSettings.read({"LOCAL_DIR": str(tmp_path)} | given), {})
    assert [program.name for program in parts.first("token")] == ["generator"]
    assert (parts.urls.redis, parts.urls.aws) == ("redis://cache:6379/1", "http://localstack:4566")


def test_lambda_functions_never_get_the_providers_credentials() -> None:
    assert environment.without_provider({"OPENAI_API_KEY": "sk-x", "OPENAI_BASE_URL": "u", "LEASE_S": "3"}) == {
        "LEASE_S": "3"
    }
    headers = '{"api-key": "sk-x"}'
    assert environment.without_provider({"LLM_EXTRA_HEADERS": headers, "LLM_TIMEOUT_S": "9"}) == {"LLM_TIMEOUT_S": "9"}
