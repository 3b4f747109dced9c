"""Finds a different name for each piece of a job."""

import types
from collections.abc import AsyncGenerator, Iterable, Sequence
from functools import lru_cache
from typing import Protocol

from pydantic import Field, create_model

from generator_service.error import LoreError
from generator_service.judging.name import name_key
from generator_service.judging.script import main_script
from generator_service.judging.weakness import Weakness
from generator_service.kind import Named, Output
from generator_service.llm.ask import Answer

#: How many times to ask for several names together. After that, missing names are asked for one by one.
ROUNDS_TOGETHER = 2
#: How many single proposals may be rejected before the remaining names are given up.
MAX_REJECTED = 2

#: Letters that names in many languages start with, in no obvious order.
_INITIALS = "mbtrdsohnjgvwpfacikeluyzq"  # pragma: allowlist secret


class Propose(Protocol):
    """Asks for names."""

    async def __call__(
        self, count: int, taken: Sequence[str], rejected: Sequence[Answer], initial: str | None = None
    ) -> Sequence[Named]:
        """Proposals. There may be fewer or more than `count`.

        `rejected`: earlier proposals that are weak. `initial`: what the name's first letter is, in words, if only one
        is asked for: see `free_initial`.
        """
        ...


class Judge(Protocol):
    """Judges a proposal."""

    def __call__(self, proposal: Named, taken: Sequence[str], others: Sequence[Named]) -> Sequence[Weakness]:
        """What is wrong with it. `taken`: names that are taken. `others`: proposals that were accepted before."""
        ...


async def distinct(
    propose: Propose, count: int, taken: Sequence[str], judge: Judge
) -> AsyncGenerator[list[Answer], None]:
    """Up to `count` proposals. No name is blank or taken.

    Yields them as they arrive. May end with fewer than `count`. If a model keeps repeating one name, it is asked for
    the remaining ones one by one, each with an initial that no other name has. Better proposals are asked for once in
    place of weak ones. If none come, the weak ones are used.

    Raises what `propose` raises, unless weak proposals suffice. Those that there are have been yielded before.
    """
    choice = _Choice(list(taken), judge)
    missing = count
    for _ in range(ROUNDS_TOGETHER):
        try:
            proposals = await propose(missing, choice.names, choice.weak)
        except LoreError:
            spare = choice.spare(missing)
            yield spare
            if len(spare) < missing:
                raise
            return
        accepted = choice.best_of(proposals, missing)
        missing -= len(accepted)
        yield accepted
        if not missing:
            return
    if spare := choice.spare(missing):
        missing -= len(spare)
        yield spare
    tried = ""
    rejected = 0
    while missing and rejected < MAX_REJECTED:
        initial = free_initial(choice.names, tried)
        tried += initial
        accepted = choice.best_of(await propose(1, choice.names, (), initial), 1) or choice.spare(1)
        missing -= len(accepted)
        rejected += not accepted
        yield accepted


class _Choice:
    """Chooses among proposals. Keeps the weak ones in reserve."""

    def __init__(self, names: list[str], judge: Judge) -> None:
        """`names` are taken."""
        #: Every name that must not be proposed again.
        self.names = names
        self.weak: list[Answer] = []
        self._judge = judge
        self._accepted: list[Named] = []

    def best_of(self, proposals: Sequence[Named], limit: int) -> list[Answer]:
        """The first good proposals; their names then count as taken, and so do those of weak ones."""
        accepted: list[Answer] = []
        for proposal in proposals:
            if len(accepted) == limit or is_taken(proposal.name, self.names):
                continue
            weaknesses = self._judge(proposal, self.names, self._accepted)
            if weaknesses:
                self.weak.append(Answer(proposal, weaknesses=weaknesses))
            else:
                accepted.append(Answer(proposal))
                self._accepted.append(proposal)
            self.names.append(proposal.name)
        return accepted

    def spare(self, limit: int) -> list[Answer]:
        """Weak proposals, those with the fewest weaknesses first. Each is returned once."""
        self.weak.sort(key=lambda answer: answer.fault_count)
        taken, self.weak = self.weak[:limit], self.weak[limit:]
        return taken


def free_initial(names: Sequence[str], tried: str = "") -> str:
    """What the first letter of the next name is, in words that follow "is".

    For names in Latin script, the letter that the fewest names start with, of those that were not `tried` before. Other
    scripts have too many letters, or letters of very different frequency, so the letters in use are excluded: "none of
    these: म, र".
    """
    if main_script("".join(names)) not in ("", "LATIN"):
        return f"none of these: {', '.join(dict.fromkeys(name[:1] for name in names if name))}"
    used = [key[:1] for name in names if (key := name_key(name))]
    letters = [letter for letter in _INITIALS if letter not in tried.casefold()] or list(_INITIALS)
    return min(letters, key=used.count).upper()


@lru_cache(maxsize=256)
def batch_schema(output: type[Output], field: str, count: int) -> type[Output]:
    """The form of an answer with one stage of `count` pieces: {field: [output, ...]}.

    It asks for `count` but accepts any number: missing ones are asked for again, and extra ones are ignored.
    """
    items = types.GenericAlias(list, (output,))
    wanted = Field(min_length=1, json_schema_extra={"minItems": count, "maxItems": count})
    return create_model("Batch", __base__=Output, **{field: (items, wanted)})  # type: ignore[call-overload, no-any-return]


def is_taken(name: str, taken: Iterable[str]) -> bool:
    """Whether a name is blank or looks like a taken one."""
    key = name_key(name)
    return not key or key in {name_key(other) for other in taken}
