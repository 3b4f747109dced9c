"""Events: things that happened, or are happening, and that people have to live with."""

from generator_service.judging.standard import Words, prose
from generator_service.kind import CONCEPT, NAMED, Kind, Named, Output, Stage
from generator_service.text import Prose


class Description(Output):
    description: Prose


class Impact(Output):
    impact: Prose


_DESCRIPTION = Words(110, 160)
_IMPACT = Words(80, 120)

KIND = Kind(
    name="event",
    plural="events",
    shared_calls=(("description", "impact"),),
    stages=(
        Stage(
            key="name",
            message="Generated names...",
            together=True,
            output=Named,
            standard=NAMED,
            prompt=(
                "Propose as many events as `count` says. Give each the name by which people there will remember it, "
                f"as plain and odd as such names are. With each name goes a concept: one line of {CONCEPT} "
                "that says what happened, and to whom. Vary their scale, from one household to a whole country, and "
                "their cause; at most one of them may be a battle."
            ),
        ),
        Stage(
            key="description",
            message="Generated descriptions...",
            after=("name",),
            output=Description,
            standard=prose("description", _DESCRIPTION, context=("setting",)),
            prompt=(
                f"Tell the event in {_DESCRIPTION}, in the order in which a witness would tell it: the "
                "first sign that something was off, the moment nobody could stop it, and what was left in the "
                "morning. Name two people who were there and want different things from the telling. Leave one fact "
                "out that the players can find. If a setting is given in `context`, it happens there."
            ),
        ),
        Stage(
            key="impact",
            message="Generated impacts...",
            after=("description",),
            output=Impact,
            standard=prose("impact", _IMPACT),
            prompt=(
                f"Describe what came of the event, in {_IMPACT}: who gained by it, who lost, what "
                "can no longer be bought, said or crossed, which law or habit is new, and what is still going on "
                "because of it. End with two choices it now forces on somebody, neither of them good."
            ),
        ),
    ),
)
