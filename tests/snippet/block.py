"""The fenced blocks of the documents, each with what the comment before it says about running it.

A comment is one line of HTML, which readers do not see: `<!-- expect: 404 -->`. Its name is one of `RULES`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt

from website.document import ROOT, documents

#: How blocks of each language are checked. A block in any other language, or in none, is an error.
CHECKED: Mapping[str, str] = {
    "bash": "run against the local stack",
    "python": "run against the local stack",
    "ts": "type-checked",
    "tsx": "type-checked",
    "json": "parsed, and compared with the OpenAPI document",
    "yaml": "parsed",
    "toml": "parsed",
    "mermaid": "parsed by Mermaid",
    "text": "shown only: what a program prints",
}
#: name -> what its value is
RULES: Mapping[str, str] = {
    "run-by": "the test that runs this block, which needs more than a running stack",
    "expect": "the HTTP status of the refusal that the block shows",
    "schema": "the schema of the OpenAPI document that the JSON is an example of",
    "given": "a declaration in TypeScript of what the reader has already",
    "rights": "the Lambda function whose policy this is: tests/infra compares them",
}
#: Documents whose blocks in a language are run by another test, which needs more than a stack.
ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("client/README.md", "python"): "tests/acceptance/test_client_readme.py",
    ("README.md", "python"): "tests/acceptance/test_client_readme.py",
    ("docs/cli.md", "bash"): "tests/e2e/test_command_line.py",
    ("docs/add-a-job-type.md", "python"): "tests/acceptance/test_new_type.py",
}
_RULE = re.compile(r"<!-- ([\w-]+): (.+?) -->", re.DOTALL)
_MARKDOWN = MarkdownIt("commonmark")


@dataclass(frozen=True)
class Block:
    """One fenced block. `line` is that of its fence, from 1."""

    document: str
    line: int
    language: str
    code: str
    rules: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{self.document}:{self.line}"

    @property
    def elsewhere(self) -> str | None:
        """The test that runs this block, if it is not one of this harness."""
        return self.rules.get("run-by") or ELSEWHERE.get((self.document, self.language))

    @property
    def runs(self) -> bool:
        return self.elsewhere is None and self.language != "text"


def blocks_in(text: str, document: str) -> Iterator[Block]:
    """The blocks of a document in their order. A comment counts if nothing stands between it and the block."""
    rules: dict[str, str] = {}
    for token in _MARKDOWN.parse(text):
        if token.type == "html_block":
            rules |= dict(_RULE.findall(token.content))
            continue
        if token.type == "fence" and token.map is not None:
            yield Block(document, token.map[0] + 1, token.info.strip(), token.content, rules)
        rules = {}


@cache
def all_blocks() -> tuple[Block, ...]:
    """Those of every document, in the order of their paths."""
    return tuple(
        block
        for path in documents()
        for block in blocks_in(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    )


def pages(*languages: str) -> dict[str, list[Block]]:
    """The blocks to run in these languages, by document."""
    found: dict[str, list[Block]] = {}
    for block in all_blocks():
        if block.language in languages and block.runs:
            found.setdefault(block.document, []).append(block)
    return found


def blocks_run_by(test: str) -> list[Block]:
    """Those that name this test, a path from the root, in the order of the documents. It runs all of them."""
    return [block for block in all_blocks() if block.rules.get("run-by") == test]


def faults(block: Block) -> Iterator[str]:
    """What is wrong with the block's language and with the comment before it."""
    if block.language not in CHECKED:
        yield f"{block.place}: the language is {block.language!r}; it must be one of {', '.join(CHECKED)}"
    for name, value in block.rules.items():
        if name not in RULES:
            yield f"{block.place}: there is no rule {name!r}; the rules are {', '.join(RULES)}"
        if name == "run-by" and not _runs_named_blocks(value):
            yield f"{block.place}: {value!r} must be a test that runs the blocks that name it"


def _runs_named_blocks(test: str) -> bool:
    return (ROOT / test).is_file() and f'"{test}"' in (ROOT / test).read_text(encoding="utf-8")
