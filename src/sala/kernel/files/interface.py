"""What other apps may import of files.

    declare_purpose("registry.import", may_read=owner_may_read, accept={"csv", "xlsx"}, retain_days=90)
    stored = store(request.FILES["file"], purpose="registry.import", actor=request.actor)
    with open_file(stored) as content: …

Kinds are words such as `csv`, `xlsx`, `pdf`, `png`, `json`, `yaml`, `parquet`, `zip`. A download page is
`{% url "files:download" stored.pk %}`; it asks the purpose's `may_read`.
"""

from sala.kernel.files.actions import purge_file, store, store_bytes
from sala.kernel.files.checks import Verdict, verdict
from sala.kernel.files.models import ScanState, StoredFile
from sala.kernel.files.policy import can_read, owner_may_read
from sala.kernel.files.purposes import declare_purpose
from sala.kernel.files.queries import file_figures, open_file

__all__ = [
    "ScanState",
    "StoredFile",
    "Verdict",
    "can_read",
    "declare_purpose",
    "file_figures",
    "open_file",
    "owner_may_read",
    "purge_file",
    "store",
    "store_bytes",
    "verdict",
]
