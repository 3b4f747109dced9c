"""A text uses a name in any inflected or shortened form. A text in another script is not judged."""

import pytest

from generator_service.judging.mention import can_judge, mentions


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Low Tarn", "In Low Tarn nobody whistles."),
        ("The Night of Unlit Lamps", "Since the unlit lamps, she sleeps badly."),
        ("The Salt Crown", "The crown's dents."),
        ("Osk", "osk left"),
        ("Bo", "Bo left"),
        ("Niederwasser", "Die Leute des Niederwassers"),
        ("Kraków", "Mieszka w Krakowie."),
        ("Москва", "Он живёт в Москве."),
        ("Αθήνα", "Ο δρόμος της Αθήνας"),
        ("Zoë of Ys", "ZOE OF YS"),
        ("潮見の町", "潮見では誰も口笛を吹かない。"),
        ("低潮港", "他回到低潮港。"),
        ("낮은물", "낮은물에서는"),
        ("ท่าเรือน้ำต่ำ", "ที่ท่าเรือน้ำต่ำมีกลิ่น"),
        ("نيسابور", "أهل نيسابور"),
        ("रामगढ़", "रामगढ़ में"),
    ],
)
def test_a_name_is_found_in_any_form(name: str, text: str) -> None:
    assert can_judge(name, text)
    assert mentions(text, name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Low Tarn", "The town has a bell and low walls of tar."),
        ("The Salt Crown", "The sea is salubrious and cruel."),
        ("The Night of Ash", "The ferry leaves at noon."),
        ("Osk", "oskarites are many"),
        ("Москва", "Он живёт в Киеве."),
        ("潮見の町", "この国では誰も口笛を吹かない。"),
    ],
)
def test_a_name_that_is_not_used_is_not_found(name: str, text: str) -> None:
    assert not mentions(text, name)


@pytest.mark.parametrize(
    ("name", "text"), [("Low Tarn", "低潮の港では"), ("Low Tarn", "В городе"), ("Москва", "In Moscow"), ("!!", "In")]
)
def test_a_name_in_another_script_is_not_judged(name: str, text: str) -> None:
    assert not can_judge(name, text)
