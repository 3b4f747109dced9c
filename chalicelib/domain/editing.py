"""Changes that people make to documents: merge patches (RFC 7396), checked against the form of the document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from chalicelib.domain.error import Fault, InvalidSubmission
from foundation.json_value import Json, size_bytes
from foundation.validation import path_of, sentence_of

#: The most bytes of a document's content and marks, as JSON in UTF-8. DynamoDB limits an item to 400 KB, together with
#: its copies in local indexes (developer guide, "Constraints"). Two indexes have copies, and each also has the search
#: text. The rest is left for texts that jobs rewrite: these may be longer.
MAX_DOCUMENT_BYTES = 80 * 1024
#: Fields of an answer that a change may not contain.
_FIXED = frozenset({"id", "kind", "user_id", "job_id", "theme", "version", "source", "author", "edited", "share"}) | {
    f"{happened}_at" for happened in ("created", "updated", "deleted")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields of a shelf's documents that people can change."""

    #: What the fields belong to, for messages: "a piece".
    whole: str
    #: A TypedDict with all these fields, none of them required.
    changes: type
    required: Sequence[str]
    #: The optional fields of the content, and the fields of the marks, with their values if left out.
    content: Mapping[str, Json]
    marks: Mapping[str, Json]

    def filled(self, given: Mapping[str, Json]) -> tuple[dict[str, Json], dict[str, Json]]:
        """Content and marks of a new document: the given fields, checked, and defaults for the rest."""
        fields = {name: value for name, value in given.items() if value is not None}
        content = {name: fields[name] for name in self.required} | dict(self.content)
        content |= {name: fields[name] for name in content if name in fields}
        marks = {name: fields.get(name, default) for name, default in self.marks.items()}
        _check_size(content, marks)
        return content, marks

    def patched(
        self, content: Mapping[str, Json], marks: Mapping[str, Json], patch: Mapping[str, Json]
    ) -> tuple[dict[str, Json], dict[str, Json]]:
        """Content and marks after the patch. Raises `InvalidSubmission` with every fault.

        Only what the patch changes is checked: what a job wrote may be longer than what people may write.
        """
        merged: Any = merge_patch({**content, **marks}, patch)
        missing = [Fault(name, "is required") for name in self.required if name in patch and name not in merged]
        changed = {name: merged[name] for name in patch if name in merged and name not in _FIXED}
        checked, faults = _checked(self.changes, changed, self.whole)
        fixed = [Fault(name, "cannot be changed; remove it") for name in patch if name in _FIXED]
        unknown = _unknown(self.changes, {name: patch[name] for name in patch if name not in _FIXED}, self.whole)
        if faults := [*fixed, *missing, *unknown, *(fault for fault in faults if fault not in unknown)]:
            raise InvalidSubmission(faults)
        new = {**content, **marks} | dict.fromkeys(patch) | checked
        new_content = {name: self._or_default(name, new.get(name)) for name in {**content, **self.content}}
        new_marks = {name: self._or_default(name, new.get(name)) for name in {**marks, **self.marks}}
        _check_size(new_content, new_marks)
        return new_content, new_marks

    def _or_default(self, name: str, value: Json) -> Json:
        return {**self.content, **self.marks}.get(name) if value is None else value


def merge_patch(target: Json, patch: Json) -> Json:
    """RFC 7396, section 2."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def check(model: type, given: Mapping[str, Json], whole: str) -> dict[str, Json]:
    """The fields of a TypedDict. Raises `InvalidSubmission` with every fault."""
    checked, faults = _checked(model, given, whole)
    if faults:
        raise InvalidSubmission(faults)
    return checked


def _checked(model: type, given: Mapping[str, Json], whole: str) -> tuple[dict[str, Json], list[Fault]]:
    try:
        return _validator(model).validate_python(dict(given)), []
    except ValidationError as error:
        return {}, list(_faults(error, whole))


def _unknown(model: type, patch: Mapping[str, Json], whole: str) -> list[Fault]:
    """A fault for each name in the patch that no field has. With null, it is not in the merged document any more."""
    try:
        _validator(model).validate_python(dict(patch))
    except ValidationError as error:
        return list(_faults(error, whole, only="extra_forbidden"))
    return []


@cache
def _validator(model: type) -> TypeAdapter[Any]:
    """Built when it is first needed: Pydantic needs milliseconds for it."""
    return TypeAdapter(model)


def _faults(error: ValidationError, whole: str, only: str | None = None) -> Iterator[Fault]:
    """`only`: the pydantic type of the errors that are meant; None for all."""
    for problem in error.errors(include_url=False, include_input=False):
        if only not in (None, problem["type"]):
            continue
        yield Fault(path_of(problem["loc"]), sentence_of(problem, whole))


def _check_size(content: Mapping[str, Json], marks: Mapping[str, Json]) -> None:
    if size_bytes({**content, **marks}) > MAX_DOCUMENT_BYTES:
        raise InvalidSubmission([Fault("", f"must be at most {MAX_DOCUMENT_BYTES // 1024} KiB in total")])
