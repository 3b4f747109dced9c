"""The text in a message's content, in any of the formats that servers send."""

import json

from foundation.json_value import Json


def text_of(content: Json) -> str:
    """Content as text: a string, the text parts of a list, or an object that the server has already parsed."""
    if isinstance(content, str):
        return content.encode(errors="replace").decode()  # JSON can contain unpaired surrogates
    if isinstance(content, list):
        return "".join(map(_part, content))
    return json.dumps(content, ensure_ascii=False) if isinstance(content, dict) else ""


def _part(part: Json) -> str:
    """The part's text, unless it is thinking. A part without a type is text."""
    if isinstance(part, str):
        return part
    if not isinstance(part, dict) or part.get("type", "text") not in ("text", "output_text"):
        return ""
    text = part.get("text")
    return text if isinstance(text, str) else text_of(text.get("value")) if isinstance(text, dict) else ""
