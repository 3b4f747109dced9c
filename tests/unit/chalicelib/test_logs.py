"""A Lambda function's output shows no secret, not even through other libraries' handlers."""

import json
import logging

import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from chalicelib import logs
from foundation.masking.environment import secrets_in
from foundation.masking.mask import MASK, Mask

ENVIRONMENT = {"GENERATOR_TOKEN": 'a-shared"token', "REDIS_URL": "redis://:correct-horse@h:6379/0"}


@pytest.mark.parametrize("inner", [LambdaPowertoolsFormatter(), logging.Formatter("%(message)s")], ids=["JSON", "text"])
def test_a_line_of_any_formatter_is_masked_with_its_traceback(inner: logging.Formatter) -> None:
    error = ValueError(dict(ENVIRONMENT))
    record = logging.makeLogRecord({"msg": "%r", "args": (ENVIRONMENT,), "exc_info": (ValueError, error, None)})
    line = logs.MaskedFormatter(inner, Mask(secrets_in(ENVIRONMENT))).format(record)
    assert "horse" not in line
    assert "shared" not in line
    assert line.count(MASK) >= 4


def test_a_masked_line_is_still_json() -> None:
    formatter = logs.MaskedFormatter(LambdaPowertoolsFormatter(), Mask(secrets_in(ENVIRONMENT)))
    record = logging.makeLogRecord({"msg": 'token a-shared"token', "levelname": "INFO"})
    assert json.loads(formatter.format(record))["message"] == f"token {MASK}"


def test_an_error_without_a_secret_is_passed_on_unchanged() -> None:
    error = ValueError("nothing to hide")
    assert logs.without_secrets(error, ENVIRONMENT) is error


def test_an_error_that_contains_a_secret_is_replaced_by_a_masked_one() -> None:
    safe = logs.without_secrets(ValueError("not a port: 'correct-horse'"), ENVIRONMENT)
    assert str(safe) == f"ValueError: not a port: '{MASK}'"
