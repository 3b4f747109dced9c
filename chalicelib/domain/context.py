"""The pieces that the generator sees as context, each with its role."""

from collections.abc import Mapping

from chalicelib.domain.snapshot import Chosen, Snapshot, by_role
from foundation.json_value import Json, as_object

#: The most pieces that the generator takes.
MAX_CONTEXT = 10
#: What the generator needs of a piece. The language is not needed: the text shows it.
_SHOWN = ("name", "description", "details")


def context_of(given: Mapping[str, Snapshot], chosen: Chosen) -> dict[str, Json]:
    """The part of the generator's params with the context pieces. Empty if there are none.

    `given`: pieces that the caller has sent, by role. Canon is background: it must not be contradicted, but need not
    appear. A piece that the job is about anyway is not canon too: what is rewritten must differ from its old text.
    """
    pieces = {**given, **by_role(chosen.pieces, taken=[*given])}
    subjects = {piece["id"] for piece in (*chosen.pieces, chosen.piece) if piece}
    canon = by_role([piece for piece in chosen.canon if piece["id"] not in subjects], taken=[*pieces])
    context = {role: _shown(piece) for role, piece in pieces.items()}
    context |= {role: {**_shown(piece), "background": True} for role, piece in canon.items()}
    return {"context": context} if context else {}


def world_pieces(stored: Mapping[str, Json]) -> dict[str, Json]:
    """What a world is made of, by role: the pieces that the caller has sent in full, and those that it has named."""
    given = as_object(stored.get("selectedLore") or {})
    return {**given, **by_role(Chosen.of(stored).pieces, taken=[*given])}


def _shown(piece: Snapshot) -> dict[str, Json]:
    return {name: value for name in _SHOWN if (value := piece.get(name)) is not None and str(value).strip()}
