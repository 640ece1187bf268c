"""What other apps may import of audit."""

from sala.kernel.audit.actor import ANONYMOUS, COMMAND, SYSTEM, Actor
from sala.kernel.audit.checkpoints import set_checkpoint_signer
from sala.kernel.audit.codes import ActionCode, declare
from sala.kernel.audit.decision import Decision, allow, deny
from sala.kernel.audit.reading import Scope, set_names, set_reading_scope
from sala.kernel.audit.record import NotDeclared, record

__all__ = [
    "ANONYMOUS",
    "COMMAND",
    "SYSTEM",
    "ActionCode",
    "Actor",
    "Decision",
    "NotDeclared",
    "Scope",
    "allow",
    "declare",
    "deny",
    "record",
    "set_checkpoint_signer",
    "set_names",
    "set_reading_scope",
]
