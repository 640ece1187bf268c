"""The tables of the registry, gathered for Django; each file below is named by its subject."""

from sala.kernel.registry.areas import Area, AreaLevel
from sala.kernel.registry.batches import BatchState, ImportBatch, ImportKind
from sala.kernel.registry.officials import Delegation, Invitation, Official, Role, RoleGrant, Substitution
from sala.kernel.registry.organisations import (
    EventKind,
    Kind,
    Organisation,
    OrganisationEvent,
)
from sala.kernel.registry.services import RegisterService, RegisterVersion, ServiceRegister

__all__ = [
    "Area",
    "AreaLevel",
    "BatchState",
    "Delegation",
    "EventKind",
    "ImportBatch",
    "ImportKind",
    "Invitation",
    "Kind",
    "Official",
    "Organisation",
    "OrganisationEvent",
    "RegisterService",
    "RegisterVersion",
    "Role",
    "RoleGrant",
    "ServiceRegister",
    "Substitution",
]
