"""Who may read audit records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sala.kernel.audit.decision import Decision, allow, deny
from sala.kernel.audit.reading import Scope


def can_read_records(scope: Scope) -> Decision:
    """May open the audit pages: whoever is an auditor somewhere."""
    if scope:
        return allow()
    return deny(
        _("Only auditors may read these records. An administrator of your organisation gives that role.")
    )
