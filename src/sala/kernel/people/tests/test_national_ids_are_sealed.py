"""National IDs are stored sealed beside a keyed hash, and their key rotates."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import SYSTEM
from sala.kernel.people import actions
from sala.kernel.people.models import NationalIdentity
from sala.kernel.people.pid import PidKeys, WrongKeys, pid_keys
from sala.kernel.people.tests import factories

PID = "1999900000112"


@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_what_is_sealed_opens_only_with_its_key_and_for_its_row(text: str, row: str) -> None:
    keys = PidKeys("k0", {}).with_new_key()
    key_id, box = keys.seal(text, bound_to=row)
    assert keys.open(key_id, box, bound_to=row) == text
    with pytest.raises(WrongKeys):
        keys.open(key_id, box, bound_to=row + "x")
    with pytest.raises(WrongKeys):
        PidKeys("k1", {"k1": b"9" * 32}).open("k1", box, bound_to=row)


def test_the_same_number_is_sealed_differently_each_time_but_found_by_one_hash() -> None:
    keys = PidKeys("k1", {"k1": b"1" * 32})
    assert keys.seal(PID, bound_to="a") != keys.seal(PID, bound_to="a")
    assert keys.hash(PID) == keys.hash(PID)
    assert keys.hash(PID) != keys.with_new_key().hash(PID)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"current": "k1", "keys": {"k1": "00"}}', '{"current": "k2", "keys": {}}']
)
def test_broken_keys_are_refused(text: str) -> None:
    with pytest.raises(WrongKeys):
        PidKeys.from_json(text)


@pytest.mark.django_db
def test_the_number_stands_nowhere_in_clear() -> None:
    account = factories.account()
    row = actions.seal_identity(account, PID, ial="2.3", idp="thaid-test", actor=SYSTEM)
    assert PID.encode() not in bytes(row.pid_sealed)
    assert PID not in row.pid_hash
    assert pid_keys().open(row.key_id, bytes(row.pid_sealed), bound_to=str(account.pk)) == PID


@pytest.mark.django_db
def test_one_number_belongs_to_one_account_and_one_account_to_one_number() -> None:
    account = factories.account()
    actions.seal_identity(account, PID, ial="2.3", idp="thaid-test", actor=SYSTEM)
    actions.seal_identity(account, PID, ial="3", idp="thaid-test", actor=SYSTEM)
    assert NationalIdentity.objects.get(account=account).ial == "3"
    with pytest.raises(DomainError, match=r"people\.identity\.changed"):
        actions.seal_identity(account, "1999900000121", ial="2.3", idp="thaid-test", actor=SYSTEM)
    with pytest.raises(DomainError, match=r"people\.identity\.taken"):
        actions.seal_identity(factories.account(), PID, ial="2.3", idp="thaid-test", actor=SYSTEM)


@pytest.mark.django_db
def test_rotation_reseals_everything_and_drops_keys_nobody_needs(settings, tmp_path: Path) -> None:
    settings.PID_KEYS, settings.VAR = "", tmp_path
    account = factories.account()
    actions.seal_identity(account, PID, ial="2.3", idp="thaid-test", actor=SYSTEM)
    factories.add_totp(account)
    first = pid_keys()
    assert (tmp_path / "secrets" / "people-pid-keys.json").stat().st_mode & 0o077 == 0
    call_command("people_rotate_pid_key", verbosity=0)
    call_command("people_rotate_pid_key", verbosity=0)
    keys = pid_keys()
    assert first.current not in keys.keys
    assert len(keys.keys) == 2, "the key before the current one stays for who is on the way"
    row = NationalIdentity.objects.get(account=account)
    assert row.key_id == keys.current
    assert row.pid_hash == keys.hash(PID)
    assert keys.open(row.key_id, bytes(row.pid_sealed), bound_to=str(account.pk)) == PID
    sealed = account.authenticator_set.get().data["secret"]
    assert actions.factors.unseal(sealed, keys) == factories.TOTP_SECRET


@pytest.mark.django_db
def test_a_rotation_that_was_stopped_goes_on(settings, tmp_path: Path) -> None:
    settings.PID_KEYS, settings.VAR = "", tmp_path
    accounts = [factories.account() for _ in range(3)]
    for number, account in enumerate(accounts):
        actions.seal_identity(account, f"{PID}{number}", ial="2.3", idp="thaid-test", actor=SYSTEM)
    actions.write_keys(pid_keys().with_new_key())  # killed right after the new key was written
    assert actions.rotate_pid_key(actor=SYSTEM, batch=2) == 3
    assert set(NationalIdentity.objects.values_list("key_id", flat=True)) == {"k2"}
