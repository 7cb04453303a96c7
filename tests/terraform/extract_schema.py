"""Derives the schema of the Terraform types in use from the providers' published bindings: no registry is needed.

Terraform's registry is the only place that serves the providers themselves, but npm carries bindings generated from the
providers' own schema (`@cdktf/provider-google`). Every class in them states its arguments, nested blocks and exported
attributes in one regular shape, which is read here and written in the form of `terraform providers schema -json`
(https://developer.hashicorp.com/terraform/cli/commands/providers/schema), so that either can stand for the other.

What the bindings do not carry: limits above one on the number of blocks, and whether an optional argument is also
filled in by the provider. Optional top-level arguments are therefore taken as both, as most of Google's are.

    python -m tests.terraform.extract_schema      # rewrites provider_schema.json from the types in terraform/*.tf
"""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SCHEMA_FILE = Path(__file__).with_name("provider_schema.json")
CACHE = ROOT / ".aethercast" / "cache"
BINDINGS = {
    "google": "@cdktf/provider-google@16.12.1",
    "google-beta": "@cdktf/provider-google-beta@16.12.1",
    "archive": "@cdktf/provider-archive@11.0.1",
    "time": "@cdktf/provider-time@11.0.1",
}
"""Provider -> npm package; those of google and google-beta describe version 6.50.0 of the providers."""
BETA = {"google_project_service_identity"}
"""Types that google does not have, and google-beta has."""

_GETTER_TYPES: dict[str, Any] = {
    "this.getStringAttribute": "string",
    "this.getNumberAttribute": "number",
    "this.getBooleanAttribute": "bool",
    "this.getListAttribute": ["list", "string"],
    "this.getNumberListAttribute": ["list", "number"],
    "this.getStringMapAttribute": ["map", "string"],
    "cdktf.Fn.tolist(this.getListAttribute": ["set", "string"],
    "cdktf.Token.asNumberList(cdktf.Fn.tolist(this.getNumberListAttribute": ["set", "number"],
    "this.interpolationForAttribute": "dynamic",
}
_CLASS = re.compile(r"^class (\w+) extends cdktf\.\w+ \{\n(.*?)^\}", re.M | re.S)
_GETTER = re.compile(r"^    get (\w+)\(\) \{\n\s+(?:// .*\n\s+)*return ([\w.(]+?)(?:\('(\w+)'\)+)?;\n", re.M)
_FIELD = re.compile(r'this\._(\w+) = new ([\w.]+)\(this, "(\w+)"(?:, (true|false))?\)')
_HCL = re.compile(
    r'^ +(\w+): \{\n\s+value: .*\n\s+isBlock: (true|false),\n\s+type: "(\w+)",\n\s+storageClassType: "(\w+)"', re.M
)
_PLAIN_TYPES = {
    "string": "string",
    "number": "number",
    "boolean": "bool",
    "stringList": ["list", "string"],
    "numberList": ["list", "number"],
    "stringMap": ["map", "string"],
}


def main() -> None:
    schemas: dict[str, Any] = {}
    for provider, package in BINDINGS.items():
        with tarfile.open(_fetch(package)) as bindings:
            schemas[f"registry.terraform.io/hashicorp/{provider}"] = _provider_schema(provider, bindings)
    lines = _one_line_a_type({"format_version": "1.0", "provider_schemas": schemas})
    SCHEMA_FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def types_in_use(folder: Path = ROOT / "terraform") -> dict[str, set[str]]:
    """The resource and data source types named in the HCL: {"resource": {...}, "data": {...}}."""
    used: dict[str, set[str]] = {"resource": set(), "data": set()}
    for file in folder.glob("*.tf"):
        for kind, name in re.findall(r'^(resource|data) "(\w+)"', file.read_text(encoding="utf-8"), re.M):
            if name != "terraform_data":
                used[kind].add(name)
    return used


def _provider_of(name: str) -> str:
    return "google-beta" if name in BETA else name.partition("_")[0]


def _fetch(package: str) -> Path:
    """Download an npm package once; return its archive."""
    archive = CACHE / (package.lstrip("@").replace("/", "-").replace("@", "-") + ".tgz")
    if not archive.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", package], cwd=CACHE, check=True, timeout=300)
    return archive


def _provider_schema(provider: str, bindings: tarfile.TarFile) -> dict[str, Any]:
    """The `provider_schemas` entry of one provider, cut down to the types in use."""

    def read(folder: str) -> str:
        member = bindings.extractfile(f"package/lib/{folder}/index.js")
        assert member is not None, folder
        return member.read().decode()

    def schemas(kind: str, prefix: str) -> dict[str, Any]:
        names = sorted(name for name in types_in_use()[kind] if _provider_of(name) == provider)
        whole = prefix or provider == "google-beta"  # whose folders are called by the whole names
        folders = {
            name: prefix + (name if whole else name.removeprefix(f"{provider}_")).replace("_", "-") for name in names
        }
        return {name: {"version": 0, "block": _Bindings(read(folder)).root()} for name, folder in folders.items()}

    return {
        "provider": {"version": 0, "block": _provider_arguments(read("provider"))},
        "resource_schemas": schemas("resource", ""),
        "data_source_schemas": schemas("data", "data-"),
    }


def _provider_arguments(source: str) -> dict[str, Any]:
    """The provider's own plain arguments, without the hundreds of per-service endpoints."""
    attributes = {
        name: {"type": _PLAIN_TYPES[kind], "optional": True}
        for name, block, _, kind in _HCL.findall(source)
        if block == "false" and name != "alias" and not name.endswith("_custom_endpoint")
    }
    return {"attributes": attributes}


class _Bindings:
    """The classes of a resource or data source."""

    def __init__(self, source: str) -> None:
        self.classes = dict(_CLASS.findall(source))
        self.nesting = {
            (name, storage): "single" if kind == "struct" else kind
            for name, block, kind, storage in _HCL.findall(source)
            if block == "true"
        }
        self.root_class = next(name for name, body in self.classes.items() if "static generateConfigForImport" in body)

    def root(self) -> dict[str, Any]:
        return self._block(self.root_class)

    def _block(self, cls: str) -> dict[str, Any]:
        body = self.classes[cls]
        fields = {name: (target, snake, is_set == "true") for name, target, snake, is_set in _FIELD.findall(body)}
        attributes: dict[str, Any] = {}
        blocks: dict[str, Any] = {}
        getters = _GETTER.findall(body)
        unread = _accessors(body) - {name for name, _, snake in getters if snake or name in fields}
        assert not unread, f"{cls}: {unread}"
        for name, getter, snake in getters:
            settable = f"    set {name}(" in body or f"    put{name[0].upper()}{name[1:]}(" in body
            required = settable and f"    reset{name[0].upper()}{name[1:]}(" not in body
            flags = self._flags(cls, settable, required)
            if snake:
                flags = {"optional": True, "write_only": True} if snake.endswith("_wo") else flags
                attributes[snake] = {"type": _GETTER_TYPES[getter]} | flags
            elif name in fields:
                target, argument, is_set = fields[name]
                if target.startswith("cdktf."):
                    assert target in {"cdktf.StringMap", "cdktf.StringMapList"}, target
                    kind: Any = ["map", "string"] if target == "cdktf.StringMap" else ["list", ["map", "string"]]
                    attributes[argument] = {"type": kind} | flags
                elif settable:
                    blocks[argument] = self._nested(target, argument, required)
                else:
                    kind = ["set" if is_set else "list", self._object_type(_element(target))]
                    attributes[argument] = {"type": kind, "computed": True}
        return {"attributes": attributes} | ({"block_types": blocks} if blocks else {})

    def _flags(self, cls: str, settable: bool, required: bool) -> dict[str, bool]:
        if required:
            return {"required": True}
        if not settable:
            return {"computed": True}
        return {"optional": True, "computed": True} if cls == self.root_class else {"optional": True}

    def _nested(self, target: str, snake: str, required: bool) -> dict[str, Any]:
        """A nested block: single-element lists are `XOutputReference`, longer lists `XList`."""
        many = target.endswith("List")
        storage = target if many else target.removesuffix("OutputReference") + "List"
        mode = self.nesting.get((snake, storage)) or self.nesting[snake, storage.removesuffix("List")]
        nested = {"nesting_mode": mode, "block": self._block(_element(target))}
        if mode != "single":
            nested |= ({"min_items": 1} if required else {}) | ({} if many else {"max_items": 1})
        return nested

    def _object_type(self, cls: str) -> list[Any]:
        block = self._block(cls)
        assert "block_types" not in block, cls
        return ["object", {name: attribute["type"] for name, attribute in block["attributes"].items()}]


def _accessors(body: str) -> set[str]:
    """Every getter of an attribute or a block."""
    names = set(re.findall(r"^    get (\w+)\(\)", body, re.M))
    return {name for name in names if name != "internalValue" and name.removesuffix("Input") not in names - {name}}


def _element(target: str) -> str:
    return target.removesuffix("List") + "OutputReference" if target.endswith("List") else target


def _one_line_a_type(document: dict[str, Any]) -> Iterator[str]:
    """JSON with a line for each resource type: small, so a change of a type is a change of a line."""
    compact = {"separators": (",", ":"), "sort_keys": True}
    yield f'{{"format_version":{json.dumps(document["format_version"])},"provider_schemas":{{'
    for number, (address, schema) in enumerate(document["provider_schemas"].items()):
        yield f"{',' if number else ''}{json.dumps(address)}:{{"
        yield f'"provider":{json.dumps(schema["provider"], **compact)}'  # type: ignore[arg-type]
        for kind in ("resource_schemas", "data_source_schemas"):
            yield f',"{kind}":{{'
            types = [f"{json.dumps(name)}:{json.dumps(block, **compact)}" for name, block in schema[kind].items()]  # type: ignore[arg-type]
            yield ",\n".join(types)
            yield "}"
        yield "}"
    yield "}}"


if __name__ == "__main__":
    main()
