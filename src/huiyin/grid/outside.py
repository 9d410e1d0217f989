"""Facts the grid procedure reads that do not stand in its runs."""

from huiyin.matters.effects import outside_fact
from huiyin.matters.models import EventHeader, Run
from huiyin.people.actors import Actor


@outside_fact("grid", "own_work")
def own_work(run: Run, by: Actor) -> bool:
    """Tell whether whoever acts has worked on it for the handling unit, in whatever post.

    The unit of the checker is looked at by the engine; somebody with two posts is the same pair of
    eyes in both.
    """
    if by.account_id is None:
        return False
    return EventHeader.objects.filter(
        run=run, account_id=by.account_id, as_actor="unit"
    ).exists()  # fmt: skip
