"""Relics: things that people would kill for."""

from generator_service.kind import Kind, Named, Output, Stage
from generator_service.text import Prose


class Description(Output):
    description: Prose


class History(Output):
    history: Prose


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
            prompt=(
                "Propose as many relics as `count` says. Give each the name that those who seek it use. With each "
                "name goes a concept: one line of at most 20 words that says what the thing is, what it does, and "
                "what that costs. Everyday things are better than weapons and crowns; at most one of them may be a "
                "weapon. Vary size, material and how dangerous it is to own."
            ),
        ),
        Stage(
            key="description",
            message="Generated descriptions...",
            after=("name",),
            output=Description,
            prompt=(
                "Describe the relic in 90 to 130 words: how it looks, weighs, smells and feels in the "
                "hand, the damage it has, what it does in words that a game master can rule by, what it takes from "
                "the user each time, and the condition under which it does nothing at all."
            ),
        ),
        Stage(
            key="history",
            message="Generated histories...",
            after=("description",),
            output=History,
            prompt=(
                "Write the relic's history in 90 to 130 words: who made it, for whom, and what went "
                "wrong with that; two owners since, by name, and how each lost it; where it is now, and who believes "
                "it is theirs. Explain the damage. Tie it to the setting and the event of `context` where they are "
                "given."
            ),
        ),
    ),
)
