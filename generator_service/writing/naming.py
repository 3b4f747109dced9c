"""Finds a different name for each piece of a job."""

import types
import unicodedata
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Protocol

from pydantic import Field, create_model

from generator_service.kind import Named, Output

#: How many times to ask for several names together. After that, missing names are asked for one by one.
ROUNDS_TOGETHER = 2
#: How many single proposals may be rejected before the remaining names are given up.
MAX_REJECTED = 2

#: Letters that names in many languages start with, in no obvious order.
_INITIALS = "mbtrdsohnjgvwpfacikeluyzq"  # pragma: allowlist secret
#: Scripts in which a letter with a mark still reads as that letter. In others, marks are vowels or other sounds.
_SCRIPTS_WITH_ACCENTS = ("LATIN", "GREEK", "CYRILLIC")
#: Letters that Unicode does not decompose, with their plain spelling.
_PLAIN_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "ŋ": "n",
    }
)


class Propose(Protocol):
    """Asks for names."""

    async def __call__(self, count: int, taken: Sequence[str], initial: str | None = None) -> Sequence[Named]:
        """Proposals. There may be fewer or more than `count`.

        `initial`: the letter that the name must start with, if only one is asked for.
        """
        ...


async def distinct(propose: Propose, count: int, taken: Sequence[str]) -> AsyncGenerator[list[Named], None]:
    """Up to `count` proposals. No name is blank, is taken, or looks like another.

    Yields them as they arrive. May end with fewer than `count`. If a model keeps repeating one name, it is asked for
    the remaining ones one by one, each with an initial that no other name has.
    """
    names = list(taken)
    missing = count
    for _ in range(ROUNDS_TOGETHER):
        accepted = _accepted(await propose(missing, names), names, missing)
        missing -= len(accepted)
        yield accepted
        if not missing:
            return
    tried = ""
    rejected = 0
    while missing and rejected < MAX_REJECTED:
        initial = free_initial(names, tried)
        tried += initial
        accepted = _accepted(await propose(1, names, initial), names, 1)
        missing -= len(accepted)
        rejected += not accepted
        yield accepted


def _accepted(proposals: Sequence[Named], names: list[str], limit: int) -> list[Named]:
    """The first valid proposals; their names then count as taken."""
    accepted: list[Named] = []
    for proposal in proposals:
        if len(accepted) < limit and not is_taken(proposal.name, names):
            names.append(proposal.name)
            accepted.append(proposal)
    return accepted


def free_initial(names: Sequence[str], tried: str = "") -> str:
    """The letter that the fewest names start with, of those that were not `tried` before."""
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


def name_key(name: str) -> str:
    """Equal for names that look the same to a reader of their script: "Zoë  of Ys" and "zoe of ys". "" if blank."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(_distinguishing(letters)).translate(_PLAIN_LETTERS)


def _distinguishing(letters: str) -> Iterable[str]:
    base_has_accents = False
    for letter in letters:
        if unicodedata.category(letter).startswith("M"):
            if not base_has_accents:
                yield letter
        elif letter.isalnum():
            base_has_accents = unicodedata.name(letter, "").startswith(_SCRIPTS_WITH_ACCENTS)
            yield letter


def is_taken(name: str, taken: Iterable[str]) -> bool:
    """Whether a name is blank or looks like a taken one."""
    key = name_key(name)
    return not key or key in {name_key(other) for other in taken}
