"""What every page knows."""

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    """Return the shell's values: doors, unread count, languages."""
    return {}
