"""The logs of a stack's programs."""

from local.stack.local_stack import LocalStack


def lines_of(stack: LocalStack, name: str) -> list[str]:
    """The lines of all processes with this name: there may be a second worker."""
    folder = stack._settings.local_dir / "logs"
    text = "\n".join(log.read_text(encoding="utf-8") for log in sorted(folder.glob(f"{name}*.log")))
    return text.splitlines()


def count(stack: LocalStack, name: str, *words: str) -> int:
    """How many lines contain all of these words."""
    return sum(all(word in line for word in words) for line in lines_of(stack, name))
