"""Migrating an empty database without making every model class hundreds of times.

After each operation Django makes the class of the changed model anew, and of every model that is
related to it, and of those related to these: with a hundred models that is four fifths of the time.
An operation that only adds (or takes away an index, a constraint or a trigger) needs no class but
its own model's. So in a migration of such operations one class is made for each. The state is
marked as delayed, and whatever looks further (Python code, `post_migrate`) makes all classes anew
first, as Django does itself. Every other migration begins with all classes made anew and runs as
ever.
"""

from django.contrib.postgres.operations import CreateExtension, ValidateConstraint
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

OF_ONE_MODEL = (
    operations.AddConstraint,
    operations.AddField,
    operations.AddIndex,
    operations.AlterModelOptions,
    operations.CreateModel,
    operations.RemoveConstraint,
    operations.RemoveIndex,
    operations.RunPython,
    operations.RunSQL,
    AddTrigger,
    CreateExtension,
    RemoveTrigger,
    ValidateConstraint,
)


class Alone(ProjectState):
    """A state in which a changed model's class is made anew, and no other."""

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        """Make one class anew, where classes have been made at all."""
        if "apps" in self.__dict__:
            self.is_delayed = True
            self.apps.unregister_model(app_label, model_name)
            self.models[app_label, model_name].render(self.apps)


class Executor(MigrationExecutor):
    """Applies migrations; those that only add are quick."""

    def apply_migration(
        self,
        state: ProjectState,
        migration: Migration,
        fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:
        """Apply a migration to the database, and to the state, which is returned."""
        if all(isinstance(each, OF_ONE_MODEL) for each in migration.operations):
            state.__class__ = Alone
        else:
            state.__class__ = ProjectState
            state.clear_delayed_apps_cache()
            state.apps  # noqa: B018 made at once: an operation changes one that is there
        return super().apply_migration(state, migration, fake, fake_initial)
