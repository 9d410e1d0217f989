"""Phone numbers as offices and people write them in mainland China. Pure."""

import re

# Office lines with their area code, mobiles, 400/800 lines, short numbers (110, 12345, 95598);
# an extension may follow.
_PHONE = re.compile(
    r"""
    (?: 0\d{2,3}-?\d{7,8}
      | 1[3-9]\d{9}
      | [48]00-?\d{3}-?\d{4}
      | 1(?:1|2)\d | 12\d{3} | 9\d{4}
    )
    (?:-\d{1,6})?
    """,
    re.VERBOSE | re.ASCII,
)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


def is_phone(text: str) -> bool:
    """Say whether this can be dialled: a line with area code, a mobile, a short number."""
    return _PHONE.fullmatch(text) is not None


def is_mobile(text: str) -> bool:
    """Say whether this is a mobile number of eleven digits."""
    return _MOBILE.fullmatch(text) is not None
