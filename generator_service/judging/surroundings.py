"""What a text is judged against: its piece, the other pieces, and the words of the caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from foundation.json_value import Json


class Identify(Protocol):
    """Finds out which language a text is in."""

    def __call__(self, text: str) -> Sequence[tuple[str, float]]:
        """The languages that it may be in, as ISO 639 code and probability from 0 to 1, the most probable first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything is optional. A rule does not apply if what it needs is missing."""

    #: The fields of the piece that are already written.
    piece: Mapping[str, Json] = field(default_factory=dict)
    #: The fields of the other pieces of the job.
    others: Sequence[Mapping[str, Json]] = ()
    #: Role in the context, such as "setting" → name of the piece.
    context: Mapping[str, str] = field(default_factory=dict)
    #: Every text of the caller: theme, tone, premise, title, names to avoid, context. Its words may be used even if
    #: they are forbidden otherwise.
    given: Sequence[str] = ()
    #: Names that are taken.
    taken: Sequence[str] = ()
    #: BCP 47 tag of the language asked for, such as "pt-BR".
    language: str | None = None
    #: It must know that language.
    identify: Identify | None = None
