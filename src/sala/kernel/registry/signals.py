"""What the registry tells higher rooms."""

from django.dispatch import Signal

services_imported = Signal()
"""Sent after commit when a version of a service register was accepted: `version`, `actor`."""

organisations_changed = Signal()
"""Sent after commit when organisations were created or changed: `codes`, `actor`."""
