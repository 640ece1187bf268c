"""What other apps may import of the registry."""

from sala.kernel.registry.actions import (
    abolish_organisation,
    create_organisation,
    merge_organisation,
    move_organisation,
    rename_organisation,
    set_operator,
    split_organisation,
)
from sala.kernel.registry.appointments import (
    delegate_administration,
    grant_role,
    name_substitute,
    revoke_role,
)
from sala.kernel.registry.cards import OrganisationCard
from sala.kernel.registry.demonstration import keep_demonstration_organisations
from sala.kernel.registry.finding import search_organisations
from sala.kernel.registry.imports import set_import_runner
from sala.kernel.registry.invitations import accept_invitation, invite, set_invitation_sender
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
    "OrganisationCard",
    "OrganisationEvent",
    "OrganisationState",
    "RegisterService",
    "RegisterVersion",
    "Role",
    "RoleGrant",
    "ServiceRegister",
    "abolish_organisation",
    "accept_invitation",
    "acting",
    "as_of",
    "create_organisation",
    "current_version",
    "delegate_administration",
    "grant_role",
    "has_role",
    "holders",
    "holds",
    "invite",
    "keep_demonstration_organisations",
    "merge_organisation",
    "move_organisation",
    "name_substitute",
    "operator",
    "organisation_as_of",
    "organisation_by_code",
    "organisations",
    "organisations_changed",
    "organisations_of",
    "parent_chain",
    "provinces",
    "register_services",
    "rename_organisation",
    "revoke_role",
    "roles_of",
    "search_organisations",
    "service_register_imports",
    "services_imported",
    "set_import_runner",
    "set_invitation_sender",
    "set_operator",
    "split_organisation",
    "status_counts",
]
