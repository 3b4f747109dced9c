"""Finds a different name for each piece of a job."""

import types
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import Field, create_model

from generator_service.judging.forbidden_word import forbidden_names
from generator_service.judging.name import name_key, similar
from generator_service.judging.script import main_script
from generator_service.kind import Named, Output

#: How many times to ask for several names together. After that, missing names are asked for one by one.
ROUNDS_TOGETHER = 2
#: How many single proposals may be rejected before the remaining names are given up.
MAX_REJECTED = 2

#: Letters that names in many languages start with, in no obvious order.
_INITIALS = "mbtrdsohnjgvwpfacikeluyzq"  # pragma: allowlist secret


class Propose(Protocol):
    """Asks for names."""

    async def __call__(self, count: int, taken: Sequence[str], initial: str | None = None) -> Sequence[Named]:
        """Proposals. There may be fewer or more than `count`.

        `initial`: what the name's first letter is, in words, if only one is asked for: see `free_initial`.
        """
        ...


@dataclass(frozen=True, slots=True)
class NameRules:
    """What makes a name good, besides that it is not taken."""

    #: The same first name is enough to confuse two people.
    of_people: bool = False
    #: The caller's texts. A name in them may be used even if it is forbidden otherwise.
    given: Sequence[str] = ()


_NO_RULES = NameRules()


async def distinct(
    propose: Propose, count: int, taken: Sequence[str], rules: NameRules = _NO_RULES
) -> AsyncGenerator[list[Named], None]:
    """Up to `count` proposals. No name is blank, is taken, or looks like another.

    Yields them as they arrive. May end with fewer than `count`. If a model keeps repeating one name, it is asked for
    the remaining ones one by one, each with an initial that no other name has. Names that are forbidden or easily
    confused are asked for once more too; if nothing better comes, they are taken.
    """
    choice = _Choice(list(taken), rules)
    missing = count
    for _ in range(ROUNDS_TOGETHER):
        accepted = choice.best_of(await propose(missing, choice.names), missing)
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
        accepted = choice.best_of(await propose(1, choice.names, initial), 1) or choice.spare(1)
        missing -= len(accepted)
        rejected += not accepted
        yield accepted


class _Choice:
    """Chooses among proposals. Keeps those with weak names in reserve."""

    def __init__(self, names: list[str], rules: NameRules) -> None:
        """`names` are taken."""
        #: Every name that must not be proposed again.
        self.names = names
        self._rules = rules
        self._weak: list[Named] = []

    def best_of(self, proposals: Sequence[Named], limit: int) -> list[Named]:
        """The first good proposals; their names then count as taken, and so do weak names."""
        accepted: list[Named] = []
        for proposal in proposals:
            if len(accepted) == limit or is_taken(proposal.name, self.names):
                continue
            is_weak = not is_good(proposal.name, self.names, self._rules)
            (self._weak if is_weak else accepted).append(proposal)
            self.names.append(proposal.name)
        return accepted

    def spare(self, limit: int) -> list[Named]:
        """Proposals with weak names. Each is returned once."""
        taken, self._weak = self._weak[:limit], self._weak[limit:]
        return taken


def free_initial(names: Sequence[str], tried: str = "") -> str:
    """What the first letter of the next name is, in words that follow "is".

    For names in Latin script, the letter that the fewest names start with, of those that were not `tried` before. The
    letters of other scripts are too many or too unequal in use, so the ones that are in use are excluded: "none of
    these: म, र".
    """
    if main_script("".join(names)) not in ("", "LATIN"):
        return f"none of these: {', '.join(dict.fromkeys(name[:1] for name in names if name))}"
    used = [key[:1] for name in names if (key := name_key(name))]
    letters = [letter for letter in _INITIALS if letter not in tried.casefold()] or list(_INITIALS)
    return min(letters, key=used.count).upper()


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


def is_good(name: str, taken: Iterable[str], rules: NameRules) -> bool:
    """Whether a reader cannot take the name for a taken one, and it is not forbidden."""
    return not forbidden_names(name, rules.given) and not any(
        similar(name, other, of_people=rules.of_people) for other in taken
    )
