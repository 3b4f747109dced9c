"""Characters: people with a face, a past, and numbers to play them by."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from generator_service.judging.standard import Standard, Words, prose
from generator_service.kind import CONCEPT, NAMED, Kind, Named, Output, Stage
from generator_service.text import Name, Phrase, Prose

Score = Annotated[int, Field(ge=8, le=18)]


class Appearance(Output):
    appearance: Prose


class Backstory(Output):
    backstory: Prose


class Flaw(Output):
    name: Name
    description: Phrase


class Traits(Output):
    traits: Annotated[list[Phrase], Field(min_length=3, max_length=3)]
    flaw: Flaw


class Skills(Output):
    skills: Annotated[list[Phrase], Field(min_length=3, max_length=5)]


class Stats(Output):
    health: Annotated[int, Field(ge=50, le=150)]
    stress: Annotated[int, Field(ge=0, le=50)]
    knowledge: Score
    empathy: Score
    resilience: Score
    creativity: Score
    influence: Score
    perception: Score


_APPEARANCE = Words(50, 80)
_BACKSTORY = Words(110, 160)
_TRAIT = Words(0, 15)
_FLAW_NAME = Words(2, 4)
_FLAW = Words(10, 40)
_SKILL = Words(0, 12)

KIND = Kind(
    name="character",
    plural="characters",
    description="backstory",
    shared_calls=(("appearance", "backstory"), ("traits", "skills", "stats")),
    rule="Agree with the character's concept, in age and pronouns too.",
    stages=(
        Stage(
            key="name",
            message="Generated names...",
            together=True,
            output=Named,
            standard=replace(NAMED, of_people=True),
            prompt=(
                "Propose as many characters as `count` says. Give each a full name that belongs to the theme's "
                "people and trades, with sounds that a game master can say without a stumble; no two may start with "
                f"the same letter. With each name goes a concept: one line of {CONCEPT} that says what the "
                "person does for a living and the one thing about them that does not add up, and settles by its words "
                "whether they are she, he or they, and about how old. Vary age, rank, trade and temper; at most one of "
                "them may be a fighter."
            ),
        ),
        Stage(
            key="appearance",
            message="Generated appearances...",
            after=("name",),
            output=Appearance,
            standard=prose("appearance", _APPEARANCE),
            prompt=(
                f"Describe how the character looks when the players first meet them, in {_APPEARANCE}. Begin with "
                "what is noticed from across a room, end with what is noticed only up close. Show hands, clothing, "
                "gait or voice, one thing they carry everywhere, and one mark that asks to be explained. Eye and hair "
                "colour only where they matter."
            ),
        ),
        Stage(
            key="backstory",
            message="Generated backstories...",
            after=("name",),
            output=Backstory,
            standard=prose("backstory", _BACKSTORY),
            prompt=(
                f"Write the character's past in {_BACKSTORY}: where they come from, the one decision that they "
                "cannot take back, who still pays for it, and why they are here now. Name at least one other person "
                "and one place. Hide one secret in it that the players can find out, and end on something that is "
                "still open, so that a game master can start a scene with it tonight."
            ),
        ),
        Stage(
            key="traits",
            message="Generated traits...",
            after=("name",),
            output=Traits,
            standard=Standard(
                lengths={"traits[]": _TRAIT, "flaw.name": _FLAW_NAME, "flaw.description": _FLAW},
                sentences=("flaw.description",),
                names=("flaw.name",),
                distinct_entries=("traits[]",),
            ),
            prompt=(
                "Give the character exactly three traits and one flaw. A trait is a habit that can be "
                f'acted out at the table, {_TRAIT} ("counts the exits of every room aloud"), never a mere '
                f"adjective; the three must pull in different directions. The flaw has a name of {_FLAW_NAME} "
                f"and a description of one or two sentences, {_FLAW}: what sets it off, and what it has cost them."
            ),
        ),
        Stage(
            key="skills",
            message="Generated skills...",
            after=("traits",),
            output=Skills,
            standard=Standard(lengths={"skills[]": _SKILL}, distinct_entries=("skills[]",)),
            prompt=(
                "Give the character three to five skills that follow from concept and traits. Each is a thing they "
                f"can do in a scene, in {_SKILL}, concrete enough that a player asks for it by name; one of "
                "them is odd, and one is better than they let on."
            ),
        ),
        Stage(
            key="stats",
            message="Generated stats...",
            after=("traits",),
            output=Stats,
            nested=True,
            prompt=(
                "Put the character into numbers that follow from concept, traits and flaw. An ordinary person has "
                "health 100, stress 10, and 10 for everything else. Make at least one of the others 15 or more, and "
                "at least one 9 or less."
            ),
        ),
    ),
)
