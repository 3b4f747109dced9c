"""The service that writes lore."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.job import Checkpoint, PieceWarning, Usage
from foundation.json_value import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """What one attempt asks for."""

    job_id: str
    #: What to write, such as "character".
    kind: str
    #: As `JobType.params` makes them.
    params: Mapping[str, Json]
    timeout_s: float
    #: Stages of earlier attempts. They are neither written nor reported again.
    finished: Sequence[Checkpoint] = ()
    #: How many answers of the LLM earlier attempts could not use.
    unusable_answers: int = 0
    #: The most tokens that the attempt may cost. None: no limit.
    token_budget: int | None = None


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far the attempt has got."""

    #: Percent, from 20 to 90.
    progress: int
    message: str


@dataclass(frozen=True, slots=True)
class StageFinished:
    """One stage of one piece is finished: store it, and add its cost."""

    checkpoint: Checkpoint
    #: {name, description, type, language, details}; null for what is not written yet.
    piece: Mapping[str, Json]
    progress: int
    message: str
    #: From the question to the LLM's answer, including waits and repeated calls.
    duration_ms: int = 0
    #: The model that wrote it, and the version of its prompts. None: the generator does not say.
    model: str | None = None
    prompt_version: int | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """The cost of calls that no finished stage has reported."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Generated:
    """The result, and the pieces missing from it. Always the last event."""

    result: Json
    missing: Sequence[PieceWarning] = ()


GenerationEvent = Progressed | StageFinished | Spent | Generated


class Generator(Protocol):
    def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        """The events of one attempt; the result comes last.

        The work stops when the stream is closed or its reader is cancelled. Raises `GenerationFailed`, with the code
        "timeout" after `request.timeout_s`.
        """
        ...

    async def provider_pause_s(self) -> float:
        """For how long the LLM's provider has asked the generator for a pause; 0 if it has not. Raises `Unavailable`.

        There may be several generators. Only the one that answers is asked.
        """
        ...

    async def ping(self) -> None:
        """Return if the generator is serving. Raises `Unavailable`."""
        ...
