"""Standing work of this room, found by the worker under this name."""

from sala.kernel.files.actions import purge_expired, remove_orphans, scan_unscanned

UPKEEP = (
    ("files.purge-expired", "17 19 * * *", purge_expired),
    ("files.remove-orphans", "41 * * * *", remove_orphans),
    ("files.scan-unscanned", "*/10 * * * *", scan_unscanned),
)
