"""Which variables hold secrets."""

import base64
import json

import pytest

from foundation.masking.environment import secrets_in
from foundation.masking.mask import MASK, Mask

PASSWORD = "correct-horse"
BASIC = base64.b64encode(b"user:correct-horse").decode()


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("OPENAI_API_KEY", "sk-the-key", "sk-the-key"),
        ("GENERATOR_TOKEN", "the-shared-token", "the-shared-token"),
        ("JWT_KEY", "a-secret-of-more-than-32-characters", "a-secret-of-more-than-32-characters"),
        ("AWS_SECRET_ACCESS_KEY", "wJalr/XUtnFEMI", "wJalr%2FXUtnFEMI"),
        ("AWS_SESSION_TOKEN", "IQoJb3JpZ2luX2Vj//", "IQoJb3JpZ2luX2Vj//"),
        ("REDIS_URL", f"redis://:{PASSWORD}@host:6379/0", PASSWORD),
        ("REDIS_URL", "redis://user:p%40ss%2Fword@host:6379/0", "p@ss/word"),
        ("REDIS_URL", "redis://:beginning/the-end@host:6379/0", "'beginning'"),
        ("REDIS_URL", "redis://host:6379/0?password=correct-horse", PASSWORD),
        ("OPENAI_BASE_URL", f"https://user:{PASSWORD}@llm.example/v1", f"Basic {BASIC}"),
        ("OPENAI_BASE_URL", "https://llm.example/v1?api-key=correct-horse", PASSWORD),
        ("https_proxy", f"http://user:{PASSWORD}@proxy:3128", PASSWORD),
        ("LLM_EXTRA_HEADERS", json.dumps({"X-Key": 'a "quoted" one'}), 'a "quoted" one'),
        ("LLM_EXTRA_HEADERS", json.dumps({"Authorization": "ApiKey dGhlLWtleQ"}), "dGhlLWtleQ"),
        ("LLM_EXTRA_BODY", json.dumps({"user": {"api_key": "correct-horse"}}), PASSWORD),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-team=lore,authorization=Basic%20dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-key=correct-horse", PASSWORD),
    ],
)
def test_secrets_are_found_by_variable_name_and_in_addresses(name: str, value: str, shown: str) -> None:
    masked = Mask(secrets_in({name: value}))(f"<{shown}>")
    assert shown.strip("'") not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_KEY", "-----BEGIN PUBLIC KEY-----\nMIIBIjANBg\n-----END PUBLIC KEY-----"),
        ("AWS_ACCESS_KEY_ID", "AKIA" + "EXAMPLE" * 2),
        ("TOKEN_REQUESTS_PER_MINUTE", "100000000"),
        ("REDIS_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:1:secret:x"),
        ("JWT_JWKS_URL", "https://issuer.example/.well-known/jwks.json"),
        ("LLM_EXTRA_QUERY", '{"api-version": "2024-10-21"}'),
        ("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1"),
    ],
)
def test_other_values_stay_readable(name: str, value: str) -> None:
    assert secrets_in({name: value}) == []
