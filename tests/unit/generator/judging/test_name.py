"""Names that a reader of their script would confuse are similar."""

import pytest

from generator_service.judging.name import similar


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë of Ys", "zoe of ys"),
        ("Theodora Vance", "Theodore Vance"),
        ("Katherine Holm", "Catherine Holm"),
        ("The Lamp of Ys", "The Lamp of Os"),
        ("Мария Орлова", "Марія Орлова"),
        ("मीरा", "मिरा"),
        ("चंदन", "चन्दन"),
        ("फ़िरोज़", "फिरोज"),
        ("आँचल", "आंचल"),
        ("कल्पना देवी", "कलपना देवी"),
        ("মীরা", "মিরা"),
        ("カナ", "かな"),
        ("サラー", "サラ"),
        ("محمد", "مُحَمَّد"),
        ("على", "علي"),
        ("فاطمة", "فاطمه"),
        ("أحمد", "احمد"),
        ("דוד", "דָּוִד"),
        ("김민수", "김민서"),
    ],
)
def test_names_that_are_easily_confused_are_similar(one: str, other: str) -> None:
    assert similar(one, other)
    assert similar(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mara", "Mira"),
        ("Low Tarn", "High Tarn"),
        ("The Salt Road", "The Salt Guild"),
        ("Order of the Gilded Lantern", "Order of the Gilded Hand"),
        ("किरण", "करण"),
        ("राम", "रमा"),
        ("ハナ", "バナ"),
        ("مَلِك", "مُلْك"),
        ("李明", "李华"),
        ("Мара", "Тоня"),
        ("กา", "กี"),
    ],
)
def test_different_names_are_not_similar(one: str, other: str) -> None:
    assert not similar(one, other)
    assert not similar(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mara Venn", "Mara Osk"),
        ("Mara Venn", "Captain Mara Holt"),
        ("Mara", "Mara Venn"),
        ("Мария Орлова", "Мария Белкина"),
        ("प्रिया शर्मा", "प्रिया कुलकर्णी"),
        ("Dr. Osk Tull", "Osk Brandt"),
    ],
)
def test_people_with_the_same_first_name_are_similar(one: str, other: str) -> None:
    assert similar(one, other, of_people=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Captain Mara Venn", "Captain Osk Tull"),
        ("Old Tom", "Old Bess"),
        ("Widow Marsh", "Widow Pell"),
        ("Père Anselme", "Père Marc"),
        ("Kapitän Brandt", "Kapitän Voss"),
        ("Отец Никон", "Отец Игнат"),
        ("أبو ليلى", "أبو قاسم"),
        ("عبد الله الحداد", "عبد الرحمن النجار"),
        ("J. Venn", "J. Tull"),
        ("李明", "李华"),
        ("김철수", "김영희"),
        ("Mara Venn", "Osk Venn"),
    ],
)
def test_people_with_the_same_title_or_family_are_not_similar(one: str, other: str) -> None:
    assert not similar(one, other, of_people=True)
