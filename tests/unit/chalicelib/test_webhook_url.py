"""Which addresses a webhook may have."""

import pytest

from chalicelib.domain.public_address import is_loopback, is_public
from chalicelib.domain.webhook_url import MAX_URL_LENGTH, WebhookUrl

PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808")
NOT_PUBLIC = (
    *("0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "5f00::1", "fc00::1"),
    *("fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1", "", "example.com", "1.2.3"),
)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_every_other_address_is_not(address: str) -> None:
    assert not is_public(address)


def test_the_machine_itself_has_many_addresses() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.1.2.3", "::1")))
    assert not any(map(is_loopback, ("8.8.8.8", "10.0.0.1", "localhost")))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://Example.COM:443/Hooks?A=b%20c", "https://example.com/Hooks?A=b%20c"),
        ("https://example.com.:8443/a/../b", "https://example.com:8443/a/../b"),
        ("https://bücher.example/ü".replace("/ü", "/%C3%BC"), "https://xn--bcher-kva.example/%C3%BC"),
        ("https://my_hooks.example.com/", "https://my_hooks.example.com/"),
        ("https://93.184.216.34/", "https://93.184.216.34/"),
        ("https://[2606:2800:0220::1]:8443/", "https://[2606:2800:220::1]:8443/"),
        ("https://ｅｘａｍｐｌｅ.com/", "https://example.com/"),
    ],
)
def test_a_valid_address_is_kept_in_one_form(given: str, kept: str) -> None:
    assert str(WebhookUrl.parse(given, allow_local=False)) == kept
    assert str(WebhookUrl.parse(kept, allow_local=False)) == kept


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "https://example.com/hooks"),
        ("example.com/hooks", "https://example.com/hooks"),
        ("https:///hooks", "https://example.com/hooks"),
        ("http://example.com/", "https://"),
        ("ftp://example.com/", "https://"),
        ("file:///etc/passwd", "https://example.com/hooks"),
        ("gopher://127.0.0.1:6379/_FLUSHALL", "https://"),
        ("https://example.com:22/", "443, 8443"),
        ("https://example.com:6379/", "443, 8443"),
        ("https://example.com:0/", "443, 8443"),
        ("https://example.com:99999999/", "from 1 to 65535"),
        ("https://example.com:x/", "from 1 to 65535"),
        ("https://user:secret@example.com/", "user name"),
        ("https://example.com@127.0.0.1/", "user name"),
        ("https://example.com/#part", "#"),
        ("https://example.com\\@127.0.0.1/", "\\"),
        ("https://example.com/a b", "percent-encoded"),
        ("https://example.com/\tb", "percent-encoded"),
        ("https://exam\nple.com/", "percent-encoded"),
        ("https://example.com/é", "percent-encoded"),
        ("https://localhost/", "full host name"),
        ("https://intranet/", "full host name"),
        ("https://127.0.0.1/", "public IP address"),
        ("https://10.0.0.1/", "public IP address"),
        ("https://169.254.169.254/latest/meta-data/", "public IP address"),
        ("https://[::1]/", "public IP address"),
        ("https://[::ffff:127.0.0.1]/", "public IP address"),
        ("https://[fd00:ec2::254]/", "public IP address"),
        ("https://2130706433/", "IPv4 address"),
        ("https://0x7f000001/", "IPv4 address"),
        ("https://0x7f.1/", "IPv4 address"),
        ("https://0177.0.0.1/", "IPv4 address"),
        ("https://127.1/", "IPv4 address"),
        ("https://１２７.０.０.１/", "public IP address"),
        ("https://①②⑦.0.0.1/", "public IP address"),
        ("https://-bad.example.com/", "host name"),
        ("https://a..example.com/", "host name"),
        (f"https://{'a' * 64}.example.com/", "host name"),
        (f"https://{'a.' * 130}com/", "host name"),
        ("https://[::1/", "https://example.com/hooks"),
        ("https://exa$mple.com/", "host name"),
        (f"https://example.com/{'a' * MAX_URL_LENGTH}", "at most 2048"),
    ],
)
def test_an_address_that_could_lead_somewhere_else_is_refused(given: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"must") as refused:
        WebhookUrl.parse(given, allow_local=False)
    assert why in str(refused.value)


@pytest.mark.parametrize("given", ["http://127.0.0.1:4321/a", "http://localhost/", "https://[::1]:5000/"])
def test_this_machine_is_allowed_only_locally(given: str) -> None:
    assert str(WebhookUrl.parse(given, allow_local=True)) == given
    with pytest.raises(ValueError, match="must"):
        WebhookUrl.parse(given, allow_local=False)


@pytest.mark.parametrize("given", ["http://example.com/", "http://10.0.0.1/", "https://192.168.0.1/"])
def test_even_locally_no_other_machine_is_reached_without_tls_or_in_a_private_network(given: str) -> None:
    with pytest.raises(ValueError, match="must"):
        WebhookUrl.parse(given, allow_local=True)


def test_what_is_shown_and_logged_has_no_query() -> None:
    url = WebhookUrl.parse("https://example.com:8443/hooks?token=secret", allow_local=False)
    assert (url.shown, url.origin) == ("https://example.com:8443/hooks", "https://example.com:8443")
