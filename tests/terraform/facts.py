"""The stand-in cloud's answers where a provider fills in a value: plausible, and the same on every machine."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

PROJECT_NUMBER = "123456789012"
HASH = "a1b2c3d4e5"

Fact = Callable[[str, Any], Any]
"""(attribute name, its type in Terraform's JSON form) -> its value."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


def of(project: str, folder: Path, type_name: str, values: Mapping[str, Any]) -> Fact:
    """The facts of one resource or data source in `project`, with its planned or configured `values`.

    Names of files are relative to `folder`.
    """
    known = _archive(folder, values) if type_name == "archive_file" else _known(project, type_name, values)

    def fact(name: str, kind: Any) -> Any:
        return known[name] if name in known else _placeholder(type_name, name, kind)

    return fact


def _known(project: str, type_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    match type_name:
        case "google_project":
            return {"number": PROJECT_NUMBER, "project_id": project, "id": f"projects/{project}"}
        case "google_service_account":
            email = f"{values['account_id']}@{project}.iam.gserviceaccount.com"
            name = f"projects/{project}/serviceAccounts/{email}"
            return {"email": email, "member": f"serviceAccount:{email}", "name": name, "id": name}
        case "google_project_iam_custom_role":
            name = f"projects/{project}/roles/{values['role_id']}"
            return {"name": name, "id": name}
        case "google_cloudfunctions2_function":
            return {"url": _deterministic(values), "id": f"{type_name}/{values['name']}"}
        case "google_cloud_run_v2_service":
            hashed = f"https://{values['name']}-{HASH}-uc.a.run.app"
            return {"uri": hashed, "urls": [_deterministic(values), hashed], "id": f"{type_name}/{values['name']}"}
        case "google_compute_global_address":
            return {"address": "203.0.113.7", "id": f"{type_name}/{values['name']}"}
        case _:
            return {"project": project, "id": f"{type_name}/{_digest(values)}"}


def _deterministic(values: Mapping[str, Any]) -> str:
    """The address of a service, as known beforehand; Cloud Run gives each another, with a hash."""
    return f"https://{values['name'].replace('_', '-')}-{PROJECT_NUMBER}.{values['location']}.run.app"


def _digest(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _archive(folder: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    """Writes the zip file, as the archive provider does, and states its sums."""
    path = folder / values["output_path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(_members(folder, values)):
            archive.writestr(zipfile.ZipInfo(name, date_time=_EPOCH), content, compress_type=zipfile.ZIP_DEFLATED)
    content = path.read_bytes()
    sha256, sha512 = hashlib.sha256(content), hashlib.sha512(content)
    return {
        "output_sha256": sha256.hexdigest(),
        "output_base64sha256": base64.b64encode(sha256.digest()).decode(),
        "output_sha512": sha512.hexdigest(),
        "output_base64sha512": base64.b64encode(sha512.digest()).decode(),
        "output_size": len(content),
        "id": sha256.hexdigest(),
    }


def _members(folder: Path, values: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """What goes into an archive: each `source`, or the files of a whole folder but for those that are excluded."""
    if not values["source_dir"]:
        yield from ((str(source["filename"]), str(source["content"]).encode()) for source in values["source"])
        return
    root = folder / values["source_dir"]
    globs = (pattern + "/*" if pattern.endswith("**") else pattern for pattern in values["excludes"])
    excluded = {file for glob in globs for file in root.glob(glob)}
    yield from (
        (str(file.relative_to(root)), file.read_bytes())
        for file in root.rglob("*")
        if file.is_file() and file not in excluded
    )


def _placeholder(type_name: str, name: str, kind: Any) -> Any:
    match kind:
        case "string":
            return f"{type_name}-{name}"
        case "number":
            return 0
        case "bool":
            return False
        case ["map", _]:
            return {}
        case _:
            return []
