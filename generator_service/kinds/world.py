"""Worlds: a story that ties chosen pieces together, and a quest that follows from it."""

from typing import Annotated, Literal

from pydantic import Field

from foundation.json_value import Json
from generator_service.judging.standard import Standard, Words
from generator_service.kind import Kind, Output, Piece, Stage
from generator_service.params import Line, Params
from generator_service.text import Name, Paragraph, Prose


class WorldParams(Params):
    count: Literal[1] = 1
    #: The story's title, if the caller has chosen one.
    title: Line | None = None


class Story(Output):
    title: Name
    paragraphs: Annotated[list[Paragraph], Field(min_length=2, max_length=3)]

    def as_details(self) -> dict[str, Json]:
        """The paragraphs as one text, separated by empty lines."""
        return {"title": self.title, "story": "\n\n".join(self.paragraphs)}

    @classmethod
    def detail_names(cls) -> dict[str, str]:
        return {"title": "title", "paragraphs": "story"}


class Quest(Output):
    title: Name
    description: Prose


def _keep_chosen_title(story: Output, params: Params) -> Output:
    if isinstance(params, WorldParams) and params.title:
        return story.model_copy(update={"title": params.title})
    return story


def _document(piece: Piece) -> dict[str, Json]:
    return {
        "language": piece["language"],
        "title": piece["name"],
        "story": piece["description"],
        "quest": piece["details"]["quest"],
    }


_TITLE = Words(2, 6)
_PARAGRAPH = Words(90, 140)
_QUEST = Words(90, 140)

KIND = Kind(
    name="world",
    plural="story",
    params=WorldParams,
    title="title",
    description="story",
    document=_document,
    shared_calls=(("story", "quest"),),
    stages=(
        Stage(
            key="story",
            message="Generated story...",
            output=Story,
            standard=Standard(
                lengths={"title": _TITLE, "paragraphs[]": _PARAGRAPH},
                sentences=("paragraphs[]",),
                names=("title",),
                distinct_entries=("paragraphs[]",),
                context="all",
            ),
            override=_keep_chosen_title,
            prompt=(
                f"Write the story of a world in two or three paragraphs of {_PARAGRAPH} each, for a game master to "
                "open a campaign with. Every piece of `context` has its part in it, under its own name and true to "
                "its description; nothing in it may be contradicted. The first paragraph shows the place and how "
                "people live in it, the second sets those who want different things against each other, the last "
                "brings them to the evening before something breaks. Use the `title` in the data. If there is none, "
                f"write one of {_TITLE} that names a thing in the story."
            ),
        ),
        Stage(
            key="quest",
            message="Generated quest...",
            after=("story",),
            output=Quest,
            standard=Standard(
                lengths={"title": _TITLE, "description": _QUEST},
                sentences=("description",),
                names=("title",),
                context="any",
            ),
            nested=True,
            prompt=(
                f"Write the quest that follows from the story. Title: {_TITLE}. Description: {_QUEST} that say who "
                "asks the players for what and what they are not told, the first place to go, "
                "what stands in the way there, what happens on its own if the players do nothing, and two ways in "
                "which it can end. Use people and places of the story by name."
            ),
        ),
    ),
)
