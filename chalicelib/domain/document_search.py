"""How documents are found and sorted: the same for every store.

Case does not matter, nor do the different forms of one character (full-width letters, ligatures).
"""

import unicodedata
from collections.abc import Iterator

from chalicelib.domain.document import Document, Order, Search, Shelf
from foundation.json_value import Json, as_object

#: The most bytes of a document that a search looks at, and the most words of a search.
MAX_SEARCHED_BYTES = 24 * 1024
MAX_WORDS = 8
#: The most characters of a tag. Folding can make it longer.
_MAX_TAG = 80
#: A key in DynamoDB has at most 1,024 bytes.
_MAX_SORTED = 200


def folded(text: str) -> str:
    """The text in a form in which equal texts are equal, whatever their case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def search_text(document: Document) -> str:
    """What a search looks at, folded: the name and description of a piece; title, story, quest and names of a world."""
    return folded("\n".join(_texts(document))).encode(errors="ignore")[:MAX_SEARCHED_BYTES].decode(errors="ignore")


def search_words(search: Search) -> list[str]:
    """What must be in a document's search text, folded; empty if every text will do."""
    return folded(search.text or "").split()[:MAX_WORDS]


def folded_tags(document: Document) -> list[str]:
    return [folded_tag(str(tag)) for tag in _list(document.marks.get("tags"))]


def folded_tag(tag: str) -> str:
    return folded(tag)[:_MAX_TAG]


def newest_key(document: Document) -> str:
    return f"{document.created_at:013d}#{document.id}"


def name_key(document: Document) -> str:
    """Accents do not matter, so that "É" is found among the names with "E". A tab sorts before everything in a name."""
    letters = (each for each in unicodedata.normalize("NFD", folded(document.name)) if not unicodedata.combining(each))
    return f"{unicodedata.normalize('NFC', ''.join(letters))[:_MAX_SORTED]}\t{document.id}"


def deleted_key(document: Document) -> str:
    return f"{document.deleted_at or 0:013d}#{document.id}"


def sort_key(document: Document, search: Search) -> str:
    """What the list that `search` describes is sorted by; see `is_descending`."""
    if search.trash:
        return deleted_key(document)
    return name_key(document) if search.order is Order.NAME else newest_key(document)


def is_descending(search: Search) -> bool:
    """The trash shows what was deleted last first, in either order."""
    return search.trash or search.order is Order.NEWEST


def _texts(document: Document) -> Iterator[str]:
    content = document.content
    yield document.name
    if document.shelf is Shelf.PIECES:
        yield str(content.get("description", ""))
        return
    for piece in as_object(content.get("pieces", {})).values():
        yield str(as_object(piece).get("name", ""))
    yield from (str(text) for text in as_object(content.get("quest", {})).values())
    yield str(content.get("story", ""))


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else []
