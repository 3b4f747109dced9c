"""Popular issuers: their access tokens, the settings that admit them, and near misses.

Sources: each issuer's documentation of its access tokens (Amazon Cognito, Auth0, Microsoft Entra ID, Keycloak,
Firebase, Clerk, Okta, Supabase).
"""

import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.bootstrap import jwt_verifier
from chalicelib.settings import Settings

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


PEM = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


SECRET = "a-secret-of-more-than-thirty-two-characters"


USER = "5f2b8c1e-3a4d-4e6f-8a9b-0c1d2e3f4a5b"


Claims = dict[str, Any]


@dataclass(frozen=True)
class Issuer:
    #: JWT_AUDIENCE and, if needed, JWT_AUDIENCE_CLAIM.
    settings: dict[str, str]
    claims: Claims
    #: Changes that turn a good token into one that must be refused, by description; None removes a claim.
    near_misses: dict[str, Claims]
    header: Claims = field(default_factory=dict)
    secret: str | None = None

    def subject(self, changed: Claims | None = None) -> str:
        return jwt_verifier(self._settings()).subject(self._token(changed or {}))

    def _settings(self) -> Settings:
        key = {"JWT_KEY": self.secret, "JWT_ALGORITHMS": "HS256"} if self.secret else {"JWT_KEY": PEM.decode()}
        return Settings.read({"AUTH_MODE": "jwt", "JWT_ISSUER": self.claims["iss"]} | key | self.settings)

    def _token(self, changed: Claims) -> str:
        now = int(time.time())
        merged: Claims = {"iat": now, "exp": now + 3600, "sub": USER} | self.claims | changed
        header = self.header | merged.pop("header", {})
        claims = {name: value for name, value in merged.items() if value is not None}
        algorithm = "HS256" if self.secret else "RS256"
        return jwt.encode(claims, self.secret or KEY, algorithm=algorithm, headers={"kid": "one"} | header)


COGNITO = {
    "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_aBcDeFgHi",
    "client_id": "1example23456789",
    "token_use": "access",
    "scope": "openid",
    "username": "alice",
    "auth_time": 1_700_000_000,
    "jti": "a",
    "origin_jti": "b",
    "event_id": "c",
    "version": 2,
}


COGNITO_ID: Claims = {"client_id": None, "scope": None, "token_use": "id", "aud": "1example23456789"}


AUTH0 = {
    "iss": "https://tenant.eu.auth0.com/",
    "sub": "auth0|507f1f77bcf86cd799439011",
    "aud": ["https://lore.example/api", "https://tenant.eu.auth0.com/userinfo"],
    "azp": "my_client_id",
    "scope": "openid profile",
}


ENTRA_V1 = {
    "iss": "https://sts.windows.net/11111111-2222-3333-4444-555555555555/",
    "aud": "api://99999999-8888-7777-6666-555555555555",
    "appid": "aaaaaaaa-8888-7777-6666-555555555555",
    "appidacr": "0",
    "oid": USER,
    "tid": "11111111-2222-3333-4444-555555555555",
    "scp": "access_as_user",
    "roles": ["writer"],
    "ver": "1.0",
}


ENTRA_V2 = {
    "iss": "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
    "aud": "99999999-8888-7777-6666-555555555555",
    "azp": "aaaaaaaa-8888-7777-6666-555555555555",
    "azpacr": "0",
    "oid": USER,
    "tid": "11111111-2222-3333-4444-555555555555",
    "scp": "access_as_user",
    "ver": "2.0",
}


KEYCLOAK = {
    "iss": "https://sso.example/realms/lore",
    "aud": "account",
    "azp": "lore-web",
    "typ": "Bearer",
    "acr": "1",
    "sid": "s",
    "realm_access": {"roles": ["offline_access"]},
    "scope": "profile email",
    "preferred_username": "alice",
}


CLERK = {
    "iss": "https://clerk.lore.example",
    "azp": "https://lore.example",
    "sub": "user_2abcDEF",
    "sid": "sess_2abcDEF",
    "sts": "active",
    "v": 2,
    "fva": [5, -1],
}


FIREBASE = {
    "iss": "https://securetoken.google.com/lore-12345",
    "aud": "lore-12345",
    "sub": "firebase-user-28-characters",
    "user_id": "firebase-user-28-characters",
    "auth_time": 1_700_000_000,
    "firebase": {"identities": {}, "sign_in_provider": "password"},
}


OKTA = {
    "iss": "https://dev-1234.okta.com/oauth2/default",
    "aud": "api://default",
    "sub": "alice@lore.example",
    "cid": "0oabCdEf",
    "uid": "00uabCdEf",
    "scp": ["openid"],
    "ver": 1,
}


SUPABASE = {
    "iss": "https://abcdefghij.supabase.co/auth/v1",
    "aud": "authenticated",
    "role": "authenticated",
    "email": "alice@lore.example",
    "aal": "aal1",
    "session_id": "s",
    "is_anonymous": False,
}


ISSUERS = {
    "Cognito": Issuer(
        settings={"JWT_AUDIENCE": "1example23456789", "JWT_AUDIENCE_CLAIM": "client_id"},
        claims=COGNITO,
        near_misses={
            "another client": {"client_id": "2example23456789"},
            "no client": {"client_id": None},
            "a list of clients": {"client_id": ["1example23456789"]},
            "an ID token": COGNITO_ID,
            "an ID token that names the client too": {"token_use": "id"},
            "a refresh token": {"token_use": "refresh"},
            "for another resource server": {"aud": "https://other.example"},
            "for several other resource servers": {"aud": ["https://a.example", "https://b.example"]},
            "another user pool": {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_other"},
            "aud in place of the client": {"client_id": None, "aud": "1example23456789"},
        },
    ),
    "Cognito with a resource server": Issuer(
        settings={"JWT_AUDIENCE": "https://lore.example/api"},
        claims=COGNITO | {"aud": "https://lore.example/api"},
        near_misses={
            "for another one": {"aud": "https://other.example"},
            "for none": {"aud": None},
            "an ID token": COGNITO_ID,
            "an ID token that is for the API": {"token_use": "id"},
        },
    ),
    "Auth0": Issuer(
        settings={"JWT_AUDIENCE": "https://lore.example/api"},
        claims=AUTH0,
        near_misses={
            "for userinfo alone": {"aud": "https://tenant.eu.auth0.com/userinfo"},
            "for another API": {"aud": ["https://other.example", "https://tenant.eu.auth0.com/userinfo"]},
            "an ID token": {"aud": "my_client_id", "azp": None},
            "the issuer without its slash": {"iss": "https://tenant.eu.auth0.com"},
        },
    ),
    "Auth0 with RFC 9068": Issuer(
        settings={"JWT_AUDIENCE": "https://lore.example/api"},
        claims=AUTH0 | {"azp": None, "client_id": "my_client_id", "jti": "j"},
        header={"typ": "at+jwt"},
        near_misses={"a logout token": {"header": {"typ": "logout+jwt"}}},
    ),
    "Entra ID v1": Issuer(
        settings={"JWT_AUDIENCE": "api://99999999-8888-7777-6666-555555555555"},
        claims=ENTRA_V1,
        near_misses={
            "for Microsoft Graph": {"aud": "00000003-0000-0000-c000-000000000000"},
            "another tenant": {"iss": "https://sts.windows.net/22222222-2222-3333-4444-555555555555/"},
            "a v2 token": {"iss": ENTRA_V2["iss"], "aud": ENTRA_V2["aud"], "ver": "2.0"},
            "an ID token of the client": {"aud": ENTRA_V1["appid"], "appid": None},
        },
    ),
    "Entra ID v2": Issuer(
        settings={"JWT_AUDIENCE": "99999999-8888-7777-6666-555555555555"},
        claims=ENTRA_V2,
        near_misses={
            "for another API": {"aud": "77777777-8888-7777-6666-555555555555"},
            "a v1 token": {"iss": ENTRA_V1["iss"], "aud": ENTRA_V1["aud"], "ver": "1.0"},
            "an ID token of the client": {"aud": ENTRA_V2["azp"], "azp": None},
            "the tenant of all": {"iss": "https://login.microsoftonline.com/common/v2.0"},
        },
    ),
    "Keycloak with an audience mapper": Issuer(
        settings={"JWT_AUDIENCE": "lore-api"},
        claims=KEYCLOAK | {"aud": ["lore-api", "account"]},
        near_misses={
            "without the mapper": {"aud": "account"},
            "an ID token for it": {"aud": "lore-api", "typ": "ID"},
            "a refresh token": {"aud": KEYCLOAK["iss"], "typ": "Refresh"},
            "bound to a key that nobody shows here": {"typ": "DPoP"},
        },
    ),
    "Keycloak by client": Issuer(
        settings={"JWT_AUDIENCE": "lore-web", "JWT_AUDIENCE_CLAIM": "azp"},
        claims=KEYCLOAK,
        near_misses={
            "another client": {"azp": "other-web"},
            "another client with our name as its audience": {"azp": "other-web", "aud": "lore-web"},
            "no client": {"azp": None},
            "an ID token": {"aud": "lore-web", "typ": "ID"},
            "a refresh token": {"aud": KEYCLOAK["iss"], "typ": "Refresh"},
            "another realm": {"iss": "https://sso.example/realms/other"},
        },
    ),
    "Firebase": Issuer(
        settings={"JWT_AUDIENCE": "lore-12345"},
        claims=FIREBASE,
        near_misses={
            "another project": {"iss": "https://securetoken.google.com/other", "aud": "other"},
            "another project's audience": {"aud": "other"},
            "a session cookie": {"iss": "https://session.firebase.google.com/lore-12345"},
            "nobody": {"sub": ""},
        },
    ),
    "Clerk": Issuer(
        settings={"JWT_AUDIENCE": "https://lore.example", "JWT_AUDIENCE_CLAIM": "azp"},
        claims=CLERK,
        header={"cat": "cl_B7d4PD111AAA"},
        near_misses={
            "another origin": {"azp": "https://evil.example"},
            "no origin": {"azp": None},
            "another instance": {"iss": "https://clerk.other.example"},
        },
    ),
    "Okta": Issuer(
        settings={"JWT_AUDIENCE": "api://default"},
        claims=OKTA,
        near_misses={
            "an ID token": {"aud": "0oabCdEf", "cid": None},
            "for Okta itself": {"iss": "https://dev-1234.okta.com", "aud": "https://dev-1234.okta.com"},
        },
    ),
    "Supabase": Issuer(
        settings={"JWT_AUDIENCE": "authenticated"},
        claims=SUPABASE,
        secret=SECRET,
        near_misses={
            "the public key of the project": {"iss": "supabase", "role": "anon", "aud": None, "sub": None},
            "the service key of the project": {"iss": "supabase", "role": "service_role", "aud": None, "sub": None},
            "somebody who is not signed in": {"aud": "anon", "role": "anon"},
        },
    ),
    "a framework's own": Issuer(
        settings={"JWT_AUDIENCE": "lore"},
        claims={"iss": "https://lore.example", "aud": "lore", "token_type": "access"},
        secret=SECRET,
        near_misses={"a refresh token": {"token_type": "refresh"}},
    ),
}
