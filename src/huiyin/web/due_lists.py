"""A page of runs by when they are due; of what is over, the latest first."""

from collections.abc import Sequence

from django.db.models import DateTimeField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from huiyin.matters.inbox_filters import Key
from huiyin.matters.models import NEVER, Run


def page_by_due(
    runs: QuerySet[Run], *, is_over: bool, after: Key | None, size: int
) -> tuple[Sequence[Run], Key | None]:
    """Return a page and where it ended, None where nothing follows. One query."""
    runs = runs.select_related("matter__words", "matter__place")
    if is_over:
        runs = runs.annotate(sorted_at=Coalesce("done_at", "changed_at"))
        order, later = ("-sorted_at", "-pk"), "lt"
    else:
        due = Coalesce("due_at", Value(NEVER), output_field=DateTimeField())
        runs = runs.annotate(sorted_at=due)
        order, later = ("sorted_at", "pk"), "gt"
    if after is not None:
        runs = runs.filter(
            Q(**{f"sorted_at__{later}": after.at})
            | Q(sorted_at=after.at, **{f"pk__{later}": after.id})
        )
    found = list(runs.order_by(*order)[: size + 1])
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    return found[:size], Key(last.sorted_at, last.pk)
