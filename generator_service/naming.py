"""Names for all pieces of a job, so that no two are alike."""

import types
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any

from pydantic import Field, create_model

from generator_service.kind import Output
from generator_service.text import is_taken

#: The first proposal, and how often the missing names are asked for again.
MAX_ROUNDS = 3

#: propose(count, names that are taken) → proposals, each with a `name`.
Propose = Callable[[int, Sequence[str]], Awaitable[Sequence[Any]]]


async def distinct(propose: Propose, count: int, taken: Sequence[str]) -> AsyncGenerator[list[Any], None]:
    """Up to `count` proposals whose names are neither blank, nor taken, nor alike.

    Yields those of each round as soon as they are there. May end before there are `count`.
    """
    names = list(taken)
    for _ in range(MAX_ROUNDS):
        proposals = await propose(count, names)
        accepted = []
        for proposal in proposals[:count]:
            if not is_taken(proposal.name, names):
                names.append(proposal.name)
                accepted.append(proposal)
        count -= len(accepted)
        yield accepted
        if not count:
            return


def batch_schema(output: type[Output], field: str, count: int) -> type[Output]:
    """The form of a call that writes a stage for `count` pieces: {field: [output, ...]}."""
    items = types.GenericAlias(list, (output,))
    limits = Field(min_length=count, max_length=count)
    return create_model("Batch", __base__=Output, **{field: (items, limits)})  # type: ignore[call-overload, no-any-return]
