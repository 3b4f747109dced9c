"""The logs of a stack's programs."""

from pathlib import Path

from local.stack.local_stack import LocalStack


def lines_of(stack: LocalStack, name: str) -> list[str]:
    """The lines of all processes with this name: there may be a second worker."""
    return [line for log in _logs_of(stack, name) for line in log.read_text(encoding="utf-8").splitlines()]


def count(stack: LocalStack, name: str, *words: str) -> int:
    """How many lines contain all of these words."""
    return sum(all(word in line for word in words) for line in lines_of(stack, name))


def worker_of(stack: LocalStack, job_id: str) -> int:
    """The process id of the worker that is running this job."""
    for log in _logs_of(stack, "worker"):
        lines = log.read_text(encoding="utf-8").splitlines()
        if any(job_id in line and "Attempt started" in line for line in lines):
            return stack.processes[log.stem]
    raise AssertionError(f"no worker has started {job_id}")


def _logs_of(stack: LocalStack, name: str) -> list[Path]:
    return sorted((stack._settings.local_dir / "logs").glob(f"{name}*.log"))
