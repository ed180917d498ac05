"""The evidence pack: what is in it and what is not, as JSON and as a page, whatever people are called."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from uuid import UUID

import pytest

from app.companies.models import Company
from app.contacts.models import Employment
from app.kit.clock import now
from tests.alliances import world
from tests.alliances.test_dealings import Pair

HOSTILE = "<script>alert(1)</script>\" onload='x' {{ 7 * 7 }} </style><!-- & Søns"
NOTE = "between us"


@pytest.fixture
def pair(client, begin, work) -> Pair:
    """Bob works at Acme, so that what he sells into is Acme's."""
    made = Pair(client, begin, work)
    with begin() as session:
        job = {"contact_id": UUID(made.bob), "company_id": made.acme.id, "title": "Partner Manager"}
        session.add(Employment(**job, current=True, seen_at=now()))
    return made


def sells(client, company: str, contact: str | None = None, **more) -> str:
    body = {"company": company, "relation": "customer", "contact_id": contact, "confirmed": True, **more}
    answer = client.post("/v1/accounts", json={name: value for name, value in body.items() if value is not None})
    assert answer.status_code == 200, answer.text
    return answer.json()["company"]["id"]


def share(client, work, bob: str, company: str, **ours) -> str:
    sells(client, company, bob)
    account = sells(client, company, **ours)
    work()
    return account


def pack(client, pair: Pair, **headers: str) -> dict:
    answer = client.get(f"{pair.url}/evidence-pack", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_everything_that_speaks_for_an_agreement(client, pair, work):
    store = share(client, work, pair.bob, "Corner Grocers")
    given = pair.introduce("home", customer_id=store, note=NOTE)
    pair.post(f"introductions/{given['id']}/answer", {"accepted": True}, 200)
    pair.introduce("acme", "referral")
    pair.win("acme", customer_id=store, note=NOTE)
    pair.post("decisions", {"choice": "propose", "kind": "reseller", "note": NOTE}, 200)
    work()
    made = pack(client, pair)
    assert [company["name"] for company in made["companies"]] == ["Northwind", "Acme Tills"]
    assert (made["state"], made["proposal"]["kind"], made["proposal"]["by"]["name"]) == ("proposed", "reseller", "Ann")
    [reps] = made["people"]
    assert (reps["user"]["name"], reps["contact"]["name"], reps["exchanges"], reps["wins"]) == ("Ann", "Bob", 1, 1)
    assert [met["direction"] for met in made["exchanges"]] == ["mutual"]
    [account] = made["shared_accounts"]["shown"]
    assert (account["name"], account["ours"], account["by_both"]) == ("Corner Grocers", "customer", True)
    favours = [(each["kind"], each["giver"], each["customer"], each["answer"]) for each in made["introductions"]]
    assert favours == [
        ("referral", "Acme Tills", None, "asked"),
        ("introduction", "Northwind", "Corner Grocers", "accepted"),
    ]
    assert [(won["credited"], won["customer"]) for won in made["wins"]] == [("Acme Tills", "Corner Grocers")]
    total = made["ledger"]["total"]
    assert (total["gave"]["introductions"], total["got"]["wins"], len(made["ledger"]["lines"])) == (1, 1, 1)
    shown = client.get(pair.url).json()
    assert (made["score"]["total"], made["score"]["coverage"]) == (shown["score"], shown["coverage"])
    assert sum(part["points"] for part in made["score"]["parts"]) == pytest.approx(shown["score"])
    assert made["bridge"]["sentence"].startswith("Only Ann and Bob link Northwind and Acme Tills")
    assert made["history"][0]["after"] == "proposed"
    assert not made["truncated"]
    assert NOTE not in str(made), "notes are for oneself"


@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_what_is_never_shared_is_not_named(client, pair, work, whose):
    share(client, work, pair.bob, "Corner Grocers")
    sells(client, "Secret Stores", pair.bob, never_share=whose == "theirs")
    secret = sells(client, "Secret Stores", never_share=whose == "ours")
    work()
    pair.win("home", customer_id=secret)
    pair.introduce("home", customer_id=secret)
    made = pack(client, pair)
    assert [account["name"] for account in made["shared_accounts"]["shown"]] == ["Corner Grocers"]
    assert made["shared_accounts"]["withheld"] == 1
    assert [won["customer"] for won in made["wins"]] == [None]
    page = client.get(f"{pair.url}/evidence-pack.html").text
    assert "Secret" not in str(made) + page
    assert secret not in str(made) + page
    assert "1 more is not named." in page


def test_a_page_where_a_page_is_wanted(client, pair):
    url = f"{pair.url}/evidence-pack"
    page = client.get(f"{url}.html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for accept, kind in (
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("application/json;q=0.2, text/html;q=0.3", "text/html"),
        ("text/html;q=0", "application/json"),
        ("*/*", "application/json"),
        ("nonsense;;q=", "application/json"),
    ):
        answer = client.get(url, headers={"Accept": accept})
        assert answer.headers["content-type"].split(";")[0] == kind, accept
        assert answer.headers["vary"] == "Accept"


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


def test_a_name_stays_a_name(client, pair, begin, work):
    plain = _Outline()
    plain.feed(client.get(f"{pair.url}/evidence-pack.html").text)
    with begin() as session:
        for company_id in (pair.home.id, pair.acme.id):
            session.get_one(Company, company_id).name = HOSTILE
        contact = world.make_contact(session, pair.ann, HOSTILE)
        world.meet(session, pair.ann, contact, session.get_one(Company, pair.acme.id), event=HOSTILE[:200])
    share(client, work, pair.bob, f"Grocers {HOSTILE}")
    pair.win("home", str(contact.id))
    work()
    text = client.get(f"{pair.url}/evidence-pack.html").text
    hostile = _Outline()
    hostile.feed(text)
    assert set(hostile.tags) - set(plain.tags) <= {"br", "span"}
    assert hostile.attributes == plain.attributes
    assert "{{ 7 * 7 }}" in text, "a name is no template"
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_nothing_is_loaded(client, pair):
    text = client.get(f"{pair.url}/evidence-pack.html").text
    assert not re.findall(r"""(?:src|href)\s*=|url\(|@import|https?://""", text)


def test_an_erased_person_is_named_no_more(client, pair, work):
    pair.win()
    assert client.post(f"/v1/contacts/{pair.bob}/erasure").is_success
    work()
    made = pack(client, pair)
    assert (made["wins"][0]["contact"], made["exchanges"]) == (None, [])
    assert "no longer known" in client.get(f"{pair.url}/evidence-pack.html").text
    assert "Bob" not in str(made)


def test_somebody_elses_pair(client, pair, as_new_user):
    stranger = as_new_user()
    for ending in ("", ".html"):
        answer = client.get(f"{pair.url}/evidence-pack{ending}", headers=stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_bridge_is_flagged_where_a_pair_is_shown(client, pair, begin, work):
    bridge = client.get(pair.url).json()["bridge"]
    assert (bridge["user_id"], bridge["contact_id"]) == (str(pair.ann.id), pair.bob)
    pair.meet(pair.ann, "Carol")
    bridge = client.get(f"{pair.url}/explanation").json()["bridge"]
    assert (bridge["user_id"], bridge["contact_id"]) == (str(pair.ann.id), None)
    assert bridge["sentence"] == "Only Ann of Northwind is in touch with Acme Tills: the tie is gone when they go."
    with begin() as session:
        ben = world.make_user(session, "Ben")
    pair.meet(ben, "Dave")
    assert client.get(f"{pair.url}/explanation").json()["bridge"] is None


def test_the_list_says_on_whom_alone_a_pair_hangs(client, pair, begin, work):
    def listed() -> dict | None:
        [shown] = client.get("/v1/alliances?with_home=true").json()["items"]
        assert shown["bridge"] == client.get(pair.url).json()["bridge"], "as the pair itself says"
        return shown["bridge"]

    assert listed()["sentence"].startswith("Only Ann and Bob link Northwind and Acme Tills")
    pair.meet(pair.ann, "Carol")
    assert (listed()["user_id"], listed()["contact_id"]) == (str(pair.ann.id), None)
    with begin() as session:
        ben = world.make_user(session, "Ben")
    pair.meet(ben, "Dave")
    assert listed() is None
