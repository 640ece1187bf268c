"""What other apps may import of audit."""

from sala.kernel.audit.actor import ANONYMOUS, COMMAND, SYSTEM, Actor
from sala.kernel.audit.record import ActionCode, declare, record

__all__ = ["ANONYMOUS", "COMMAND", "SYSTEM", "ActionCode", "Actor", "declare", "record"]
