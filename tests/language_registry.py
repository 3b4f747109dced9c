"""The lines of foundation/languages.tsv, from the IANA Language Subtag Registry as `langcodes` ships it.

`make languages` prints them into the file.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from langcodes.registry_parser import parse_registry

#: Subtags that do not name a single language.
_NOT_ONE_LANGUAGE = {"collection", "special", "private-use"}
#: A note after a name: "Modern Greek (1453-)".
_NOTE = re.compile(r" \(.*\)$")


def lines() -> Iterator[str]:
    """Code, English name and macrolanguage of each language, separated by tabs."""
    for entry in parse_registry():  # type: ignore[no-untyped-call]
        if entry["Type"] != "language" or "Deprecated" in entry or entry.get("Scope") in _NOT_ONE_LANGUAGE:
            continue
        name = _NOTE.sub("", entry["Description"][0])
        yield f"{entry['Subtag']}\t{name}\t{_macrolanguage(entry)}"


def _macrolanguage(entry: Mapping[str, Any]) -> str:
    """Languages with a two-letter code have none, because Indonesian is not called Malay. Those of Norwegian do."""
    found = str(entry.get("Macrolanguage", ""))
    return found if found == "no" or (len(entry["Subtag"]) == len("yue") and found != "sh") else ""


if __name__ == "__main__":
    print("\n".join(lines()))
