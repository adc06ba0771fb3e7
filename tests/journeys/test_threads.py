"""What somebody said in one practice, through time, and the picture of their own numbers."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from PIL import Image

from bot.harvest.sketch import SKETCH, drawn
from bot.records import Media, Platform, Words
from tests.journeys.conftest import on_both
from tests.journeys.someone import Someone, quotes, texts

pytestmark = on_both

PHOTO = Media(name="photo.jpg", mime="image/jpeg", content=b"\xff\xd8photo")


def checks_in(someone: Someone, energy: str, happened: str) -> None:
    someone.is_due("weekly")
    for line in (energy, happened, "done", *("skip",) * 9):
        someone.says(line)
    someone.says("later")
    someone.now += timedelta(days=7)


def journals(someone: Someone, *said: str) -> None:
    for each in said:
        for line in ("journal", "yes", each, "done"):
            someone.says(line)
        someone.now += timedelta(days=7)


def test_one_practice_comes_back_oldest_first_word_for_word(someone: Someone) -> None:
    journals(someone, "A heron.", "Remember the tide?", "A wren.")
    for phrase in ("remember a journaling nudge", "Remember nudge!", "remember Journaling nudge"):
        assert quotes(someone.says(phrase)) == ["A heron.", "Remember the tide?", "A wren."]


def test_what_names_no_practice_is_an_answer(someone: Someone) -> None:
    someone.says("journal")
    someone.says("yes")
    for line in ("Remember the milk", "remember nothing", "what I said to Ann", "done"):
        someone.says(line)
    assert quotes(someone.says("remember"))[-1].startswith("Remember the milk")


def test_a_practice_without_answers_says_so_and_with_many_counts_the_rest(
    someone: Someone,
) -> None:
    assert "nothing of yours here yet from" in texts(someone.says("remember listening"))[0]
    journals(someone, *(f"Number {each}." for each in range(11)))
    said = someone.says("remember nudge")
    assert len(quotes(said)) <= 11
    assert texts(said)[-1].startswith("Not shown here: ") or len(quotes(said)) == 11


def test_buttons_stand_below_and_each_can_be_typed(someone: Someone) -> None:
    someone.platform, someone.place = Platform.TELEGRAM, "t"
    someone.arrives()
    for line in ("keep my answers", *("skip",) * 6):
        someone.says(line)
    journals(someone, "A heron.")
    (option,) = someone.says("remember")[-1].options
    assert option.label == "remember A journaling nudge"
    assert quotes(someone.presses(option.token)) == quotes(someone.says(option.label))
    assert someone.presses("remember:nothing_known") == []
    assert len(option.token.encode()) <= 64


def test_three_numbers_come_with_a_picture_and_the_same_in_words(someone: Someone) -> None:
    for energy, happened in (("4", "One."), ("2", "Two."), ("3", "Three.")):
        before = [each for one in someone.says("remember weekly") for each in one.files]
        assert before == [], energy
        checks_in(someone, energy, happened)
    said = someone.says("remember weekly")
    (picture,) = [each for one in said for each in one.files]
    assert picture.mime == SKETCH
    for number, day in (("4", "3 November"), ("2", "10 November"), ("3", "17 November")):
        assert f"{day} 2026: {number}" in picture.alt
        assert any(day in text and f": {number}" in text for text in texts(said))
    image = drawn(picture)
    assert Image.open(BytesIO(image.content)).format == "PNG"
    assert image.alt == picture.alt
    assert drawn(PHOTO) is PHOTO


def test_a_photo_comes_back_with_the_words_that_describe_it(someone: Someone) -> None:
    someone.says("practise")
    for line in ("mindful", "yes", "next", "next", "a picture"):
        someone.says(line)
    someone.sends(Words(message="p1", text="", media=PHOTO))
    for line in ("done", "Its light.", "done", 'A "grey" heron.', "done", "no"):
        someone.says(line)
    photos = [each for one in someone.says("remember") for each in one.files]
    assert [(each.name, each.alt) for each in photos] == [("photo.jpg", 'A "grey" heron.')]
    page = someone.says("export")[0].files[0].content.decode()
    assert 'alt="A &#34;grey&#34; heron."' in page
