"""The payloads of the jobs that rewrite a part of a piece or world."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chalicelib.domain.context import context_of
from chalicelib.domain.payload import Payload
from chalicelib.domain.snapshot import NOTHING_CHOSEN, Chosen, DocumentId, Snapshot
from chalicelib.domain.text import Line, Premise
from foundation.json_value import Json, as_object

#: The most fields that one job rewrites. No kind has more.
_MAX_FIELDS = 20


def _distinct(fields: list[str]) -> list[str]:
    """Raises `ValueError`."""
    if len(set(fields)) < len(fields):
        raise ValueError("must not have a field twice")
    return fields


class RewritePayload(Payload):
    #: Without one, the theme is what the text shows.
    theme: Line | None = None  # type: ignore[assignment] # new pieces have a default theme, old ones their own
    tone: Line | None = None
    instruction: Premise | None = Field(
        default=None, description='How the text should change, such as "shorter, and less solemn".'
    )

    def rewriting_params(
        self, old: Snapshot, shown: Mapping[str, Json], context: Mapping[str, Json]
    ) -> dict[str, Json]:
        """The generator's params. `shown`: the old text in the generator's form. `context`: see `context_of`."""
        names = {"theme", "language", "premise", "tone"}
        params = {"theme": old.get("theme"), "language": old.get("language")}
        params |= self.model_dump(mode="json", exclude_none=True, include=names)
        rewrite = {"piece": shown, **self.model_dump(mode="json", exclude_none=True, include={"fields", "instruction"})}
        known = {name: value for name, value in params.items() if value is not None}
        return {**known, "count": 1, **context, "rewrite": rewrite}


class RewritePiecePayload(RewritePayload):
    piece_id: DocumentId
    fields: Annotated[
        list[Line],
        Field(
            min_length=1,
            max_length=_MAX_FIELDS,
            json_schema_extra={"uniqueItems": True},
            description="What to write again: see `fields` of the type that writes such pieces in GET /job-types.",
        ),
        AfterValidator(_distinct),
    ]

    def params(self, chosen: Chosen = NOTHING_CHOSEN) -> dict[str, Json]:
        old = chosen.piece or {}
        shown = {name: old[name] for name in ("name", "description", "language", "details") if old.get(name)}
        return self.rewriting_params(old, shown, context_of({}, chosen))


class RewriteWorldPayload(RewritePayload):
    world_id: DocumentId
    fields: Annotated[
        list[Literal["title", "story", "quest"]],
        Field(min_length=1, json_schema_extra={"uniqueItems": True}, description="What to write again."),
        AfterValidator(_distinct),
    ]

    def params(self, chosen: Chosen = NOTHING_CHOSEN) -> dict[str, Json]:
        old = chosen.world or {}
        shown = {name: old[name] for name in ("title", "story", "quest", "language") if old.get(name)}
        pieces = {role: as_object(piece) for role, piece in as_object(old.get("pieces") or {}).items()}
        return self.rewriting_params(old, shown, context_of(pieces, chosen))
