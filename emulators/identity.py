"""Google's token service on this machine: the identity of a process, proven with a local key.

A service account's key file has this server as its `token_uri`, so google-auth behaves as with a real key file:
google-auth signs an assertion (RFC 7523) and gets an access token or an OpenID Connect token in return. The same key
signs V4 URLs, which the storage emulator checks here; IAM's signBlob signs with it, too.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jwt
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask import Flask, Response, jsonify, request
from jwt.algorithms import RSAAlgorithm

from emulators.delays import Delays, delayed_app
from emulators.http_server import HttpServer
from emulators.loopback import loopback_only

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

ISSUER = "https://accounts.google.com"
KEY_ID = "aethercast-local"
LIFETIME_S = 3600
_SIGN = ":signBlob"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - the audience google-auth names for ID tokens


class Identity:
    """The key, its key files, and the token server. All of it lives in `directory`.

    One key serves all accounts. An account exists from its first key file on, also after a restart.
    """

    def __init__(self, directory: Path, *, delays: Delays | None = None) -> None:
        self._directory = directory
        (directory / "accounts").mkdir(parents=True, exist_ok=True)
        self._key = _load_or_make_key(directory / "key.pem")
        self._certificate = _certificate(self._key)
        self._accounts = {
            json.loads(file.read_bytes())["client_email"] for file in (directory / "accounts").glob("*.json")
        }
        self._granted: dict[str, tuple[str, float]] = {}
        """Access token -> whose it is, and until when."""
        app: WSGIApplication = self._app()
        app = delayed_app(app, delays, _kind) if delays else app
        self._server = HttpServer(loopback_only(app, pages=False), patient=delays is not None)

    def start(self, port: int = 0) -> int:
        """Serve /token, /certs, /jwks and IAM's signBlob on the loopback interface; the port."""
        return self._server.start(port)

    def stop(self) -> None:
        self._server.stop()

    def service_account_file(self, email: str) -> Path:
        """Return a key file for `email`, as GOOGLE_APPLICATION_CREDENTIALS takes it. The server must have been
        started."""
        if self._server.port is None:
            raise RuntimeError("start the token service first: key files carry its address")
        path = self._directory / "accounts" / f"{re.sub(r'[^A-Za-z0-9@.-]', '_', email)}.json"
        key_file = {
            "type": "service_account",
            "project_id": email.partition("@")[2].partition(".")[0],
            "private_key_id": KEY_ID,
            "private_key": _pem(self._key),
            "client_email": email,
            "client_id": email,
            "token_uri": f"http://127.0.0.1:{self._server.port}/token",
        }
        _write(path, json.dumps(key_file))
        self._accounts.add(email)
        return path

    def id_token(self, email: str, audience: str) -> str:
        """Return an OpenID Connect token that says: this is `email`, calling `audience`."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": email,
            "azp": email,
            "email": email,
            "email_verified": True,
            "aud": audience,
            "iat": now,
            "exp": now + LIFETIME_S,
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": KEY_ID})

    def verify_signature(self, email: str, message: bytes, signature: bytes) -> bool:
        """Tell whether `email`, an account that has a key file, signed the message (RSASSA-PKCS1-v1_5, SHA-256)."""
        if email not in self._accounts:
            return False
        try:
            self._key.public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def account_of(self, access_token: str) -> str | None:
        """Whom an access token was given to; None for an expired token, or a token from before the start."""
        account, until = self._granted.get(access_token, (None, 0.0))
        return account if time.time() < until else None

    def _app(self) -> Flask:
        app = Flask("identity")
        public = self._key.public_key()

        @app.post("/token")
        def token() -> tuple[Response, int]:
            if request.form.get("grant_type") != _GRANT:
                return _refusal("unsupported_grant_type", "only the JWT bearer grant is served")
            try:
                claims: dict[str, Any] = jwt.decode(
                    request.form.get("assertion", ""),
                    public,
                    algorithms=["RS256"],
                    audience=[f"http://127.0.0.1:{request.environ['SERVER_PORT']}/token", _GOOGLE_TOKEN_URI],
                    options={"require": ["iss", "aud", "exp", "iat"]},
                    leeway=10,
                )
            except jwt.PyJWTError as error:
                return _refusal("invalid_grant", str(error))
            if claims["exp"] - claims["iat"] > LIFETIME_S:
                return _refusal("invalid_grant", "an assertion is valid for at most an hour")
            if claims["iss"] not in self._accounts:
                return _refusal("invalid_grant", "no such service account")
            if audience := claims.get("target_audience"):
                return jsonify(id_token=self.id_token(claims["iss"], str(audience))), 200
            opaque = secrets.token_urlsafe(32)  # as Google's are
            self._granted[opaque] = claims["iss"], time.time() + LIFETIME_S
            granted = {"access_token": opaque, "token_type": "Bearer", "expires_in": LIFETIME_S}
            return jsonify(granted), 200

        @app.post("/v1/projects/-/serviceAccounts/<email>:signBlob")
        def sign_blob(email: str) -> tuple[Response, int]:
            caller = self.account_of(request.headers.get("Authorization", "").removeprefix("Bearer "))
            if caller is None:
                return jsonify(error={"code": 401, "status": "UNAUTHENTICATED"}), 401
            if caller != email:  # an account that may sign for itself alone
                return jsonify(error={"code": 403, "status": "PERMISSION_DENIED"}), 403
            try:
                payload = b64decode(request.get_json()["payload"], validate=True)
            except (KeyError, TypeError, ValueError):
                return jsonify(error={"code": 400, "status": "INVALID_ARGUMENT"}), 400
            signature = self._key.sign(payload, padding.PKCS1v15(), hashes.SHA256())
            return jsonify(keyId=KEY_ID, signedBlob=b64encode(signature).decode()), 200

        @app.get("/certs")
        def certs() -> Response:
            return jsonify({KEY_ID: self._certificate})

        @app.get("/jwks")
        def jwks() -> Response:
            key = json.loads(RSAAlgorithm.to_jwk(public))
            return jsonify(keys=[{**key, "kid": KEY_ID, "use": "sig", "alg": "RS256"}])

        return app


def _kind(environ: WSGIEnvironment) -> str:
    """Return the kind of a request's delay."""
    return "sign_blob" if environ["PATH_INFO"].endswith(_SIGN) else "token"


def _refusal(error: str, description: str) -> tuple[Response, int]:
    return jsonify(error=error, error_description=description), 400


def _load_or_make_key(path: Path) -> rsa.RSAPrivateKey:
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError(f"{path} is not an RSA key")
        return key
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    _write(path, _pem(key))
    return key


def _write(path: Path, secret: str) -> None:
    """Whole or not at all, and for this user alone."""
    unfinished = path.with_suffix(".part")
    unfinished.touch(mode=0o600)
    unfinished.write_text(secret)
    unfinished.replace(path)


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _certificate(key: rsa.RSAPrivateKey) -> str:
    """Return the public key as google-auth reads it: in a self-signed certificate."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, KEY_ID)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
