"""The settings are read from the environment, and all faults are reported together."""

import pytest

from foundation.settings import SettingsError
from generator_service.settings import Address, Settings

KEY = "sk-a-very-secret-key"


def test_only_a_key_is_required() -> None:
    settings = Settings.read({"OPENAI_API_KEY": KEY})
    assert (settings.target, settings.openai_model) == ("127.0.0.1:50051", "gpt-4o-mini")
    assert (settings.llm_timeout_s, settings.llm_max_concurrency, settings.llm_max_attempts) == (30, 256, 4)
    assert (settings.generator_max_jobs, settings.drain_s, settings.generator_token) == (128, 110, None)


@pytest.mark.parametrize(
    ("given", "languages"), [("", ()), ("en", ("en",)), (" EN, pt-br ,", ("en", "pt-BR")), ("zh-Hant", ("zh-Hant",))]
)
def test_the_languages_of_a_model_are_tags_separated_by_commas(given: str, languages: tuple[str, ...]) -> None:
    assert Settings.read({"OPENAI_API_KEY": KEY, "LLM_LANGUAGES": given}).llm_languages == languages


def test_an_unknown_language_of_a_model_is_a_fault() -> None:
    with pytest.raises(SettingsError, match="LLM_LANGUAGES: must be the tag of a language"):
        Settings.read({"OPENAI_API_KEY": KEY, "LLM_LANGUAGES": "english"})


def test_the_quota_of_one_owner_does_not_limit_all_jobs() -> None:
    """The local stack passes its whole environment to every program."""
    assert Settings.read({"OPENAI_API_KEY": KEY, "MAX_RUNNING_JOBS": "1"}).generator_max_jobs == 128


@pytest.mark.parametrize("environment", [{}, {"OPENAI_API_KEY": ""}, {"OPENAI_API_KEY": " "}])
def test_without_a_key_the_error_says_what_to_do(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"Set it to the key .* or start the local stack"):
        Settings.read(environment)


def test_every_fault_is_reported_at_once() -> None:
    faulty = {"GENERATOR_PORT": "70000", "LLM_TIMEOUT_S": "0", "LLM_MAX_CONCURRENCY": "x", "LOG_LEVEL": "LOUD"}
    with pytest.raises(SettingsError) as raised:
        Settings.read(faulty)
    assert len(str(raised.value).splitlines()) == 5


def test_faults_of_single_settings_and_of_combinations_are_reported_together() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.read({"GENERATOR_HOST": "0.0.0.0", "LLM_TIMEOUT_S": "x"})
    assert [line.partition(":")[0] for line in str(raised.value).splitlines()] == [
        "OPENAI_API_KEY",
        "LLM_TIMEOUT_S",
        "GENERATOR_TOKEN",
    ]


def test_every_fault_has_its_name() -> None:
    faulty = {"GENERATOR_PORT": "70000", "LLM_TIMEOUT_S": "0", "LLM_MAX_CONCURRENCY": "x", "LOG_LEVEL": "LOUD"}
    with pytest.raises(SettingsError) as raised:
        Settings.read(faulty)
    assert all(name in str(raised.value) for name in (*faulty, "OPENAI_API_KEY"))


def test_secrets_are_never_shown() -> None:
    settings = Settings.read({"OPENAI_API_KEY": KEY, "GENERATOR_TOKEN": "a-secret-token"})
    assert KEY not in repr(settings)
    assert "a-secret-token" not in repr(settings)
    assert settings.secrets == [KEY, "a-secret-token"]


def test_an_empty_value_counts_as_unset() -> None:
    settings = Settings.read({"OPENAI_API_KEY": KEY, "GENERATOR_TOKEN": "", "OPENAI_BASE_URL": ""})
    assert settings.generator_token is None
    assert settings.openai_base_url == "https://api.openai.com/v1"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "generator.example"])
@pytest.mark.parametrize("token", ["", "  "])
def test_without_a_token_the_generator_listens_only_on_this_machine(host: str, token: str) -> None:
    reachable = {"OPENAI_API_KEY": KEY, "GENERATOR_HOST": host}
    with pytest.raises(SettingsError, match="GENERATOR_TOKEN"):
        Settings.read(reachable | {"GENERATOR_TOKEN": token})
    Settings.read(reachable | {"GENERATOR_TOKEN": "a-secret-token"})


def test_ipv6_addresses_are_put_in_brackets() -> None:
    assert Address.read({"GENERATOR_HOST": "::1", "GENERATOR_PORT": "1"}).target == "[::1]:1"
