"""Which endings of a text count as finished."""

import pytest

from generator_service.judging.sentence import is_finished, sentences


@pytest.mark.parametrize(
    "text",
    [
        "It rained.",
        'She said: "Go."',
        "She said: \u201cGo!\u201d ",
        "Er sagte: \u201eGeh!\u201c",
        "Er sagte: \u00bbGeh!\u00ab",
        "(It rained.)",
        "It rained\u2026",
        "It rained...",
        "Is it 5?!",
        "\u5f7c\u306f\u8a00\u3063\u305f\u3002\u300d",
        "\u0647\u0644 \u0639\u0627\u062f\u061f",
        "\u06cc\u06c1 \u06c1\u06d2\u06d4",
        "\u03a0\u03bf\u03b9\u03bf\u03c2;",
        "\u179f\u17bd\u179f\u17d2\u178f\u17b8\u17d4",
        "\u1230\u120b\u121d\u1362",
        "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
        '"But the bell\u2014"',
        "'Or is it twelve? I--'",
        "She met Mr.",
        "It rained. \u2614\ufe0f \U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f44b\U0001f3fd \U0001fadc",
    ],
)
def test_a_finished_text_is_taken(text: str) -> None:
    assert is_finished(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It rained and",
        "It rained,",
        "It rained:",
        "It rained\u2014",
        "Who;",
        '"Go," she said',
        'She said "go"',
        "\u5f7c\u306f\u8a00\u3063\u305f\u3001",
        "\u0647\u0644 \u0639\u0627\u062f\u060c",
    ],
)
def test_a_text_that_breaks_off_is_found(text: str) -> None:
    assert not is_finished(text)


def test_sentences_are_split_in_any_script() -> None:
    assert sentences('"Go!" she said. It rained\nand \u96e8\u304c\u964d\u308b\u3002\u5bd2\u3044\u3002') == [
        '"Go',
        '" she said',
        "It rained",
        "and \u96e8\u304c\u964d\u308b",
        "\u5bd2\u3044",
    ]
