"""The command line reference: Typer's output, with links and full sentences in the lists of commands."""

import re

_SECTION = re.compile(r"^#+ `loresmith ([^`]+)`\n\n(.+?)(?:(?<=\.)\s|\n\n)", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\* `([a-z][\w-]*)`: .*$", re.MULTILINE)
_HEADING = re.compile(r"^#+ `loresmith(?: (.+))?`$", re.MULTILINE)
_GUIDE = """

Every command and every option, generated from the program when this site was built. The [guide](../cli.md) explains
how to use them.
"""


def command_line_reference(page: str) -> str:
    """Typer truncates descriptions in its lists of commands. The section of each command has the full sentence."""
    sentences = {name: " ".join(text.split()) for name, text in _SECTION.findall(page)}
    title, _, rest = page.partition("\n")
    parts = _split(rest)
    return title + _GUIDE + "".join(_with_links(group, text, sentences) for group, text in parts)


def _split(page: str) -> list[tuple[str, str]]:
    """The sections: the command that each is about ("" for the whole program), and its text."""
    starts = [0, *(found.start() for found in _HEADING.finditer(page)), len(page)]
    names = ["", *(found[1] or "" for found in _HEADING.finditer(page))]
    return [(name, page[start:end]) for name, start, end in zip(names, starts, starts[1:], strict=False)]


def _with_links(group: str, text: str, sentences: dict[str, str]) -> str:
    def line(found: re.Match[str]) -> str:
        name = f"{group} {found[1]}".strip()
        return f"* [`{found[1]}`](#loresmith-{name.replace(' ', '-')}): {sentences[name]}"

    head, separator, commands = text.partition("**Commands**:")
    return head + separator + _COMMAND.sub(line, commands)
