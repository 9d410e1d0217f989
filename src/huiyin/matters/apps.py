"""The capability as Django knows it."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """The record: matters, runs of procedures on them, the timeline."""

    name = "huiyin.matters"
    label = "matters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let what is written with every act listen to acts, and forget with redactions."""
        from huiyin.matters import (  # noqa: PLC0415 models are there only now
            attachments,
            checks,  # noqa: F401 registered by being imported
            links,
            ratings,  # noqa: F401 its effects are registered by being imported
            tallies,
            telling,
        )
        from huiyin.matters.listening import listen  # noqa: PLC0415 models are there only now
        from huiyin.matters.redacting import on_redaction  # noqa: PLC0415 as above

        listen(attachments.bind)
        listen(tallies.book, in_bulk=tallies.book_all)
        listen(telling.tell_people)
        on_redaction(telling.forget_told)
        on_redaction(links.forget)
