"""Finds what is not prose: web addresses, markup, placeholders, and words of the model about its answer."""

import re

#: Fault → texts of which it always has at least one, in lower case, and its pattern. Most prose has none of these, and
#: looking for them takes a tenth of the time.
_FAULTS = {
    "a web address": (
        ("://", "www.", "@", ".com", ".org", ".net", ".io", ".gov", ".edu"),
        r"https?://|\bwww\.\w|\b[\w-]{2,63}\.(?:com|org|net|io|gov|edu)\b|\b[\w.]{1,64}@[\w-]{1,63}\.\w",
    ),
    "markup": (
        ("**", "#", "```", "<", "]("),
        r"\*\*\S|(?m:^\s{0,3}#{1,6}\s)|```|</?[a-z][a-z0-9]{0,9}(?:\s[^<>]{0,100})?/?>|\]\(\S",
    ),
    "JSON": (('"', "\\"), r"[{,]\s*\"\w{1,40}\"\s*:|\"\s*[}\]]\s*$|\\[nu\"]"),
    "a placeholder": (
        ("[", "{", "lorem ipsum", "todo", "tbd", "fixme"),
        r"(?i:\[(?:insert|your|enter)\b[^\]]{0,40}\]|\[(?:[\w'\u2019]{1,20} )?(?:name|title|theme)\b[^\]]{0,30}\]"
        r"|\{\{?\s?\w{1,40}\s?\}\}?|\blorem ipsum\b)"
        r"|\b(?:TODO|TBD|FIXME)\b",  # "todo" is a word in Spanish and Portuguese
    ),
    "words about the answer": (
        ("ai model", "language model", "word count", "words)"),
        r"(?i:\bas an? (?:ai|language) (?:language )?model\b|\bword count\s*:|\(\d{1,4} words\))",
    ),
}
_COMPILED = {fault: (signs, re.compile(pattern)) for fault, (signs, pattern) in _FAULTS.items()}
#: Faults of a whole text, and of how it begins.
_BEGINNINGS = {
    "a placeholder": re.compile(r"(?i:\W*(?:text|string|placeholder|null|none|n/a)\W*\Z)"),
    "words about the answer": re.compile(
        r"(?i:\W*(?:(?:sure|certainly|of course)[,.!]\s+(?:here|i|let)\b"
        r"|here(?:'s|\u2019s| is| are) (?:\w+ ){1,3}(?:json|answer|response|text|description|backstory|story|piece)\b))"
    ),
}


def not_plain(text: str) -> list[str]:
    """The kinds of faults in the text: "a web address", "markup"."""
    folded = text.casefold()
    return [
        fault
        for fault, (signs, pattern) in _COMPILED.items()
        if (any(sign in folded for sign in signs) and pattern.search(text))
        or (fault in _BEGINNINGS and _BEGINNINGS[fault].match(text))
    ]
