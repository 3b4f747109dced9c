"""Probes that check whether a server of the stack is ready. They are quick and do not raise."""

import json
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from local.project import LOOPBACK
from local.stack import tcp_port

_TIMEOUT_S = 2.0
#: Without this, gRPC would use the proxy in `http_proxy` even for this machine.
_DIRECTLY = [("grpc.enable_http_proxy", 0)]


def http_ok(port_number: int, path: str) -> bool:
    """Whether GET answers 200."""
    if not tcp_port.is_listening(port_number):
        return False
    try:
        with closing(HTTPConnection(LOOPBACK, port_number, timeout=_TIMEOUT_S)) as connection:
            connection.request("GET", path)
            return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False


def grpc_serving(port_number: int) -> bool:
    """Whether gRPC's health service says SERVING."""
    if not tcp_port.is_listening(port_number):
        return False
    import grpc  # imported late: it is slow, and other programs start meanwhile
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    try:
        with grpc.insecure_channel(f"{LOOPBACK}:{port_number}", _DIRECTLY) as channel:
            answer: Any = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=_TIMEOUT_S)
    except grpc.RpcError:
        return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def functions_of(pids_file: Path, event_source: int) -> dict[str, int]:
    """The Lambda functions' process ids by name, as published by this event source process; {} before that."""
    published = _read(pids_file)
    return dict(published["processes"]) if published.get("event_source") == event_source else {}


def functions_ready(pids_file: Path) -> bool:
    """Whether the event source is taking messages."""
    return bool(_read(pids_file).get("ready"))


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return {}
