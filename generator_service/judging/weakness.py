"""What is wrong with a text that was written, by rule."""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """The codes stand in logs, metrics and reports."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    #: The text ends in the middle of a sentence.
    UNFINISHED = "unfinished"
    #: A text contains a passage twice, or entries of a list say the same.
    REPEATS_ITSELF = "repeats_itself"
    #: A passage also stands in another field of the piece.
    REPEATS_OTHER_FIELD = "repeats_other_field"
    #: A passage also stands in another piece of the job.
    REPEATS_OTHER_PIECE = "repeats_other_piece"
    #: A rewrite is the same as the old version, or keeps a passage of it though it should be new.
    UNCHANGED = "unchanged"
    FORBIDDEN_NAME = "forbidden_name"
    FORBIDDEN_PHRASE = "forbidden_phrase"
    #: A web address, markup, a placeholder, or the model's words about its answer.
    NOT_PLAIN = "not_plain"
    #: A name that a reader may mistake for one that is taken.
    SIMILAR_NAME = "similar_name"
    #: A piece of the context that must be used is not named.
    IGNORES_CONTEXT = "ignores_context"
    WRONG_LANGUAGE = "wrong_language"


@dataclass(frozen=True, slots=True)
class Weakness:
    """One rule that one field breaks."""

    rule: Rule
    #: Such as "flaw.description" or "traits[1]" (0-based). "" if it is about the whole output.
    field: str
    #: What to write instead, as a sentence for the model.
    for_model: str
    #: What is wrong, as a sentence for the user. It quotes at most a few words of what was written.
    for_user: str
