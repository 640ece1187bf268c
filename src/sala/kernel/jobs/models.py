"""Progress that a page can show, failures that the operator sees, and marks of jobs that ran."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class ProgressState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Working")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Progress(models.Model):
    """How far a piece of work has come; its owner and the operator may look.

    `title` and `message` are English msgids with `%(name)s` places, filled from `params` and shown in the
    reader's language. `result_path` is where to go when it is done.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    title = models.CharField(max_length=200)
    message = models.CharField(max_length=300, blank=True)
    params = models.JSONField(default=dict, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=ProgressState.choices, default=ProgressState.WAITING)
    error = models.TextField(blank=True)
    result_path = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at"], name="jobs_progress_owner")]

    @property
    def percent(self) -> int | None:
        """Whole per cent done, or nothing while the total is unknown."""
        if self.state == ProgressState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will change."""
        return self.state in {ProgressState.DONE, ProgressState.FAILED}

    @property
    def title_text(self) -> str:
        """The title in the language that is active now."""
        return _filled(self.title, self.params)

    @property
    def message_text(self) -> str:
        """The last message in the language that is active now."""
        return _filled(self.message, self.params)


class Failure(models.Model):
    """One failed attempt of a job: what the operator reads before trying again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job = models.BigIntegerField(help_text="Number of the job in its queue.")
    name = models.CharField(max_length=128)
    attempt = models.PositiveIntegerField()
    error = models.CharField(max_length=500)
    trace = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["job", "-at"], name="jobs_failure_job")]


class Ran(models.Model):
    """Mark, written in the job's own transaction, that a `once` job has had its effect."""

    job = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True)


def _filled(msgid: str, params: object) -> str:
    if not msgid:
        return ""
    text = gettext(msgid)
    if not isinstance(params, dict):
        return text
    try:
        return text % params
    except (KeyError, ValueError, TypeError):
        return text
