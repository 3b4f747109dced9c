"""Reads a program's environment into a pydantic model, and reports every fault at once.

A program's settings are a subclass of `EnvironmentSettings`. Each field is the environment variable of its name in
capitals; a blank value counts as unset.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from foundation.validation import sentence_of


class SettingsError(Exception):
    """The environment is not valid. The message has one fault per line: "NAME: what is wrong"."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__("\n".join(self.faults))


class EnvironmentSettings(BaseModel):
    """The base of every program's settings."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    #: What to say about a required variable that is not set, by the field's name.
    IF_MISSING: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """The settings of this environment. Raises `SettingsError` with every fault."""
        if faults := cls.faults_in(environment):
            raise SettingsError(faults)
        return cls.model_validate(cls.given(environment))

    @classmethod
    def faults_in(cls, environment: Mapping[str, str]) -> list[str]:
        """Everything that is wrong with this environment. Subclasses add what their fields do not check."""
        return cls.faults(cls.given(environment))

    @classmethod
    def given(cls, environment: Mapping[str, str]) -> dict[str, Any]:
        """The variables that are set, by the name of their field."""
        values = ((name, environment.get(name.upper(), "").strip()) for name in cls.model_fields)
        return {name: value for name, value in values if value}

    @classmethod
    def faults(cls, given: Mapping[str, Any]) -> list[str]:
        """What is wrong with each value, and then with the valid values together."""
        try:
            cls.model_validate(given)
        except ValidationError as error:
            problems = error.errors(include_input=False)
        else:
            return []
        faults = [line for problem in problems for line in cls._lines(problem)]
        wrong = {str(problem["loc"][0]) for problem in problems if problem["loc"]}
        if wrong and wrong <= given.keys() | cls.IF_MISSING.keys():
            # A placeholder for what is missing, so that it does not hide the faults of the others.
            right = {name: value for name, value in given.items() if name not in wrong}
            others = cls.faults(right | dict.fromkeys(wrong & cls.IF_MISSING.keys(), "-"))
            faults += [fault for fault in others if not any(name.upper() in fault for name in wrong)]
        return faults

    @classmethod
    def _lines(cls, problem: Any) -> list[str]:
        """One of pydantic's problems as lines such as "NAME: what is wrong"."""
        names = [str(step) for step in problem["loc"]]
        if names and problem["type"] == "missing" and names[0] in cls.IF_MISSING:
            return [f"{names[0].upper()}: {cls.IF_MISSING[names[0]]}"]
        said = sentence_of(problem, "the settings")
        return [f"{names[0].upper()}: {said}"] if names else said.splitlines()


def _http_address(address: str) -> str:
    """Raises `ValueError`."""
    if re.match(r"https?://[^/\s]", address) is None:
        raise ValueError("must be an address with http:// or https://")
    return address


HttpAddress = Annotated[str, AfterValidator(_http_address)]
