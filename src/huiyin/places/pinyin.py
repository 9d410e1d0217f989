"""How Chinese is read, by the dictionary of pypinyin."""


def lazy_pinyin(text: str) -> list[str]:
    """Return the syllables of a text without tones; what is not Chinese stays as it is.

    The dictionary takes fifty megabytes, and only those who write names or titles ask it: it is
    loaded when it is asked for the first time.
    """
    import pypinyin  # noqa: PLC0415 as said

    return list(pypinyin.lazy_pinyin(text))
