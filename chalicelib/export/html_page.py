"""A world as one HTML page to read offline or print: no script, nothing loaded from elsewhere."""

from chalicelib.export.block import Outline, Section
from chalicelib.export.detail import label_of
from chalicelib.export.html_text import escaped, language_attributes, of_blocks

_STYLE = """\
:root { color-scheme: light; }
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; background: #fff; color: #111;
  font: 1.05rem/1.55 Georgia, "Noto Serif", serif; overflow-wrap: break-word; }
h1, h2, h3 { line-height: 1.2; break-after: avoid; }
h1 { font-size: 2.2rem; margin-bottom: 0.2em; }
h2 { font-size: 1.5rem; margin-top: 2em; border-bottom: 1px solid #999; }
h3 { font-size: 1.1rem; margin: 1.3em 0 0.2em; }
h3 + p, h3 + ul { margin-top: 0; }
.label { display: block; font: 0.8rem/1.4 system-ui, sans-serif; letter-spacing: 0.08em; color: #555; }
nav ul { columns: 2; padding-inline-start: 1.2em; }
nav a { color: inherit; }
table { border-collapse: collapse; }
th, td { padding: 0.15em 0.8em; border: 1px solid #bbb; text-align: start; font-variant-numeric: tabular-nums; }
p, li { orphans: 3; widows: 3; }
@page { margin: 18mm; }
@media print {
  body { max-width: none; margin: 0; padding: 0; font-size: 11pt; }
  nav a { text-decoration: none; }
  section.piece { break-before: page; }
  table, li { break-inside: avoid; }
}
"""
#: Should the page be shown from the API's own address, nothing in it may run or load.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(outline: Outline) -> str:
    theme = f"<p><em>{escaped(label_of(outline.theme))}</em></p>\n" if outline.theme else ""
    sections = "\n".join(_section(number, section, outline) for number, section in enumerate(outline.sections))
    return f"""\
<!doctype html>
<html {language_attributes(outline.language)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="{escaped(_POLICY)}">
<title>{escaped(outline.title)}</title>
<style>
{_STYLE}</style>
</head>
<body>
<header>
<h1>{escaped(outline.title)}</h1>
{theme}</header>
{_contents(outline)}<main>
{sections}
</main>
</body>
</html>
"""


def _contents(outline: Outline) -> str:
    links = [
        f'<li><a href="#part-{number}">{_name(section, outline)}</a></li>'
        for number, section in enumerate(outline.sections)
        if section.label
    ]
    return "\n".join(('<nav aria-label="Contents">', "<ul>", *links, "</ul>", "</nav>", "")) if links else ""


def _section(number: int, section: Section, outline: Outline) -> str:
    language = "" if section.language == outline.language else f" {language_attributes(section.language)}"
    start = f'<section id="part-{number}" class="{"piece" if section.is_piece else "text"}"{language}>'
    heading = [f"<h2>{_label(section)}{_name(section, None)}</h2>"] if section.label else []
    return "\n".join((start, *heading, of_blocks(section.blocks, level=3), "</section>"))


def _label(section: Section) -> str:
    return f'<span class="label" lang="en">{escaped(section.label)}</span> ' if section.name else ""


def _name(section: Section, outline: Outline | None) -> str:
    """What the part is called. Its language is marked if it is not that of the document around it."""
    if not section.name:
        return f'<span lang="en">{escaped(section.label)}</span>'
    if outline is None or section.language == outline.language:
        return escaped(section.name)
    return f"<span {language_attributes(section.language)}>{escaped(section.name)}</span>"
