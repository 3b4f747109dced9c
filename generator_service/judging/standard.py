"""What a stage requires of its text, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

#: A text is too short below this share of the shortest length asked for, and too long above this share of the longest.
#: Good models miss a requested length by up to a third, and languages need from 0.6 to 1.3 times as many words as
#: English. A text beyond these limits is another kind of text: a label, or a runaway.
SHORTEST_SHARE = 0.5
LONGEST_SHARE = 1.6
#: If the prompt gives only a maximum, the minimum is this share of it: a trait of at most 15 words has 2 or more.
_LEAST_OF_MOST = 0.15


@dataclass(frozen=True, slots=True)
class Words:
    """A length in words. As text, the words in which a prompt asks for it."""

    #: 0 if the prompt asks only for `most`.
    least: int
    most: int

    def __str__(self) -> str:
        return f"{self.least} to {self.most} words" if self.least else f"at most {self.most} words"

    @property
    def allowed(self) -> str:
        """As text for those who broke it, always with a shortest length."""
        return f"{self.least or self.floor} to {self.most} words"

    @property
    def floor(self) -> int:
        """A shorter text is judged too short."""
        return max(1, int(self.least * SHORTEST_SHARE if self.least else self.most * _LEAST_OF_MOST))

    @property
    def ceiling(self) -> int:
        """A longer text is judged too long."""
        return int(self.most * LONGEST_SHARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """The rules that the text of a stage must keep.

    Fields are named by path: "backstory", "flaw.description", "traits[]" (each entry). Rules on plain text, forbidden
    words, repetition and language apply to every text.
    """

    lengths: Mapping[str, Words] = field(default_factory=dict)
    #: Fields that must end with a finished sentence.
    sentences: tuple[str, ...] = ()
    #: Fields that are names or titles. Their language is not judged.
    names: tuple[str, ...] = ()
    #: The names are of people: the same first name counts as similar.
    of_people: bool = False
    #: Lists whose entries must differ.
    distinct_entries: tuple[str, ...] = ()
    #: Roles of the context, such as "setting", whose pieces must be named; "all" for every piece, "any" for at least
    #: one.
    context: tuple[str, ...] | Literal["all", "any"] = ()
    #: What happens to a text that is still weak after it was asked for again: it is taken with a warning, or the
    #: stage fails.
    on_weak: Literal["warn", "fail"] = "warn"

    @property
    def fields(self) -> frozenset[str]:
        """Every field that it names."""
        return frozenset((*self.lengths, *self.sentences, *self.names, *self.distinct_entries))

    @property
    def max_words(self) -> int | None:
        """The longest text that it asks for. None if it limits no text."""
        return max((words.most for words in self.lengths.values()), default=None)


def prose(field: str, words: Words, *, context: tuple[str, ...] = ()) -> Standard:
    """The standard of a stage that writes one text of whole sentences."""
    return Standard(lengths={field: words}, sentences=(field,), context=context)
