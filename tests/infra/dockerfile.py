"""A parser for the parts of a Dockerfile that the tests check."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Stage:
    base: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction: str) -> list[str]:
        return [text for name, text in self.instructions if name == instruction]

    def copies(self) -> list[tuple[str, str]]:
        """(source in the build context, destination). Files from another stage are left out."""
        found = [text.split() for text in self.all("COPY") if "--from" not in text]
        return [(source, destination) for *sources, destination in found for source in sources]

    def variables(self) -> dict[str, str]:
        return dict(pair.split("=", 1) for text in self.all("ENV") for pair in text.split())

    def command(self, instruction: str) -> list[str]:
        """The words of an instruction in exec form. Options before the list are ignored."""
        (text,) = self.all(instruction)
        found: list[str] = json.loads(text[text.index("[") :])
        return found


def read(path: Path) -> dict[str, Stage]:
    """Read the stages: name → stage, in the order of the file."""
    stages: dict[str, Stage] = {}
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        instruction, _, text = line.partition(" ")
        if instruction == "FROM":
            base, _, name = text.partition(" AS ")
            stages[name] = current = Stage(base, name)
        elif stages:
            current.instructions.append((instruction, text.strip()))
    return stages
