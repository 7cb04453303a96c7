"""Google's APIs, as asked by an operator's commands: a real HTTP server answering for a project at a test's command."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from google.oauth2.credentials import Credentials

from local.doctor import REGIONAL, RIGHTS, RIGHTS_OF
from local.google_apis import Google
from local.needs import APIS, GEMINI

EVERY_RIGHT = [*RIGHTS, *(right for more in RIGHTS_OF.values() for right in more)]
PROJECT, REGION, ACCOUNT = "my-project", "us-central1", "000000-000000-000000"


def refusal(status: int, reason: str = "", message: str = "no") -> tuple[int, dict[str, Any]]:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}] if reason else []
    return status, {"error": {"code": status, "message": message, "details": details}}


DISABLED = refusal(403, "SERVICE_DISABLED")


def quota(value: int, region: str = "global") -> dict[str, Any]:
    return {"dimensionsInfos": [{"details": {"value": str(value)}, "applicableLocations": [region]}]}


class FakeGoogle:
    """A new project in which all is well: `answers` are by "{api}/{path}", each a body (JSON's, or bytes as they are),
    or a status and a body. Any other path is a 404, or `otherwise`. `asked` holds every request's method, name and
    headers; `headers` are added to every answer. What is `late` is a 404 for so many questions first;
    APIs that are `silent` never answer.

    APIs `not_enabled` answer only callers without the project's quota; of these, those `only_by_quota` nobody."""

    def __init__(self) -> None:
        here = f"projects/{PROJECT}"
        quotas = f"cloudquotas/v1/{here}/locations/global/services"
        gemini = f"{here}/locations/global/publishers/google/models/{GEMINI}:countTokens"
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.otherwise: Any = refusal(404)
        self.headers: dict[str, str] = {}
        self.late: dict[str, int] = {}
        self.silent: set[str] = set()
        self._closing = threading.Event()
        self.not_enabled: set[str] = set()
        self.only_by_quota: set[str] = set()
        self.answers: dict[str, Any] = {
            f"cloudresourcemanager/v3/{here}": {"state": "ACTIVE"},
            f"cloudresourcemanager/v3/{here}:testIamPermissions": {"permissions": EVERY_RIGHT},
            f"cloudbilling/v1/{here}/billingInfo": {"billingEnabled": True},
            f"cloudbilling/v1/billingAccounts/{ACCOUNT}:testIamPermissions": {
                "permissions": ["billing.budgets.create"]
            },
            f"serviceusage/v1/{here}/services": {
                "services": [{"config": {"name": f"{api}.googleapis.com"}} for api in sorted(APIS - {"run"})]
            },
            **{
                f"{api}/{version}/{here}/locations": {
                    "locations": [{"locationId": REGION}, {"locationId": "europe-west3"}]
                }
                for api, version, _ in REGIONAL
            },
            f"{quotas}/run.googleapis.com/quotaInfos/CpuAllocPerProjectRegion": quota(20_000, REGION),
            f"{quotas}/run.googleapis.com/quotaInfos/MemAllocPerProjectRegion": quota(40 * 2**30, REGION),
            f"{quotas}/texttospeech.googleapis.com/quotaInfos/Chirp3RequestsPerMinutePerProject": quota(200),
            f"{quotas}/texttospeech.googleapis.com/quotaInfos/ConcurrentStreamingSessionsPerProject": quota(100),
            f"firestore/v1/{here}/databases": {},
            f"cloudtasks/v2/{here}/locations/{REGION}/queues": {},
            f"aiplatform/v1/{gemini}": {"totalTokens": 1},
            **{
                f"orgpolicy/v2/{here}/policies/{name}:getEffectivePolicy": {"spec": {"rules": [{"allowAll": True}]}}
                for name in ("iam.allowedPolicyMemberDomains", "gcp.resourceLocations")
            },
        }
        fake = self

        class Api(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = urlsplit(self.path).path.lstrip("/")
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                fake.asked.append((self.command, name, {key.title(): value for key, value in self.headers.items()}))
                told = fake.answers.get(name, fake.otherwise)
                if fake.late.get(name):
                    fake.late[name] -= 1
                    told = refusal(404)
                api = name.partition("/")[0]
                if api in fake.silent:
                    fake._closing.wait()
                    return
                if api in fake.not_enabled and ("X-Goog-User-Project" in self.headers or api in fake.only_by_quota):
                    told = DISABLED
                status, body = told if isinstance(told, tuple) else (200, told)
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html" if body is content else "application/json")
                self.send_header("Content-Length", str(len(content)))
                for header, value in fake.headers.items():
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> FakeGoogle:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def google(self, project: str = PROJECT) -> Google:
        """This, as the commands reach it."""
        return Google(Credentials(token="an-operators", quota_project_id=project), project, self.address)

    def address(self, api: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{api}"
