"""Whatever is done to people in whatever order: nobody is lost, nothing hangs in the air, undo gives back what was."""

from __future__ import annotations

from hashlib import sha256
from itertools import count
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from app.auth.models import User
from app.contacts.models import Contact
from app.exchanges.models import Exchange
from app.scans.models import Card
from tests.privacy.world import traces, words_on_disk
from tests.readings import read_scan

NUMBERS = count()


def word() -> str:
    """Twelve letters that are like no others."""
    digest = sha256(str(next(NUMBERS)).encode()).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:12])


MOVES_ON = {"updated_at", "etag", "needs_review", "review"}


class Lives(RuleBasedStateMachine):
    """Reads cards, corrects, merges, undoes and erases, and knows who has to be there with which addresses."""

    def __init__(self, client, house, work, as_new_user) -> None:
        super().__init__()
        self.client, self.house, self.work = client, house, work
        self.headers = as_new_user()
        self.organization_id = UUID(self.call("GET", "/v1/me")["organization_id"])
        self.people: dict[str, set[str]] = {}
        """E-mail addresses by id."""
        self.merges: list[dict] = []
        self.erased: set[str] = set()
        """Words that must not be found any more."""

    def call(self, method: str, path: str, expected: int = 200, **request):
        headers = {**self.headers, **request.pop("headers", {})}
        answer = self.client.request(method, path, headers=headers, **request)
        assert answer.status_code == expected, answer.text
        return answer.json()

    def begin(self):
        return self.house.sessions.begin(self.organization_id)

    def shown(self, contact_id: str) -> dict:
        return {
            name: value
            for name, value in self.call("GET", f"/v1/contacts/{contact_id}").items()
            if name not in MOVES_ON
        }

    def chosen(self, number: int) -> str:
        return sorted(self.people)[number % len(self.people)]

    @rule(colleagues=st.booleans())
    def read_a_card(self, colleagues: bool) -> None:
        name = word()
        said = [("name", f"{name} von {name}"), ("email", f"{name}@{name}.example")]
        with self.begin() as session:
            user_id = session.scalars(select(User.id)).first()
            at = [("company", "Acme Tools")] if colleagues else []
            read_scan(session, user_id, [*said, *at], note=f"{name} von {name}")
        self.work()
        [found] = self.call("GET", "/v1/contacts", params={"q": name})["items"]
        assert found["id"] not in self.people
        self.people[found["id"]] = {f"{name}@{name}.example"}

    @precondition(lambda self: self.people)
    @rule(who=st.integers(0, 99), column=st.sampled_from(["name_prefix", "title", "department"]))
    def correct(self, who: int, column: str) -> None:
        contact_id = self.chosen(who)
        value = f"{column} {word()}"
        told = self.call("PATCH", f"/v1/contacts/{contact_id}", json={column: value}, headers={"If-Match": "*"})
        assert told[column] == value
        for merge in self.merges:
            merge["untouched"] &= contact_id not in (merge["survivor"], merge["other"])

    @precondition(lambda self: len(self.people) > 1)
    @rule(one=st.integers(0, 99), two=st.integers(0, 99))
    def merge(self, one: int, two: int) -> None:
        survivor, other = self.chosen(one), self.chosen(two)
        if survivor == other:
            return
        before = (self.shown(survivor), self.shown(other))
        emails = (set(self.people[survivor]), set(self.people[other]))
        made = self.call("POST", f"/v1/contacts/{survivor}/merge", 201, json={"other_id": other})
        for merge in self.merges:
            merge["untouched"] &= not {survivor, other} & {merge["survivor"], merge["other"]}
        whom = {"id": made["id"], "survivor": survivor, "other": other, "untouched": True}
        self.merges.append(whom | {"before": before, "emails": emails})
        self.people[survivor] |= self.people.pop(other)

    @precondition(lambda self: self.merges)
    @rule(which=st.integers(0, 99))
    def undo(self, which: int) -> None:
        merge = self.merges.pop(which % len(self.merges))
        later = [
            each for each in self.merges if {merge["survivor"], merge["other"]} & {each["survivor"], each["other"]}
        ]
        if merge["survivor"] not in self.people or any(each["id"] > merge["id"] for each in later):
            return  # not the last one of these people: what then belongs to whom is told elsewhere
        self.call("POST", f"/v1/contacts/merges/{merge['id']}/undo")
        self.people[merge["survivor"]], self.people[merge["other"]] = merge["emails"]
        if merge["untouched"]:
            assert (self.shown(merge["survivor"]), self.shown(merge["other"])) == merge["before"]

    @precondition(lambda self: self.people)
    @rule(who=st.integers(0, 99))
    def erase(self, who: int) -> None:
        contact_id = self.chosen(who)
        self.call("POST", f"/v1/contacts/{contact_id}/erasure", 201)
        self.erased |= {email.partition("@")[0] for email in self.people.pop(contact_id)}
        gone = [merge for merge in self.merges if contact_id in (merge["survivor"], merge["other"])]
        self.merges = [merge for merge in self.merges if merge not in gone]

    @invariant()
    def everybody_is_there_with_every_address(self) -> None:
        found = self.call("GET", "/v1/contacts", params={"limit": 200})["items"]
        emails = {each["id"]: {p["value"] for p in each["points"] if p["kind"] == "email"} for each in found}
        assert emails == self.people

    @invariant()
    def nothing_hangs_in_the_air(self) -> None:
        with self.begin() as session:
            known = set(session.scalars(select(Contact.id)))
            assert set(session.scalars(select(Card.contact_id))) <= known
            assert {str(each) for each in session.scalars(select(Exchange.contact_id))} <= set(self.people)
        if self.house.sessions.engine.dialect.name == "sqlite":
            with self.house.sessions.engine.connect() as connection:
                assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []

    def teardown(self) -> None:
        self.work()
        if self.erased:
            assert traces(self.house, self.erased) == {}
            assert words_on_disk(self.house, self.erased) == {}


@pytest.mark.timeout(600)
def test_lives_of_people(client, house, work, as_new_user):
    run_state_machine_as_test(
        lambda: Lives(client, house, work, as_new_user),
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
