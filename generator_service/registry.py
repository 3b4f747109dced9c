"""Finds the kinds and checks their declarations."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from types import ModuleType

from generator_service import kinds
from generator_service.kind import Kind, Named, Stage
from generator_service.llm.schema import strict_faults, text_fields

#: How many LLM calls a kind may make one after another. Three fit into a job's deadline; six did not.
MAX_CRITICAL_PATH = 3


class KindError(Exception):
    """A kind's declaration is invalid. The message lists every fault."""


def load_kinds(package: ModuleType = kinds) -> dict[str, Kind]:
    """Every `KIND` in the modules of the package, by name. Raises `KindError`."""
    found = [
        importlib.import_module(f"{package.__name__}.{module.name}").KIND
        for module in pkgutil.iter_modules(package.__path__)
    ]
    faults = [fault for kind in found for fault in check(kind)]
    names = [kind.name for kind in found]
    faults += [f"{name}: declared twice" for name in sorted(set(names)) if names.count(name) > 1]
    if faults:
        raise KindError("\n".join(faults))
    return {kind.name: kind for kind in found}


def check(kind: Kind) -> list[str]:
    """What is wrong with a kind. Empty if nothing is."""
    keys = [stage.key for stage in kind.stages]
    faults = [f"{kind.name}: stage {key} is declared twice" for key in sorted(set(keys)) if keys.count(key) > 1]
    unknown = [(stage.key, need) for stage in kind.stages for need in stage.after if need not in keys]
    faults += [f"{kind.name}.{key}: needs {need}, which is not a stage" for key, need in unknown]
    for stage in kind.stages:
        faults += [f"{kind.name}.{stage.key}: {fault}" for fault in strict_faults(stage.output)]
        if stage.together and (stage.after or not issubclass(stage.output, Named)):
            faults.append(f"{kind.name}.{stage.key}: only a first stage that writes names can be `together`")
        faults += [f"{kind.name}.{stage.key}: {fault}" for fault in _standard_faults(stage)]
    return faults or list(_shared_call_faults(kind)) or list(_order_faults(kind))


def critical_path(graph: Mapping[str, tuple[str, ...]]) -> int:
    """The number of calls that must be made one after another. Raises `graphlib.CycleError`."""
    depth: dict[str, int] = {}
    for key in TopologicalSorter(graph).static_order():
        depth[key] = 1 + max((depth[need] for need in graph[key]), default=0)
    return max(depth.values(), default=0)


def _standard_faults(stage: Stage) -> Iterator[str]:
    for field in sorted(stage.standard.fields - text_fields(stage.output)):
        yield f"the standard names {field}, which is not a text of the output"
    for field, words in stage.standard.lengths.items():
        if not 0 <= words.least <= words.most:
            yield f"the standard asks for {words} of {field}, which is not a range"
    if stage.together and stage.standard.on_weak == "fail":
        yield 'a stage that is written `together` cannot have `on_weak="fail"`: it fails only if a name is taken'


def _shared_call_faults(kind: Kind) -> Iterator[str]:
    keys = [key for call in kind.shared_calls for key in call]
    yield from (f"{kind.name}: {key} shares a call twice" for key in sorted(set(keys)) if keys.count(key) > 1)
    for key in keys:
        if key not in kind.stage:
            yield f"{kind.name}: {key} shares a call, but is not a stage"
        elif kind.stage[key].together:
            yield f"{kind.name}.{key}: a stage that is written `together` cannot share a call with another stage"
    for call in kind.shared_calls:
        for place, key in enumerate(call):
            needs = kind.stage[key].after if key in kind.stage else ()
            yield from (
                f"{kind.name}.{key}: comes before {need}, which it needs" for need in needs if need in call[place:]
            )


def _order_faults(kind: Kind) -> Iterator[str]:
    try:
        length = critical_path(kind.graph)
    except CycleError as error:
        yield f"{kind.name}: stages depend on each other in a cycle: {' -> '.join(error.args[1])}"
        return
    if not 1 <= length <= MAX_CRITICAL_PATH:
        yield f"{kind.name}: needs {length} calls one after another, but 1 to {MAX_CRITICAL_PATH} are allowed"
