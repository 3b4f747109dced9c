"""Settings: places where a session can be played."""

from generator_service.judging.standard import Words, prose
from generator_service.kind import CONCEPT, NAMED, Kind, Named, Output, Stage
from generator_service.text import Prose


class Landscape(Output):
    landscape: Prose


class Culture(Output):
    culture: Prose


class History(Output):
    history: Prose


class Economy(Output):
    economy: Prose


class Summary(Output):
    summary: Prose


_LANDSCAPE = Words(70, 110)
_CULTURE = Words(70, 110)
_HISTORY = Words(70, 110)
_ECONOMY = Words(60, 100)
_SUMMARY = Words(90, 130)

KIND = Kind(
    name="setting",
    plural="settings",
    description="summary",
    shared_calls=(("landscape", "culture"), ("history", "economy")),
    rule="Agree with the setting's concept.",
    stages=(
        Stage(
            key="name",
            message="Generated names...",
            together=True,
            output=Named,
            standard=NAMED,
            prompt=(
                "Propose as many settings as `count` says, each a place of a size that a party can cross in a day. "
                "Give each the name that the people there use, as worn down by use as real place names are. With "
                f"each name goes a concept: one line of {CONCEPT} that says what kind of place it is and what "
                "is wrong with it. Vary climate, wealth and how many people live there."
            ),
        ),
        Stage(
            key="landscape",
            message="Generated landscapes...",
            after=("name",),
            output=Landscape,
            standard=prose("landscape", _LANDSCAPE),
            prompt=(
                f"Describe the land of the setting in {_LANDSCAPE}, as somebody on foot meets it: "
                "ground, water, weather, light, what is heard at night. Name two landmarks that a map would show, "
                "and one danger of the terrain that locals know how to avoid and strangers do not."
            ),
        ),
        Stage(
            key="culture",
            message="Generated cultures...",
            after=("name",),
            output=Culture,
            standard=prose("culture", _CULTURE),
            prompt=(
                f"Describe how people live in the setting, in {_CULTURE}: a custom that strangers "
                "break by mistake, what is eaten and when, what is never said aloud, how a quarrel is settled, and "
                "who has no say. Show it in things that are done, not in adjectives."
            ),
        ),
        Stage(
            key="history",
            message="Generated histories...",
            after=("name",),
            output=History,
            standard=prose("history", _HISTORY),
            prompt=(
                f"Write the history of the setting in {_HISTORY}: how it began, the year nobody "
                "speaks of, and what of both can still be seen and touched. Tell what everybody believes happened, "
                "and hint at what did happen. Name one person who is dead and one who is old."
            ),
        ),
        Stage(
            key="economy",
            message="Generated economies...",
            after=("name",),
            output=Economy,
            standard=prose("economy", _ECONOMY),
            prompt=(
                f"Describe what the setting lives on, in {_ECONOMY}: what is dug, grown, made or "
                "guarded there, who buys it, what has become scarce of late, what is paid with, and who grows rich "
                "by it. Include one trade that is not legal and one job that the players could take today."
            ),
        ),
        Stage(
            key="summary",
            message="Generated summaries...",
            after=("landscape", "culture", "history", "economy"),
            output=Summary,
            standard=prose("summary", _SUMMARY),
            prompt=(
                f"Sum up the setting for a game master in {_SUMMARY} that can be read out: open with "
                "what the players see, hear and smell as they arrive, then say what keeps the place in tension now, "
                "using what is written of landscape, culture, history and economy without repeating its sentences. "
                "End with something that is about to happen."
            ),
        ),
    ),
)
