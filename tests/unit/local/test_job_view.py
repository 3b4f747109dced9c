"""A job on the terminal."""

from io import StringIO
from typing import Any

from rich.console import Console

from infra.local.job_view import show_progress, show_result

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


def test_on_a_terminal_the_pieces_are_seen_growing() -> None:
    """Names come from a model: what looks like markup in them is text."""
    target, output = console(is_terminal=True)
    assert show_progress(target, CHANGES[:2]) is CHANGES[1]
    shown = output.getvalue()
    assert " 35%" in shown
    assert "Linnet [bold] Ravenwick  name, appearance" in shown
    assert "No. 2" in shown


def test_a_result_is_shown_in_words() -> None:
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
