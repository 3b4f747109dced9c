"""How a failed call to the generator becomes an error of the domain."""

import grpc
import grpc.aio
import pytest
from grpc.aio import Metadata

from chalicelib.adapter.grpc_generator import failure_of
from chalicelib.domain.error import GenerationFailed

NO_METADATA = Metadata()


def failure(status: grpc.StatusCode, details: str = "", **trailing: str) -> GenerationFailed:
    metadata = Metadata(*((key.replace("_", "-"), value) for key, value in trailing.items()))
    return failure_of(grpc.aio.AioRpcError(status, NO_METADATA, metadata, details))


def test_a_full_generator_costs_no_attempt_and_says_when_to_try_again() -> None:
    full = failure(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        lore_error_code="overloaded",
        lore_retryable="true",
        grpc_retry_pushback_ms="1500",
    )
    assert (full.code, full.retryable, full.uses_attempt, full.retry_after_s) == ("overloaded", True, False, 1.5)


def test_a_message_that_is_too_large_for_grpc_costs_an_attempt() -> None:
    """It has the same status as a full generator. The next attempt would fail in the same way."""
    assert failure(grpc.StatusCode.RESOURCE_EXHAUSTED, "Received message larger than max").uses_attempt


@pytest.mark.parametrize("status", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED])
def test_a_lost_generator_is_retryable_and_costs_an_attempt(status: grpc.StatusCode) -> None:
    lost = failure(status, "ipv4:10.0.1.7:50051: connection refused")
    assert (lost.code, lost.retryable, lost.uses_attempt) == ("generator_unavailable", True, True)
    assert "10.0.1.7" not in lost.message


def test_the_generators_own_code_takes_precedence_over_the_grpc_status() -> None:
    own = failure(
        grpc.StatusCode.UNAVAILABLE,
        "Too fast.",
        lore_error_code="provider_rate_limited",
        lore_retryable="true",
        retry_after_ms="700",
    )
    assert (own.code, own.message, own.retryable, own.retry_after_s) == (
        "provider_rate_limited",
        "Too fast.",
        True,
        0.7,
    )


@pytest.mark.parametrize(
    "status", [grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.DATA_LOSS]
)
def test_a_status_that_no_retry_can_fix_is_an_internal_error(status: grpc.StatusCode) -> None:
    fault = failure(status, "secret details")
    assert (fault.code, fault.retryable) == ("internal", False)
    assert "secret" not in fault.message
