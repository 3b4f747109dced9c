"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loresmith.cli import completion

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document, as the API sends it.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="At most this many.")]
Since = Annotated[str | None, typer.Option("--since", metavar="DAY", help="The first day (UTC), such as 2026-11-30.")]
Until = Annotated[str | None, typer.Option("--until", metavar="DAY", help="The last day (UTC).")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")]

JobId = Annotated[
    str,
    typer.Argument(
        metavar="JOB",
        help="The job's id, or its first characters.",
        autocompletion=completion.job_ids,
        show_default=False,
    ),
]
NewestOrJobId = Annotated[
    str | None,
    typer.Argument(
        metavar="JOB",
        help="The job's id, or its first characters. Without it: your newest job.",
        autocompletion=completion.job_ids,
        show_default=False,
    ),
]

Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", min=0, metavar="SECONDS", help="Stop waiting after this time (exit code 6). The job continues."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 if pieces are missing from the result.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="FILE", help="Write the result into a file: JSON if it ends with .json, else Markdown."
    ),
]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the result, or only print the job's id.")]
Deadline = Annotated[
    int | None,
    typer.Option("--deadline", min=1, metavar="SECONDS", help="The job must end within this time, or it fails."),
]
Webhook = Annotated[
    str | None,
    typer.Option(
        "--webhook", metavar="URL", help="Where the API reports the job's end. Make a secret first (docs/webhooks.md)."
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Check the job and say what it would cost. Nothing is started.")
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="TEXT", help="Makes the command safe to repeat: the same key gives the same job for 24 hours."
    ),
]

Theme = Annotated[str | None, typer.Option("--theme", metavar="TEXT", help="What it is about, such as steampunk.")]
Count = Annotated[int | None, typer.Option("--count", "-c", metavar="N", help="How many pieces.")]
Tone = Annotated[str | None, typer.Option("--tone", metavar="TEXT", help="How it should sound, such as grim.")]
Avoid = Annotated[list[str] | None, typer.Option("--avoid", metavar="NAME", help="A name that is taken. Repeatable.")]
Premise = Annotated[
    str | None, typer.Option("--premise", metavar="TEXT", help="What must be true: the party, the story so far.")
]
Language = Annotated[
    str | None, typer.Option("--language", metavar="TEXT", help="The language to write in, such as de or pt-BR.")
]
Canon = Annotated[
    list[str] | None,
    typer.Option(
        "--canon",
        metavar="PIECE",
        help="A piece of yours that must not be contradicted. Repeatable.",
        autocompletion=completion.piece_ids,
    ),
]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="PIECE",
        help="A piece of yours to build on: its id or its name. Repeatable.",
        autocompletion=completion.piece_ids,
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="Any field of the payload, also a.b=VALUE. A list takes JSON or several --set. @FILE reads JSON.",
    ),
]
PayloadFile = Annotated[
    Path | None,
    typer.Option("--payload", metavar="FILE", help="The payload as a JSON file; - reads stdin. Options win over it."),
]
