"""A stand-in for Terraform providers: their schema, and a cloud in memory only.

It speaks Terraform's plugin protocol 6 (https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol), so
that the real `terraform` validates, plans, applies, tests and destroys without a registry, credentials or a cloud.
Terraform itself checks the configuration against the provider's schema. What the stand-in adds is a cloud in which
nothing can be created twice and of which `destroy` must leave nothing.

Values travel as MessagePack; an unknown value is an extension of type 0.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import grpc
import msgpack

from tests.terraform import facts
from tests.terraform.extract_schema import SCHEMA_FILE

_pb, _rpc = grpc.protos_and_services("tests/terraform/tfplugin6.proto")
_UNKNOWN = msgpack.ExtType(0, b"\0")
_MAX_MESSAGE_BYTES = 64 * 1024 * 1024

Value = Any
"""A decoded Terraform value: None, bool, number, str, list, dict, or `_UNKNOWN`."""


class Cloud:
    """What has been applied: (type, identity) -> the resource's values. One cloud outlives many terraform commands.

    `told` are, likewise, values reported to the provider and absent from state. `folder` is where terraform runs:
    relative names of local files start there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = ""
        self.resources: dict[tuple[str, str], dict[str, Any]] = {}
        self.told: dict[tuple[str, str], dict[str, Any]] = {}

    def of_type(self, type_name: str) -> list[dict[str, Any]]:
        return [values for (kind, _), values in self.resources.items() if kind == type_name]


@contextmanager
def serving(cloud: Cloud, schema_file: Path = SCHEMA_FILE) -> Iterator[str]:
    """Serve every provider of `schema_file` on Unix sockets; yield the value for `TF_REATTACH_PROVIDERS`."""
    servers = []
    reattach = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (address, (schema, message)) in enumerate(_providers(schema_file).items()):
            socket = f"{folder}/{number}.sock"
            server = grpc.server(
                futures.ThreadPoolExecutor(max_workers=8),
                options=[("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES)],
            )
            _rpc.add_ProviderServicer_to_server(StandIn(schema, message, cloud), server)
            server.add_insecure_port(f"unix:{socket}")
            server.start()
            servers.append(server)
            reattach[address] = {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": os.getpid(),
                "Test": True,
                "Addr": {"Network": "unix", "String": socket},
            }
        try:
            yield json.dumps(reattach)
        finally:
            for server in servers:
                server.stop(grace=None).wait()


class StandIn(_rpc.ProviderServicer):  # type: ignore[misc, name-defined]  # made when it is imported
    """One provider. Method names are the protocol's."""

    def __init__(self, schema: Mapping[str, Any], message: Any, cloud: Cloud) -> None:
        self._schema, self._message = schema, message
        self._cloud = cloud

    def GetProviderSchema(self, request: Any, context: Any) -> Any:
        return self._message

    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:
        return _pb.ValidateProviderConfig.Response()

    def ConfigureProvider(self, request: Any, context: Any) -> Any:
        self._cloud.project = (_decode(request.config) or {}).get("project") or self._cloud.project
        return _pb.ConfigureProvider.Response()

    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:
        config, attributes = _decode(request.config), self._block(request.type_name)["attributes"]
        return _pb.ValidateResourceConfig.Response(
            diagnostics=[
                _error("Value for unconfigurable attribute", f"{name} is set by the provider alone.")
                for name, attribute in attributes.items()
                if config[name] is not None and attribute.keys().isdisjoint({"required", "optional"})
            ]
        )

    def ValidateDataResourceConfig(self, request: Any, context: Any) -> Any:
        return _pb.ValidateDataResourceConfig.Response()

    def UpgradeResourceState(self, request: Any, context: Any) -> Any:
        return _pb.UpgradeResourceState.Response(upgraded_state=_pb.DynamicValue(json=request.raw_state.json))

    def ReadResource(self, request: Any, context: Any) -> Any:
        return _pb.ReadResource.Response(new_state=request.current_state)

    def PlanResourceChange(self, request: Any, context: Any) -> Any:
        """Computed values are unknown when a resource is created, and stay as they are when it is changed."""
        proposed = _decode(request.proposed_new_state)
        if proposed is not None:
            created = _decode(request.prior_state) is None
            proposed = _fill(
                proposed, self._block(request.type_name), lambda *_: _UNKNOWN, lambda value: created and value is None
            )
        return _pb.PlanResourceChange.Response(planned_state=_encode(proposed))

    def ApplyResourceChange(self, request: Any, context: Any) -> Any:
        type_name, block = request.type_name, self._block(request.type_name)
        prior, planned = _decode(request.prior_state), _decode(request.planned_state)
        if prior is not None:
            self._cloud.resources.pop((type_name, _identity(prior, block)), None)
        if planned is None:
            return _pb.ApplyResourceChange.Response(new_state=_encode(None))
        values = _fill(
            planned,
            block,
            facts.of(self._cloud.project, self._cloud.folder, type_name, planned),
            lambda value: value == _UNKNOWN,
        )
        key = (type_name, _identity(values, block))
        if key in self._cloud.resources:
            return _pb.ApplyResourceChange.Response(
                new_state=request.prior_state, diagnostics=[_error(f"{type_name} already exists", key[1])]
            )
        self._cloud.resources[key] = values
        config, attributes = _decode(request.config), block["attributes"]
        self._cloud.told[key] = {name: config[name] for name in attributes if attributes[name].get("write_only")}
        return _pb.ApplyResourceChange.Response(new_state=_encode(values))

    def ReadDataSource(self, request: Any, context: Any) -> Any:
        config = _decode(request.config)
        block = self._schema["data_source_schemas"][request.type_name]["block"]
        known = facts.of(self._cloud.project, self._cloud.folder, request.type_name, config)
        values = _fill(config, block, known, lambda value: value is None)
        return _pb.ReadDataSource.Response(state=_encode(values))

    def StopProvider(self, request: Any, context: Any) -> Any:
        return _pb.StopProvider.Response()

    def _block(self, type_name: str) -> dict[str, Any]:
        block: dict[str, Any] = self._schema["resource_schemas"][type_name]["block"]
        return block


def _fill(
    value: dict[str, Any], block: Mapping[str, Any], fact: facts.Fact, is_open: Callable[[Value], bool]
) -> dict[str, Any]:
    """A copy of `value` in which every computed attribute that `is_open` has been filled in, at any depth.

    Write-only ones are emptied: they are told to the cloud and kept nowhere.
    """
    filled = dict(value)
    for name, attribute in block["attributes"].items():
        if attribute.get("write_only"):
            filled[name] = None
        elif attribute.get("computed") and is_open(value[name]):
            filled[name] = fact(name, attribute["type"])
    for name, nested in block.get("block_types", {}).items():
        inner = value[name]
        if isinstance(inner, list):
            filled[name] = [_fill(item, nested["block"], fact, is_open) for item in inner]
        elif isinstance(inner, dict):
            filled[name] = _fill(inner, nested["block"], fact, is_open)
    return filled


def _identity(values: Mapping[str, Any], block: Mapping[str, Any]) -> str:
    """Unique values among resources of a type: the values of every required argument and block, or of all where there
    is none."""
    required = [name for name, attribute in block["attributes"].items() if attribute.get("required")]
    required += [name for name, nested in block.get("block_types", {}).items() if nested.get("min_items")]
    return json.dumps({name: values[name] for name in sorted(required or block["attributes"])}, sort_keys=True)


@cache
def _providers(schema_file: Path) -> Mapping[str, tuple[Mapping[str, Any], Any]]:
    """The schema of every provider, by its address: as JSON and as the protocol's message, of which every command of
    terraform asks for all."""
    document = json.loads(schema_file.read_text(encoding="utf-8"))
    return {
        address: (
            schema,
            _pb.GetProviderSchema.Response(
                provider=_schema_message(schema["provider"]),
                resource_schemas={name: _schema_message(one) for name, one in schema["resource_schemas"].items()},
                data_source_schemas={name: _schema_message(one) for name, one in schema["data_source_schemas"].items()},
            ),
        )
        for address, schema in document["provider_schemas"].items()
    }


def _schema_message(schema: Mapping[str, Any]) -> Any:
    return _pb.Schema(version=schema["version"], block=_block_message(schema["block"]))


def _block_message(block: Mapping[str, Any]) -> Any:
    attributes = [
        _pb.Schema.Attribute(
            name=name,
            type=json.dumps(attribute["type"]).encode(),
            required=attribute.get("required", False),
            optional=attribute.get("optional", False),
            computed=attribute.get("computed", False),
            write_only=attribute.get("write_only", False),
        )
        for name, attribute in block["attributes"].items()
    ]
    nested = [
        _pb.Schema.NestedBlock(
            type_name=name,
            block=_block_message(inner["block"]),
            nesting=_pb.Schema.NestedBlock.NestingMode.Value(inner["nesting_mode"].upper()),
            min_items=inner.get("min_items", 0),
            max_items=inner.get("max_items", 0),
        )
        for name, inner in block.get("block_types", {}).items()
    ]
    return _pb.Schema.Block(attributes=attributes, block_types=nested)


def _decode(value: Any) -> Value:
    return (
        json.loads(value.json)
        if value.json
        else msgpack.unpackb(value.msgpack, strict_map_key=False, ext_hook=_unknown)
    )


def _unknown(code: int, data: bytes) -> Value:
    """Unknown values come bare (type 0) or with known facts (type 12)."""
    return _UNKNOWN


def _encode(value: Value) -> Any:
    return _pb.DynamicValue(msgpack=msgpack.packb(value))


def _error(summary: str, detail: str) -> Any:
    return _pb.Diagnostic(severity=_pb.Diagnostic.ERROR, summary=summary, detail=detail)
