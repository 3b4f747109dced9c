"""Finds the tone's word file for the caller's tone, which is free text."""

import re

#: The files `word/tone/<name>.txt`, and the beginnings of words that ask for them. The word that comes first in the
#: caller's text wins. A text without any of them gets no file: the neutral tone.
TONES: dict[str, str] = {
    "horror": r"horror|scary|creep|terrif|fright|macabre|ghoul|dread|nightmar|ghost|haunt",
    "gritty": r"grit|serious|realis|harsh|hard|brutal|noir|raw|rough|street|military|war\b",
    "dark": r"dark|grim|bleak|gothic|tragic|sinister|melanchol|sad\b|somber|sombre|heartbreak|despair|cynic|bitter\b",
    "comic": r"light|funny|humou?r|comic|comed|silly|satir|parod|joke|slapstick|ironic|witty|laugh",
    "whimsical": r"whims|playful|absurd|cheer|quirk|fairy|childlike|dream|surreal|magical|odd\b",
    "hopeful": r"hope|warm|cozy|cosy|gentle|kind|romantic|heart|wholesome|sweet|tender|uplift|optimis|bright|inspir",
    "epic": r"epic|grand|heroic|myth|legend|solemn|majest|operatic|noble|dramatic",
    "mysterious": r"myster|tense|suspens|thrill|paranoi|intrigu|eerie|uncanny|secret|enigma|strange|weird",
}  # fmt: skip
_PATTERNS = {name: re.compile(rf"\b(?:{words})", re.IGNORECASE) for name, words in TONES.items()}


def tone_of(text: str) -> str:
    """The name of the tone's file, or empty for the neutral tone."""
    found = [(match.start(), name) for name, pattern in _PATTERNS.items() if (match := pattern.search(text))]
    return min(found, default=(0, ""), key=lambda each: each[0])[1]
