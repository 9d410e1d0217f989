"""How tables that change all day are kept in shape: storage parameters, no data.

Runs leave room on their pages: an event that moves nothing (a note, a step told) then changes its
run without touching an index; 2 % of such changes did so before, 67 % do. The defaults of
autovacuum wait for a fifth of a table: of four million clocks that are eight hundred thousand dead
rows, and as many that no index-only scan can skip.
"""

from django.db import migrations

ROOM = {"matters_run": 85}
# Large tables that acts change: look after them at every fiftieth row.
CHANGED = (
    "matters_run", "matters_runclock", "matters_assignment", "matters_tally", "notices_notice",
    "gateway_message",
)
# Rows come, are taken up and go: a thousand dead ones are enough.
QUEUES = ("matters_tallydelta", "procrastinate_jobs", "procrastinate_events", "people_ratecount")
# Only ever added to: so that index-only scans know what everybody sees.
ADDED = ("matters_eventheader", "matters_eventbody", "matters_steptaken")

PARAMETERS = [
    *((table, f"fillfactor = {share}") for table, share in ROOM.items()),
    *(
        (table, "autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, "
         "autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02")
        for table in CHANGED
    ),
    *(
        (table, "autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000")
        for table in QUEUES
    ),
    *((table, "autovacuum_vacuum_insert_scale_factor = 0.05") for table in ADDED),
]


def _names(parameters):
    return ", ".join(part.split("=")[0].strip() for part in parameters.split(","))


class Migration(migrations.Migration):
    dependencies = [
        ("ops", "0001_installation_notes"),
        ("matters", "0014_indexes_of_standing"),
        ("notices", "0002_names_of_registers"),
        ("gateway", "0003_dead_messages"),
        ("people", "0006_counts_without_write_ahead_log"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} SET ({parameters})",
            f"ALTER TABLE {table} RESET ({_names(parameters)})",
        )
        for table, parameters in PARAMETERS
    ]
