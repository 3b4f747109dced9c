"""Worlds as files and behind links, with the rules of HTTP."""

from chalicelib.api import library_rendering as rendering
from chalicelib.api.library_endpoint import document_answer
from chalicelib.api.message import Request, Response, parse_uuid
from chalicelib.bootstrap import Services
from chalicelib.domain.document import Shelf
from chalicelib.domain.error import together
from chalicelib.domain.sharing import shown_to_players
from chalicelib.export.file_format import Format
from chalicelib.export.view import View
from foundation import log_context

#: The address is a secret: neither search engines nor the pages that a text links to may learn it.
_PRIVATE = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}
#: A browser must save the file, not open it as a page of this API.
_DOWNLOAD = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}


async def export_world(services: Services, request: Request, world_id: str) -> Response:
    """200 with the world as a file to download."""
    from chalicelib.export.exporter import export  # only exports need it, and cold starts are shorter without it

    _, form, view = together(request.check_names, lambda: request.choice("format"), lambda: request.choice("view"))
    world = await services.library.read(request.owner, Shelf.WORLDS, parse_uuid(world_id))
    file = export(world, Format(form or Format.MARKDOWN.value), View(view or View.ALL.value))
    headers = {"Content-Type": file.media_type, "Content-Disposition": file.disposition}
    return Response(200, file.body, headers | _DOWNLOAD)


async def share_world(services: Services, request: Request, world_id: str) -> Response:
    """200 with the world and its link."""
    return document_answer(await services.sharing.share(request.owner, parse_uuid(world_id)))


async def unshare_world(services: Services, request: Request, world_id: str) -> Response:
    """200 with the world, which no longer has a link."""
    return document_answer(await services.sharing.unshare(request.owner, parse_uuid(world_id)))


async def read_shared_world(services: Services, _request: Request, token: str) -> Response:
    """200 with what the link shows."""
    world = await services.sharing.world(token)
    log_context.bind(world_id=world.id)
    return Response(200, rendering.shared_world_json(shown_to_players(world)), dict(_PRIVATE))
