"""What publishing tells whoever listens."""

from django.dispatch import Signal

table_published = Signal()
"""Sent after commit when a new version was published: `table` (PublishedTable)."""

table_withdrawn = Signal()
"""Sent after commit when a version was withdrawn: `table` (PublishedTable)."""
