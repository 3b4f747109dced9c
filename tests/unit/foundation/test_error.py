"""Errors that leave the process show no secret."""

from foundation.masking.error import without_secrets
from foundation.masking.mask import MASK

ENVIRONMENT = {"GENERATOR_TOKEN": 'a-shared"token', "REDIS_URL": "redis://:correct-horse@h:6379/0"}


def test_an_error_without_a_secret_is_passed_on_unchanged() -> None:
    error = ValueError("nothing to hide")
    assert without_secrets(error, ENVIRONMENT) is error


def test_an_error_that_contains_a_secret_is_replaced_by_a_masked_one() -> None:
    safe = without_secrets(ValueError("not a port: 'correct-horse'"), ENVIRONMENT)
    assert str(safe) == f"ValueError: not a port: '{MASK}'"
