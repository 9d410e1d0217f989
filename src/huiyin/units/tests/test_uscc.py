"""GB 32100: the unified social credit code and its check character."""

import pytest

from huiyin.units.uscc import ALPHABET, check_character, is_valid

# By hand from the weights of the standard: 1 in place 1 weighs 1, so the sum is 1 and 31 - 1 = 30.
BY_HAND = (
    ("1" + "0" * 16, "Y"),
    ("0" * 17, "0"),
    ("0" * 16 + "1", "3"),  # 31 - 28
    ("Y" + "0" * 16, "1"),  # 31 - 30
    ("11" + "0" * 15, "U"),  # 31 - 4 = 27
)


@pytest.mark.parametrize(("body", "character"), BY_HAND)
def test_the_last_character_follows_from_the_others(body, character):
    assert check_character(body) == character
    assert is_valid(body + character)


def test_codes_of_village_collectives_start_with_a_letter():
    body = "N2371427MF1234567"

    assert is_valid(body + check_character(body))


def test_every_other_last_character_is_wrong():
    body = "91371400MA3C1234X"
    right = check_character(body)

    assert [last for last in ALPHABET if is_valid(body + last)] == [right]


def test_two_neighbours_exchanged_are_noticed():
    body = "12371427004567890"
    code = body + check_character(body)
    swapped = [
        code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        for at in range(17)
        if code[at] != code[at + 1]
    ]

    assert [other for other in swapped if is_valid(other)] == []


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("", id="empty"),
        pytest.param("0" * 17, id="too-short"),
        pytest.param("0" * 19, id="too-long"),
        pytest.param("I" + "0" * 17, id="letter-that-is-not-used"),
        pytest.param("0" * 17 + "o", id="small-letter"),
        pytest.param("０" * 18, id="full-width"),
    ],
)
def test_what_is_no_code_is_not_valid(code):
    assert not is_valid(code)
