"""A question to the LLM, its answer, how long that may take, and the interface that answers."""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypedDict, TypeVar

from pydantic import BaseModel

from generator_service.llm.usage import Usage

M = TypeVar("M", bound=BaseModel)

#: Seconds on a clock that only goes forward: `time.monotonic`, or a fake one in tests.
Clock = Callable[[], float]
#: Waits this many seconds: `asyncio.sleep`, or a fake in tests.
Sleep = Callable[[float], Awaitable[None]]
#: Called with the cost of each call when it is over, even if it failed.
Spend = Callable[[Usage], None]


class Message(TypedDict):
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Ask(Generic[M]):
    """One question, and the form of its answer."""

    #: Name of the form, such as "character_backstory".
    name: str
    schema: type[M]
    #: A system message and a user message.
    messages: Sequence[Message]
    #: The longest single text that the prompt asks for, in words; None if it does not say.
    max_words: int | None = None


@dataclass(frozen=True, slots=True)
class Answer(Generic[M]):
    """A checked answer."""

    output: M
    #: What was changed in it, as sentences: "health was 160, out of range, and was set to 150."
    adjusted: Sequence[str] = ()


def _ignore_delay(_delay_s: float) -> None:
    return None


def _ignore() -> None:
    return None


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an answer may take, and callbacks for waits."""

    #: On the client's clock. No wait starts that would end later.
    deadline_at: float = math.inf
    #: Called with the seconds of each wait before it begins: a pause that the provider asks for, or a backoff.
    on_wait: Callable[[float], None] = _ignore_delay
    #: Called when a server takes a long time to answer and may be loading the model.
    on_loading: Callable[[], None] = field(default=_ignore)
    #: Whether to ask again after an unusable answer.
    may_repair: Callable[[], bool] = field(default=_always)


class Llm(Protocol):
    """Answers questions."""

    async def complete(self, ask: Ask[M], patience: Patience, spend: Spend) -> Answer[M]:
        """The answer, checked against `ask.schema`.

        Raises `ProviderError` if no answer came and `AnswerError` if the answer is unusable. Cancelling the call closes
        the connection.
        """
        ...
