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
#: Code of a language → what is an ordinary word in it, or a part of many: Italian "aria", Dutch "Jachthaven", Swedish
#: "Stormens". In lower case.
ORDINARY = {
    **dict.fromkeys(("it", "ro"), ("aria",)),
    **dict.fromkeys(("af", "da", "fy", "nb", "nds", "nl", "nn", "no", "sv"), ("haven", "storm")),
}
#: In lower case. They count in any case, as whole words.
PHRASES = ("tapestry", "testament to", "whispers of", "echoes", "dance of", "little did they know")
#: Ideas that the prompt forbids. They have too many wordings to be looked for in a text.
IDEAS = ("chosen ones", "prophecies", "ancient evils that awaken", "hooded strangers", "lone wolves")
