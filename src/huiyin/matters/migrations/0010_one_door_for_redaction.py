from django.db import migrations

# The application's role can delete no body. It asks this function, which runs with the rights of
# the owner and deletes only what an order of the same transaction names, in a matter without a
# hold. The schema is written into the function, before any temporary table of whoever calls.
FUNCTION = """
CREATE FUNCTION matters_delete_bodies(of_events uuid[]) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    now_running bigint := pg_current_xact_id()::text::bigint;
    deleted integer;
BEGIN
    PERFORM FROM matters_matter WHERE id IN (
        SELECT run.matter_id FROM matters_run AS run
        JOIN matters_eventheader AS event ON event.run_id = run.id
        WHERE event.id = ANY (of_events)
    ) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM unnest(of_events) AS wanted (id)
        LEFT JOIN matters_eventheader AS event ON event.id = wanted.id
        WHERE NOT EXISTS (
            SELECT FROM matters_eventheader AS said
            WHERE said.run_id = event.run_id AND said.seq > event.seq
              AND said.action IN ('matter.redacted', 'matter.retained')
              AND coalesce(said.effects #>> '{{marks,order}}', '') <> ''
              AND said.effects #> '{{marks,events}}' @> to_jsonb(event.seq)
              -- What we can see and is not committed is of our own transaction or of one inside it.
              AND pg_xact_status(matters_whole_xid(said.xmin, now_running)) = 'in progress'
        )
    ) THEN
        RAISE EXCEPTION 'no order of this transaction names one of these events'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (
        SELECT FROM matters_eventheader AS event
        JOIN matters_run AS run ON run.id = event.run_id
        JOIN matters_legalhold AS hold ON hold.matter_id = run.matter_id
        JOIN matters_eventheader AS last ON last.run_id = run.id AND last.seq = run.events
        WHERE event.id = ANY (of_events) AND hold.lifted_at IS NULL
          -- The day of the order; a day to come does not end a hold sooner.
          AND (hold.until IS NULL
               OR hold.until >= (least(last.recorded_at, now()) AT TIME ZONE 'Asia/Shanghai')::date)
    ) THEN
        RAISE EXCEPTION 'one of these events is on hold' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM matters_eventbody WHERE event_id = ANY (of_events);
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END $$;
REVOKE ALL ON FUNCTION matters_delete_bodies(uuid[]) FROM PUBLIC;
"""
# A row knows the lower half of the number of the transaction that wrote it.
WHOLE_XID = """
CREATE FUNCTION matters_whole_xid(half xid, near bigint) RETURNS xid8
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (CASE
        WHEN guess > near + 2147483648 THEN guess - 4294967296
        WHEN guess < near - 2147483648 THEN guess + 4294967296
        ELSE guess
    END)::text::xid8
    FROM (SELECT (near >> 32 << 32) + half::text::bigint) AS made (guess)
$$;
"""


def make_function(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
    schema_editor.execute(FUNCTION.format(schema=schema), params=None)


class Migration(migrations.Migration):
    dependencies = [("matters", "0009_merged_matters")]

    operations = [
        migrations.RunSQL(WHOLE_XID, "DROP FUNCTION matters_whole_xid(xid, bigint)"),
        migrations.RunPython(
            make_function,
            lambda apps, schema_editor: schema_editor.execute(
                "DROP FUNCTION matters_delete_bodies(uuid[])"
            ),
        ),
    ]
