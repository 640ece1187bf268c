"""What other apps may import of people."""

from sala.kernel.people.actions import (
    end_session,
    give_consent,
    grant_mandate,
    open_account,
    open_digital_id_account,
    purge_sign_ins,
    revoke_mandate,
    withdraw_consent,
)
from sala.kernel.people.assurance import (
    Assured,
    AuthContext,
    demand,
    ial_rank,
    reauthenticated,
    requires_assurance,
    signed_in,
)
from sala.kernel.people.models import Account, Consent, Mandate
from sala.kernel.people.queries import (
    account_by_id,
    account_of,
    display_name,
    may_act_for,
    offer_mandate_scopes,
)

__all__ = [
    "Account",
    "Assured",
    "AuthContext",
    "Consent",
    "Mandate",
    "account_by_id",
    "account_of",
    "demand",
    "display_name",
    "end_session",
    "give_consent",
    "grant_mandate",
    "ial_rank",
    "may_act_for",
    "offer_mandate_scopes",
    "open_account",
    "open_digital_id_account",
    "purge_sign_ins",
    "reauthenticated",
    "requires_assurance",
    "revoke_mandate",
    "signed_in",
    "withdraw_consent",
]
