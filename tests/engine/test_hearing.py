import pytest

from bot.engine.hearing import Asked, Chosen, Meaning, Said, Word, fold, interpret

VOCABULARY = {
    "stop": "stop",
    "pause": "pause",
    "take a break": "pause",
    "done": "done",
    "next": "next",
    "skip": "skip",
    "back": "back",
    "delete that": "delete_that",
    "yes forget me": "yes_forget_me",
    "what do you keep": "keep",
    "link": "link",
    "yes link": "yes_link",
    "leave campaign": "leave_campaign",
    "return to campaign": "return_to_campaign",
}
COLOURS = (("red", "Red"), ("green", "Moss green"), ("blue", "Blue, like the sea"))
SCALE = tuple((str(n), str(n)) for n in range(1, 6))


def hear(text: str, *labels: tuple[str, str], several: bool = False) -> Meaning:
    return interpret(text, labels, VOCABULARY, several=several)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Stop.", "stop"),
        ("/stop", "stop"),
        ("  DELETE   that!\n", "delete that"),
        ("/delete_that", "delete that"),
        ("don't", "dont"),
        ("don\u2019t", "dont"),
        ("stop \U0001f64f", "stop"),
        ("stop,please", "stop please"),
        ("Straße", "strasse"),
        ("ÀÉ", "àé"),
        ("…", ""),
        ("", ""),
        ("a\x00b", "a b"),
    ],
)
def test_folding_leaves_what_matters(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["stop", "Stop.", "/stop", "STOP!!", "  stop  ", "“stop”"])
def test_a_reserved_word_is_heard_whatever_its_case_and_punctuation(text: str) -> None:
    assert hear(text) == Asked(Word.STOP)


@pytest.mark.parametrize(
    "text",
    [
        "I had to stop and think",
        "stop it",
        "please stop",
        "stopping",
        "",
        "…",
        "pause until",
        "pausefor a day",
        "a pause until monday",
        "skip until monday",
        "pause, then go on",
    ],
)
def test_anything_else_is_an_answer(text: str) -> None:
    assert hear(text) == Said()


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("pause", ""),
        ("pause until Monday", "until monday"),
        ("/pause until Monday", "until monday"),
        ("Pause til 3 March!", "til 3 march"),
        ("pause till tomorrow", "till tomorrow"),
        ("pause for two weeks", "for two weeks"),
        ("take a break until Monday", "until monday"),
    ],
)
def test_pause_carries_what_was_said_after_it(text: str, rest: str) -> None:
    assert hear(text) == Asked(Word.PAUSE, rest)


@pytest.mark.parametrize(
    "text", ["Pause for a breath before I answer", "pause for thought, mostly"]
)
def test_pausing_for_breath_is_an_answer(text: str) -> None:
    assert hear(text) == Said()


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("link", ""),
        ("link k7q-m2f-9t4", "k7q m2f 9t4"),
        ("/link K7Q-M2F-9T4", "k7q m2f 9t4"),
        ("Link K7QM2F9T4.", "k7qm2f9t4"),
        ("link k7qm2f 9t4", "k7qm2f 9t4"),
        ("link k7qm2f9t", "k7qm2f9t"),
        ("link k7qm2f9t44", "k7qm2f9t44"),
    ],
)
def test_link_carries_the_code_that_was_said_after_it(text: str, rest: str) -> None:
    assert hear(text) == Asked(Word.LINK, rest)


@pytest.mark.parametrize(
    "text",
    [
        "link this with that",
        "link this with",
        "link the 3rd one",
        "link 2026 2027",
        "link k7q",
        "link k7q m2f",
        "link k7q-m2f-9t4-a2b",
        "link k7qm2f9t444",
        "linkk7q-m2f-9t4",
        "a link k7q-m2f-9t4",
        "link k7q-m2f-9t4 and go",
    ],
)
def test_what_follows_link_and_is_no_code_is_an_answer(text: str) -> None:
    assert hear(text) == Said()


@pytest.mark.parametrize(
    "text", ["Yes, forget me", "yes forget me", "YES FORGET ME!", "/yes_forget_me"]
)
def test_a_reserved_phrase_is_heard_with_its_commas_or_without(text: str) -> None:
    assert hear(text) == Asked(Word.YES_FORGET_ME)


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("red", "red"),
        ("RED.", "red"),
        ("moss  green", "green"),
        ("blue like the sea", "blue"),
        ("Blue, like the sea", "blue"),
        ("1", "red"),
        ("3.", "blue"),
        (" 2) ", "green"),
    ],
)
def test_an_option_is_named_by_its_label_or_number(text: str, option: str) -> None:
    assert hear(text, *COLOURS) == Chosen((option,))
    assert hear(text, *COLOURS, several=True) == Chosen((option,))


@pytest.mark.parametrize("text", ["0", "4", "red, moss green", "the red one", "", "?"])
def test_what_names_no_one_option_is_an_answer(text: str) -> None:
    assert hear(text, *COLOURS) == Said()


def test_a_label_that_is_a_number_wins_over_the_place_in_the_list() -> None:
    minutes = (("one", "1"), ("three", "3"), ("ten", "10"))
    assert hear("3", *minutes) == Chosen(("three",))
    assert hear("2", *minutes) == Chosen(("three",))
    assert hear("10", *minutes) == Chosen(("ten",))


def test_a_point_of_a_scale_is_named_by_its_digit() -> None:
    assert hear("4", *SCALE) == Chosen(("4",))
    assert hear("6", *SCALE) == Said()


def test_a_typed_label_beats_a_reserved_word() -> None:
    labels = (("go", "Write"), ("halt", "Stop"))
    assert hear("stop", *labels) == Chosen(("halt",))
    assert hear("/stop", *labels) == Chosen(("halt",))
    assert hear("skip", *labels) == Asked(Word.SKIP)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("red, moss green", ("red", "green")),
        ("2,1", ("green", "red")),
        ("1;3", ("red", "blue")),
        ("red and moss green", ("red", "green")),
        ("red AND 3", ("red", "blue")),
        ("red & 2", ("red", "green")),
        ("red\nmoss green", ("red", "green")),
        ("red, 1, RED", ("red",)),
    ],
)
def test_several_options_are_named_at_once_where_several_are_wanted(
    text: str, options: tuple[str, ...]
) -> None:
    assert hear(text, *COLOURS, several=True) == Chosen(options)
    assert hear(text, *COLOURS) == Said()


def test_one_option_is_wanted_where_nothing_else_is_said() -> None:
    assert interpret("red, 2", COLOURS, VOCABULARY) == Said()


@pytest.mark.parametrize("text", ["red, purple", "none", "redand2", "red moss green"])
def test_a_list_with_something_unknown_in_it_is_an_answer(text: str) -> None:
    assert hear(text, *COLOURS, several=True) == Said()


@pytest.mark.parametrize("text", ["1, 2, and 3", "red, moss green,", "1,\n2,\n3\n"])
def test_a_list_may_have_a_comma_before_its_and_or_at_its_end(text: str) -> None:
    heard = hear(text, *COLOURS, several=True)
    assert isinstance(heard, Chosen)


def test_where_nothing_can_be_chosen_a_number_is_an_answer() -> None:
    assert hear("1") == Said()


def test_a_long_message_is_an_answer_even_if_it_folds_to_a_word() -> None:
    assert hear("stop" + "!" * 116) == Asked(Word.STOP)
    assert hear("stop" + "!" * 117) == Said()
    assert hear("red" + " " * 117, *COLOURS) == Chosen(("red",))
    assert hear("red" + " " * 118, *COLOURS) == Said()


def test_a_label_that_is_typed_in_an_alphabet_without_case_is_heard() -> None:
    assert hear("是", ("yes", "是"), ("no", "不")) == Chosen(("yes",))


@pytest.mark.parametrize(
    ("text", "option"),
    [("mos", "green"), ("Moss", "green"), ("blue, like", "blue"), ("BLU.", "blue")],
)
def test_the_beginning_of_a_label_names_its_option(text: str, option: str) -> None:
    assert hear(text, *COLOURS) == Chosen((option,))


@pytest.mark.parametrize("text", ["m", "b", "oss", "een", "moss greens", "mossy", "a sea"])
def test_one_letter_and_other_parts_of_a_label_name_nothing(text: str) -> None:
    assert hear(text, *COLOURS) == Said()


@pytest.mark.parametrize(("text", "option"), [("green", "green"), ("the sea", "blue")])
def test_a_word_of_one_label_names_its_option(text: str, option: str) -> None:
    assert hear(text, *COLOURS) == Chosen((option,))


def test_a_word_that_two_labels_share_names_neither_unless_one_begins_with_it() -> None:
    labels = (("week", "Every week"), ("day", "Every day"), ("off", "Day by day"))
    assert hear("every", *labels) == Said()
    assert hear("week", *labels) == Chosen(("week",))
    assert hear("day", *labels) == Chosen(("off",))


def test_no_is_never_taken_for_now() -> None:
    assert hear("no", ("now", "Now"), ("later", "Later")) == Said()


def test_a_beginning_that_two_labels_share_names_neither() -> None:
    labels = (("yet", "Not yet"), ("ever", "Not ever"), ("note", "Not"))
    assert hear("not e", *labels) == Chosen(("ever",))
    assert hear("not", *labels) == Chosen(("note",))
    assert hear("no t", *labels) == Said()
    assert hear("not", *labels[:2]) == Said()


def test_two_labels_of_one_option_share_their_beginning() -> None:
    labels = (("low", "Low energy"), ("low", "Low"), ("high", "High"))
    assert hear("low en", *labels) == Chosen(("low",))
    assert hear("2", *labels) == Chosen(("high",))
    assert hear("3", *labels) == Said()


def test_a_reserved_word_beats_the_beginning_of_a_label() -> None:
    labels = (("on", "Stop overthinking"), ("off", "Pause until Monday noon"))
    assert hear("stop", *labels) == Asked(Word.STOP)
    assert hear("stop over", *labels) == Chosen(("on",))
    assert hear("pause until monday", *labels) == Asked(Word.PAUSE, "until monday")
    assert hear("pause until monday noon", *labels) == Chosen(("off",))


def test_several_options_are_named_by_their_beginnings() -> None:
    days = (("mon", "Monday"), ("tue", "Tuesday"), ("wed", "Wednesday"))
    assert hear("Mon, Tues and wed", *days, several=True) == Chosen(("mon", "tue", "wed"))
    assert hear("M, Tue", *days, several=True) == Said()
    assert hear("Mon, Tue", *days) == Said()


def test_every_reserved_word_can_be_heard() -> None:
    for word in Word:
        phrase = word.replace("_", " ")
        assert interpret(f"/{word}", (), {phrase: word.value}) == Asked(word)


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("leave campaign 2", Word.LEAVE_CAMPAIGN, "2"),
        ("/leave_campaign_2", Word.LEAVE_CAMPAIGN, "2"),
        ("Leave campaign 12.", Word.LEAVE_CAMPAIGN, "12"),
        ("leave campaign", Word.LEAVE_CAMPAIGN, ""),
        ("return to campaign 1", Word.RETURN_TO_CAMPAIGN, "1"),
    ],
)
def test_a_campaigns_number_follows_the_words_about_it(text: str, word: Word, rest: str) -> None:
    assert hear(text) == Asked(word, rest)


@pytest.mark.parametrize(
    "text",
    [
        "leave campaign posters where they are",
        "leave campaign 2 alone",
        "leave campaign two",
        "leave campaign 2027",
        "leave campaign ２",  # noqa: RUF001 - A digit of another kind.
        "leave 2",
        "leave",
        "return 2",
        "I had to leave campaign 2",
    ],
)
def test_other_words_about_leaving_are_answers(text: str) -> None:
    assert hear(text) == Said()


MINUTES = (("one", "One minute"), ("three", "Three minutes"), ("ten", "Ten minutes"))


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("three", "three"),
        ("Three.", "three"),
        ("1", "one"),
        ("10", "ten"),
        ("ten", "ten"),
        ("2", "three"),
    ],
)
def test_a_number_word_that_begins_one_label_means_it(text: str, option: str) -> None:
    assert hear(text, *MINUTES) == Chosen((option,))


def test_a_figure_is_a_place_where_there_is_one_whatever_a_label_begins_with() -> None:
    menu = (("weekly", "A weekly check-in"), ("horizons", "Three horizons"), ("nudge", "A nudge"))
    assert hear("3", *menu) == Chosen(("nudge",))
    assert hear("three", *menu) == Chosen(("horizons",))


@pytest.mark.parametrize("text", ["3", "three"])
def test_it_may_stand_in_digits_on_the_label(text: str) -> None:
    labels = (("short", "3 minutes"), ("half", "Half an hour"), ("long", "An hour"))
    assert hear(text, *labels) == Chosen(("short",))


def test_a_number_that_begins_two_labels_means_a_place() -> None:
    labels = (("a", "Two by two"), ("b", "2 at once"), ("c", "All"))
    assert hear("2", *labels) == Chosen(("b",))
    assert hear("3", *labels) == Chosen(("c",))


def test_the_numbers_of_a_scale_stay_what_they_are() -> None:
    labels = (*SCALE, ("1", "Five left"), ("5", "One hundred"))
    assert hear("5", *labels) == Chosen(("5",))
    assert hear("1", *labels) == Chosen(("1",))


def test_several_numbers_may_be_named_at_once() -> None:
    assert hear("1, 10", *MINUTES, several=True) == Chosen(("one", "ten"))
