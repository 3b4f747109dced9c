"""The names and phrases that language models write too often. The prompt forbids them."""

#: Whole names, as they are written.
NAMES = (
    "Elara",
    "Lyra",
    "Kael",
    "Aria",
    "Seraphina",
    "Thorne",
    "Zephyr",
    "Eldoria",
    "Ravenwood",
    "Blackwood",
)
#: Beginnings and ends of compound names, such as "Shadowfen" and "Whitehaven".
NAME_BEGINNINGS = ("Shadow", "Storm", "Whisper")
NAME_ENDINGS = ("haven",)
#: Code of a language → ordinary words of it, which are also parts of other words: Italian "aria", Dutch "Jachthaven",
#: Swedish "Stormens". In lower case.
ORDINARY = {
    **dict.fromkeys(("it", "ro"), ("aria",)),
    **dict.fromkeys(("af", "da", "fy", "nb", "nds", "nl", "nn", "no", "sv"), ("haven", "storm")),
}
#: In lower case. They are forbidden as whole words, in any case.
PHRASES = ("tapestry", "testament to", "whispers of", "echoes", "dance of", "little did they know")
#: Ideas that the prompt forbids. They can be worded in too many ways to be found by a rule.
IDEAS = ("chosen ones", "prophecies", "ancient evils that awaken", "hooded strangers", "lone wolves")
