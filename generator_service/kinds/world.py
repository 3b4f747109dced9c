"""Worlds: a story that ties chosen pieces together, and a quest that follows from it."""

from typing import Annotated, Literal

from pydantic import Field

from foundation.json_value import Json
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
            override=_keep_chosen_title,
            prompt=(
                "Write the story of a world in two or three paragraphs of 90 to 140 words each, for a game master to "
                "open a campaign with. Every piece of `context` has its part in it, under its own name and true to "
                "its description; nothing in it may be contradicted. The first paragraph shows the place and how "
                "people live in it, the second sets those who want different things against each other, the last "
                "brings them to the evening before something breaks. Use the `title` in the data. If there is none, "
                "write one of two to six words that names a thing in the story."
            ),
        ),
        Stage(
            key="quest",
            message="Generated quest...",
            after=("story",),
            output=Quest,
            nested=True,
            prompt=(
                "Write the quest that follows from the story. Title: two to six words. Description: 90 to "
                "140 words that say who asks the players for what and what they are not told, the first place to go, "
                "what stands in the way there, what happens on its own if the players do nothing, and two ways in "
                "which it can end. Use people and places of the story by name."
            ),
        ),
    ),
)
