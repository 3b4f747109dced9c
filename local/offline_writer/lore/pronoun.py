"""Chooses a person's pronouns. A name always gets the same ones, so that separate stages agree."""

import hashlib
from collections.abc import Collection
from typing import NamedTuple


class Pronouns(NamedTuple):
    they: str
    them: str
    their: str
    theirs: str
    themselves: str
    #: Whether verbs after the pronoun take their plural form ("they have").
    plural: bool = False


SHE = Pronouns("she", "her", "her", "hers", "herself")
HE = Pronouns("he", "him", "his", "his", "himself")
THEY = Pronouns("they", "them", "their", "theirs", "themselves", plural=True)

_SHE_ENDINGS = ("dottir", "dóttir", "woman", "queen", "mother", "widow")
_HE_ENDINGS = ("sson", "ssen", "king", "father")


def pronouns_of(name: str, women: Collection[str], men: Collection[str]) -> Pronouns:
    """The pronouns for a name. Known given names decide, then endings, then the name's hash.

    `women` and `men` hold given names in lower case.
    """
    words = name.casefold().split()
    for word in words:
        if word in women or word.endswith(_SHE_ENDINGS):
            return SHE
        if word in men or word.endswith(_HE_ENDINGS):
            return HE
    return (SHE, HE, THEY)[hashlib.sha256(name.casefold().encode()).digest()[0] % 3]
