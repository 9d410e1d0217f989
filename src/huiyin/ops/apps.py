from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "huiyin.ops"
    label = "ops"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks, and what the administrator's desk shows."""
        from huiyin.ops import checks  # noqa: F401, PLC0415 registered by being imported
        from huiyin.ops.notices import readings as of_notices  # noqa: PLC0415 models are ready only now
        from huiyin.ops.procedures.catalogue import known  # noqa: PLC0415 as above
        from huiyin.ops.readings import readings  # noqa: PLC0415 models are ready only now
        from huiyin.web import system  # noqa: PLC0415 models are ready only now
        from huiyin.web.administration import checking  # noqa: PLC0415 as above

        system.show(readings)
        system.show(of_notices)
        checking.learn(known)
