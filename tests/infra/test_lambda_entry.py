"""How the deployed functions get their secrets."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ENTRY = Path(__file__).resolve().parents[2] / "infra" / "cdk" / "lambda_files" / "lambda_entry.py"
PLACE = {"REDIS_HOST": "redis.example", "REDIS_PORT": "6379", "REDIS_SECRET_ARN": "arn:password"}
SECRETS = {"arn:password": "p@ss/word", "arn:token": "t0ken"}


@pytest.fixture
def with_secrets() -> Callable[..., dict[str, str]]:
    """The function under test. Its module can be imported without AWS if no variable has a secret's ARN."""
    spec = importlib.util.spec_from_file_location("lambda_entry", ENTRY)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[..., dict[str, str]] = module.with_secrets
    return found


def test_the_redis_url_has_tls_and_the_escaped_password(with_secrets: Callable[..., dict[str, str]]) -> None:
    """The password may have characters with a meaning in a URL."""
    assert with_secrets(PLACE, SECRETS.__getitem__) == {"REDIS_URL": "rediss://:p%40ss%2Fword@redis.example:6379/0"}


def test_the_url_of_serverless_redis_has_the_user(with_secrets: Callable[..., dict[str, str]]) -> None:
    found = with_secrets(PLACE | {"REDIS_USER": "jobs"}, SECRETS.__getitem__)
    assert found["REDIS_URL"].startswith("rediss://jobs:p%40ss%2Fword@")


def test_the_generator_token_is_read_only_if_its_arn_is_given(with_secrets: Callable[..., dict[str, str]]) -> None:
    """The other functions have no right to read it, and would fail at the start."""
    asked: list[str] = []

    def read(arn: str) -> str:
        asked.append(arn)
        return SECRETS[arn]

    assert "GENERATOR_TOKEN" not in with_secrets(PLACE, read)
    assert asked == ["arn:password"]
    assert with_secrets(PLACE | {"GENERATOR_TOKEN_SECRET_ARN": "arn:token"}, read)["GENERATOR_TOKEN"] == "t0ken"
