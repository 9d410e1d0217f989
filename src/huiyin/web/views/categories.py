"""The tree of kinds of matter: what each is called, who owns it, what residents are told."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huiyin.categories.search import suggest
from huiyin.categories.tree import Node, tree
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.ui.http import part
from huiyin.web.finding import said_path
from huiyin.web.functions import owner_words
from huiyin.web.views.start import question


@staff()
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """Browse the tree level by level, and try what residents' words find."""
    code, q = question(request, "code"), question(request, "q")
    whole = tree()
    node = whole.by_code.get(code)
    context: dict[str, Any] = {
        "q": q,
        "node": node,
        "path": node.path if node else (),
        "owner": owner_words(node.owner_kind) if node else "",
        "below": [_row(child) for child in (node.children if node else whole.branches)],
        "leaves": sum(1 for _leaf in whole.leaves()),
        "branches": len(whole.branches),
        "hits": [
            {
                "category": hit.category,
                "path": said_path(hit.node),
                "owner": owner_words(hit.node.owner_kind),
                "matched": hit.matched,
                "percent": round(hit.score * 100),
            }
            for hit in (suggest(q) if q else [])
        ],
    }
    if "q" in request.GET:
        return part(request, "web/parts/tried.html", context, page="web/categories.html")
    return render(request, "web/categories.html", context)


def _row(node: Node) -> dict[str, Any]:
    return {
        "category": node.category,
        "leaves": sum(1 for _leaf in node.leaves()) if node.children else 0,
        "owner": owner_words(node.owner_kind),
    }
