"""What the stages of a character write, as a user of a job library would declare it."""

from typing import Annotated

from pydantic import BaseModel, Field

Score = Annotated[int, Field(ge=8, le=18)]


class Named(BaseModel):
    name: str
    concept: str


class Names(BaseModel):
    names: list[Named]


class Appearance(BaseModel):
    appearance: str


class Backstory(BaseModel):
    backstory: str


class Flaw(BaseModel):
    name: str
    description: str


class Traits(BaseModel):
    traits: Annotated[list[str], Field(min_length=3, max_length=3)]
    flaw: Flaw


class Skills(BaseModel):
    skills: Annotated[list[str], Field(min_length=3, max_length=5)]


class Stats(BaseModel):
    health: Annotated[int, Field(ge=50, le=150)]
    stress: Annotated[int, Field(ge=0, le=50)]
    knowledge: Score
    empathy: Score
    resilience: Score
    creativity: Score
    influence: Score
    perception: Score


STAGES: dict[str, type[BaseModel]] = {
    "appearance": Appearance,
    "backstory": Backstory,
    "traits": Traits,
    "skills": Skills,
    "stats": Stats,
}
