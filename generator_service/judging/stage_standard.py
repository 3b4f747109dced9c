"""The standard of each stage of each kind. The lengths are those that the prompts ask for."""

from collections.abc import Mapping

from generator_service.judging.standard import Standard, Words

_NAME = Words(0, 8)
_CONCEPT = Words(0, 20)
_TITLE = Words(2, 6)


def _named(*, of_people: bool = False) -> Standard:
    return Standard(lengths={"name": _NAME, "concept": _CONCEPT}, names=("name",), of_people=of_people, on_weak="fail")


def _prose(field: str, least: int, most: int, context: tuple[str, ...] = ()) -> Standard:
    return Standard(lengths={field: Words(least, most)}, sentences=(field,), context=context)


_CHARACTER = {
    "name": _named(of_people=True),
    "appearance": _prose("appearance", 50, 80),
    "backstory": _prose("backstory", 110, 160),
    "traits": Standard(
        lengths={"traits[]": Words(0, 15), "flaw.name": Words(2, 4), "flaw.description": Words(10, 40)},
        sentences=("flaw.description",),
        names=("flaw.name",),
        distinct_entries=("traits[]",),
    ),
    "skills": Standard(lengths={"skills[]": Words(0, 12)}, distinct_entries=("skills[]",)),
    "stats": Standard(),
}
_SETTING = {
    "name": _named(),
    "landscape": _prose("landscape", 70, 110),
    "culture": _prose("culture", 70, 110),
    "history": _prose("history", 70, 110),
    "economy": _prose("economy", 60, 100),
    "summary": _prose("summary", 90, 130),
}
_FACTION = {
    "name": _named(),
    "ideology": _prose("ideology", 70, 110),
    "appearance": _prose("appearance", 60, 90),
    "summary": _prose("summary", 90, 130),
}
_EVENT = {
    "name": _named(),
    "description": _prose("description", 110, 160, context=("setting",)),
    "impact": _prose("impact", 80, 120),
}
_RELIC = {
    "name": _named(),
    "description": _prose("description", 90, 130),
    "history": _prose("history", 90, 130, context=("setting", "event")),
}
_WORLD = {
    "story": Standard(
        lengths={"title": _TITLE, "paragraphs[]": Words(90, 140)},
        sentences=("paragraphs[]",),
        names=("title",),
        distinct_entries=("paragraphs[]",),
        context="all",
    ),
    "quest": Standard(
        lengths={"title": _TITLE, "description": Words(90, 140)},
        sentences=("description",),
        names=("title",),
        context="any",
    ),
}

#: Kind → stage → standard.
STANDARDS: Mapping[str, Mapping[str, Standard]] = {
    "character": _CHARACTER,
    "setting": _SETTING,
    "faction": _FACTION,
    "event": _EVENT,
    "relic": _RELIC,
    "world": _WORLD,
}
