from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "huiyin.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the files of drafts stay as long as the drafts."""
        from huiyin.matters.attachments import keep_for  # noqa: PLC0415 models are there only now
        from huiyin.web.drafts import named_files  # noqa: PLC0415 models are there only now

        keep_for(named_files)
