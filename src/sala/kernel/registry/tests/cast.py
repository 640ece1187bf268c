"""The cast of the registry's tests: organisations, officials of two agencies, an outsider, signed-in browsers."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from itertools import count

from django.contrib.auth import get_user_model
from django.test import Client

from sala.kernel.audit.interface import COMMAND, Actor
from sala.kernel.people.interface import AuthContext
from sala.kernel.registry.actions import create_organisation, set_operator
from sala.kernel.registry.appointments import grant_role
from sala.kernel.registry.models import Kind, Organisation, Role

_numbers = count(1)
TODAY = dt.date(2026, 6, 1)


def account(name: str = "มาลี ใจดี"):
    return get_user_model().objects.create(email=f"person{next(_numbers)}@agency.example", name_th=name)


def actor_of(made) -> Actor:
    return Actor("account", str(made.pk), aal=2)


def organisation(code: str, kind: str = Kind.DEPARTMENT, name: str = "", **more) -> Organisation:
    return create_organisation(
        code=code, kind=kind, name_th=name or f"กรมทดสอบ {code}", actor=COMMAND, **more
    )


def browser_of(made=None) -> Client:
    """A browser in English, signed in by digital ID when an account is given."""
    client = Client(headers={"Accept-Language": "en"})
    client.cookies["django_language"] = "en"
    if made is not None:
        client.force_login(made)
        session = client.session
        AuthContext(idp="test", auth_time=time.time(), ial="2.3", aal=2).write(session)
        session.save()
    return client


@dataclass
class Cast:
    """Kanya administers the operator, Somsak agency A, Dao works at agency B, Malee nowhere."""

    operator: Organisation
    ministry: Organisation
    a: Organisation
    b: Organisation
    kanya: object
    somsak: object
    dao: object
    malee: object


def made() -> Cast:
    operator = organisation("operator", Kind.PUBLIC_ORGANISATION, "สำนักงานกลางทดสอบ")
    set_operator(operator, actor=COMMAND)
    ministry = organisation("m1", Kind.MINISTRY, "กระทรวงทดสอบ")
    a = organisation("a", name="กรมปลาทอง", parent=ministry)
    b = organisation("b", name="กรมปลาเงิน", parent=ministry)
    kanya, somsak, dao, malee = (account(name) for name in ("กัญญา", "สมศักดิ์", "ดาว", "มาลี"))
    for who, role, where in (
        (kanya, Role.ADMINISTRATOR, operator),
        (somsak, Role.ADMINISTRATOR, a),
        (dao, Role.RESPONDENT, b),
    ):
        grant_role(account_id=who.pk, organisation=where, role=role, actor=COMMAND)
    return Cast(operator, ministry, a, b, kanya, somsak, dao, malee)
