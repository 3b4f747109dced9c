"""Which pieces of an ended job are finished, and the documents that they become."""

import uuid
from collections.abc import Collection, Mapping

from chalicelib.domain.document import Author, Document, Shelf
from chalicelib.domain.job import Job, JobView
from chalicelib.domain.job_type import JOB_TYPES, Delivery
from foundation.json_value import Json
from foundation.language_tag import DEFAULT_LANGUAGE

#: Namespace of piece ids (random; must never change).
_NAMESPACE = uuid.UUID("b7d1f0a4-52f3-4c55-8f5e-3f0c1d8e6a27")


def piece_id(root_id: str, index: int) -> str:
    """The id of a job's piece. A retry of the job has the same `root_id`, so it stores no piece a second time."""
    return str(uuid.uuid5(_NAMESPACE, f"{root_id}:{index}"))


def is_finished(type_name: str, stages: Collection[str]) -> bool:
    """Whether a piece with these stages is complete. False for an unknown type, and for a job that rewrites."""
    job_type = JOB_TYPES.get(type_name)
    return job_type is not None and bool(job_type.stages) and set(job_type.stages) <= set(stages)


def author_of(job: Job) -> Author:
    """The job as the author of what it wrote."""
    return Author(job_id=job.id, root_id=job.root_id, model=job.model, prompt_version=job.prompt_version)


def finished_pieces(view: JobView) -> list[Document]:
    """The documents of an ended job's finished pieces, in the order of their index, however the job ended.

    A piece is finished if all stages of its kind are. Empty if the job's type delivers something else than pieces.
    """
    kind = JOB_TYPES[view.job.type].kind if view.job.type in JOB_TYPES else ""
    return [_document(view.job, index, kind, view.pieces[index]) for index in _finished(view)]


def library_ids(view: JobView) -> dict[int, str]:
    """The id of each finished piece by its index. The library has the pieces from the end of the job on."""
    return {index: piece_id(view.job.root_id, index) for index in _finished(view)}


def _finished(view: JobView) -> list[int]:
    job_type = JOB_TYPES.get(view.job.type)
    if job_type is None or job_type.delivery is not Delivery.PIECES:
        return []
    stages = view.stages
    return [index for index in sorted(view.pieces) if is_finished(job_type.name, stages[index])]


def _document(job: Job, index: int, kind: str, piece: Mapping[str, Json]) -> Document:
    author, made_at = author_of(job), job.completed_at or job.updated_at
    return Document(
        id=piece_id(job.root_id, index),
        owner=job.owner,
        shelf=Shelf.PIECES,
        facts={"kind": kind},
        content={
            "name": piece["name"],
            "description": piece["description"],
            "language": piece.get("language", DEFAULT_LANGUAGE),
            "details": piece["details"],
        },
        marks={"tags": [], "favourite": False, "canon": False},
        origin=author,
        author=author,
        created_at=made_at,
        updated_at=made_at,
    )
