"""Checks the types of TypeScript in the documents, with the compiler and the strict options of the hooks."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.snippet.block import Block
from website.document import ROOT

_PACKAGE = ROOT / "packages/jobs"
_CONFIG = {
    "extends": str(_PACKAGE / "tsconfig.json"),
    "compilerOptions": {
        "noUnusedLocals": False,
        "paths": {
            "@loresmith/jobs": [str(_PACKAGE / "src/index.ts")],
            "@loresmith/jobs/*": [str(_PACKAGE / "src/*/index.ts")],
        },
        "types": ["node", "vite/client"],
        "noUncheckedSideEffectImports": False,
    },
    "include": ["*.ts", "*.tsx"],
}


def type_errors(blocks: Sequence[Block], folder: Path) -> str:
    """What the compiler says about these blocks, each a module of its own. Empty if all is well."""
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "tsconfig.json").write_text(json.dumps(_CONFIG), encoding="utf-8")
    for block in blocks:
        _write(block, folder)
    command = [str(ROOT / "node_modules/.bin/tsc"), "--project", str(folder), "--pretty", "false"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    return done.stdout + done.stderr


def _write(block: Block, folder: Path) -> None:
    """As a file that is named after the place of the block. What the comment declares stands below its code."""
    name = block.place.replace("/", "-").replace(":", "-") + f".{block.language}"
    (folder / name).write_text(f"{block.code}\n{block.rules.get('given', '')}\nexport {{}};\n", encoding="utf-8")
