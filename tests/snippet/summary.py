"""What the harness has done with the snippets, in a few lines."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.snippet.block import CHECKED, all_blocks


def summary() -> Iterator[str]:
    """How many blocks of each language are checked and how, then those that other tests run."""
    checked = Counter(block.language for block in all_blocks() if block.runs or block.language == "text")
    yield from (f"{number:3} {language}: {CHECKED[language]}" for language, number in sorted(checked.items()))
    run_elsewhere = defaultdict(list)
    for block in all_blocks():
        if block.elsewhere:
            run_elsewhere[f"run by {block.elsewhere}"].append(block.place)
    yield from (f"{len(places):3} {test}: {', '.join(places)}" for test, places in sorted(run_elsewhere.items()))
