"""The jobs of a run: every job type with a grid of themes, tones and languages."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.job_type import WRITING_TYPES, JobType
from chalicelib.domain.payload import ANONYMOUS
from foundation.json_value import Json

THEMES = (
    "fantasy",
    "a harbour town of clockwork",
    "space opera",
    "desert caravans",
    "a drowned city",
    "winter folk tales",
    "pirates",
    "a school of magic",
    "the last railway",
    "bronze age myths",
)
TONES = (None, "dark", "hopeful", "comic")
#: The languages of the full grid besides the one in which the themes are written.
LANGUAGES = ("de", "es", "pl", "ru", "ar", "hi", "ja", "zh")


@dataclass(frozen=True, slots=True)
class Grid:
    """How many jobs of each type to run."""

    #: Jobs without a language.
    jobs: int
    #: Pieces of each job. A world is always one.
    count: int
    #: Jobs of each type in each language of `languages`, BCP 47.
    jobs_per_language: int = 0
    languages: Sequence[str] = LANGUAGES


#: `full`: five types with 200 pieces each in one language, so a thousand names.
GRIDS = {"small": Grid(jobs=10, count=2), "full": Grid(jobs=20, count=10, jobs_per_language=2)}


@dataclass(frozen=True, slots=True)
class Order:
    """One job of a run."""

    job_type: JobType
    #: Names the job in a run: equal in every run that has a job of this type with the same number, language and count.
    key: str
    params: dict[str, Json]

    @property
    def params_json(self) -> str:
        return json.dumps(self.params)

    @property
    def count(self) -> int:
        """How many pieces it asks for."""
        return int(str(self.params["count"]))


def orders(grid: Grid, kinds: Collection[str] = ()) -> list[Order]:
    """The jobs of the grid. The types alternate, so that a run that was stopped has jobs of each.

    A type without a field for a language has no jobs in the grid's languages.

    `kinds`: only these; all if empty. Raises `InvalidSubmission` if a language is not valid.
    """
    types = [job_type for job_type in WRITING_TYPES.values() if not kinds or job_type.kind in kinds]
    return [
        _order(job_type, number, grid.count, language)
        for number, language in _cells(grid)
        for job_type in types
        if language is None or "language" in job_type.payload.model_fields
    ]


def _cells(grid: Grid) -> Iterator[tuple[int, str | None]]:
    yield from ((number, None) for number in range(grid.jobs))
    yield from ((number, language) for number in range(grid.jobs_per_language) for language in grid.languages)


def _order(job_type: JobType, number: int, count: int, language: str | None) -> Order:
    """The example of the type, with what the grid changes and the type has a field for."""
    row, column = divmod(number, len(THEMES))
    changed = {
        "theme": THEMES[column],
        "tone": TONES[(row + column) % len(TONES)],
        "count": count,
        "language": language,
    }
    fields = job_type.payload.model_fields
    given = {name: value for name, value in changed.items() if value is not None and name in fields}
    payload = job_type.validate(dict(job_type.example) | given, ANONYMOUS)
    key = f"{job_type.kind}-{number + 1:03}-x{count}" + (f"-{language}" if language else "")
    return Order(job_type, key, payload.params())
