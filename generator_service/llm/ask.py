"""A question to the LLM, its answer, how long that may take, and the interface that answers."""

import math
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypedDict

from pydantic import BaseModel

from generator_service.judging.weakness import Weakness
from generator_service.llm.usage import Usage

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
class Review:
    """What is wrong with the text of a part."""

    #: What the model should fix.
    to_fix: Sequence[Weakness] = ()
    #: What the model would not fix if it were asked.
    to_accept: Sequence[Weakness] = ()


#: Judges the text of a part. It is called for each version, with the other parts of the answer, by key.
ReviewText = Callable[[BaseModel, Mapping[str, BaseModel]], Review]


def no_faults(_output: BaseModel, _others: Mapping[str, BaseModel]) -> Review:
    return Review()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer."""

    #: Such as "backstory".
    key: str
    schema: type[BaseModel]
    #: The longest single text that the prompt asks for, in words; None if it does not say.
    max_words: int | None = None
    review: ReviewText = field(default=no_faults, compare=False)
    #: Whether the part fails if its text is still weak after it was asked for again. If not, it is taken as it is.
    is_strict: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One question, and the parts of its answer, in order.

    An answer with one part has the form of that part. An answer with several is an object with a field for each part.
    """

    #: Name of the form, such as "character_backstory".
    name: str
    parts: tuple[Part, ...]
    #: A system message and a user message.
    messages: Sequence[Message]
    #: The question for the other parts, once the parts with these keys are delivered. None if there is only one part.
    rest: "Callable[[Collection[str]], Ask] | None" = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked part of an answer."""

    output: BaseModel
    #: What was changed in it, as sentences: "health was 160, out of range, and was set to 150."
    adjusted: Sequence[str] = ()
    #: What is wrong with its text.
    weaknesses: Sequence[Weakness] = ()

    @property
    def fault_count(self) -> int:
        return len(self.adjusted) + len(self.weaknesses)


#: Called with the key of each part, and the part, as soon as it is whole.
Deliver = Callable[[str, Answer], None]


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

    async def complete(self, ask: Ask, patience: Patience, spend: Spend, deliver: Deliver) -> None:
        """Deliver every part of the answer once, checked against its schema.

        A part may be delivered while the next ones are still being written. Its cost is then reported later.

        Raises `ProviderError` if no answer came and `AnswerError` if a part is unusable. The other parts may have been
        delivered before. Cancelling the call closes the connection.
        """
        ...
