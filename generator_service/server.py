"""The gRPC server: its services, its options, and how it starts and stops."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Any

import grpc
import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from foundation.llm import PROVIDER_SERVICE
from generator_service.auth import TokenInterceptor
from generator_service.job_limit import JobLimit
from generator_service.servicer import LoreServicer
from generator_service.settings import Settings
from proto.lore.v1 import lore_pb2, lore_pb2_grpc

log = logging.getLogger(__name__)

SERVICE = lore_pb2.DESCRIPTOR.services_by_name["LoreService"].full_name

#: Far more than the checkpoints of 10 pieces and the context pieces need.
MAX_REQUEST_BYTES = 1024 * 1024
#: Time for rejected calls to receive their status, seconds.
_REJECT_S = 0.2

OPTIONS: Sequence[tuple[str, int]] = (
    # Otherwise, a second generator could start on the same port, and the two would share the calls.
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", MAX_REQUEST_BYTES),
    # Clients ping while the LLM is silent. By default gRPC treats that as an attack.
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    # Stop writing for a caller that is frozen or has vanished.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.ping_timeout_ms", 5_000),
    # `JobLimit` handles bursts of calls. gRPC's own limits (1000, 3000) cancel calls at random.
    ("grpc.server.max_pending_requests", 10_000),
    ("grpc.server.max_pending_requests_hard_limit", 20_000),
)


class Health(health.aio.HealthServicer):  # type: ignore[misc]  # it is not typed
    """gRPC's health service, which also knows whether the provider has asked for a pause."""

    def __init__(self, provider_pause_s: Callable[[], float]) -> None:
        super().__init__()
        self._provider_pause_s = provider_pause_s

    async def Check(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        if request.service != PROVIDER_SERVICE:
            return await super().Check(request, context)
        answer = health_pb2.HealthCheckResponse
        if (left_s := self._provider_pause_s()) <= 0:
            return answer(status=answer.SERVING)
        context.set_trailing_metadata((("retry-after-ms", str(int(left_s * 1000))),))
        return answer(status=answer.NOT_SERVING)


class GeneratorServer:
    """Serves `LoreServicer`, health checks and reflection. Requires the token if one is set."""

    def __init__(
        self,
        settings: Settings,
        servicer: LoreServicer,
        job_limit: JobLimit,
        provider_pause_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._settings = settings
        self._job_limit = job_limit
        self._health = Health(provider_pause_s)
        token = settings.generator_token
        interceptors = [TokenInterceptor(token.get_secret_value())] if token else []
        self._server = grpc.aio.server(interceptors=interceptors, options=OPTIONS)
        lore_pb2_grpc.add_LoreServiceServicer_to_server(servicer, self._server)  # type: ignore[no-untyped-call]
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        names = (SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, self._server)

    async def start(self) -> str:
        """Listen and report SERVING. Returns the address as host:port. Raises `RuntimeError` if it is in use."""
        port = self._server.add_insecure_port(self._settings.target)
        await self._server.start()
        for name in ("", SERVICE):
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        return f"{self._settings.target.rpartition(':')[0]}:{port}"

    async def drain(self) -> None:
        """Reject new calls, give running jobs DRAIN_S to finish, then close.

        Health checks answer NOT_SERVING from now on. Open Watch streams do not delay the shutdown.
        """
        stopping = asyncio.create_task(self._server.stop(self._settings.drain_s))
        await self._health.enter_graceful_shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.drain_s):
                await self._job_limit.wait_idle()
        await self._server.stop(_REJECT_S)
        await stopping
