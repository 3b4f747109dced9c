"""The catalogue of failures has every code that a client can receive, and the documents are derived from it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.api import router
from chalicelib.api.message import MAX_BODY_BYTES
from chalicelib.domain.error import LoreSmithError
from foundation.failure import Failure
from foundation.failure_page import page
from foundation.job_failure import JOB_FAILURES
from foundation.request_failure import REQUEST_FAILURES, TITLES
from generator_service.error import LoreError
from local.provider_check import advice

ROOT = Path(__file__).parents[3]
FAILURES = [*REQUEST_FAILURES.values(), *JOB_FAILURES.values()]


def tree(kind: type[Any]) -> set[type[Any]]:
    return {kind}.union(*(tree(child) for child in kind.__subclasses__()))


def test_the_page_of_error_codes_is_made_from_the_catalogue() -> None:
    """If this fails after a change, run `make docs`."""
    assert (ROOT / "docs/errors.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.code)
def test_a_sentence_is_complete_and_has_no_technical_terms(failure: Failure) -> None:
    assert failure.sentence[0].isupper()
    assert failure.sentence.endswith(".")
    assert not re.search(r"gRPC|Redis|SQS|Lambda|DynamoDB", failure.sentence)


def test_the_sentence_about_a_large_body_names_the_limit() -> None:
    failure = REQUEST_FAILURES["payload_too_large"]
    limit = f"{MAX_BODY_BYTES // 1024} KiB"
    assert limit in failure.sentence
    assert limit in failure.when


def test_every_request_failure_has_a_title() -> None:
    assert {failure.status for failure in REQUEST_FAILURES.values()} == set(TITLES)


@pytest.mark.parametrize("root", [LoreSmithError, LoreError])
def test_every_error_takes_its_failure_from_the_catalogue(root: type[Any]) -> None:
    ours = {kind for kind in tree(root) if not kind.__module__.startswith("tests")}
    assert all(any(kind.failure is failure for failure in FAILURES) for kind in ours)


def test_the_api_document_explains_every_code_that_an_operation_can_answer() -> None:
    text = json.dumps(router.document())
    answered = {failure for failure in REQUEST_FAILURES.values() if failure.status not in (405, 411, 421)}
    assert [failure.code for failure in answered if f"`{failure.code}`: " not in text] == []


def test_advice_is_given_for_codes_that_exist() -> None:
    assert advice._BY_CODE.keys() <= JOB_FAILURES.keys()
