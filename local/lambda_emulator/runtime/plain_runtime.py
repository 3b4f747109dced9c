"""A small Python runtime, for systems without a wheel of `awslambdaric` and for several invocations in one process.

    python plain_runtime.py MODULE.FUNCTION

It uses the Runtime API at AWS_LAMBDA_RUNTIME_API and imports the module from LAMBDA_TASK_ROOT. Each of
AWS_LAMBDA_MAX_CONCURRENCY threads handles one invocation at a time. On AWS a handler's threads are frozen between
invocations; here they keep running.
"""

import http.client
import importlib
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

_VERSION = "/2018-06-01/runtime"
Handler = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Context:
    """The part of Lambda's context object that handlers commonly use."""

    aws_request_id: str
    invoked_function_arn: str
    deadline_ms: int
    function_name: str
    function_version: str
    memory_limit_in_mb: str

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self.deadline_ms - int(time.time() * 1000))


def run(handler_name: str, address: str, concurrency: int) -> None:
    """Handle up to `concurrency` invocations at a time until the process is killed."""
    try:
        module, function = handler_name.rsplit(".", 1)
        handler: Handler = getattr(importlib.import_module(module), function)
    except Exception as error:  # noqa: BLE001 - the edge of the process: logged, and reported to Lambda
        traceback.print_exc()
        _call(http.client.HTTPConnection(address), "POST", f"{_VERSION}/init/error", _error(error))
        sys.exit(1)
    if concurrency == 1:
        _serve(handler, address)
    # None of them runs in the main thread, in which a handler may keep what the others wait for.
    threads = [threading.Thread(target=_serve_or_exit, args=(handler, address)) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:  # once the main thread ends, Python starts no more threads for a handler's blocking calls
        thread.join()


def _serve_or_exit(handler: Handler, address: str) -> None:
    """An error ends the process, which is then replaced. Without this, it would only end the thread."""
    try:
        _serve(handler, address)
    finally:
        traceback.print_exc()
        os._exit(1)


def _serve(handler: Handler, address: str) -> NoReturn:
    connection = http.client.HTTPConnection(address)  # one for all invocations: it stays open
    while True:
        headers, event = _call(connection, "GET", f"{_VERSION}/invocation/next")
        context = _context(headers)
        kind, answer = _handle(handler, event, context)
        _call(connection, "POST", f"{_VERSION}/invocation/{context.aws_request_id}/{kind}", answer)


def _handle(handler: Handler, event: Any, context: Context) -> tuple[str, Any]:
    try:
        answer = handler(event, context)
        json.dumps(answer)  # a result that is not JSON is a function error
    except Exception as error:  # noqa: BLE001 - the edge of the process
        traceback.print_exc()
        return "error", _error(error)
    return "response", answer


def _call(
    connection: http.client.HTTPConnection, method: str, path: str, body: Any = None
) -> tuple[http.client.HTTPMessage, Any]:
    connection.request(method, path, json.dumps(body) if method == "POST" else None)
    response = connection.getresponse()
    text = response.read()
    return response.headers, json.loads(text) if text else None


def _context(headers: http.client.HTTPMessage) -> Context:
    return Context(
        aws_request_id=headers["Lambda-Runtime-Aws-Request-Id"],
        invoked_function_arn=headers["Lambda-Runtime-Invoked-Function-Arn"],
        deadline_ms=int(headers["Lambda-Runtime-Deadline-Ms"]),
        function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        function_version=os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
        memory_limit_in_mb=os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    )


def _error(error: Exception) -> dict[str, Any]:
    return {"errorType": type(error).__name__, "errorMessage": str(error)}


if __name__ == "__main__":
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    run(sys.argv[1], os.environ["AWS_LAMBDA_RUNTIME_API"], int(os.environ.get("AWS_LAMBDA_MAX_CONCURRENCY", "1")))
