"""`nox -s generated`: write anew the player's files derived from the contract and from the API.

    web/contract.js      what the page goes by of common/contract.py
    web/api_types.d.ts   the types of what the API is asked and answers, and of its error codes

Both are kept in the repository, so that the page needs no build; tests/unit/test_contract.py says when one is stale.
"""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import Any, Final

from common import contract
from functions.api_gateway import openapi
from functions.api_gateway.operations import OPERATIONS
from local.entry_points import ROOT

WEB: Final = ROOT / "web"
OF_THE_PAGE: Final = (
    "LANGUAGES",
    "STYLES",
    "FILE_ENDINGS",
    "MAX_REQUEST_BYTES",
    "MAX_TEXT_CHARACTERS",
    "MAX_TOPIC_CHARACTERS",
    "MAX_FOCUS_CHARACTERS",
    "MAX_HOST_NAME_CHARACTERS",
    "MAX_SHOW_CHARACTERS",
    "MAX_MINUTES",
    "DEFAULT_MINUTES",
    "FRAMING",
    "PACKET_MS",
    "SAMPLE_RATE",
    "Close",
    "REPORT_EVERY_S",
    "PLAYER_PATIENCE_S",
    "STREAM_TOKEN_ERRORS",
)
"""The names of the contract that the page imports; what it does not need it does not load."""


def contract_module() -> str:
    """Write the contract as an ES module: tuples, sets and the keys of dictionaries as arrays, enums as objects."""
    lines = ["// Made by `nox -s generated` of common/contract.py: change it there.", ""]
    for name in OF_THE_PAGE:
        value = json.dumps(_plain(getattr(contract, name)), ensure_ascii=False)
        value = re.sub(r'"([A-Z_]+)":', r"\1:", value)
        lines.append(f"export const {re.sub('(?<=[a-z])(?=[A-Z])', '_', name).upper()} = {value};")
    return "\n".join(lines) + "\n"


def types_module() -> str:
    """Write the schemas of the OpenAPI document as TypeScript, for the checker and for editors: no browser loads it."""
    schemas = openapi.document(OPERATIONS, "")["components"]["schemas"]
    lines = ["// Made by `nox -s generated` of the OpenAPI document: change functions/api_gateway/ and run it.", ""]
    lines += [f"export type {_type_name(name)} = {_type(schema)};" for name, schema in sorted(schemas.items())]
    codes = " | ".join(json.dumps(code) for code in sorted(contract.ERRORS))
    lines.append(f"export type ErrorCode = {codes};")
    return "\n".join(lines) + "\n"


FILES: Final = {WEB / "contract.js": contract_module, WEB / "api_types.d.ts": types_module}


def _plain(value: Any) -> Any:
    match value:
        case type() if issubclass(value, Enum):
            return {member.name: member.value for member in value}
        case frozenset() | set():
            return sorted(value)
        case dict() | tuple():
            return list(value)
        case float() if value.is_integer():
            return int(value)
    return value


def _type_name(schema_name: str) -> str:
    """Return the TypeScript name of a schema: what is both asked and answered has two, which no hyphen may part."""
    return schema_name.removesuffix("-Input").replace("-Output", "Answer")


def _type(schema: dict[str, Any]) -> str:
    """Return the TypeScript type of a JSON Schema, as far as those of the API go."""
    match schema:
        case {"$ref": str(ref)}:
            return _type_name(ref.rpartition("/")[2])
        case {"const": value}:
            return json.dumps(value)
        case {"enum": values}:
            return " | ".join(map(json.dumps, values))
        case {"anyOf": kinds}:
            return " | ".join(map(_type, kinds))
        case {"type": "array", "items": items}:
            return f"({_type(items)})[]" if " | " in _type(items) else f"{_type(items)}[]"
        case {"type": "object", "properties": properties}:
            required = schema.get("required", ())
            fields = (f"{name}{'' if name in required else '?'}: {_type(of)}" for name, of in properties.items())
            return f"{{ {'; '.join(fields)} }}"
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"Record<string, {_type(values)}>"
        case {"type": "integer" | "number"}:
            return "number"
        case {"type": "string" | "boolean" | "null" as kind}:
            return str(kind)
    raise ValueError(f"no TypeScript for {schema}")


def main() -> None:
    for path, made in FILES.items():
        path.write_text(made(), encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
