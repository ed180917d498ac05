"""Whatever is done to people and companies in whatever order, through the API: nothing is lost, nothing hangs in the
air, an old id leads to the survivor, undoing restores exactly, and a search finds what the rows say."""

from __future__ import annotations

from hashlib import sha256
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import inspect, select

from app.companies.models import (
    Company,
    CompanyAlias,
    CompanyBlock,
    CompanyBrand,
    CompanyDomain,
    CompanyDoubt,
    CompanyLogo,
)
from app.contacts.models import Contact, ContactDoubt, ContactPoint, ContactTag, Employment, ExternalId
from app.exchanges.models import Exchange
from tests.contacts.soundness import faults

NUMBERS = count()
MARK = {"If-Match": "*"}
ROWS = (
    *(Company, CompanyAlias, CompanyBrand, CompanyDomain, CompanyDoubt, CompanyLogo),
    *(Contact, ContactDoubt, ContactPoint, ContactTag, Employment, ExternalId, Exchange),
)
ANY = st.integers(0, 99)


def word() -> str:
    """Twelve letters that are like no others."""
    digest = sha256(f"machine {next(NUMBERS)}".encode()).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:12])


class People(RuleBasedStateMachine):
    """Knows who has to be there, with which addresses, and who sees them."""

    def __init__(self, client, house, work, as_new_user) -> None:
        super().__init__()
        self.client, self.house, self.work = client, house, work
        self.ann = as_new_user()
        me = self.call("GET", "/v1/me")
        self.organization_id = UUID(me["organization_id"])
        self.ben = as_new_user(self.organization_id)
        self.emails: dict[str, set[str]] = {}
        """Of each contact that is there."""
        self.shared: dict[str, bool] = {}
        self.merges: list[dict] = []
        self.company_merges: list[str] = []
        self.old: dict[str, dict[str, str]] = {"contacts": {}, "companies": {}}
        """What became part of what."""
        self.brands: set[str] = set()

    def call(self, method: str, path: str, *expected: int, who=None, **request):
        headers = {**(who or self.ann), **request.pop("headers", {})}
        answer = self.client.request(method, path, headers=headers, **request)
        assert answer.status_code in (expected or (200,)), f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def begin(self):
        return self.house.sessions.begin(self.organization_id)

    def person(self, number: int) -> str:
        return sorted(self.emails)[number % len(self.emails)]

    def companies(self) -> list[dict]:
        found = self.call("GET", "/v1/companies", params={"limit": 200})["items"]
        return sorted((each for each in found if not each["is_home"]), key=lambda company: company["id"])

    def rows(self) -> dict:
        """Every row that tells of people and companies, but for what every change moves on."""
        with self.begin() as session:
            found = {
                (model.__tablename__, row.id): {
                    column.key: getattr(row, column.key)
                    for column in inspect(model).column_attrs
                    if column.key not in ("version", "updated_at")
                }
                for model in ROWS
                for row in session.scalars(select(model))
            }
            return found | {"blocks": set(session.execute(select(CompanyBlock.block, CompanyBlock.alias_id)).all())}

    @rule(colleague=st.booleans(), which=ANY)
    def create(self, colleague: bool, which: int) -> None:
        name = word()
        known = [each["id"] for each in self.companies() if each["visibility"] == "team"]
        at = {"company_id": known[which % len(known)]} if colleague and known else {"company": f"{word()} Works"}
        email = f"{name}@{name}.example"
        said = {"name": f"{name} Ray", "points": [{"kind": "email", "value": email}], "tags": [name], **at}
        made = self.call("POST", "/v1/contacts", 201, json=said)
        self.emails[made["id"]], self.shared[made["id"]] = {email}, True

    @precondition(lambda self: self.emails)
    @rule(who=ANY, column=st.sampled_from(["name", "title", "department", "name_prefix"]))
    def correct(self, who: int, column: str) -> None:
        value = f"{word()} {column}"
        told = self.call("PATCH", f"/v1/contacts/{self.person(who)}", json={column: value}, headers=MARK)
        assert told[column] == value

    @precondition(lambda self: self.emails)
    @rule(who=ANY)
    def add_an_address(self, who: int) -> None:
        contact_id, email = self.person(who), f"{word()}@{word()}.example"
        points = [{"kind": "email", "value": each} for each in sorted(self.emails[contact_id] | {email})]
        self.call("PATCH", f"/v1/contacts/{contact_id}", json={"points": points}, headers=MARK)
        self.emails[contact_id].add(email)

    @precondition(lambda self: len(self.emails) > 1)
    @rule(one=ANY, two=ANY)
    def merge(self, one: int, two: int) -> None:
        survivor, other = self.person(one), self.person(two)
        fits = survivor != other and self.shared[survivor] == self.shared[other]
        made = self.call("POST", f"/v1/contacts/{survivor}/merge", 201 if fits else 409, json={"other_id": other})
        if fits:
            theirs = self.emails.pop(other)
            self.merges.append({"id": made["id"], "survivor": survivor, "other": other, "emails": theirs})
            self.emails[survivor] |= theirs
            self.old["contacts"][other] = survivor
            del self.shared[other]

    @precondition(lambda self: self.merges)
    @rule(which=ANY)
    def undo(self, which: int) -> None:
        merge = self.merges[which % len(self.merges)]
        path, survivor, other = f"/v1/contacts/merges/{merge['id']}/undo", merge["survivor"], merge["other"]
        if survivor not in self.emails:
            self.call("POST", path, 409)
            return
        self.call("POST", path)
        self.merges.remove(merge)
        self.emails[survivor] -= merge["emails"]
        self.emails[other], self.shared[other] = merge["emails"], self.shared[survivor]
        del self.old["contacts"][other]

    @precondition(lambda self: len(self.emails) > 1)
    @rule(one=ANY, two=ANY)
    def merge_and_undo(self, one: int, two: int) -> None:
        survivor, other = self.person(one), self.person(two)
        if survivor != other and self.shared[survivor] == self.shared[other]:
            self._there_and_back("contacts", survivor, other)

    def _there_and_back(self, kind: str, survivor: str, other: str) -> None:
        self.work()
        before = self.rows()
        made = self.call("POST", f"/v1/{kind}/{survivor}/merge", 201, json={"other_id": other})
        self.work()
        self.call("POST", f"/v1/{kind}/merges/{made['id']}/undo")
        self.work()
        after = self.rows()
        assert {key: after.get(key) for key in before} == before
        assert after.keys() == before.keys()

    @precondition(lambda self: self.emails)
    @rule(who=ANY)
    def share_or_withdraw(self, who: int) -> None:
        contact_id = self.person(who)
        self.shared[contact_id] = not self.shared[contact_id]
        step = "share" if self.shared[contact_id] else "unshare"
        self.call("POST", f"/v1/contacts/{contact_id}/{step}")

    @precondition(lambda self: self.emails)
    @rule(who=ANY)
    def erase(self, who: int) -> None:
        contact_id = self.person(who)
        self.call("POST", f"/v1/contacts/{contact_id}/erasure", 201)
        gone = {contact_id}
        while more := {old for old, into in self.old["contacts"].items() if into in gone} - gone:
            gone |= more
        self.merges = [each for each in self.merges if not {each["survivor"], each["other"]} & gone]
        self.old["contacts"] = {old: into for old, into in self.old["contacts"].items() if old not in gone}
        del self.emails[contact_id], self.shared[contact_id]

    @rule(which=ANY, field=st.sampled_from(["name", "industry"]))
    def correct_a_company(self, which: int, field: str) -> None:
        if known := self.companies():
            path = f"/v1/companies/{known[which % len(known)]['id']}"
            self.call("PATCH", path, json={field: f"{word()} {field}"}, headers=MARK)

    @rule(one=ANY, two=ANY)
    def put_under(self, one: int, two: int) -> None:
        if known := self.companies():
            company, parent = known[one % len(known)], known[two % len(known)]
            path = f"/v1/companies/{company['id']}"
            self.call("PATCH", path, 200, 409, json={"parent_id": parent["id"]}, headers=MARK)

    @rule(which=ANY)
    def add_a_brand(self, which: int) -> None:
        if known := self.companies():
            name = f"{word()} Brand"
            said = {"name": name, "domains": [f"{word()}.example"]}
            self.call("POST", f"/v1/companies/{known[which % len(known)]['id']}/brands", 201, json=said)
            self.brands.add(name)

    @rule(one=ANY, two=ANY, back=st.booleans())
    def merge_companies(self, one: int, two: int, back: bool) -> None:
        known = self.companies()
        if len(known) < 2:
            return
        survivor, other = known[one % len(known)], known[two % len(known)]
        fits = survivor["id"] != other["id"] and survivor["visibility"] == other["visibility"]
        if fits and back:
            self._there_and_back("companies", survivor["id"], other["id"])
            return
        path = f"/v1/companies/{survivor['id']}/merge"
        made = self.call("POST", path, 201 if fits else 409, json={"other_id": other["id"]})
        if fits:
            self.company_merges.append(made["id"])
            self.old["companies"][other["id"]] = survivor["id"]

    @precondition(lambda self: self.company_merges)
    @rule(which=ANY)
    def undo_of_companies(self, which: int) -> None:
        merge_id = self.company_merges[which % len(self.company_merges)]
        # 404: nobody named one of them any more.
        done = self.call("POST", f"/v1/companies/merges/{merge_id}/undo", 200, 404, 409)
        if "merged_id" in done:
            self.company_merges.remove(merge_id)
            self.old["companies"].pop(done["merged_id"], None)

    @invariant()
    def everybody_is_there_with_every_address(self) -> None:
        for who, mine in ((self.ann, True), (self.ben, False)):
            found = self.call("GET", "/v1/contacts", params={"limit": 200}, who=who)["items"]
            emails = {each["id"]: {p["value"] for p in each["points"] if p["kind"] == "email"} for each in found}
            assert emails == {each: those for each, those in self.emails.items() if mine or self.shared[each]}

    @invariant()
    def rows_are_sound(self) -> None:
        self.work()
        with self.begin() as session:
            assert faults(session) == []
            assert {brand.name for brand in session.scalars(select(CompanyBrand))} == self.brands

    @invariant()
    def old_ids_lead_to_the_survivor(self) -> None:
        for kind, old in self.old.items():
            for old_id, survivor in old.items():
                path = f"/v1/{kind}/{old_id}"
                answer = self.client.get(path, headers=self.ann, follow_redirects=False)
                if kind == "contacts" or answer.status_code != 404:
                    assert answer.status_code == 308, answer.text
                    assert answer.headers["Location"] == f"/v1/{kind}/{survivor}"

    @precondition(lambda self: self.emails)
    @rule(who=ANY)
    def search(self, who: int) -> None:
        self.work()
        contact_id = self.person(who)
        shown = self.call("GET", f"/v1/contacts/{contact_id}")
        words = [*self.emails[contact_id], shown["name"], *filter(None, (shown["company_name"], shown["title"]))]
        for q in words:
            found = {each["id"] for each in self.call("GET", "/v1/contacts", params={"q": q, "limit": 200})["items"]}
            assert contact_id in found, q


@pytest.mark.timeout(1800)
def test_people_and_companies(client, house, work, as_new_user):
    run_state_machine_as_test(
        lambda: People(client, house, work, as_new_user),
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
