"""A file with the items of all tables, so that they survive the process.

Each line is what one request has changed: a list of [table, key, item], with null for an item that was deleted. The
line is written before the request is answered, so whatever was answered is kept even if the process is killed. A line
that was cut off by the kill is of a request that was not answered, and is ignored.
"""

import json
import logging
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from chalicelib.adapter.dynamodb_table import EXPIRES_AT

log = logging.getLogger(__name__)

#: The parts of an item as DynamoDB's API has them: {"name": {"S": "text"}}.
Attributes = dict[str, Any]
#: Table, key, and the item after the change; None if it was deleted.
Change = tuple[str, Attributes, Attributes | None]


class Journal:
    """Use it from one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Read the file, and rewrite it with one line for each item that is left."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._saved = _read(path)
        _rewrite(path, self._saved)
        self._file: TextIO = path.open("a", encoding="utf-8")

    def saved(self, table: str) -> list[Attributes]:
        """The table's items at the start. The journal forgets them then: the table has them."""
        return list(self._saved.pop(table, {}).values())

    def write(self, changes: Iterable[Change]) -> None:
        """One line, written as a whole."""
        self._file.write(json.dumps(list(changes), ensure_ascii=False) + "\n")
        self._file.flush()


Saved = dict[str, dict[str, Attributes]]


def _read(path: Path) -> Saved:
    saved: Saved = {}
    for table, key, item in _changes(path):
        items = saved.setdefault(table, {})
        name = json.dumps(key, sort_keys=True)
        if item is None or _has_expired(item):
            items.pop(name, None)
        else:
            items[name] = item
    return saved


def _changes(path: Path) -> Iterator[Change]:
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            try:
                changes = json.loads(line)
            except ValueError:
                log.warning("%s: line %d was not written completely, and is ignored", path, number)
                continue
            yield from (tuple(change) for change in changes)


def _has_expired(item: Attributes) -> bool:
    """On AWS, DynamoDB deletes such items (TTL)."""
    return EXPIRES_AT in item and float(item[EXPIRES_AT]["N"]) <= time.time()


def _rewrite(path: Path, saved: Saved) -> None:
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8") as file:
        new.chmod(0o600)
        for table, items in saved.items():
            for key, item in items.items():
                file.write(json.dumps([[table, json.loads(key), item]], ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
