"""A MkDocs hook: it collects the documents from the whole project.

So each document exists once, and its links work both on GitHub and on the site. MkDocs must run as `python -m mkdocs`
in the root of the project.
"""

import json
import logging
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from website.client_reference import client_reference
from website.command_line_reference import command_line_reference
from website.document import ROOT, address, anchor, documents, linked_files
from website.http_reference import http_reference

log = logging.getLogger("mkdocs.hooks.website")

#: What `make docs` generates from the code for the site.
GENERATED = ROOT / ".local/reference"
_MERMAID = ROOT / "website/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"
_ASSETS = ROOT / "website/assets"
#: Python-Markdown and GitHub disagree about indentation. If they render different elements, the text is wrong.
_COMPARED = ("pre", "li", "tr", "h2", "h3")
_GITHUB = MarkdownIt("commonmark").enable("table")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    config.mdx_configs.setdefault("toc", {})["slugify"] = lambda heading, _separator: anchor(heading)
    config.nav = _with_documents(config.nav, {*map(_name, documents()), *_references()})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Replace the files that MkDocs found in `docs/` with all documents, the files they link to, and the references."""
    own = Files([file for file in files if not file.src_dir or not file.abs_src_path.startswith(config.docs_dir)])
    pages = documents()
    for path in pages:
        own.append(_file(config, path, f"{address(_name(path))}index.html"))
    for path in {linked for page in pages for linked in linked_files(page)}:
        own.append(_file(config, path, _name(path).removeprefix("docs/")))
    for path in [*_ASSETS.iterdir(), _MERMAID]:
        own.append(_file(config, path, f"assets/{path.name}"))
    for name, text in _references().items():
        page = File.generated(config, name, content=text)
        page.dest_uri = f"{address(name)}index.html"
        own.append(page)
    return own


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Warn if the elements on the site differ from those on GitHub. A warning makes the build fail."""
    if page.file.src_dir:
        expected = _GITHUB.render(page.markdown or "")
        for element in _COMPARED:
            here, there = (len(re.findall(rf"<{element}[ >]", text)) for text in (html, expected))
            # The site may put code in a table, but it always uses one <pre>, also for diagrams.
            if here != there:
                log.warning("%s: %d <%s> on the site, %d on GitHub", page.file.src_uri, here, element, there)
    return html


def on_serve(server: Any, config: MkDocsConfig, builder: Any) -> Any:  # noqa: ARG001
    for path in documents():
        server.watch(str(path))
    return server


def _file(config: MkDocsConfig, path: Path, dest_uri: str) -> File:
    return File(_name(path), str(ROOT), config.site_dir, use_directory_urls=True, dest_uri=dest_uri)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _references() -> dict[str, str]:
    """The pages that are generated from the code: path in the navigation → Markdown."""
    pages = {f"docs/reference/{path.name}": path.read_text(encoding="utf-8") for path in GENERATED.glob("*.md")}
    contract = json.loads((ROOT / ".local/openapi.json").read_text(encoding="utf-8"))
    pages["docs/reference/http.md"] = http_reference(contract)
    pages["docs/reference/cli.md"] = command_line_reference(pages["docs/reference/cli.md"])
    pages["docs/reference/client.md"] = client_reference()
    return pages


def _with_documents(nav: Any, names: set[str]) -> Any:
    """The navigation with each pattern, such as `docs/adr/0*.md`, replaced by its documents."""
    match nav:
        case list():
            return [_with_documents(each, names) for entry in nav for each in _matching(entry, names)]
        case dict():
            return {title: _with_documents(entry, names) for title, entry in nav.items()}
    return nav


def _matching(entry: Any, names: set[str]) -> list[Any]:
    if isinstance(entry, str) and "*" in entry:
        return sorted(name for name in names if fnmatch(name, entry))
    return [entry]
