"""How much of a world a file shows."""

from enum import Enum


class View(Enum):
    """The value is its name in addresses."""

    #: Everything.
    ALL = "all"
    #: Only what its owner has marked for players.
    PLAYERS = "players"
