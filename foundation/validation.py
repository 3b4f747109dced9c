"""What pydantic found wrong with a value, as text for the person who sent it."""

from pydantic import ValidationError


def faults_of(error: ValidationError, whole: str) -> list[str]:
    """Every fault as "place: what is wrong". `whole` names the place if the value as a whole is wrong.

    The faults do not quote the value.
    """
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    return [f"{'.'.join(map(str, problem['loc'])) or whole}: {problem['msg']}" for problem in problems]
