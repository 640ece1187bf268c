"""The invented people one can sign in as, and the command's work of giving them accounts and roles.

Their national IDs carry a right check digit and begin with 1 9999: no district has that code, so nobody has such
a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CITIZEN, OFFICIAL, FAILURE = "citizen", "official", "failure"


@dataclass(frozen=True)
class Persona:
    """One invented person: what the provider tells of them, and what the demonstration lets them do.

    `fault` names what goes wrong when they sign in; `roles` are pairs of a role and an organisation
    (`operator`, `ministry`, `A` or `B`).
    """

    code: str
    group: str
    prefix_th: str
    given_th: str
    family_th: str
    prefix_en: str
    given_en: str
    family_en: str
    birthdate: str
    number: int
    role: str | Promise
    can: str | Promise
    tint: str = "sky"
    acr: str = "ial2.3-aal2"
    amr: tuple[str, ...] = ("face", "pin")
    fault: str = ""
    roles: tuple[tuple[str, str], ...] = ()
    address_th: str = "99/1 หมู่ 1 ตำบลบางสมมติ อำเภอเมืองสมมติ จังหวัดสมมติบุรี"
    address_en: str = "99/1 Moo 1, Bang Sommut, Mueang Sommut, Sommut Buri"

    @property
    def pid(self) -> str:
        """The 13 digits of the invented national ID."""
        return with_check_digit(f"19999{self.number:07d}")

    @property
    def subject(self) -> str:
        """The provider's own identifier of this person; says nothing about the national ID."""
        return sha256(f"test-id.subject.{self.code}".encode()).hexdigest()[:32]

    @property
    def name_th(self) -> str:
        return f"{self.given_th} {self.family_th}"

    @property
    def name_en(self) -> str:
        return f"{self.given_en} {self.family_en}"

    @property
    def initial(self) -> str:
        """The letter on the picture, in the page's language: of a Thai name its first consonant."""
        if get_language() == "en":
            return self.given_en[0]
        return next(letter for letter in self.given_th if "ก" <= letter <= "ฮ")


def with_check_digit(twelve: str) -> str:
    """Return twelve digits with the check digit of Thai national IDs (modulo 11)."""
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(twelve))
    return twelve + str((11 - total % 11) % 10)


def _person(
    code: str, group: str, thai: str, english: str, born: str, number: int, **more: object
) -> Persona:
    prefix_th, given_th, family_th = thai.split()
    prefix_en, given_en, family_en = english.split()
    return Persona(
        code,
        group,
        prefix_th,
        given_th,
        family_th,
        prefix_en,
        given_en,
        family_en,
        born,
        number,
        **more,  # type: ignore[arg-type]
    )


PERSONAS: tuple[Persona, ...] = (
    _person(
        "malee", CITIZEN, "นางสาว มาลี ใจดี", "Miss Malee Jaidee", "1995-04-13", 11,
        role=_("Citizen"),
        can=_("Looks at rankings and figures; has an account of her own."),
        tint="rose",
    ),
    _person(
        "boonmee", CITIZEN, "นาย บุญมี มีสุข", "Mr Boonmee Meesuk", "1948", 12,
        role=_("Citizen, 78 years old; only his birth year is known"),
        can=_("Lets somebody he trusts act for him."),
        tint="amber",
    ),
    _person(
        "anong", CITIZEN, "นาง อนงค์ ค้าขาย", "Mrs Anong Khakhai", "1982-11-02", 13,
        role=_("Citizen, owner of a small restaurant"),
        can=_("Acts for others who gave her a mandate."),
        tint="violet",
    ),
    _person(
        "kanya", OFFICIAL, "นางสาว กัญญา ดูแลดี", "Miss Kanya Dulaedee", "1986-06-21", 21,
        role=_("Administrator of the organisation that runs this platform"),
        can=_("Imports the service register, gives roles, publishes rankings."),
        tint="emerald", roles=(("administrator", "operator"), ("awarding_office", "operator")),
    ),
    _person(
        "somsak", OFFICIAL, "นาย สมศักดิ์ รักงาน", "Mr Somsak Rakngan", "1979-02-08", 22,
        role=_("Officer of agency A"),
        can=_("Holds a role at agency A, and none at agency B."),
        tint="sky", roles=(("respondent", "A"),),
    ),
    _person(
        "dao", OFFICIAL, "นางสาว ดาว สว่างใจ", "Miss Dao Sawangjai", "1990-09-30", 23,
        role=_("Officer of agency B"),
        can=_("Holds a role at agency B, and none at agency A."),
        tint="indigo", roles=(("respondent", "B"),),
    ),
    _person(
        "prasert", OFFICIAL, "นาย ประเสริฐ ตรวจถี่", "Mr Prasert Truatthi", "1972-12-15", 24,
        role=_("Reviewer"),
        can=_("Holds the reviewer's role for all agencies."),
        tint="cyan", roles=(("reviewer", "operator"),),
    ),
    _person(
        "wilai", OFFICIAL, "นาง วิไล ซื่อตรง", "Mrs Wilai Suetrong", "1968-03-27", 25,
        role=_("Auditor"),
        can=_("Reads the record of every action; changes nothing."),
        tint="slate", roles=(("auditor", "operator"),),
    ),
    _person(
        "thawee", OFFICIAL, "นาย ทวี นำพา", "Mr Thawee Nampha", "1963-07-19", 26,
        role=_("Minister, head of agency A"),
        can=_("Heads agency A; proved at the highest level (IAL 3)."),
        tint="fuchsia", acr="ial3-aal3", amr=("face", "hwk"), roles=(("head", "ministry"), ("head", "A")),
    ),
    _person(
        "expired", FAILURE, "นาย หมดอายุ แล้วจ้า", "Mr Modayu Laeoja", "1975-01-05", 91,
        role=_("ID card has expired"),
        can=_("The app refuses to confirm."),
        fault="card-expired", tint="slate",
    ),
    _person(
        "cancelled", FAILURE, "นางสาว เปลี่ยนใจ ไม่เอา", "Miss Plianjai Maiao", "1999-08-16", 92,
        role=_("Presses “Cancel” in the app"),
        can=_("Comes back without having signed in."),
        fault="cancelled", tint="slate",
    ),
    _person(
        "wrong-nonce", FAILURE, "นาย สลับซอง ผิดใบ", "Mr Salapsong Phitbai", "1988-05-11", 93,
        role=_("Answer belongs to another request (wrong nonce)"),
        can=_("The site must refuse the answer."),
        fault="wrong-nonce", tint="slate",
    ),
    _person(
        "clock-skew", FAILURE, "นาง นาฬิกา เดินช้า", "Mrs Nalika Doencha", "1977-10-23", 94,
        role=_("Provider's clock is 20 minutes slow"),
        can=_("The site must refuse the answer."),
        fault="clock-skew", tint="slate",
    ),
    _person(
        "low", FAILURE, "นาย ยืนยัน น้อยไป", "Mr Yuenyan Noipai", "2001-02-28", 95,
        role=_("Identified at a low level (IAL 1.1)"),
        can=_("May look around, but not see personal data."),
        acr="ial1.1-aal1", amr=("pwd",), fault="", tint="slate",
    ),
)  # fmt: skip
BY_CODE = {persona.code: persona for persona in PERSONAS}
BY_SUBJECT = {persona.subject: persona for persona in PERSONAS}


def personas() -> tuple[Persona, ...]:
    """Return the people whom the sign-in page offers in the demonstration."""
    return PERSONAS
