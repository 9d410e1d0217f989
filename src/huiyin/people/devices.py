"""What a browser says about itself, read as its owner would say it: "Chrome, Android"."""

from django.utils.translation import gettext as _

# The first match wins: most browsers also name the ones they descend from.
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("HuaweiBrowser", "Huawei"),
    ("MiuiBrowser", "MIUI"),
    ("UCBrowser", "UC"),
    ("MQQBrowser", "QQ"),
    ("QQBrowser", "QQ"),
    ("QIHU", "360"),
    ("360SE", "360"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def reading_of(user_agent: str) -> str:
    """Return browser and system, or "" where neither is known. The full string is never kept."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)


def said(reading: str) -> str:
    """Return a reading in the language of the page; names of products stay as they are."""
    words = {
        "WeChat": _("WeChat"),
        "DingTalk": _("DingTalk"),
        "Huawei": _("Huawei browser"),
        "MIUI": _("Xiaomi browser"),
        "UC": _("UC browser"),
        "QQ": _("QQ browser"),
        "360": _("360 browser"),
    }
    return _(", ").join(words.get(part, part) for part in reading.split(", ") if part)
