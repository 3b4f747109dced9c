"""The environment is checked as a whole, and secrets stay secret."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from chalicelib.domain.price import Price
from chalicelib.domain.timing import Timing
from chalicelib.settings import MOST_PIECES, Settings
from foundation.settings import SettingsError


def test_an_empty_environment_gives_settings_that_run_locally() -> None:
    settings = Settings.read({})
    assert settings.timing == Timing()
    assert settings.timing.faults() == []


def test_every_fault_is_reported_at_once() -> None:
    """Otherwise each fault would cost one more deploy."""
    with pytest.raises(SettingsError) as error:
        Settings.read({"REDIS_URL": "http://x", "MAX_ATTEMPTS": "none", "LOG_LEVEL": "LOUD", "LEASE_S": "x"})
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [
        "LOG_LEVEL",
        "REDIS_URL",
        "MAX_ATTEMPTS",
        "LEASE_S",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LLM_TIMEOUT_S", "90"),
        ("RPC_DEADLINE_S", "120"),
        ("JOB_DEADLINE_S", "150"),
        ("WORKER_TIMEOUT_S", "900"),
        ("QUEUE_VISIBILITY_S", "150"),
        ("HEARTBEAT_S", "6"),
        ("LEASE_S", "0"),
    ],
)
def test_durations_that_do_not_fit_together_are_refused(name: str, value: str) -> None:
    """Each must end before the one around it does, or nobody is left to settle the job."""
    with pytest.raises(SettingsError, match=name):
        Settings.read({name: value})


@pytest.mark.parametrize(("prompt", "completion"), [("0.15", ""), ("", "0.6"), ("-1", "1"), ("inf", "1"), ("1", "nan")])
def test_a_price_is_two_finite_amounts(prompt: str, completion: str) -> None:
    with pytest.raises(SettingsError, match="USD_PER_MILLION"):
        Settings.read({"LLM_PROMPT_USD_PER_MILLION": prompt, "LLM_COMPLETION_USD_PER_MILLION": completion})


def test_without_prices_there_is_no_price_and_with_two_zeros_everything_is_free() -> None:
    """A self-hosted model may cost nothing. That is not the same as an unknown price."""
    assert Settings.read({}).price is None
    free = Settings.read({"LLM_PROMPT_USD_PER_MILLION": "0", "LLM_COMPLETION_USD_PER_MILLION": "0"})
    assert free.price == Price(0, 0)


def test_an_empty_value_counts_as_unset() -> None:
    assert Settings.read({"GENERATOR_TOKEN": "", "MAX_ATTEMPTS": ""}).generator_token is None


def test_secrets_are_not_shown() -> None:
    settings = Settings.read({"GENERATOR_TOKEN": "hush-hush", "REDIS_URL": "redis://:hush-hush@h:1/0"})
    assert "hush-hush" not in f"{settings!r} {settings}"


def test_a_faulty_secret_is_not_shown_either() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.read({"REDIS_URL": "http://:hush-hush@h:1/0"})
    assert "hush-hush" not in str(error.value)


def pem(key: Any, *, public: bool) -> str:
    if public:
        return str(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


CURVE = ec.generate_private_key(ec.SECP256R1())


CHECKING = {"AUTH_MODE": "jwt", "JWT_ISSUER": "i", "JWT_AUDIENCE": "a"}


@pytest.mark.parametrize(
    ("key", "algorithms"),
    [
        (pem(CURVE, public=False), "ES256"),
        (pem(CURVE, public=True), "RS256"),
        (pem(CURVE, public=True), "ES256,RS256"),
        ("-----BEGIN PUBLIC KEY-----\nMIIB", "ES256"),
        ("a-secret-of-more-than-thirty-two-characters", "RS256"),
    ],
)
def test_a_key_that_cannot_verify_tokens_is_refused_at_start(key: str, algorithms: str) -> None:
    """Otherwise every caller would be told that its token is not valid."""
    with pytest.raises(SettingsError, match="JWT_KEY is not the PEM of a public key") as error:
        Settings.read(CHECKING | {"JWT_KEY": key, "JWT_ALGORITHMS": algorithms})
    assert key not in str(error.value)


def test_a_key_that_fits_its_algorithm_is_accepted() -> None:
    Settings.read(CHECKING | {"JWT_KEY": pem(CURVE, public=True), "JWT_ALGORITHMS": "ES256"})


def test_settings_are_checked_together_even_if_one_of_them_is_wrong() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.read({"REDIS_URL": "http://x", "AUTH_MODE": "jwt", "JWT_JWKS_URL": "foo"})
    lines = str(error.value).splitlines()
    assert lines[0] == "REDIS_URL: must start with redis:// or rediss://"
    assert lines[1] == "JWT_JWKS_URL: must be an address with http:// or https://"
    assert [line.split()[0] for line in lines[2:]] == ["JWT_ISSUER", "JWT_AUDIENCE"]


def test_an_unknown_audience_claim_is_refused_together_with_the_other_faults() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.read({"REDIS_URL": "http://x", "AUTH_MODE": "jwt", "JWT_AUDIENCE_CLAIM": "sub"})
    lines = str(error.value).splitlines()
    assert "JWT_AUDIENCE_CLAIM: must be 'aud', 'client_id' or 'azp'" in lines
    assert "JWT_ISSUER is required with AUTH_MODE=jwt" in lines


@pytest.mark.parametrize("value", ["nan", "inf", "-1"])
def test_a_duration_must_be_a_number_above_0(value: str) -> None:
    with pytest.raises(SettingsError, match="LEASE_S must be a number above 0"):
        Settings.read({"LEASE_S": value})


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1",
        "redis://cache:6379/3",
        "rediss://jobs:p%40ss%2Fw%23rd@cache.example.com:6379/0?ssl_cert_reqs=none",
        "redis://:p@ss@[::1]:6379",
    ],
)
def test_a_redis_address_is_accepted(url: str) -> None:
    assert Settings.read({"REDIS_URL": url}).redis_url.get_secret_value() == url


@pytest.mark.parametrize(
    "url",
    [
        "redis://:pa/ss@cache:6379/0",
        "redis://:pa#ss@cache:6379/0",
        "redis://:pa?ss@cache:6379/0",
        "redis://:pa[ss@cache]:6379/0",
        "redis://:pa ss@cache:6379/0",
        "redis://cache:port/0",
        "redis://cache:6379/jobs",
        "redis://",
    ],
)
def test_an_address_that_its_password_cuts_short_is_refused_with_advice(url: str) -> None:
    """The client would connect to a wrong host and quote the password in its error."""
    with pytest.raises(SettingsError) as refusal:
        Settings.read({"REDIS_URL": url})
    assert "REDIS_URL: must be redis://" in str(refusal.value)
    assert "/ is %2F" in str(refusal.value)
    assert "pa" not in str(refusal.value).replace("password", "")


def test_only_callers_with_tokens_have_a_limit_of_pieces_by_default() -> None:
    """Without tokens, all callers are one owner: the person whose machine it is."""
    issuer = {"JWT_ISSUER": "https://i.example", "JWT_JWKS_URL": "https://i.example/keys"}
    tokens = {"AUTH_MODE": "jwt", "JWT_AUDIENCE": "a", **issuer}
    assert Settings.read({}).most_pieces is None
    assert Settings.read({"MAX_PIECES": "7"}).most_pieces == 7
    assert Settings.read(tokens).most_pieces == MOST_PIECES
    assert Settings.read(tokens | {"MAX_PIECES": "7"}).most_pieces == 7
