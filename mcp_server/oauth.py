"""Tokens of the person's own OAuth server open the HTTP door: we only check them (RFC 9728).

A token is a JWT (RFC 9068) that the issuer signed with a key it publishes. We speak to nobody but
for these keys, at the address that the settings name.
"""

import math
import time
from dataclasses import dataclass
from typing import Any

import anyio
import anyio.to_thread
import httpx2
import jwt
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings

from mcp_server.sections import Http

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
ALGORITHMS += ["ES256", "ES384", "ES512", "EdDSA"]  # those with public keys only
REQUIRED = ["exp", "iss", "aud", "sub"]
CLOCKS_S = 30.0
"""By how much the issuer's clock may be ahead of ours."""

KEYS_S, REST_S, FETCH_S = 300.0, 30.0, 5.0
"""How long keys are kept, how often an unknown one is sought, how long a fetch may take."""

AT_ONCE = 4
"""Tokens that are checked at the same time: the other worker threads are for work."""


class IssuersKeys(jwt.PyJWKClient):
    """The issuer's public keys, fetched without proxies of the environment or redirects.

    After a failure it is let be for a while: whoever makes up tokens must not keep us waiting.
    """

    def __init__(self, address: str) -> None:
        super().__init__(address, lifespan=KEYS_S, timeout=FETCH_S, cooldown_duration=REST_S)
        self._failed = -math.inf

    def fetch_data(self) -> Any:
        if time.monotonic() - self._failed < REST_S:
            raise jwt.PyJWKClientConnectionError("The keys could not be fetched a moment ago")
        try:
            with httpx2.Client(trust_env=False, timeout=self.timeout) as client:
                answer = client.get(self.uri)
            keys = answer.raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            self._failed = time.monotonic()
            raise jwt.PyJWKClientConnectionError("The keys cannot be fetched") from error
        return keys


class SignedTokens:
    """Tells whose token it is. What is wrong with one is not told to who sent it."""

    def __init__(self, *, issuer: str, audience: str, keys: jwt.PyJWKClient) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._places = anyio.CapacityLimiter(AT_ONCE)

    async def verify_token(self, token: str) -> AccessToken | None:
        try:
            claims = await anyio.to_thread.run_sync(self._claims, token, limiter=self._places)
            scopes = _scopes(claims)
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
            return None
        return AccessToken(
            token=token,
            client_id=str(claims.get("client_id") or claims.get("azp") or claims["sub"]),
            scopes=scopes,
            expires_at=int(claims["exp"]),
            resource=self._audience,
            subject=str(claims["sub"]),
            claims=claims,
        )

    def _claims(self, token: str) -> dict[str, Any]:
        key = self._keys.get_signing_key_from_jwt(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=self._audience,
            issuer=self._issuer,
            leeway=CLOCKS_S,
            options={"require": REQUIRED},
        )
        if not claims["sub"]:
            raise jwt.exceptions.InvalidSubjectError("A subject without a name")
        return claims


def _scopes(claims: dict[str, Any]) -> list[str]:
    """Those of `scope` (RFC 9068), else of `scp`, which is what some issuers write.

    Raises:
        jwt.InvalidTokenError: neither a text nor a list of texts.
    """
    given = claims.get("scope", claims.get("scp", ""))
    scopes = given.split() if isinstance(given, str) else given
    if not isinstance(scopes, list) or not all(isinstance(each, str) for each in scopes):
        raise jwt.InvalidTokenError("Scopes that are no text")
    return scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What a server needs to check tokens, and to tell people apart by them."""

    settings: AuthSettings
    tokens: SignedTokens

    @staticmethod
    def principal() -> str:
        """Who asks now: the issuer and its name for them. Empty where nobody was let in yet."""
        token = get_access_token()
        return "" if token is None else f"{(token.claims or {}).get('iss')} {token.subject}"


def guard_of(http: Http) -> Guard | None:
    """None where the settings name no issuer."""
    if http.issuer is None or http.audience is None or http.jwks is None:
        return None
    return Guard(
        # Validated, not called: from a text an address stays as it is, without a slash at its end.
        settings=AuthSettings.model_validate(
            {
                "issuer_url": http.issuer,
                "resource_server_url": http.audience,
                "required_scopes": list(http.scopes),
                "validate_token_resource": True,
            }
        ),
        tokens=SignedTokens(
            issuer=http.issuer, audience=http.audience, keys=IssuersKeys(http.jwks)
        ),
    )
