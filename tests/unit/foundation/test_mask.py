"""A secret is found however it is escaped, and ordinary text is left alone."""

import base64
import html
import json
import traceback
from urllib.parse import quote, quote_plus

import jwt
import pytest

from foundation.masking.mask import MASK, Mask

SECRETS = {
    "plain": "sk-proj-Abc123_def456",
    "line break inside": "sk-proj-Abc123\ndef456",
    "carriage return and tab": "sk-proj\r\n\tAbc123",
    "zero-width space inside": "sk-proj-Abc\u200b123def",
    "quotes and backslashes": "p'a\"ss\\w<o>rd&more",
    "separators of addresses": "p@ss/w:o?r#d+x=1 2",
    "begins with a separator": "/AwsSecret+Key/1234567890",
    "accents": "pässwörter-für-alle",
    "another script": "пароль-от-базы",
    "an emoji": "secret\U0001f600secret",
    "a NUL": "sk-proj\x00Abc123",
}
WRITTEN = {
    "unescaped": str,
    "repr": repr,
    "repr of repr": lambda secret: repr(repr(secret)),
    "repr of bytes": lambda secret: repr(secret.encode()),
    "ascii": ascii,
    "JSON": json.dumps,
    "JSON with non-ASCII characters": lambda secret: json.dumps(secret, ensure_ascii=False),
    "JSON in JSON in repr": lambda secret: repr(json.dumps({"body": json.dumps({"key": secret})})),
    "percent-encoded": lambda secret: quote(secret, safe=""),
    "percent-encoded in lower case": lambda secret: quote(secret, safe="").replace("%C3", "%c3").replace("%2F", "%2f"),
    "percent-encoded except /": quote,
    "form-encoded": quote_plus,
    "HTML": html.escape,
    "a header": lambda secret: repr({"Authorization": f"Bearer {secret}"}),
}


@pytest.mark.parametrize("how", WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_is_masked_however_it_is_escaped(secret: str, how: object) -> None:
    written = how(secret)  # type: ignore[operator]
    masked = Mask([secret])(f"before {written} after")
    assert MASK in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert not [part for part in secret.split() if len(part) > 3 and part in masked]
    # Only its surrounding quotes or its first special character may be left.
    assert len(masked) - len("before  after") - len(MASK) <= len(written) - len(secret) + 4


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_is_masked_in_the_traceback_of_an_exception_group(secret: str) -> None:
    """Python indents the contents of a group, even between the lines of a secret."""
    group = ExceptionGroup("several", [ExceptionGroup("inner", [ValueError(secret)])])
    masked = Mask([secret])("".join(traceback.format_exception(group)))
    assert not [part for part in secret.split() if len(part) > 3 and part in masked]


def test_the_longer_of_two_secrets_with_the_same_start_is_masked_completely() -> None:
    assert Mask(["secret-one", "secret-one-and-two"])("secret-one-and-two") == MASK


def test_the_parts_between_characters_that_a_library_drops_are_masked_on_their_own() -> None:
    assert Mask(["first-half\nsecond-half"])("first-half | second-half") == f"{MASK} | {MASK}"


def test_the_surrounding_white_space_of_a_setting_does_not_hide_the_secret() -> None:
    assert Mask([" sk-proj-Abc123\n"])("key=sk-proj-Abc123.") == f"key={MASK}."


@pytest.mark.parametrize("placeholder", ["", "x", "none", "offline", "       x"])
def test_a_placeholder_does_not_garble_the_text(placeholder: str) -> None:
    assert Mask([placeholder])("nonexistent offline x") == "nonexistent offline x"


CALLERS_TOKENS = [
    jwt.encode({"sub": "alice"}, "s" * 32),
    "Bearer 4f6a8c1e2b3d4f5a6b7c",
    "Bearer short1token",
    "bearer opaque_token-without.digits~here",
    "Bearer%204f6a8c1e2b3d4f5a6b7c",
    "Basic " + base64.b64encode(b"user:password1").decode(),
]


@pytest.mark.parametrize("token", CALLERS_TOKENS)
def test_a_callers_token_is_masked_even_though_no_setting_contains_it(token: str) -> None:
    assert Mask()(f"{{'authorization': '{token}'}}") == f"{{'authorization': '{MASK}'}}"


@pytest.mark.parametrize(
    "text", ["A bearer token is required.", "Basic authentication", "Bearer [secret]", "eyJ", "Bearer authorization"]
)
def test_ordinary_words_about_tokens_are_not_masked(text: str) -> None:
    assert Mask()(text) == text
