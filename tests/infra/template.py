"""A synthesized template with the queries that tests need."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Template:
    """`folder` is the cloud assembly: template, assets, report."""

    folder: Path
    document: Mapping[str, Any]

    @classmethod
    def load(cls, folder: Path) -> "Template":
        return cls(folder, json.loads(_template_file(folder).read_text()))

    @property
    def path(self) -> Path:
        return _template_file(self.folder)

    @property
    def zip(self) -> Path:
        """The functions' code."""
        (found,) = self.folder.glob("asset.*.zip")
        return found

    def resources(self, kind: str) -> dict[str, Any]:
        """Logical id → properties, for every resource of this type ("SQS::Queue")."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.document["Resources"].items()
            if resource["Type"] == f"AWS::{kind}"
        }

    def one(self, kind: str, **wanted: Any) -> Any:
        """The properties of the only resource of this type that has these values."""
        found = [p for p in self.resources(kind).values() if all(p.get(k) == v for k, v in wanted.items())]
        assert len(found) == 1, f"{len(found)} resources are AWS::{kind} with {wanted}"
        return found[0]

    def function(self, name: str) -> Any:
        return self.one("Serverless::Function", FunctionName=f"{self.stack_name}-{name}")

    @property
    def functions(self) -> set[str]:
        """Their names, without the stack's."""
        found = self.resources("Serverless::Function").values()
        return {str(function["FunctionName"]).removeprefix(f"{self.stack_name}-") for function in found}

    def id_of(self, kind: str, **wanted: Any) -> str:
        properties = self.one(kind, **wanted)
        return next(name for name, found in self.resources(kind).items() if found is properties)

    @property
    def stack_name(self) -> str:
        return self.path.name.removesuffix(".template.json")

    def statements(self) -> Iterator[tuple[str, Any]]:
        """(logical id, statement) of every policy that is attached to a role."""
        for name, role in self.resources("IAM::Role").items():
            for policy in role.get("Policies", []):
                yield from ((name, statement) for statement in policy["PolicyDocument"]["Statement"])
        for name, policy in self.resources("IAM::Policy").items():
            yield from ((name, statement) for statement in policy["PolicyDocument"]["Statement"])

    def statements_of(self, function_name: str) -> list[Any]:
        role_id = self.function(function_name)["Role"]["Fn::GetAtt"][0]
        return [statement for name, statement in self.statements() if name == role_id]


def _template_file(folder: Path) -> Path:
    (found,) = folder.glob("*.template.json")
    return found


def listed(value: Any) -> list[Any]:
    """The value as a list: IAM and CloudFormation may write a list of one without brackets."""
    return value if isinstance(value, list) else [value]
