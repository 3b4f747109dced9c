"""Names for all pieces of a job, so that no two are alike."""

import types
import unicodedata
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Any, Protocol

from pydantic import Field, create_model

from generator_service.kind import Output

#: How often several names are asked for together; those that are missing then are asked for one by one.
ROUNDS_TOGETHER = 2

#: Letters that names of many peoples begin with, in an order that shows no pattern.
_INITIALS = "mbtrdsohnjgvwpfacikeluyzq"
#: Scripts in which a letter with a mark is still read as that letter. Elsewhere marks are vowels or other sounds.
_SCRIPTS_WITH_ACCENTS = ("LATIN", "GREEK", "CYRILLIC")
#: Letters that Unicode does not decompose, as they are written without them.
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

    async def __call__(self, count: int, taken: Sequence[str], initial: str | None = None) -> Sequence[Any]:
        """Proposals, each with a `name`; there may be fewer or more than `count`.

        `initial`: the letter that the name must begin with, for one that is asked for alone.
        """
        ...


async def distinct(propose: Propose, count: int, taken: Sequence[str]) -> AsyncGenerator[list[Any], None]:
    """Up to `count` proposals whose names are neither blank, nor taken, nor alike.

    Yields them as soon as they are there. May end before there are `count`. A model that gives one name again and
    again is asked for the last ones one by one, each with an initial that no other name has.
    """
    names = list(taken)
    missing = count
    for _ in range(ROUNDS_TOGETHER):
        accepted = _accepted(await propose(missing, names), names, missing)
        missing -= len(accepted)
        yield accepted
        if not missing:
            return
    for _ in range(missing):
        yield _accepted(await propose(1, names, free_initial(names)), names, 1)


def _accepted(proposals: Sequence[Any], names: list[str], most: int) -> list[Any]:
    """The first proposals that are good; their names are then taken."""
    accepted: list[Any] = []
    for proposal in proposals:
        if len(accepted) < most and not is_taken(proposal.name, names):
            names.append(proposal.name)
            accepted.append(proposal)
    return accepted


def free_initial(names: Sequence[str]) -> str:
    """A letter that none of the names begins with, or that few do."""
    used = [key[:1] for name in names if (key := name_key(name))]
    return min(_INITIALS, key=used.count).upper()


def batch_schema(output: type[Output], field: str, count: int) -> type[Output]:
    """The form of a call that writes a stage for `count` pieces: {field: [output, ...]}.

    `count` are asked for. Any number is read: too few are asked for again, and too many do no harm.
    """
    items = types.GenericAlias(list, (output,))
    wanted = Field(min_length=1, json_schema_extra={"minItems": count, "maxItems": count})
    return create_model("Batch", __base__=Output, **{field: (items, wanted)})  # type: ignore[call-overload, no-any-return]


def name_key(name: str) -> str:
    """Equal for names that a reader of their script takes for the same: "Zoë  of Ys" and "zoe of ys". "" if blank."""
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
    """Whether a name is blank, or too like one of those taken."""
    key = name_key(name)
    return not key or key in {name_key(other) for other in taken}
