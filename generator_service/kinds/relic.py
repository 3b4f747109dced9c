"""Relics: things that people would kill for."""

from generator_service.judging.standard import Words, prose
from generator_service.kind import CONCEPT, NAMED, Kind, Named, Output, Stage
from generator_service.text import Prose


class Description(Output):
    description: Prose


class History(Output):
    history: Prose


_DESCRIPTION = Words(90, 130)
_HISTORY = Words(90, 130)

KIND = Kind(
    name="relic",
    plural="relics",
    shared_calls=(("description", "history"),),
    rule="Agree with the relic's concept.",
    stages=(
        Stage(
            key="name",
            message="Generated names...",
            together=True,
            output=Named,
            standard=NAMED,
            prompt=(
                "Propose as many relics as `count` says. Give each the name that those who seek it use. With each "
                f"name goes a concept: one line of {CONCEPT} that says what the thing is, what it does, and "
                "what that costs. Everyday things are better than weapons and crowns; at most one of them may be a "
                "weapon. Vary size, material and how dangerous it is to own."
            ),
        ),
        Stage(
            key="description",
            message="Generated descriptions...",
            after=("name",),
            output=Description,
            standard=prose("description", _DESCRIPTION),
            prompt=(
                f"Describe the relic in {_DESCRIPTION}: how it looks, weighs, smells and feels in the "
                "hand, the damage it has, what it does in words that a game master can rule by, what it takes from "
                "the user each time, and the condition under which it does nothing at all."
            ),
        ),
        Stage(
            key="history",
            message="Generated histories...",
            after=("description",),
            output=History,
            standard=prose("history", _HISTORY, context=("setting", "event")),
            prompt=(
                f"Write the relic's history in {_HISTORY}: who made it, for whom, and what went "
                "wrong with that; two owners since, by name, and how each lost it; where it is now, and who believes "
                "it is theirs. Explain the damage. Tie it to the setting and the event of `context` where they are "
                "given."
            ),
        ),
    ),
)
