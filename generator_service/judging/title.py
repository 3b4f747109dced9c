"""Words before a name that do not identify anybody."""

import re

#: As `word.tokens` folds them. Only the usual ones of the languages that models write most: without one of them, two
#: names with that title are taken for similar.
_TITLE = re.compile(
    "captain|kapitan|capitaine|capitano?|colonel|major|sergeant|sheriff|constable|inspector|judge|magistrate"
    "|mrs|miss|sir|ser|dame|lord|lady|master|mistress|madame?|monsieur|mademoiselle|herr|frau|senora?|signora?|don|dona"
    "|doc|do[ck]tor|docteur|professor|saint|santa?|sankt|the|old|young|little|big|widow"
    "|father|mother|brother|sister|uncle|aunt|grandfather|grandmother|granny|mama|papa|friar|abbot|abbess"
    "|vater|mutter|bruder|schwester|onkel|tante|meister|pere|mere|frere|soeur|oncle|maitre|padre|madre|fray|hermana"
    "|hermano|maestr[ao]|king|queen|prince|princess|baron|baroness|count|countess|duke|duchess|graf|grafin|comte|comtesse"
    "|abu|abd|umm|ibn|bint|bin|ابو|عبد|ابن|بنت|الشيخ|отец|мать|брат|сестра|дед|дядя|тетя|князь|капитан"
)


def is_title(word: str) -> bool:
    """Whether a word of `word.tokens` is a title."""
    return _TITLE.fullmatch(word) is not None
