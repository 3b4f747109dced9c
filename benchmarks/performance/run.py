"""What a measurement gets."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    #: A folder for what the measurement starts. It is deleted afterwards.
    folder: Path
    #: Whether to measure briefly. The figures are then rough, and are not written.
    is_quick: bool = False

    @property
    def repeats(self) -> int:
        """How often to measure the same thing. The result is the median."""
        return 2 if self.is_quick else 5

    def new_folder(self, name: str) -> Path:
        """An empty folder."""
        number = sum(1 for other in self.folder.iterdir() if other.name.startswith(f"{name}-"))
        folder = self.folder / f"{name}-{number}"
        folder.mkdir()
        return folder

    def say(self, text: str) -> None:
        """Show progress."""
        print(f"  {text}", flush=True)
