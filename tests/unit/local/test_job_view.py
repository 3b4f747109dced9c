"""A job on the terminal."""

from io import StringIO
from typing import Any

from rich.console import Console

from local.command_line.job_view import missing, show_progress, show_result, show_warnings

CHANGES: list[dict[str, Any]] = [
    {"progress": 0, "status": "pending", "message": "Preparing your request...", "items": []},
    {
        "progress": 35,
        "status": "processing",
        "message": "Generated appearances...",
        "items": [
            {"index": 0, "name": "Linnet [bold] Ravenwick", "stages": ["name", "appearance"]},
            {"index": 1, "name": None, "stages": []},
        ],
    },
    {"progress": 100, "status": "completed", "message": "Job completed successfully", "items": []},
]
PIECE: dict[str, Any] = {
    "name": "Linnet [red] Ravenwick",
    "description": "A lamp [/] in the fog.",
    "type": "character",
    "details": {
        "appearance": "Tall.",
        "traits": ["wry", "brave"],
        "skills": [{"name": "Lamplight", "description": "sees [x]"}],
        "stats": {"strength": 11, "charisma": 9},
        "secret": "not shown",
    },
}


def console(*, is_terminal: bool = False) -> tuple[Console, StringIO]:
    output = StringIO()
    return Console(file=output, width=100, force_terminal=is_terminal, color_system=None), output


def test_without_a_terminal_each_change_is_one_line() -> None:
    target, output = console()
    assert show_progress(target, CHANGES) is CHANGES[-1]
    assert output.getvalue().splitlines() == [
        "  0%  pending     Preparing your request...",
        " 35%  processing  Generated appearances...",
        "100%  completed   Job completed successfully",
    ]


def test_a_terminal_shows_the_pieces_as_they_are_written() -> None:
    """Names come from a model, so what looks like markup in them is plain text."""
    target, output = console(is_terminal=True)
    assert show_progress(target, CHANGES[:2]) is CHANGES[1]
    shown = output.getvalue()
    assert " 35%" in shown
    assert "Linnet [bold] Ravenwick  name, appearance" in shown
    assert "No. 2" in shown


def test_a_result_is_shown_as_readable_text() -> None:
    target, output = console()
    usage = {"prompt_tokens": 12_000, "completion_tokens": 345, "llm_calls": 16}
    show_result(target, {"status": "completed", "result": [PIECE], "usage": usage})
    shown = output.getvalue()
    for words in (
        "Linnet [red] Ravenwick",
        "A lamp [/] in the fog.",
        "wry, brave",
        "Lamplight: sees [x]",
        "strength 11, charisma 9",
        "16 calls to the LLM, 12,345 tokens.",
    ):
        assert words in shown
    assert "not shown" not in shown


WARNING = {"stage": "traits", "code": "refused", "message": "The model declines.", "retryable": False, "missing": True}


def finished(*names: str, **fields: Any) -> dict[str, Any]:
    return {"result": [PIECE | {"name": name} for name in names], "items": [], "warnings": []} | fields


def warning_lines(job: dict[str, Any]) -> list[str]:
    target, output = console()
    show_warnings(target, job, "Write it: curl")
    return output.getvalue().splitlines()


def test_a_complete_job_shows_no_warnings() -> None:
    assert warning_lines(finished("Mara")) == []


def test_missing_pieces_are_listed_with_the_reason_and_how_to_get_them() -> None:
    """If a warning has no field `missing`, the piece is missing."""
    items = [{"index": 2, "name": "Oda", "stages": ["name"]}]
    warnings = [WARNING | {"item": 1}, WARNING | {"item": 2}]
    job = finished("Mara", items=items, warnings=warnings)
    assert warning_lines(job) == [
        "1 of 3 pieces were written:",
        "  No. 2 is missing because its traits failed: The model declines.",
        "  No. 3 (Oda) is missing because its traits failed: The model declines.",
        "Write it: curl",
    ]
    assert missing(job) == warnings


def test_an_adjustment_is_shown_with_its_piece_and_needs_no_retry() -> None:
    """`item` counts the requested pieces; missing ones are not in the result."""
    adjusted = WARNING | {"item": 2, "code": "adjusted", "message": "health was set to 150.", "missing": False}
    job = finished("Mara", "Ilse", warnings=[WARNING | {"item": 0}, adjusted])
    assert warning_lines(job)[2] == "  Ilse was adjusted: health was set to 150."
    weak = adjusted | {"code": "below_standard", "message": "backstory is too short."}
    assert warning_lines(finished("Mara", "Ilse", "Oda", warnings=[weak])) == [
        "  Oda could be better: backstory is too short."
    ]
    alone = finished("Mara", "Ilse", "Oda", warnings=[adjusted])
    assert warning_lines(alone) == ["  Oda was adjusted: health was set to 150."]
    assert missing(alone) == []
