"""Whatever people do, in whatever order: what is kept of each pair is what everything that is known gives anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.alliances.models import Alliance
from app.auth.models import User
from tests import readings
from tests.alliances import world

PEOPLE = [
    [("name", name), ("company", company), ("email", f"{name.split()[0].lower()}@{domain}.example")]
    for name, company, domain in (
        ("Jane Doe", "Acme Tills", "acmetills"),
        ("Otto Brandt", "Acme Tills", "acmetills"),
        ("Ida Fox", "Quill Safes", "quillsafes"),
        ("Max Roe", "Fern Labels", "fernlabels"),
    )
]
STORES = ("Corner Grocers", "Hill Drugs", "Elm Outfitters")
RELATIONS = ("customer", "open_opportunity", "prospect")


class Life:
    """What a user can do over the API. What is refused, because it fits nothing that is there, changes nothing."""

    def __init__(self, client, house, work, headers: dict[str, str]) -> None:
        self._client, self._house, self._headers, self.work = client, house, headers, work
        me = self.get("/v1/me")
        self.user_id, self.organization_id = UUID(me["id"]), UUID(me["organization_id"])
        self.merges: list[str] = []
        self.refused = 0

    def get(self, path: str) -> Any:
        answer = self._client.get(path, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> dict[str, Any] | None:
        said = {name: value for name, value in body.items() if value is not None}
        answer = self._client.post(path, json=said, headers=self._headers, follow_redirects=False)
        assert answer.status_code < 500, answer.text
        self.refused += answer.is_error
        return answer.json() if answer.is_success else None

    def contact(self, number: int) -> dict[str, Any]:
        people = sorted(self.get("/v1/contacts")["items"], key=lambda each: each["name"] or "")
        return people[number % len(people)] if people else {"id": str(UUID(int=0)), "company_id": str(UUID(int=0))}

    def pair(self, number: int) -> dict[str, Any] | None:
        pairs = [each for each in self.get("/v1/alliances")["items"] if each["companies"][0]["is_home"]]
        return sorted(pairs, key=lambda each: each["id"])[number % len(pairs)] if pairs else None

    def exchange(self, one: int, other: int) -> None:
        with self._house.sessions.begin(self.organization_id) as session:
            more = {"event": "Fair"} if other % 2 else {"mutual": True}
            readings.read_scan(session, self.user_id, PEOPLE[one % len(PEOPLE)], **more)

    def account(self, one: int, other: int) -> None:
        whose = self.contact(one)["id"] if one % 3 else None
        relation, industry = RELATIONS[other % 3], "retail" if other % 2 else None
        self.post("/v1/accounts", company=STORES[other % 3], contact_id=whose, relation=relation, industry=industry)

    def introduce(self, one: int, other: int) -> None:
        if (pair := self.pair(one)) is None:
            return
        giver = pair["companies"][other % 2]["id"]
        contact = self.contact(other)["id"]
        url = f"/v1/alliances/{pair['id']}/introductions"
        made = self.post(url, kind="introduction", giver_company_id=giver, contact_id=contact)
        if made is not None:
            self.post(f"{url}/{made['id']}/answer", accepted=other % 3 > 0)
            self.post(f"{url}/{made['id']}/outcome", won=other % 2 > 0)

    def win(self, one: int, other: int) -> None:
        if (pair := self.pair(one)) is not None:
            credited, contact = pair["companies"][other % 2]["id"], self.contact(other)["id"]
            self.post(f"/v1/alliances/{pair['id']}/wins", credited_company_id=credited, contact_id=contact)

    def report(self, one: int, other: int) -> None:
        if (pair := self.pair(one)) is not None:
            contact = self.contact(other)["id"]
            self.post(f"/v1/alliances/{pair['id']}/evidence", kind="meeting", contact_id=contact)

    def merge(self, one: int, other: int) -> None:
        kind = "contacts" if one % 2 else "companies"
        ids = [self.contact(each)["id" if kind == "contacts" else "company_id"] for each in (one, other)]
        made = self.post(f"/v1/{kind}/{ids[0]}/merge", other_id=ids[1]) if all(ids) else None
        if made is not None:
            self.merges.append(f"/v1/{kind}/merges/{made['id']}/undo")

    def undo(self, one: int, _other: int) -> None:
        if self.merges:
            self.post(self.merges.pop(one % len(self.merges)))

    def erase(self, one: int, _other: int) -> None:
        self.post(f"/v1/contacts/{self.contact(one)['id']}/erasure")

    def decide(self, one: int, other: int) -> None:
        if (pair := self.pair(one)) is not None:
            choices = ("decline", "reopen", "declare_competitors", "retract_competitors", "stay_informal")
            self.post(f"/v1/alliances/{pair['id']}/decisions", choice=choices[other % len(choices)])


DEEDS: tuple[Callable[[Life, int, int], None], ...] = (
    Life.exchange,
    Life.exchange,
    Life.account,
    Life.account,
    Life.introduce,
    Life.win,
    Life.report,
    Life.merge,
    Life.undo,
    Life.erase,
    Life.decide,
)
numbers = st.integers(0, 11)
lives = st.lists(st.tuples(st.sampled_from(DEEDS), numbers, numbers, st.booleans()), min_size=4, max_size=14)
"""What is done to which of what is there, and whether the jobs run before the next thing is done."""


def live(life: Life, deeds: list[tuple[Callable[[Life, int, int], None], int, int, bool]]) -> None:
    for number in range(len(PEOPLE)):
        life.exchange(number, number)
    life.work()
    for deed, one, other, rests in deeds:
        deed(life, one, other)
        if rests:
            life.work()
    life.work()


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lives)
def test_scores_agree_with_a_full_recompute_after_anything(api, house, work, as_new_user, deeds):
    life = Life(api, house, work, as_new_user())
    live(life, deeds)
    with house.sessions.begin(life.organization_id) as session:
        world.assert_scores_agree(session)
        assert session.scalars(sa.select(Alliance.id)).first() is not None


def test_a_day_in_which_everything_happens(api, house, work, as_new_user):
    """Each deed at least once with effect, so that the property above cannot pass by doing nothing."""
    life = Life(api, house, work, as_new_user())
    deeds = [
        (Life.account, 0, 0, True),
        (Life.account, 1, 0, True),
        (Life.account, 2, 1, False),
        (Life.introduce, 0, 1, True),
        (Life.win, 0, 1, False),
        (Life.report, 0, 1, False),
        (Life.merge, 0, 2, False),
        (Life.win, 1, 2, True),
        (Life.undo, 0, 0, True),
        (Life.merge, 1, 2, False),
        (Life.decide, 1, 0, False),
        (Life.erase, 1, 0, True),
    ]
    live(life, deeds)
    with house.sessions.begin(life.organization_id) as session:
        world.assert_scores_agree(session)
        scores = {pair.score for pair in session.scalars(sa.select(Alliance))}
        assert len(scores) > 1, "something told the pairs apart"
        assert session.scalars(sa.select(User)).one().id == life.user_id


def test_who_is_named_for_a_company_of_others_is_erased_there_as_well(api, house, work, as_new_user):
    """Won while two companies were thought to be one: the win stays with the other one, and names nobody any more."""
    life = Life(api, house, work, as_new_user())
    live(life, [(Life.merge, 0, 2, True)])
    fern, quill = life.contact(2), life.contact(0)
    pair = next(each for each in map(life.pair, range(3)) if each and each["companies"][1]["id"] == quill["company_id"])
    body = {"credited_company_id": quill["company_id"], "contact_id": fern["id"]}
    assert life.post(f"/v1/alliances/{pair['id']}/wins", **body)
    life.undo(0, 0)
    life.work()
    before = life.get(f"/v1/alliances/{pair['id']}")["score"]
    life.post(f"/v1/contacts/{fern['id']}/erasure")
    life.work()
    assert life.refused == 0
    with house.sessions.begin(life.organization_id) as session:
        world.assert_scores_agree(session)
    assert life.get(f"/v1/alliances/{pair['id']}")["score"] < before, "one pair of reps less"
