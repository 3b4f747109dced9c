"""Answers that are almost JSON: another syntax, or strings that are escaped wrongly."""

import json
import re
from typing import Any

from tests.integration.provider.case import Case, each_field, each_text, first, means, says, writes
from tests.integration.provider.reply import answer, completion


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _commented(text: str) -> str:
    return "// The answer:\n" + text.replace("{", "{ /* as asked */ ", 1) + " // done"


def _trailing_commas(text: str) -> str:
    return re.sub(r'("|\d|\]|\})(\s*)([\]}])', r"\1,\2\3", text)


def _invalid_escapes(text: str) -> str:
    return text.replace("'", "\\'").replace(";", "\\;")


def _curly(text: str) -> str:
    """Typographic quotes in place of JSON's."""
    return re.sub(r'"([^"]*)"', "\u201c\\1\u201d", text)


def _broken_lines(text: str) -> str:
    """Raw line breaks inside the strings, between paragraphs, which JSON does not permit."""
    return text.replace("\\n", "\n")


def _unquoted_keys(text: str) -> str:
    return re.sub(r'"([a-z_]+)":', r"\1:", text)


SYNTAX = [
    Case(
        name="doubled-line-breaks",
        behave=means(
            each_field("description", lambda text: text.replace(". ", ".\n\n", 1)),
            each_field("description", lambda text: text.replace("\n", "\\n")),
        ),
        extra=0,
    ),
    Case(
        name="doubled-letter-escapes",
        behave=writes(each_text(lambda text: text.replace("ë", "\\u00eb").replace("—", "\\u2014"))),
        extra=0,
    ),
    Case(name="json-in-json", behave=says(json.dumps)),
    Case(name="pretty-printed", behave=writes(lambda v: v, _pretty), extra=0),
    Case(name="windows-line-ends", behave=writes(lambda v: v, lambda v: _pretty(v).replace("\n", "\r\n")), extra=0),
    Case(name="trailing-commas", behave=says(_trailing_commas)),
    Case(name="comments", behave=says(_commented)),
    Case(name="python-literal", behave=writes(lambda v: v | {"is_done": True, "next": None}, repr)),
    Case(name="curly-quotes", behave=says(_curly)),
    Case(
        name="raw-line-breaks-in-strings",
        behave=means(
            each_field("description", lambda text: text.replace(". ", ".\n\n", 1)),
            lambda v: v,
            lambda v: _broken_lines(json.dumps(v)),
        ),
    ),
    Case(name="invalid-escapes", behave=says(_invalid_escapes)),
    Case(
        name="replaced-quotes-in-text",
        behave=means(each_field("description", lambda text: f'{text} "Ours," she said.'), lambda v: v),
        extra=0,
    ),
    Case(name="brace-missing-once", behave=first(lambda q: answer(completion(q, json.dumps(q.value)[:-1]), q.value))),
    Case(name="keys-unquoted", behave=says(_unquoted_keys)),
    Case(name="tabs-in-strings", behave=writes(lambda v: v, lambda v: json.dumps(v).replace(". ", ".\t"))),
    Case(
        name="doubled-quotes",
        behave=means(
            each_field("description", lambda text: f'{text} "Ours," she said.'),
            each_field("description", lambda text: text.replace('"', '\\"')),
        ),
    ),
    Case(
        name="path-with-backslash",
        behave=means(each_field("description", lambda t: f"{t} Marked C:\\old\\tar."), lambda v: v),
        extra=0,
    ),
]
