"""`./sala manage`: the site's own commands, with the data server answering meanwhile."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from sala.runtime import dataserver, places


def main(arguments: Sequence[str]) -> int:
    """Run one management command; the data server is started for it where nothing runs."""
    with dataserver.answering("manage"):
        return subprocess.run(
            [str(places.python()), "-m", "sala.site.manage", *arguments],
            env=dataserver.site_environment(),
            check=False,
        ).returncode
