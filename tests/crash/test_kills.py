"""SIGKILL of web, worker, audit sealer and PostgreSQL while people work: what was accepted is there, once, with its record.

The action is an invitation of an official: one row, one audit record, one transaction. A browser that got the
redirect was told that it happened; a browser whose connection broke was told nothing, so both outcomes are right
for it, but never half of one.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import psycopg
import pytest

from sala.runtime.postgres import Cluster
from sala.runtime.processes import command_of
from sala.runtime.tests.house import House

PEOPLE = 4
CSRF = "k" * 32
ORGANISATION = "demo-operator"
SIGN_IN = """
from django.test import Client
from sala.kernel.people.tests import factories
from sala.kernel.people.interface import Account
holder = next(iter(Account.objects.filter(name_en="Kanya Dulaedee")))
client = Client()
factories.sign_in(client, holder)
print("session=" + client.cookies["sessionid"].value)
"""


def session_of_the_administrator(house: House) -> str:
    done = house.sala("manage", "shell", "-v0", "-c", SIGN_IN)
    found = [line for line in done.stdout.splitlines() if line.startswith("session=")]
    assert found, done.stdout + done.stderr
    return found[0].removeprefix("session=")


@dataclass
class People:
    """Some browsers that invite without end; `accepted` are the addresses whose browser saw the redirect."""

    port: int
    session: str
    accepted: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    other: Counter[int] = field(default_factory=Counter)
    enough: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        for person in range(PEOPLE):
            thread = threading.Thread(target=self._invite, args=(person,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def end(self) -> None:
        self.enough.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()

    def _invite(self, person: int) -> None:
        number = 0
        while not self.enough.is_set():
            number += 1
            email = f"crash-{person}-{number}@sala.example"
            self.tried.append(email)
            try:
                status = self._post(email)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                continue
            if status in (302, 303):
                self.accepted.append(email)
            else:
                self.other[status] += 1

    def _post(self, email: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            body = urllib.parse.urlencode(
                {
                    "email": email,
                    "roles": "reviewer",
                    "csrfmiddlewaretoken": CSRF,
                    "title_th": "",
                    "title_en": "",
                }
            )
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"sessionid={self.session}; csrftoken={CSRF}",
                "Host": f"localhost:{self.port}",
            }
            connection.request("POST", f"/organisations/{ORGANISATION}/people/invite/", body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


# --- killing ------------------------------------------------------------------------------------------


def pids_of(house: House, *marks: bytes) -> list[int]:
    return [pid for pid in house.processes() if all(mark in command_of(pid) for mark in marks)]


def _postgres(house: House) -> list[int]:
    pid = Cluster(house.var / "postgres").running_pid()
    return [pid] if pid else []


VICTIMS: dict[str, Callable[[House], list[int]]] = {
    "web": lambda house: pids_of(house, b"granian", str(house.port).encode()),
    "worker": lambda house: pids_of(house, b"sala_worker"),
    "sealer": lambda house: pids_of(house, b"audit_seal"),
    "postgres": _postgres,
}


def kill_one(house: House, victim: str, dice: random.Random) -> None:
    """Kill one process of the victim: for web it may be the parent or one of its workers."""
    give_up = time.monotonic() + 60
    while not (found := VICTIMS[victim](house)):
        assert time.monotonic() < give_up, f"{victim} did not come back\n{house.said()}\n{house.logs()}"
        time.sleep(0.1)
    os.kill(dice.choice(found), signal.SIGKILL)


def wait_until_work_goes_on(house: House, people: People) -> None:
    """Wait until somebody's invitation is accepted again."""
    before = len(people.accepted)
    give_up = time.monotonic() + 90
    while len(people.accepted) < before + 2:
        assert time.monotonic() < give_up, f"{people.other}\n{house.said()}\n{house.logs()}"
        time.sleep(0.05)


# --- judging ------------------------------------------------------------------------------------------


def judge(house: House, people: People) -> None:
    """Compare what browsers were told with what the database says."""
    with psycopg.connect(Cluster(house.var / "postgres").url()) as connection:
        rows = connection.execute(
            "SELECT id, email, withdrawn_at IS NOT NULL FROM registry_invitation WHERE email LIKE 'crash-%'"
        ).fetchall()
        records = connection.execute(
            "SELECT subject, count(*) FROM audit_record WHERE code = 'registry.official.invited' GROUP BY 1"
        ).fetchall()
    invitations = Counter(email for _, email, _ in rows)
    audited = {subject.rsplit(":", 1)[1]: count for subject, count in records}
    lost = [email for email in people.accepted if invitations[email] == 0]
    twice = [email for email, count in invitations.items() if count > 1]
    half = [email for pk, email, _ in rows if audited.get(str(pk)) != 1]
    assert not lost, f"{len(lost)} accepted invitations are not there: {lost[:5]}"
    assert not twice, f"{len(twice)} invitations are there twice: {twice[:5]}"
    assert not half, f"{len(half)} invitations have not exactly one audit record: {half[:5]}"
    known = {str(pk) for pk, _, _ in rows}
    assert set(audited) >= known
    assert len(people.accepted) == len(set(people.accepted))


def everything_gets_sealed(house: House) -> None:
    """Wait until the sealer has appended every record to the log, each of them once."""
    give_up = time.monotonic() + 60
    with psycopg.connect(Cluster(house.var / "postgres").url(), autocommit=True) as connection:
        while True:
            row = connection.execute(
                "SELECT count(*), count(s.record_id), count(DISTINCT s.position), "
                "(SELECT count(*) FROM audit_pending) FROM audit_record r LEFT JOIN audit_seal s ON s.record_id = r.id"
            ).fetchone()
            assert row is not None
            records, sealed, places, pending = row
            if records == sealed == places and pending == 0:
                return
            assert time.monotonic() < give_up, f"{row}\n{house.said()}\n{house.logs()}"
            time.sleep(0.5)


def walk(house: House, kills: int, seed: int) -> None:
    dice = random.Random(seed)
    house.up()
    people = People(house.port, session_of_the_administrator(house))
    people.begin()
    try:
        wait_until_work_goes_on(house, people)
        for victim in islice(_round(dice), kills):
            time.sleep(dice.uniform(0, 0.6))
            kill_one(house, victim, dice)
            wait_until_work_goes_on(house, people)
    finally:
        people.end()
    judge(house, people)
    assert house.ctrl_c() < 60
    assert house.processes() == []
    house.up()  # everything killed and stopped: what was accepted is still there
    judge(house, people)
    everything_gets_sealed(house)
    house.ctrl_c()
    assert len(people.accepted) > kills, (
        f"{len(people.accepted)} accepted of {len(people.tried)} tried, seed {seed}"
    )


def _round(dice: random.Random) -> Iterator[str]:
    """Yield victims without end, each of them in every round."""
    while True:
        names = list(VICTIMS)
        dice.shuffle(names)
        yield from names


@pytest.mark.crash
@pytest.mark.timeout(600)
def test_five_kills_lose_nothing_that_was_accepted(house: House) -> None:
    walk(house, 5, seed=random.randrange(10**6))


@pytest.mark.crash
@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_a_hundred_kills_lose_nothing_that_was_accepted(house: House) -> None:
    walk(house, 100, seed=random.randrange(10**6))
