"""The part of Lambda's API that invokes functions, asked by AWS's own client."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from local.lambda_emulator.invoke_api import InvokeApi
from local.lambda_emulator.runtime.outcome import Failed, Outcome, Returned


async def echo(event: Any) -> Outcome:
    return Returned({"got": event})


async def fail(_event: Any) -> Outcome:
    return Failed("ValueError", "It does not work.")


async def twice(event: Any) -> Outcome:
    return Returned([event, event])


@pytest.fixture
async def address() -> AsyncIterator[str]:
    api = await InvokeApi({"echo": echo, "fail": fail, "twice": twice}).start(0)
    yield api.address
    await api.close()


@pytest.fixture
def functions(address: str) -> Any:
    return boto3.client(
        "lambda",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )


async def invoked(functions: Any, name: str, event: object) -> Any:
    answer = await asyncio.to_thread(functions.invoke, FunctionName=name, Payload=json.dumps(event).encode())
    return answer | {"Payload": json.loads(await asyncio.to_thread(answer["Payload"].read))}


async def test_a_function_gets_the_event_and_its_answer_comes_back(functions: Any) -> None:
    answers = [await invoked(functions, "echo", {"n": number, "é": "ü"}) for number in range(3)]
    assert [answer["Payload"]["got"] for answer in answers] == [{"n": number, "é": "ü"} for number in range(3)]
    assert "FunctionError" not in answers[0]


async def test_a_function_that_fails_is_a_function_error(functions: Any) -> None:
    answer = await invoked(functions, "fail", {})
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert answer["Payload"] == {"errorType": "ValueError", "errorMessage": "It does not work."}


async def test_an_answer_that_lambda_would_not_carry_is_a_function_error(functions: Any) -> None:
    answer = await invoked(functions, "echo", "x" * (6 * 1024 * 1024 - 2))
    assert "FunctionError" not in answer
    large = await invoked(functions, "twice", "x" * (4 * 1024 * 1024))
    assert large["Payload"]["errorType"] == "Function.ResponseSizeTooLarge"


async def test_an_unknown_function_is_not_found(functions: Any) -> None:
    with pytest.raises(ClientError, match="The functions are: echo, fail, twice"):
        await invoked(functions, "fly", {})


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer x"}, {"Authorization": "AWS4-HMAC-SHA256 x", "Origin": "https://evil.example"}],
)
async def test_a_request_that_a_web_page_could_send_is_refused(address: str, headers: dict[str, str]) -> None:
    url = f"{address}/2015-03-31/functions/echo/invocations"
    answer = await asyncio.to_thread(requests.post, url, data="{}", headers=headers, timeout=60)
    assert answer.status_code == 403


async def test_a_body_that_is_not_json_is_refused(functions: Any) -> None:
    with pytest.raises(ClientError, match="InvalidRequestContentException"):
        await asyncio.to_thread(functions.invoke, FunctionName="echo", Payload=b"{")
