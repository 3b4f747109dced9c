"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loresmith.cli import completion
from loresmith.cli.number import number, whole_number

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document, as the API sends it.")]
Limit = Annotated[
    int, typer.Option("--limit", "-n", parser=whole_number(1), metavar="N", help="Show at most this many.")
]
Since = Annotated[str | None, typer.Option("--since", metavar="DAY", help="The first day (UTC), such as 2026-11-30.")]
Until = Annotated[str | None, typer.Option("--until", metavar="DAY", help="The last day (UTC).")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]

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
        help="The job's id, or its first characters. Default: your newest job.",
        autocompletion=completion.job_ids,
        show_default=False,
    ),
]

Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        parser=number(0),
        metavar="SECONDS",
        help="Stop waiting after this time, with exit code 6. The job continues.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 if pieces are missing from the result.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help="Write the result to a file: JSON if its name ends with .json, else Markdown.",
    ),
]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the result, or only print the job's id.")]
Deadline = Annotated[
    int | None,
    typer.Option(
        "--deadline",
        parser=whole_number(1),
        metavar="SECONDS",
        help="Fail the job if it has not ended within this time.",
    ),
]
Webhook = Annotated[
    str | None,
    typer.Option(
        "--webhook",
        metavar="URL",
        help="Notify this address when the job ends. Create a secret first (docs/webhooks.md).",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Check the job and print what it would cost, without starting it.")
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="TEXT", help="Makes the command safe to repeat: for 24 hours, the same key gives the same job."
    ),
]

Theme = Annotated[str | None, typer.Option("--theme", metavar="TEXT", help="What it is about, such as steampunk.")]
Count = Annotated[
    int | None, typer.Option("--count", "-c", parser=whole_number(), metavar="N", help="How many pieces.")
]
Tone = Annotated[str | None, typer.Option("--tone", metavar="TEXT", help="How it should sound, such as grim.")]
Avoid = Annotated[
    list[str] | None, typer.Option("--avoid", metavar="NAME", help="A name that must not be used. Repeatable.")
]
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
        help="One of your pieces that must not be contradicted. Repeatable.",
        autocompletion=completion.piece_ids,
    ),
]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="PIECE",
        help="One of your pieces to build on: its id or its name. Repeatable.",
        autocompletion=completion.piece_ids,
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="Set any field of the payload, also a.b=VALUE. A list takes JSON or several --set. @FILE reads JSON.",
    ),
]
PayloadFile = Annotated[
    Path | None,
    typer.Option("--payload", metavar="FILE", help="The payload as a JSON file; - reads stdin. Options override it."),
]
