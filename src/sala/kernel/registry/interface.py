"""What other apps may import of the registry."""

from sala.kernel.registry.models import (
    Area,
    AreaLevel,
    EventKind,
    Kind,
    Official,
    Organisation,
    OrganisationEvent,
    RegisterService,
    RegisterVersion,
    Role,
    RoleGrant,
    ServiceRegister,
)
from sala.kernel.registry.organisations import LOCAL_KINDS
from sala.kernel.registry.queries import (
    OrganisationState,
    as_of,
    operator,
    organisation_as_of,
    organisation_by_code,
    organisations,
    parent_chain,
    provinces,
    search_organisations,
)
from sala.kernel.registry.register import (
    current_version,
    register_services,
    service_register_imports,
    status_counts,
)
from sala.kernel.registry.roles import HeldRole, acting, has_role, holders, holds, organisations_of, roles_of
from sala.kernel.registry.signals import organisations_changed, services_imported

__all__ = [
    "LOCAL_KINDS",
    "Area",
    "AreaLevel",
    "EventKind",
    "HeldRole",
    "Kind",
    "Official",
    "Organisation",
    "OrganisationEvent",
    "OrganisationState",
    "RegisterService",
    "RegisterVersion",
    "Role",
    "RoleGrant",
    "ServiceRegister",
    "acting",
    "as_of",
    "current_version",
    "has_role",
    "holders",
    "holds",
    "operator",
    "organisation_as_of",
    "organisation_by_code",
    "organisations",
    "organisations_changed",
    "organisations_of",
    "parent_chain",
    "provinces",
    "register_services",
    "roles_of",
    "search_organisations",
    "service_register_imports",
    "services_imported",
    "status_counts",
]
