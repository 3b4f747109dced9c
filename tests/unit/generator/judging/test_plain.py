"""What is not prose is found, and prose with brackets, dots and stars is not."""

import pytest

from generator_service.judging.plain import not_plain


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("https://example.org/x", "a web address"),
        ("See www.example.org", "a web address"),
        ("lore.example.com", "a web address"),
        ("write to elf@example.net", "a web address"),
        ("**Bold** move", "markup"),
        ("## History", "markup"),
        ("a <b>bold</b> move", "markup"),
        ("[a link](x)", "markup"),
        ('{"name": "Osk"}', "JSON"),
        ('He left."}', "JSON"),
        ("one\\ntwo", "JSON"),
        ("[Name] left the town.", "a placeholder"),
        ("[Character's name] left.", "a placeholder"),
        ("[insert secret here]", "a placeholder"),
        ("{{theme}} lies here", "a placeholder"),
        ("text", "a placeholder"),
        ("N/A", "a placeholder"),
        ("TODO", "a placeholder"),
        ("Sure, here is a backstory: Osk", "words about the answer"),
        ("Here is the requested backstory: Osk", "words about the answer"),
        ("As an AI language model, I", "words about the answer"),
        ("He left. (98 words)", "words about the answer"),
    ],
)
def test_a_text_that_is_not_prose_is_found(text: str, fault: str) -> None:
    assert fault in not_plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "Todo el muelle cierra, e todo mundo sabe. Pão com sal.",
        "She paid 3.5 crowns [in silver], not 4 * 5.",
        "Here is a town that counts: eleven went out.",
        "Sure as rain: she came back. Of course the mayor denies it!",
        "The order no. 7 was void; see p. 12 f.",
        "5 < 7, and 9 > 2.",
        "The sign reads [REDACTED].",
        "He signs with an X. The textile, the null hypothesis, the none-too-bright guard.",
        "'Text me,' she said.",
    ],
)
def test_prose_is_plain(text: str) -> None:
    assert not_plain(text) == []
