"""Every page answers whom it should, refuses the outsider, and asks the database a bounded number of times."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from sala.kernel.audit.interface import COMMAND
from sala.kernel.registry import appointments, invitations
from sala.kernel.registry.imports import accept_batch, plan_batch, take_file
from sala.kernel.registry.interface import Organisation, Role, has_role
from sala.kernel.registry.models import Delegation, ImportBatch, Invitation, RoleGrant, Substitution
from sala.kernel.registry.reference import load_areas
from sala.kernel.registry.tests.cast import actor_of, browser_of, organisation
from sala.kernel.registry.tests.workbooks import MAPPING, SERVICES, workbook

pytestmark = pytest.mark.django_db
NAME = "services-2569-05-03.xlsx"


@pytest.fixture
def imported(cast):
    batch = take_file(content=workbook(), file_name=NAME, mapping_text=MAPPING, actor=COMMAND)
    return accept_batch(plan_batch(batch), actor=COMMAND)


@pytest.mark.parametrize("language", ["th", "en"])
def test_public_pages_answer_everybody_in_both_languages(imported, language) -> None:
    load_areas()
    visitor = browser_of()
    visitor.cookies["django_language"] = language
    for address in (
        "/organisations/",
        "/organisations/?q=ปลวก&kind=department&ministry=t-M1&data=real",
        "/organisations/?kind=nonsense&province=99&page=9999",
        "/organisations/t-A1/",
        "/organisations/t-M1/",
        "/organisations/t-A1/?on=2001-01-01",
        "/organisations/t-A1/?on=nonsense",
        "/organisations/t-A1/services/",
        "/organisations/t-A1/services/?status=live&q=ปลวก",
        "/organisations/t-A1/services/?version=1",
        "/registers/test-services/",
        "/areas/",
        "/areas/?q=เชียง",
        "/areas/50/",
        "/areas/5001/",
        "/areas/500101/",
    ):
        answer = visitor.get(address)
        assert answer.status_code == 200, address
        assert f'lang="{language}"' in answer.content.decode(), address


def test_what_does_not_exist_is_not_found(imported) -> None:
    for address in (
        "/organisations/none/",
        "/areas/99/",
        "/registers/none/",
        "/organisations/t-A1/services/?version=7",
    ):
        assert browser_of().get(address).status_code == 404, address


def test_area_pages_name_the_source_of_the_map() -> None:
    load_areas()
    for address in ("/areas/", "/areas/50/"):
        page = browser_of().get(address).content.decode()
        assert "GeoThai" in page
        assert "creativecommons.org/licenses/by/4.0" in page


def test_the_list_asks_no_more_for_many_than_for_few(cast, django_assert_max_num_queries) -> None:
    Organisation.objects.bulk_create(
        Organisation(
            code=f"n{n}", kind="tao", name_th=f"องค์การบริหารส่วนตำบลทดลอง {n}", parent=cast.ministry
        ).prepared()
        for n in range(300)
    )
    visitor = browser_of()
    visitor.get("/organisations/")
    with django_assert_max_num_queries(6):
        visitor.get("/organisations/")
    with django_assert_max_num_queries(10):
        visitor.get("/organisations/?q=ทดลอง&kind=tao")
    with django_assert_max_num_queries(12):
        visitor.get("/organisations/m1/")


def test_services_are_shown_with_a_bounded_number_of_queries(imported, django_assert_max_num_queries) -> None:
    visitor = browser_of()
    visitor.get("/organisations/t-A1/services/")
    with django_assert_max_num_queries(5):
        page = visitor.get("/organisations/t-A1/services/").content.decode()
    assert "ขออนุญาตเลี้ยงปลวก" in page
    assert "พับนก" not in page, "another agency's service"


SIGNED_IN = [
    ("get", "people", []),
    ("get", "invite", []),
    ("post", "invite", []),
    ("get", "grant", []),
    ("post", "grant", []),
    ("get", "substitute", []),
    ("post", "delegate", []),
]


@pytest.mark.parametrize(("method", "name", "more"), SIGNED_IN)
def test_people_pages_refuse_the_outsider_and_lead_strangers_to_sign_in(cast, method, name, more) -> None:
    address = reverse(f"registry:{name}", args=["a", *more])
    stranger = getattr(browser_of(), method)(address)
    assert stranger.status_code == 302
    assert reverse("account_login") in stranger.url
    for outsider in (cast.malee, cast.dao):
        assert getattr(browser_of(outsider), method)(address).status_code == 403, outsider


def test_single_posts_refuse_the_outsider(cast) -> None:
    grant = RoleGrant.objects.get(account=cast.somsak)
    invitation, _ = invitations.invite(
        organisation=cast.a, email="x@a.example", roles=["head"], actor=COMMAND
    )
    for who in (cast.malee, cast.somsak):
        appointments.grant_role(account_id=who.pk, organisation=cast.a, role=Role.RESPONDENT, actor=COMMAND)
    today = timezone.localdate()
    substitution = appointments.name_substitute(
        principal_id=cast.somsak.pk,
        substitute_id=cast.malee.pk,
        organisation=cast.a,
        from_on=today,
        until_on=today,
        actor=COMMAND,
    )
    posts = (("revoke", grant.pk), ("withdraw", invitation.pk), ("end-substitution", substitution.pk))
    for name, pk in posts:
        address = reverse(f"registry:{name}", args=["a", pk])
        assert browser_of(cast.dao).post(address).status_code == 403, name
        assert browser_of(cast.dao).get(address).status_code == 405, name
        elsewhere = reverse(f"registry:{name}", args=["b", pk])
        assert browser_of(cast.kanya).post(elsewhere).status_code == 404, f"{name} of another organisation"
        assert browser_of().post(address).status_code == 302
    assert Substitution.objects.get().ended_at is None
    assert Invitation.objects.get().withdrawn_at is None
    for name, pk in reversed(posts):
        assert browser_of(cast.somsak).post(reverse(f"registry:{name}", args=["a", pk])).status_code == 302, (
            name
        )
    assert not has_role(actor_of(cast.somsak), Role.ADMINISTRATOR, cast.a)


def test_an_administrator_invites_gives_substitutes_and_delegates_by_hand(cast) -> None:
    browser = browser_of(cast.somsak)
    wrong = browser.post("/organisations/a/people/invite/", {"email": "no", "title_th": "นักวิชาการ"})
    assert wrong.status_code == 422
    assert "นักวิชาการ" in wrong.content.decode(), "what was typed is kept"
    sent = browser.post("/organisations/a/people/invite/", {"email": "n@a.example", "roles": ["respondent"]})
    assert sent.status_code == 302
    assert "n@a.example" in browser.get("/organisations/a/people/").content.decode()
    stolen = browser.post("/organisations/a/people/invite/", {"email": "n@a.example", "roles": ["jury"]})
    assert stolen.status_code == 422, "a role that is not offered"
    official = cast.a.officials.get()
    assert (
        browser.post("/organisations/a/people/grant/", {"official": official.pk, "role": "head"}).status_code
        == 302
    )
    assert has_role(actor_of(cast.somsak), Role.HEAD, cast.a)
    colleague = appointments.appoint(account_id=cast.malee.pk, organisation=cast.a)
    today = timezone.localdate().isoformat()
    days = {"from_on": today, "until_on": today}
    answer = browser.post(
        "/organisations/a/people/substitute/", {"principal": official.pk, "substitute": colleague.pk, **days}
    )
    assert answer.status_code == 302
    assert has_role(actor_of(cast.malee), Role.HEAD, cast.a)
    assert browser.post("/organisations/a/people/delegate/").status_code == 302
    assert Delegation.objects.filter(revoked_at=None, organisation=cast.a).exists()
    assert browser.post("/organisations/a/people/delegate/", {"back": "1"}).status_code == 302
    assert not Delegation.objects.filter(revoked_at=None).exists()


def test_the_people_page_asks_a_bounded_number_of_times(cast, django_assert_max_num_queries) -> None:
    from sala.kernel.registry.tests.cast import account

    for _ in range(15):
        appointments.grant_role(
            account_id=account().pk, organisation=cast.a, role=Role.RESPONDENT, actor=COMMAND
        )
    browser = browser_of(cast.somsak)
    browser.get("/organisations/a/people/")
    with django_assert_max_num_queries(26):
        browser.get("/organisations/a/people/")


def test_an_invited_person_signs_in_and_accepts(cast) -> None:
    _, address = invitations.invite(organisation=cast.a, email="x@a.example", roles=["head"], actor=COMMAND)
    path = "/registry/" + address.split("/registry/", 1)[1]
    stranger = browser_of().get(path)
    assert stranger.status_code == 200
    assert stranger["Referrer-Policy"] == "no-referrer"
    assert stranger["Cache-Control"] == "no-store"
    assert browser_of().post(path).status_code == 403
    assert browser_of(cast.malee).post(path).url == "/organisations/a/people/"
    assert has_role(actor_of(cast.malee), Role.HEAD, cast.a)
    assert browser_of(cast.dao).get(path).status_code == 410
    assert browser_of().get("/registry/invitations/guess/").status_code == 404


def test_my_organisations_are_mine(cast) -> None:
    assert browser_of().get("/registry/").status_code == 302
    page = browser_of(cast.somsak).get("/registry/").content.decode()
    assert "กรมปลาทอง" in page
    assert "กรมปลาเงิน" not in page
    assert browser_of(cast.malee).get("/registry/").status_code == 200


# --- imports ---------------------------------------------------------------------------------------------


def send(browser, content: bytes, name: str = NAME, mapping: str = MAPPING):
    return browser.post(
        "/registry/import/",
        {
            "file": SimpleUploadedFile(name, content),
            "own_mapping": SimpleUploadedFile("m.yaml", mapping.encode()),
        },
    )


def test_a_workbook_is_uploaded_looked_at_and_accepted_by_hand(
    cast, django_capture_on_commit_callbacks
) -> None:
    browser = browser_of(cast.kanya)
    with django_capture_on_commit_callbacks(execute=True):
        preview = send(browser, workbook())
    assert preview.status_code == 302
    page = browser.get(preview.url).content.decode()
    assert "Nothing is written yet" in page
    assert "กรมปลวกบิน" in page
    assert not Organisation.objects.filter(code="t-A1").exists()
    listing = b"".join(browser.get(f"{preview.url}problems.csv").streaming_content).decode()
    assert "“กรมปลวกบนิ” was read as “กรมปลวกบิน”." in listing
    assert browser.post(f"{preview.url}accept/").url == preview.url
    assert "The import is done" in browser.get(preview.url).content.decode()
    assert Organisation.objects.filter(code="t-A1").exists()
    assert browser.get("/registry/import/").status_code == 200


def test_errors_are_shown_with_row_and_column_and_cannot_be_accepted(
    cast, django_capture_on_commit_callbacks
) -> None:
    browser = browser_of(cast.kanya)
    broken = workbook(S=[*SERVICES, ["S9", "A1", "", "ยัง", ""]])
    with django_capture_on_commit_callbacks(execute=True):
        address = send(browser, broken).url
    page = browser.get(address).content.decode()
    assert "row 5" in page
    assert "C name" in page
    assert "Accept the import" not in page
    assert browser.post(f"{address}accept/").status_code == 422
    assert not Organisation.objects.filter(code="t-A1").exists()
    assert browser.post(f"{address}withdraw/").status_code == 302


def test_a_refused_file_says_why(cast, django_capture_on_commit_callbacks) -> None:
    browser = browser_of(cast.kanya)
    with django_capture_on_commit_callbacks(execute=True):
        address = send(browser, b"PK\x03\x04x").url
    assert "not an Excel workbook" in browser.get(address).content.decode()
    assert ImportBatch.objects.get().content is None


def test_a_wrong_mapping_keeps_the_form(cast) -> None:
    answer = send(browser_of(cast.kanya), workbook(), mapping="sala: [")
    assert answer.status_code == 422
    assert "not valid YAML" in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_formula_in_a_cell_is_harmless_in_the_download(cast, django_capture_on_commit_callbacks) -> None:
    browser = browser_of(cast.kanya)
    evil = workbook(S=[*SERVICES, ["S9", "A1", "ก", "@cmd", ""]])
    with django_capture_on_commit_callbacks(execute=True):
        address = send(browser, evil).url
    for line in b"".join(browser.get(f"{address}problems.csv").streaming_content).decode().splitlines()[1:]:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line.split(","))


def test_imports_refuse_everybody_but_the_operators_administrators(
    cast, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        address = send(browser_of(cast.kanya), workbook()).url
    pages = [
        ("get", "/registry/import/"),
        ("post", "/registry/import/"),
        ("get", address),
        ("get", f"{address}problems.csv"),
    ]
    for method, path in [*pages, ("post", f"{address}accept/"), ("post", f"{address}withdraw/")]:
        stranger = getattr(browser_of(), method)(path)
        assert stranger.status_code == 302, path
        assert reverse("account_login") in stranger.url
        for outsider in (cast.malee, cast.somsak):
            assert getattr(browser_of(outsider), method)(path).status_code == 403, path
    assert not Organisation.objects.filter(code="t-A1").exists()


def test_the_organisation_page_holds_the_cards_of_other_apps(imported) -> None:
    organisation("plain")
    assert "Services in the register" in browser_of().get("/organisations/t-A1/").content.decode()
    assert "Services in the register" not in browser_of().get("/organisations/plain/").content.decode()
