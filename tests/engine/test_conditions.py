import pytest

from bot.engine.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    MalformedConditionError,
    Not,
    Value,
    comparisons,
    holds,
    parse,
)

A = Comparison("a", "answered")
B = Comparison("b", "answered")
C = Comparison("c", "answered")


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("a answered", A),
        ("  a   answered  ", A),
        ("a < 2", Comparison("a", "<", (2,))),
        ("a <= 2", Comparison("a", "<=", (2,))),
        ("a>10", Comparison("a", ">", (10,))),
        ("a>=2", Comparison("a", ">=", (2,))),
        ("a is 2", Comparison("a", "in", (2,))),
        ("a is not_yet", Comparison("a", "in", ("not_yet",))),
        ("a is not yet", Not(Comparison("a", "in", ("yet",)))),
        ("a in yes", Comparison("a", "in", ("yes",))),
        ("a in yes, 2,no", Comparison("a", "in", ("yes", 2, "no"))),
        ("a_1 includes red", Comparison("a_1", "includes", ("red",))),
        ("not a answered", Not(A)),
        ("not not a answered", Not(Not(A))),
        ("(a answered)", A),
        ("inner is order", Comparison("inner", "in", ("order",))),
    ],
)
def test_each_form_of_a_condition_is_read(text: str, condition: Condition) -> None:
    assert parse(text) == condition


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("a answered or b answered and c answered", AnyOf(A, AllOf(B, C))),
        ("a answered and b answered or c answered", AnyOf(AllOf(A, B), C)),
        ("(a answered or b answered) and c answered", AllOf(AnyOf(A, B), C)),
        ("not a answered and b answered", AllOf(Not(A), B)),
        ("not (a answered and b answered)", Not(AllOf(A, B))),
        ("a answered or b answered or c answered", AnyOf(AnyOf(A, B), C)),
        ("a answered and b answered and c answered", AllOf(AllOf(A, B), C)),
    ],
)
def test_not_binds_closest_then_and_then_or(text: str, condition: Condition) -> None:
    assert parse(text) == condition


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "the name of a turn or a recall is expected, but here it ends"),
        ("and", "the name of a turn or a recall is expected, but here stands `and`"),
        ("2 is a", "the name of a turn or a recall is expected, but here stands `2`"),
        ("a", "`is`, `is not`, `in`, `includes`, `answered`, `<`, `<=`, `>`, `>=`"),
        ("a", "after `a` one of"),
        ("a", "is expected, but here it ends"),
        ("a maybe", "is expected, but here stands `maybe`"),
        ("a < yes", "a number is expected, but here stands `yes`"),
        ("a <", "a number is expected, but here it ends"),
        ("a is", "a value is expected, but here it ends"),
        ("a is not answered", "a value is expected, but here stands `answered`"),
        ("a in yes,", "a value is expected, but here it ends"),
        ("a includes", "a value is expected, but here it ends"),
        ("(a answered", "a bracket is opened and not closed"),
        ("(a answered b", "a bracket is opened and not closed"),
        ("not", "the name of a turn or a recall is expected, but here it ends"),
        ("a answered)", "nothing is expected after the condition, but here stands `)`"),
        ("a answered b", "nothing is expected after the condition, but here stands `b`"),
        ("a is 2b", "nothing is expected after the condition, but here stands `b`"),
        ("a = 2", "is expected, but here stands `=`"),
        ("a.b is 2", "is expected, but here stands `.`"),
        ("A is 2", "the name of a turn or a recall is expected, but here stands `A`"),
        ("a is -1", "a value is expected, but here stands `-`"),
        ("a is \x00", "a value is expected, but here stands `\x00`"),
    ],
)
def test_a_malformed_condition_is_refused_and_the_message_says_where(
    text: str, complaint: str
) -> None:
    with pytest.raises(MalformedConditionError) as refusal:
        parse(text)
    assert complaint in str(refusal.value)


def test_a_complaint_is_worded_whole() -> None:
    with pytest.raises(MalformedConditionError) as refusal:
        parse("a maybe")
    assert str(refusal.value) == (
        "after `a` one of `is`, `is not`, `in`, `includes`, `answered`, `<`, `<=`, `>`, `>=` "
        "is expected, but here stands `maybe`"
    )
    with pytest.raises(MalformedConditionError) as refusal:
        parse("(a answered")
    assert str(refusal.value) == "a bracket is opened and not closed"
    with pytest.raises(MalformedConditionError) as refusal:
        parse("a answered b")
    assert str(refusal.value) == ("nothing is expected after the condition, but here stands `b`")
    with pytest.raises(MalformedConditionError) as refusal:
        parse("a <")
    assert str(refusal.value) == "a number is expected, but here it ends"


def test_many_brackets_are_refused_like_one() -> None:
    with pytest.raises(MalformedConditionError):
        parse("(" * 50)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("a answered", 3, True),
        ("a answered", True, True),
        ("a answered", (), True),
        ("a < 3", 2, True),
        ("a < 3", 3, False),
        ("a <= 3", 3, True),
        ("a <= 3", 4, False),
        ("a > 3", 4, True),
        ("a > 3", 3, False),
        ("a >= 3", 3, True),
        ("a >= 3", 2, False),
        ("a > 3", "yes", False),
        ("a > 3", ("yes",), False),
        ("a is 3", 3, True),
        ("a is 3", 2, False),
        ("a is 3", "3", False),
        ("a is yes", "yes", True),
        ("a is yes", "no", False),
        ("a is yes", ("yes",), False),
        ("a is not yes", "no", True),
        ("a is not yes", "yes", False),
        ("a in yes, no", "no", True),
        ("a in yes, no", "maybe", False),
        ("a includes red", ("blue", "red"), True),
        ("a includes red", ("blue",), False),
        ("a includes red", "red", False),
        ("a includes red", True, False),
        ("a is yes", True, False),
    ],
)
def test_a_comparison_judges_what_was_answered(text: str, value: Value, expected: bool) -> None:  # noqa: FBT001
    assert holds(parse(text), {"a": value}) is expected


@pytest.mark.parametrize(
    "text", ["a answered", "a < 3", "a >= 0", "a is yes", "a in yes, no", "a includes red"]
)
def test_a_comparison_with_what_was_not_answered_is_false(text: str) -> None:
    assert holds(parse(text), {"b": 1}) is False


def test_is_not_is_true_of_what_was_not_answered() -> None:
    assert holds(parse("a is not yes"), {}) is True


@pytest.mark.parametrize("text", ["a is 1", "a in 1, 2", "a <= 2", "a >= 1", "a < 2", "a > 0"])
def test_words_alone_are_not_the_number_one(text: str) -> None:
    assert holds(parse(text), {"a": True}) is False


@pytest.mark.parametrize(
    ("text", "answered", "expected"),
    [
        ("a answered and b answered", "ab", True),
        ("a answered and b answered", "a", False),
        ("a answered and b answered", "b", False),
        ("a answered or b answered", "a", True),
        ("a answered or b answered", "b", True),
        ("a answered or b answered", "c", False),
        ("not a answered", "b", True),
        ("not a answered", "a", False),
        ("a answered or b answered and c answered", "a", True),
        ("(a answered or b answered) and c answered", "a", False),
    ],
)
def test_conditions_combine(text: str, answered: str, expected: bool) -> None:  # noqa: FBT001
    assert holds(parse(text), dict.fromkeys(answered, True)) is expected


def test_every_comparison_of_a_condition_is_found_in_its_order() -> None:
    condition = parse("not (a is 1 or b is 2) and (c answered or not d includes red)")
    assert [each.name for each in comparisons(condition)] == ["a", "b", "c", "d"]
