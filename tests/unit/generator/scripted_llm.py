"""An LLM in this process that answers from a script."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from generator_service.llm.ask import Answer, Ask, Deliver, Part, Patience, Spend
from generator_service.llm.schema import strict_schema
from generator_service.llm.usage import Usage
from tests.unit.generator.answering import Answering, data_of

#: What one call costs.
COST = Usage(1, 100, 10)


@dataclass
class ScriptedLlm:
    """Gives a valid answer to every question, unless a script says otherwise."""

    #: (kind and part, 1-based number of the piece or 0 for all) → what happens in the next calls when that part is due.
    scripts: dict[tuple[str, int], list[Any]] = field(default_factory=lambda: defaultdict(list))
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    #: The adjustments of every answer.
    adjusted: tuple[str, ...] = ()
    running: int = 0
    max_running: int = 0

    def __post_init__(self) -> None:
        self._answering = Answering()

    def script(self, name: str, *steps: Any, number: int = 0) -> None:
        """Exceptions are raised, `Event`s awaited, functions called with the patience, and dicts returned."""
        self.scripts[name, number].extend(steps)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.asked]

    async def complete(self, ask: Ask, patience: Patience, spend: Spend, deliver: Deliver) -> None:
        data = data_of(list(ask.messages))
        self.asked.append((ask.name, data))
        self.running += 1
        self.max_running = max(self.running, self.max_running)
        try:
            for part in ask.parts:
                await asyncio.sleep(0)
                name = f"{data['kind']}_{part.key}"
                answer = await self._play(name, part, patience, data.get("number", 0))
                if part is ask.parts[-1]:
                    spend(COST)
                self.finished.append(name)
                deliver(part.key, Answer(part.schema.model_validate(answer), self.adjusted))
        except BaseException:
            spend(Usage(1))
            raise
        finally:
            self.running -= 1

    async def _play(self, name: str, part: Part, patience: Patience, number: int) -> Any:
        script = self.scripts[name, number] or self.scripts[name, 0]
        while script:
            match script.pop(0):
                case Exception() as error:
                    raise error
                case asyncio.Event() as event:
                    await event.wait()
                case dict() as answer:
                    return answer
                case step if isinstance(step, Callable):  # type: ignore[arg-type]
                    step(patience)
        return self._answering.fill(strict_schema(part.schema))


def names(*given: str) -> dict[str, Any]:
    """The answer to a names call."""
    return {"names": [{"name": name, "concept": f"the concept of {name}"} for name in given]}
