"""Tokens of popular issuers: the documented ones are accepted, near misses are refused."""

import json

import pytest

from chalicelib.domain.error import Unauthenticated
from tests.integration.documented_issuer import AUTH0, COGNITO, ISSUERS, USER, Claims, Issuer


@pytest.mark.parametrize("issuer", ISSUERS.values(), ids=ISSUERS.keys())
def test_an_access_token_of_the_issuer_is_accepted(issuer: Issuer) -> None:
    assert issuer.subject() == issuer.claims.get("sub", USER)


MISSES = {f"{name}: {miss}": (i, change) for name, i in ISSUERS.items() for miss, change in i.near_misses.items()}


@pytest.mark.parametrize(("issuer", "changed"), MISSES.values(), ids=MISSES.keys())
def test_a_near_miss_is_refused(issuer: Issuer, changed: Claims) -> None:
    with pytest.raises(Unauthenticated):
        issuer.subject(changed)


BY_CLIENT = [name for name, issuer in ISSUERS.items() if "JWT_AUDIENCE_CLAIM" in issuer.settings]


@pytest.mark.parametrize("name", BY_CLIENT)
def test_the_client_is_an_audience_only_if_a_setting_says_so(name: str) -> None:
    issuer = ISSUERS[name]
    strict = Issuer({"JWT_AUDIENCE": issuer.settings["JWT_AUDIENCE"]}, issuer.claims, {})
    with pytest.raises(Unauthenticated):
        strict.subject()


def test_only_the_configured_claim_can_name_the_client() -> None:
    issuer = Issuer({"JWT_AUDIENCE": "1example23456789", "JWT_AUDIENCE_CLAIM": "azp"}, COGNITO, {})
    with pytest.raises(Unauthenticated):
        issuer.subject()


def test_a_token_for_a_resource_server_names_it_and_the_client() -> None:
    """If Cognito sends an `aud` as well as the client, both must be ours."""
    assert ISSUERS["Cognito"].subject({"aud": ["1example23456789", "https://a.example"]}) == USER


def test_the_log_says_why_a_token_is_refused_but_does_not_show_it(caplog: pytest.LogCaptureFixture) -> None:
    """A bare 401 does not tell the operator that the issuer lacks a slash."""
    with caplog.at_level("INFO", "chalicelib"), pytest.raises(Unauthenticated):
        ISSUERS["Auth0"].subject({"iss": "https://tenant.eu.auth0.com"})
    assert "Token refused: Invalid issuer" in caplog.text
    assert "eyJ" not in caplog.text
    assert json.dumps(AUTH0["sub"]) not in caplog.text
