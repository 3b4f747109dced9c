r"""Finds the JSON values in an answer, whatever a model or its server wrote around them.

It skips special tokens, byte-order marks, thinking, prose, and Markdown fences. It tolerates trailing commas, comments,
single or typographic quotes, Python literals, unquoted keys, a missing comma at the end of a line, line breaks inside
strings, invalid escapes, and brackets that are missing at the very end. It never guesses text, such as the rest of a
string that was cut off.
"""

import ast
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

#: Only this much of an answer is read. The output limit of every stage is far lower.
_MAX_CHARACTERS = 100_000
#: Longer values are only read as strict JSON, because lenient parsing takes time. No stage asks for so much.
_MAX_LENIENT_CHARACTERS = 16_000
#: How much text that turns out not to be JSON may be scanned, as a multiple of the length of the answer.
_MAX_RESCANS = 3

_THOUGHT_TAGS = "think|thinking|thought|thoughts|reason|reasoning|reflection|analysis|scratchpad|seed:think"
_OPENING = re.compile(
    rf"<({_THOUGHT_TAGS})(?:\s[^<>]{{0,200}})?>|\[THINK\]|◁think▷|<\|START_THINKING\|>", re.IGNORECASE
)
_CLOSINGS = {"[think]": "[/think]", "◁think▷": "◁/think▷", "<|start_thinking|>": "<|end_thinking|>"}
#: Chat templates open the thinking in the prompt, so the answer contains only the closing tag.
_UNOPENED_THOUGHTS = re.compile(
    rf"\A.*(?:</(?:{_THOUGHT_TAGS})>|\[/THINK\]|◁/think▷|<\|END_THINKING\|>)", re.DOTALL | re.IGNORECASE
)
#: gpt-oss's "harmony" format: the answer follows the last "final" channel.
_FINAL_CHANNEL, _MESSAGE = "<|channel|>final", "<|message|>"
_SPECIAL_TOKENS = re.compile(
    r"<\|[\w:/ -]{1,40}\|>|<[|\uff5c][^<>{}\n]{1,40}[|\uff5c]>|</?s>|\[/?INST\]|<(?:start|end)_of_turn>|<eos>|<bos>"
)

#: After the opening bracket, an object continues with a key or its end, and a list with a value or its end.
_VALUE_START = re.compile(r"""\{(?=\s*(?:["'\u201c}/]|[A-Za-z_]\w*\s*:))|\[(?=\s*(?:["'\u201c{\[\]/\-\d]))""")
_QUOTED_START = re.compile(r'"(?=(?:\\n|\s)*[{\[](?:\\n|\s)*\\")')
_ESCAPED_START = re.compile(r'[{\[]\s*\\"')
_STRING = r'"(?:[^"\\]|\\.)*"'
_COMMENT = re.compile(rf"({_STRING})|//[^\n]*|/\*.{{0,500}}?\*/", re.DOTALL)
_TRAILING_COMMA = re.compile(rf"({_STRING})|,(?=\s*(?:[}}\]]|\Z))", re.DOTALL)
_BARE_KEY = re.compile(rf"({_STRING})|(?<=[{{,\s])([A-Za-z_]\w*)(?=\s*:)", re.DOTALL)
_BARE_LITERAL = re.compile(rf"({_STRING})|\b(True|False|None)\b", re.DOTALL)
_MISSING_COMMA = re.compile(rf"({_STRING}|[\]}}\d])((?>[^\S\n]*\n\s*+))(?={_STRING}\s*:)", re.DOTALL)
#: A valid JSON escape, or a backslash that does not start one.
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|u?)')
_LITERALS = {"True": "true", "False": "false", "None": "null"}
_CLOSING = {"{": "}", "[": "]"}


class _AmbiguousKeyError(ValueError):
    """An object has the same key with two different values, so it is unclear which one is meant."""


def _unambiguous_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object. Raises `_AmbiguousKeyError`."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if found.setdefault(key, value) != value:
            raise _AmbiguousKeyError(key)
    return found


#: Accepts line breaks and other control characters inside strings.
_DECODER = json.JSONDecoder(strict=False, object_pairs_hook=_unambiguous_object)


@dataclass(frozen=True, slots=True)
class Found:
    """The JSON values in a text."""

    #: The outermost objects and lists, in order.
    values: list[object]
    #: Whether the last value has no end.
    is_cut_off: bool = False
    #: Whether nothing but brackets, fences and white space follows the last one.
    ends_text: bool = False


def without_thoughts(text: str) -> str:
    """The answer without special tokens and thinking, in linear time."""
    text = text.lstrip("\ufeff")
    if (channel := text.rfind(_FINAL_CHANNEL)) >= 0 and (message := text.find(_MESSAGE, channel)) >= 0:
        text = text[message + len(_MESSAGE) :]
    text = _UNOPENED_THOUGHTS.sub("", _without_tagged_thoughts(text))
    return _SPECIAL_TOKENS.sub("", text).strip()


def _without_tagged_thoughts(text: str) -> str:
    """The text without thinking in tags. Thinking without an end tag is dropped if no value comes before it."""
    lower = text.lower()
    kept: list[str] = []
    unclosed: set[str] = set()
    at = 0
    for opening in _OPENING.finditer(text):
        closing = f"</{opening[1].lower()}>" if opening[1] else _CLOSINGS[opening[0].lower()]
        if opening.start() < at or closing in unclosed:
            continue
        end = lower.find(closing, opening.end())
        if end < 0 and _VALUE_START.search(text, at, opening.start()) is None:
            return "".join(kept) + text[at : opening.start()]
        if end < 0:
            unclosed.add(closing)
            continue
        kept.append(text[at : opening.start()])
        at = end + len(closing)
    return "".join(kept) + text[at:]


def has_thoughts(text: str) -> bool:
    """Whether the text contains thinking."""
    return _OPENING.search(text) is not None or "<|channel|>analysis" in text


def without_tags(text: str) -> str:
    """The answer with its thinking but without the tags."""
    return _SPECIAL_TOKENS.sub("", re.sub(rf"</?(?:{_THOUGHT_TAGS})>|\[/?THINK\]|◁/?think▷", " ", text)).strip()


def find_json(text: str, *, is_whole: bool) -> Found:
    """The JSON values in a text.

    `is_whole`: the server says that the model ended by itself. Only then may the last brackets be missing.
    """
    text = text[:_MAX_CHARACTERS].strip()
    found = _scan(text, is_whole=is_whole)
    if found.values:
        return found
    unescaped = _unescaped(text)
    return found if unescaped == text else _scan(unescaped, is_whole=is_whole)


def _scan(text: str, *, is_whole: bool) -> Found:
    values: list[object] = []
    sources: list[str] = []
    at = 0
    # Bounds the total time: each attempt at text that is not JSON costs its length.
    budget = _MAX_RESCANS * len(text) + _MAX_CHARACTERS // 10
    while budget > 0 and (opening := _VALUE_START.search(text, at)) is not None:
        start = opening.start()
        try:
            value, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            extent = _extent(text, start)
            is_ambiguous = isinstance(error, _AmbiguousKeyError)
            value, end = (None, 0) if is_ambiguous else _lenient_value(text, start, extent, is_whole=is_whole)
            if not end:
                if extent.end is None:
                    rest = text[start:].rstrip()
                    return Found(values, is_cut_off=not any(source.startswith(rest) for source in sources))
                budget -= extent.end - start
                at = opening.end()
                continue
        values.append(value)
        sources.append(text[start:end])
        at = end
    return Found(values, ends_text=re.fullmatch(r"[\s`~\]}.,]*", text[at:]) is not None)


def _unescaped(text: str) -> str:
    """The text without a second JSON encoding."""
    if (quote := _QUOTED_START.search(text)) is not None:
        try:
            inner, _ = _DECODER.raw_decode(text, quote.start())
        except ValueError:
            return text
        return str(inner)
    return text.replace('\\"', '"') if _ESCAPED_START.match(text) else text


@dataclass(frozen=True, slots=True)
class _Extent:
    """Where the value that starts at an opening bracket ends."""

    #: The position after the closing bracket; None if it is missing.
    end: int | None
    #: The closing brackets that are missing.
    missing: str = ""
    is_in_string: bool = False


def _extent(text: str, start: int) -> _Extent:
    open_brackets: list[str] = []
    in_string = False
    at = start
    while at < len(text):
        character = text[at]
        if in_string:
            if character == "\\":
                at += 1
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in _CLOSING:
            open_brackets.append(_CLOSING[character])
        elif character in "}]":
            if character != open_brackets.pop():
                return _Extent(at + 1)
            if not open_brackets:
                return _Extent(at + 1)
        at += 1
    return _Extent(None, "".join(reversed(open_brackets)), in_string)


def _lenient_value(text: str, start: int, extent: _Extent, *, is_whole: bool) -> tuple[object, int]:
    """The value that starts at `start`, and the position after it; 0 if there is no value."""
    if extent.end is not None:
        found = next(_lenient_values(text[start : extent.end]), _NOTHING)
        return (None, 0) if found is _NOTHING else (found, extent.end)
    if not is_whole or extent.is_in_string:
        return None, 0
    found = next(_lenient_values(text[start:].rstrip("`\n ") + extent.missing), _NOTHING)
    return (None, 0) if found is _NOTHING else (found, len(text))


_NOTHING = object()


def _lenient_values(text: str) -> Iterator[object]:
    """Values from more and more lenient parsers."""
    if len(text) > _MAX_LENIENT_CHARACTERS:
        return
    for reading in (text, text.replace("\u201c", '"').replace("\u201d", '"')):
        try:
            yield _DECODER.decode(_normalised(reading))
        except (ValueError, RecursionError):
            continue
    try:
        with warnings.catch_warnings(action="ignore"):
            yield ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return


def _normalised(text: str) -> str:
    text = _COMMENT.sub(lambda found: found[1] or "", text)
    text = _TRAILING_COMMA.sub(lambda found: found[1] or "", text)
    text = _MISSING_COMMA.sub(r"\1,\2", text)
    text = _BARE_KEY.sub(lambda found: found[1] or f'"{found[2]}"', text)
    text = _BARE_LITERAL.sub(lambda found: found[1] or _LITERALS[found[2]], text)
    return re.sub(_STRING, lambda found: _with_valid_escapes(found[0]), text, flags=re.DOTALL)


def _with_valid_escapes(string: str) -> str:
    return _ESCAPE.sub(lambda found: found[0] if found[1] else "", string)
