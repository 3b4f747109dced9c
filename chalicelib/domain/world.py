"""A saved world: the story that `create_world` writes, with the pieces it is made of."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.context import world_pieces
from chalicelib.domain.job import Job
from foundation.json_value import Json, as_object
from foundation.language_tag import DEFAULT_LANGUAGE

#: Namespace of world ids (random; must never change).
_NAMESPACE = uuid.UUID("5f0c7b0e-3f0a-4f52-9f5b-0a7b7a4d5d1c")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    #: UUID derived from the job, so that repeated deliveries and retries of a job all save the same world.
    id: str
    owner: str
    #: Who it was written for: the owner, unless the caller was anonymous.
    user_id: str
    job_id: str
    theme: str
    #: The language of title, story and quest (BCP 47).
    language: str
    title: str
    #: Paragraphs, separated by an empty line.
    story: str
    #: {title, description}
    quest: Mapping[str, str]
    #: kind → the piece as the caller gave it.
    pieces: Mapping[str, Json]
    #: Milliseconds since 1970 (UTC): when the job was created.
    created_at: int


def world_of(job: Job, written: Mapping[str, Json]) -> World:
    """The world of a `create_world` job. `written` is {language, title, story, quest}."""
    return World(
        id=str(uuid.uuid5(_NAMESPACE, job.root_id)),
        owner=job.owner,
        user_id=str(job.payload["user_id"]),
        job_id=job.id,
        theme=str(job.payload["theme"]),
        language=str(written.get("language", DEFAULT_LANGUAGE)),  # absent: written by the generator of 0.2.0
        title=str(written["title"]),
        story=str(written["story"]),
        quest={name: str(text) for name, text in as_object(written["quest"]).items()},
        pieces=world_pieces(job.payload),
        created_at=job.created_at,
    )
