"""The measurements. Each module has a function `measure(run: Run) -> Section`."""

#: In the order of the document.
NAMES = (
    "headline",
    "overhead",
    "cpu_per_job",
    "held",
    "api",
    "cold_start",
    "generator_start",
    "growth",
    "page",
    "scaling",
    "fairness",
)
