"""Invents the titles of stories and quests."""

from collections.abc import Collection

from local.offline_writer.lore.expander import Expander
from local.offline_writer.lore.prose import count_words

#: The generator's prompts ask for titles of at most six words. The names of the caller's pieces may be long.
_MOST_WORDS = 6
_TRIES = 100


def invented_title(expander: Expander, symbol: str, used: Collection[str] = ()) -> str:
    """A short title that is not in `used`, or else the shortest that was found."""
    titles = [expander.expand(symbol) for _ in range(_TRIES)]
    short = [title for title in titles if count_words(title) <= _MOST_WORDS]
    return next((title for title in short if title not in used), min(titles, key=count_words))
