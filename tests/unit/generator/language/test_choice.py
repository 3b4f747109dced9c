"""A job is written in the language that its caller asks for or writes in, or else in English."""

import re
from collections.abc import Iterator, Sequence

import pytest

from generator_service.language.choice import choose, wanted_language
from generator_service.language.identification import _CODES, can_identify, identify, load
from local.project import ROOT

WORDS = ROOT / "local/offline_writer/word"
#: "Four beginners owe a dragon rent, and it is due on Friday."
PREMISES = {
    "en": "Four beginners owe a dragon rent, and it is due on Friday.",
    "de": "Vier Anfänger schulden einem Drachen Miete, und sie ist am Freitag fällig.",
    "fr": "Quatre débutants doivent un loyer à un dragon, et il est dû vendredi.",
    "es": "Cuatro principiantes le deben el alquiler a un dragón y vence el viernes.",
    "pt": "Quatro iniciantes devem aluguel a um dragão, e ele vence na sexta-feira.",
    "it": "Quattro principianti devono l'affitto a un drago, ed è dovuto venerdì.",
    "nl": "Vier beginners zijn een draak huur schuldig, en die moet vrijdag betaald zijn.",
    "sv": "Fyra nybörjare är skyldiga en drake hyra, och den ska betalas på fredag.",
    "da": "Fire begyndere skylder en drage husleje, og den skal betales på fredag.",
    "no": "Fire nybegynnere skylder en drage husleie, og den forfaller på fredag.",
    "fi": "Neljä aloittelijaa on lohikäärmeelle vuokran velkaa, ja se erääntyy perjantaina.",
    "pl": "Czterej nowicjusze są winni smokowi czynsz, a termin mija w piątek.",
    "cs": "Čtyři začátečníci dluží drakovi nájem a ten je splatný v pátek.",
    "hu": "Négy kezdő lakbérrel tartozik egy sárkánynak, és pénteken kell fizetni.",
    "ro": "Patru începători îi datorează chirie unui dragon, iar termenul este vineri.",
    "tr": "Dört acemi bir ejderhaya kira borçlu ve ödeme cuma günü yapılacak.",
    "id": "Empat pemula berutang sewa kepada seekor naga, dan jatuh tempo pada hari Jumat.",
    "vi": "Bốn người mới nợ tiền thuê nhà của một con rồng và phải trả vào thứ Sáu.",
    "ru": "Четыре новичка должны дракону за аренду, и срок истекает в пятницу.",
    "uk": "Четверо новачків винні драконові за оренду, і термін спливає у п'ятницю.",
    "bg": "Четирима начинаещи дължат наем на дракон и срокът изтича в петък.",
    "el": "Τέσσερις αρχάριοι χρωστούν ενοίκιο σε έναν δράκο και λήγει την Παρασκευή.",
    "hy": "Չորս սկսնակ վիշապին վարձ են պարտք, և այն պետք է վճարել ուրբաթ օրը։",
    "ka": "ოთხ დამწყებს დრაკონის ქირა მართებს და ის პარასკევს უნდა გადაიხადონ.",
    "ar": "أربعة مبتدئين مدينون لتنين بالإيجار، ويستحق الدفع يوم الجمعة.",
    "fa": "چهار تازه‌کار به یک اژدها اجاره بدهکارند و باید جمعه پرداخت شود.",
    "he": "ארבעה מתחילים חייבים שכר דירה לדרקון, והוא לתשלום ביום שישי.",
    "am": "አራት ጀማሪዎች ለዘንዶ የቤት ኪራይ ዕዳ አለባቸው።",
    "hi": "चार नौसिखियों को एक अजगर को किराया देना है, और वह शुक्रवार को देय है।",
    "bn": "চারজন নবীন একটি ড্রাগনের কাছে ভাড়া ধার করেছে, এবং তা শুক্রবার দিতে হবে।",
    "ta": "நான்கு தொடக்கக்காரர்கள் ஒரு டிராகனுக்கு வாடகை கடன்பட்டுள்ளனர்.",
    "th": "มือใหม่สี่คนติดค่าเช่ามังกร และต้องจ่ายวันศุกร์",
    "ja": "四人の初心者は竜に家賃を払わなければならない。期限は金曜日だ。",
    "zh": "四个新手欠一条龙的房租，星期五到期。",
    "ko": "초보자 네 명이 용에게 집세를 빚졌고 금요일이 마감이다.",
}


@pytest.mark.parametrize(("language", "premise"), PREMISES.items())
def test_the_language_of_a_premise_is_recognised(language: str, premise: str) -> None:
    assert wanted_language(None, premise, "fantasy") == language


@pytest.mark.parametrize(
    ("theme", "language"),
    [
        ("永夜の海", "ja"),
        ("スチームパンク", "ja"),
        ("武侠", "zh"),
        ("수중 도시", "ko"),
        ("киберпанк", "ru"),
        ("опера призраков", "ru"),
        ("ألف ليلة وليلة", "ar"),
        ("सपनों का शहर", "hi"),
        ("פנטזיה", "he"),
        ("φαντασία", "el"),
        ("Die Stadt unter dem Meer", "de"),
        ("une ville sous la mer", "fr"),
        ("ciudad bajo el mar oscuro", "es"),
    ],
)
def test_the_language_of_a_theme_is_recognised_by_its_script_or_by_four_words(theme: str, language: str) -> None:
    assert wanted_language(None, None, theme) == language


AMBIGUOUS = (
    *(
        "fantasy",
        "norse-mythology",
        "Les Misérables",
        "El Dorado",
        "Märchen",
        "Sturm und Drang",
        "Edo period yokai noir",
    ),
    *(
        "Día de los Muertos",
        "Don Quixote de la Mancha",
        "Lagos solarpunk afrofuturism",
        "Ωmega",
        "Δ",
        "1920",
        "🐉",
        "...",
    ),
)


@pytest.mark.parametrize("theme", AMBIGUOUS)
def test_a_theme_that_an_english_sentence_may_contain_is_english(theme: str) -> None:
    assert wanted_language(None, None, theme) == "en"


@pytest.mark.parametrize("words", [4, 5, 8])
def test_no_english_phrase_is_taken_for_another_language(words: int) -> None:
    """A caller who gives no language must not get a surprise. Each case takes every third phrase."""
    phrases = [" ".join(phrase.split()[:words]) for phrase in list(english_phrases())[words % 3 :: 3]]
    phrases = [phrase for phrase in phrases if len(phrase.split()) == words]
    assert len(phrases) > 1_000
    assert {phrase for phrase in phrases if wanted_language(None, phrase, phrase) != "en"} == set()


def english_phrases() -> Iterator[str]:
    """The phrases of the offline writer's word files, without their symbols."""
    for path in WORDS.glob("*.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                yield re.sub(r"[\[{<][^\]}>]*[\]}>]", " ", line)


def test_a_given_language_comes_before_the_premise_and_the_premise_before_the_theme() -> None:
    german, japanese = PREMISES["de"], "永夜の海"
    assert wanted_language("pt-BR", german, japanese) == "pt-BR"
    assert wanted_language(None, german, japanese) == "de"
    assert wanted_language(None, PREMISES["en"], japanese) == "en"
    assert wanted_language(None, "Drachen!", japanese) == "ja"


@pytest.mark.parametrize(
    ("wanted", "writes", "language"),
    [
        ("de", [], "de"),
        ("de", ["en"], "en"),
        ("de", ["fr", "en"], "fr"),
        ("en-GB", ["en"], "en-GB"),
        ("yue", ["en", "zh"], "yue"),
    ],
)
def test_a_job_is_never_in_a_language_that_the_llm_does_not_write(
    wanted: str, writes: Sequence[str], language: str
) -> None:
    choice = choose(wanted, writes)
    assert choice.language == language
    assert bool(choice.notes) == (wanted != language)


def test_a_replaced_language_is_reported() -> None:
    note = "the text is in English, because the writer in use cannot write German."
    assert choose("de-AT", ["en"]).notes == [note]


def test_guesses_are_ordered_and_name_a_language_by_its_group() -> None:
    guesses = identify(PREMISES["ar"])
    assert guesses[0][0] == "ar"
    assert guesses == sorted(guesses, key=lambda guess: -guess[1])
    assert "zxx" not in dict(identify("0x1f zx81"))


@pytest.mark.parametrize("text", ["", " \n", "1, 2, 3", "🐉", "---"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    assert identify(text) == []


def test_the_codes_are_those_of_the_model() -> None:
    """Another version of the model may know other languages. "zxx" is the code for a text without words."""
    assert set(_CODES.split()) == {*load().nb_classes} - {"zxx"}


def test_a_language_that_the_model_does_not_know_is_never_guessed() -> None:
    assert {tag: can_identify(tag) for tag in ("pt-BR", "nb", "arz", "tlh", "zh-Hant-TW", "pa", "pa-Arab")} == {
        "pt-BR": True,
        "nb": True,
        "arz": True,
        "tlh": False,
        "zh-Hant-TW": True,
        "pa": True,
        "pa-Arab": False,
    }
