"""What every template can use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from huiyin.ui.display import current_display


def display(request: HttpRequest) -> dict[str, Any]:
    """Give templates the person's display choices, who acts, and whether this is the demo."""
    return {
        "display": current_display(),
        "actor": getattr(request, "actor", None),
        "is_demo": settings.HUIYIN.mode == "demo",
    }
