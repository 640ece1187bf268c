"""Who may record observations: products and programs, never a person by hand."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sala.kernel.audit.interface import Actor, Decision, allow, deny


def can_record(actor: Actor) -> Decision:
    """Whether `actor` may deliver observations.

    The product that owns the measure has already decided whether the person behind it may start the measuring;
    nobody unknown ever delivers.
    """
    if actor.kind == "anonymous":
        return deny(_("Measurements are recorded by the platform, not by visitors."))
    return allow()
