"""The routes of worlds as files and behind links."""

from chalicelib.api import library_body as body
from chalicelib.api import sharing_endpoint as endpoint
from chalicelib.api.parameter import path_id, query
from chalicelib.api.route import Route
from chalicelib.export.file_format import MEDIA_TYPES, Format
from chalicelib.export.view import View

_WORLD_ID = path_id("world_id")
_FORMAT = query(
    "format",
    {"type": "string", "enum": [form.value for form in Format], "default": Format.MARKDOWN.value},
    "`json` has everything; `obsidian` is a folder of notes in a zip file; `foundry` is a journal entry for Foundry "
    "VTT 12 and 13; `html` is one page to print.",
)
_VIEW = query(
    "view",
    {"type": "string", "enum": [view.value for view in View], "default": View.ALL.value},
    "`players`: only what is marked in `for_players`.",
)

ROUTES = (
    Route(
        id="exportWorld",
        endpoint=endpoint.export_world,
        tag="worlds",
        method="GET",
        path="/worlds/{world_id}/export",
        summary="The world as a file to download.",
        answers={200: None},
        downloads=tuple(sorted(set(MEDIA_TYPES.values()))),
        problems=(400, 404),
        parameters=(_WORLD_ID, _FORMAT, _VIEW),
        headers=("Content-Disposition",),
    ),
    Route(
        id="shareWorld",
        endpoint=endpoint.share_world,
        tag="worlds",
        method="POST",
        path="/worlds/{world_id}/share",
        summary="Make a link that shows everybody who has it what is marked for players. A world has one link: if it "
        "is shared already, its link stays.",
        answers={200: body.WorldBody},
        problems=(404, 409),
        parameters=(_WORLD_ID,),
        headers=("ETag",),
    ),
    Route(
        id="unshareWorld",
        endpoint=endpoint.unshare_world,
        tag="worlds",
        method="DELETE",
        path="/worlds/{world_id}/share",
        summary="Take the link back: it shows nothing any more.",
        answers={200: body.WorldBody},
        problems=(404,),
        parameters=(_WORLD_ID,),
        headers=("ETag",),
    ),
    Route(
        id="readSharedWorld",
        endpoint=endpoint.read_shared_world,
        tag="worlds",
        method="GET",
        path="/shared/{token}",
        summary="What a link shows of a world. Needs no token of a caller: who knows the link may read.",
        answers={200: body.SharedWorldBody},
        problems=(404,),
        parameters=({"name": "token", "in": "path", "required": True, "schema": {"type": "string"}},),
        is_public=True,
        secrets=frozenset({"token"}),
        headers=("X-Robots-Tag", "Referrer-Policy"),
    ),
)
