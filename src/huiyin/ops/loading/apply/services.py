"""Writing the catalogue of services and the times at which units come."""

from huiyin.ops.loading.apply.session import Counts, Session, differs
from huiyin.ops.loading.checks.services import columns_of
from huiyin.orders.models import Service, ServiceVersion, SlotPattern


def apply_services(session: Session) -> Counts:
    """Write services that are new, and a new version of those that differ."""
    table = session.context.table("services")
    counts = Counts()
    if table is None:
        return counts
    known = session.context.known.services
    for row in table:
        category = row["category_code"]
        values = {
            **columns_of(row),
            "category_id": session.category_ids[category] if category else None,
        }
        last = known.get(row["code"])
        since = row["valid_from"] or session.context.today
        ends = row["valid_to"] if table.has("valid_to") else None
        if last is None:
            service, number = Service.objects.create(code=row["code"]), 1
            counts.created += 1
        elif any(getattr(last, name) != value for name, value in values.items()):
            service, number = last.service, last.number + 1
            if last.valid_to is None or last.valid_to > since:
                last.valid_to = since
                last.save(update_fields=["valid_to"])
            counts.changed += 1
        else:
            if table.has("valid_to") and last.valid_to != ends:
                last.valid_to = ends
                last.save(update_fields=["valid_to"])
                counts.changed += 1
            else:
                counts.unchanged += 1
            continue
        ServiceVersion.objects.create(
            service=service, number=number, valid_from=since, valid_to=ends,
            recorded_at=session.at, recorded_by=session.by.account_id, **values,
        )  # fmt: skip
    return counts


def apply_slots(session: Session) -> Counts:
    """Write times that are new or differ; a row is about the times that begin alike."""
    table = session.context.table("slots")
    counts = Counts()
    if table is None:
        return counts
    services = dict(Service.objects.values_list("code", "id"))
    known = {
        (row.unit_id, row.service_id, row.weekday, row.starts): row
        for row in SlotPattern.objects.filter(valid_to=None)
    }
    for row in table:
        key = (
            session.unit_ids[row["unit_code"]], services[row["service_code"]], row["weekday"],
            row["starts"],
        )  # fmt: skip
        values = {"ends": row["ends"], "capacity": row["capacity"] or 1}
        if table.has("valid_to"):
            values["valid_to"] = row["valid_to"]
        held = known.get(key)
        if held is None:
            unit_id, service_id, weekday, starts = key
            SlotPattern.objects.create(
                unit_id=unit_id, service_id=service_id, weekday=weekday, starts=starts,
                valid_from=row["valid_from"] or session.context.today, recorded_at=session.at,
                recorded_by=session.by.account_id, **values,
            )  # fmt: skip
            counts.created += 1
        elif differs(held, values):
            held.save(update_fields=[*values])
            counts.changed += 1
        else:
            counts.unchanged += 1
    return counts
