"""Finds the grammar's symbol for a field by the field's name."""

import re
from collections.abc import Callable, Iterable, Iterator

#: Words in field names, and the symbol that matches them. The word that ends last in the name wins.
_FIELD_WORDS: tuple[tuple[str, str], ...] = (
    ("giver|patron|contact|ally|npc|leader|owner|founder|author|person|character|hero|protagonist|keeper|creator|maker", "any_person"),  # noqa: E501
    ("people|folk|population|inhabitants|members|crew|clan|tribe|witnesses|customers", "any_people"),
    ("faction|guild|group|organisation|organization|order|house|allegiance|affiliation", "any_group"),
    ("location|place|setting|where|home|origin place|region|destination|lair|headquarters|hideout|birthplace", "any_place"),  # noqa: E501
    ("steps|stages|tasks|instructions|phases|milestones", "any_steps"),
    ("objective|goal|task|mission|aim|purpose|motivation|ambition|errand", "any_objective"),
    ("reward|payment|prize|treasure|bounty|loot", "any_reward"),
    ("difficulty|challenge|level", "any_difficulty"),
    ("enemy|enemies|antagonist|villain|threat|obstacle|danger|monster|rival|foe|hazard", "any_danger"),
    ("secret|twist|truth|reveal", "any_secret"),
    ("hook|opening|start|lead", "any_hook"),
    ("rumor|rumour|gossip|whisper|legend", "any_rumour"),
    ("motto|slogan|creed|saying|proverb|belief|law|oath", "any_motto"),
    ("quote|line|dialogue|speech|greeting|testimony", "any_speech"),
    ("price|cost|curse|drawback|weakness|flaw|side effect|risk|penalty|consequence", "any_price"),
    ("spell|ritual|incantation", "any_spell"),
    ("power|ability|abilities|effect|magic|property|use|function", "any_power"),
    ("material|ingredient|substance|component", "any_material"),
    ("goods|trade|economy|export|wares|stock|inventory|menu", "any_goods"),
    ("skill|talent|expertise|craft|proficiency", "any_skill"),
    ("trait|personality|quality|temperament|mood", "any_trait"),
    ("custom|culture|tradition|ritual|rule|manners", "any_custom"),
    ("weather|climate|season", "any_weather"),
    ("smell|scent|aroma|taste|flavour|flavor", "any_smell"),
    ("sound|music|noise|call|song", "any_sound"),
    ("symbol|emblem|sign|mark|banner|sigil|crest", "any_mark"),
    ("when|time|date|hour|day|duration|deadline", "any_time"),
    ("clothes|clothing|garment|outfit|dress|attire", "any_clothes"),
    ("possession|item|object|carried|equipment|belonging|keepsake|relic", "any_possession"),
    ("appearance|look|landscape|visual|view", "any_appearance"),
    ("history|backstory|origin|past|chronicle", "any_history"),
    ("summary|synopsis|abstract|blurb", "any_summary"),
    ("overview|introduction|background", "any_overview"),
    ("description|story|text|body|paragraph|narrative|detail|note|impact|lore|content|plot|scene", "any_description"),
    ("concept|premise|pitch|idea|seed|tagline", "any_concept"),
    ("name|title|label|heading", "any_name"),
)  # fmt: skip
_PATTERNS = tuple((re.compile(rf"\b(?:{words})s?\b"), symbol) for words, symbol in _FIELD_WORDS)
_FALLBACK = "any_detail"
_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+")

Path = tuple[str | int, ...]


def words_of(field: str) -> str:
    """`questGiver`, `quest_giver` → `quest giver`."""
    return " ".join(_WORD_BREAK.split(field)).strip().lower()


def symbol_of(path: Path, kind: str, stage: str, can_expand: Callable[[str], bool]) -> str:
    """The symbol for the value at a path of field names and list indices (0-based).

    Symbols of the stage or the kind come first (`quest_title`, `setting_history`), with the position in a list, if any
    (`story_paragraphs_1`). Otherwise, the field's name decides.
    """
    fields = [step for step in path if isinstance(step, str)]
    field = fields[-1] if fields else "text"
    owners = (fields[-2] if len(fields) > 1 else "", stage, kind)
    for candidate in _candidates(owners, field, path):
        if can_expand(candidate):
            return candidate
    return any_symbol(words_of(field))


def any_symbol(words: str) -> str:
    """The general symbol that matches these words."""
    found: list[tuple[int, str]] = []
    for pattern, symbol in _PATTERNS:
        found += [(-match.end(), symbol) for match in pattern.finditer(words)]
    return min(found, key=lambda match: match[0])[1] if found else _FALLBACK


def _candidates(owners: Iterable[str], field: str, path: Path) -> Iterator[str]:
    place = f"_{path[-1] + 1}" if path and isinstance(path[-1], int) else ""
    for owner in filter(None, owners):
        if place:
            yield f"{owner}_{field}{place}"
        yield f"{owner}_{field}"
