"""A client that calls the generator as the worker does."""

import json
from collections.abc import Sequence
from typing import Any

import grpc.aio

from proto.lore.v1 import lore_pb2, lore_pb2_grpc

TIMEOUT_S = 20.0


class Client:
    """One channel to a generator."""

    def __init__(self, channel: grpc.aio.Channel, token: str | None = None, **metadata: str) -> None:
        self.channel = channel
        self._stub = lore_pb2_grpc.LoreServiceStub(channel)  # type: ignore[no-untyped-call]
        if token is not None:
            metadata["authorization"] = f"Bearer {token}"
        self._metadata = tuple(metadata.items())

    def start(
        self,
        kind: str,
        *,
        timeout_s: float = TIMEOUT_S,
        checkpoints: Sequence[lore_pb2.Checkpoint] = (),
        **params: Any,
    ) -> Any:
        """The call, not awaited: an asynchronous iterator of messages, each with the events of one moment."""
        request = lore_pb2.GenerateRequest(
            job_id="job-1", kind=kind, params_json=json.dumps(params), checkpoints=checkpoints
        )
        return self._stub.Generate(request, timeout=timeout_s, metadata=self._metadata)

    async def generate(self, kind: str, **options: Any) -> "Events":
        return Events([event async for message in self.start(kind, **options) for event in message.events])

    async def fail(self, kind: str, **options: Any) -> "Failure":
        """Start a call that must fail. Return its error and the events before it."""
        events: list[Any] = []
        try:
            async for message in self.start(kind, **options):
                events += message.events
        except grpc.aio.AioRpcError as error:
            return Failure(error, Events(events))
        raise AssertionError("the call was expected to fail")


class Events:
    """What a call reported."""

    def __init__(self, events: list[Any]) -> None:
        self.all = events
        self.stages = [event.stage_finished for event in events if event.HasField("stage_finished")]

    @property
    def generated(self) -> Any:
        assert self.all[-1].HasField("generated")
        return self.all[-1].generated

    @property
    def result(self) -> Any:
        return json.loads(self.generated.result_json)

    @property
    def progress(self) -> list[tuple[int, str]]:
        """Percent and message of each event that has them."""
        found = [event.progressed if event.HasField("progressed") else event.stage_finished for event in self.all[:-1]]
        return [(event.progress, event.message) for event in found]

    def checkpoints(self) -> list[lore_pb2.Checkpoint]:
        """The finished stages as a later attempt sends them."""
        return [
            lore_pb2.Checkpoint(piece_index=s.piece_index, stage=s.stage, output_json=s.output_json)
            for s in self.stages
        ]


class Failure:
    """How a call without a result ended."""

    def __init__(self, error: grpc.aio.AioRpcError, events: Events) -> None:
        self.status = error.code()
        self.details = error.details() or ""
        self.trailing = dict(error.trailing_metadata() or ())
        self.events = events

    @property
    def code(self) -> str | bytes | None:
        return self.trailing.get("lore-error-code")
