"""Factions: groups that want something and can be dealt with."""

from generator_service.judging.standard import Words, prose
from generator_service.kind import CONCEPT, NAMED, Kind, Named, Output, Stage
from generator_service.text import Prose


class Ideology(Output):
    ideology: Prose


class Appearance(Output):
    appearance: Prose


class Summary(Output):
    summary: Prose


_IDEOLOGY = Words(70, 110)
_APPEARANCE = Words(60, 90)
_SUMMARY = Words(90, 130)

KIND = Kind(
    name="faction",
    plural="factions",
    description="summary",
    shared_calls=(("ideology", "appearance", "summary"),),
    rule="Agree with the faction's concept.",
    stages=(
        Stage(
            key="name",
            message="Generated names...",
            together=True,
            output=Named,
            standard=NAMED,
            prompt=(
                "Propose as many factions as `count` says. Give each the name its members use among themselves, "
                "taken from a trade, a debt, a place or a deed and not from a colour and an animal. With each name "
                f"goes a concept: one line of {CONCEPT} that says who they are, what they want, and what "
                "stands in their way. Vary size, wealth and lawfulness; where there are several, let two of them want "
                "the same thing for different reasons."
            ),
        ),
        Stage(
            key="ideology",
            message="Generated ideologies...",
            after=("name",),
            output=Ideology,
            standard=prose("ideology", _IDEOLOGY),
            prompt=(
                f"Write what the faction believes, in {_IDEOLOGY}: the grievance it began with, the "
                "rule no member breaks, the thing they would do that others call a crime, and the point on which "
                "they quarrel among themselves. It must be a belief that a decent person could hold."
            ),
        ),
        Stage(
            key="appearance",
            message="Generated appearances...",
            after=("ideology",),
            output=Appearance,
            standard=prose("appearance", _APPEARANCE),
            prompt=(
                f"Describe how the faction shows itself, in {_APPEARANCE}: how a member is known by "
                "dress, tool or gesture, what their mark looks like and where it is found, how their meeting place "
                "smells and sounds, and the sign that is meant for members alone. Each should follow from what they "
                "believe."
            ),
        ),
        Stage(
            key="summary",
            message="Generated summaries...",
            after=("ideology",),
            output=Summary,
            standard=prose("summary", _SUMMARY),
            prompt=(
                f"Sum up the faction for a game master in {_SUMMARY}: who leads it, by name, what it "
                "is doing this very week, what it offers those who help and does to those who hinder, whom it must "
                "not offend, and one secret that would break it. End with a way in which the players run into it."
            ),
        ),
    ),
)
