"""Who saw and who changed what is recorded, by nobody forgotten and by nobody changed."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from app.audit.jobs import forget_old
from app.audit.reading import NOT_OF_PEOPLE, reading_of
from app.auth.models import Organization
from app.auth.service import add_user
from app.cli.commands import app
from app.contacts.models import Contact
from app.kit.chores import Upkeep
from app.kit.clock import now
from app.kit.db import Base
from app.kit.trail import KINDS, PARTS, AuditEntry
from tests.drawing import card_photo, encoded

NOT_IN_THE_TRAIL = {
    "accounts": "what a company sells into; who told of it is not theirs",
    "card_fields": "made and deleted with the card, a part of the scan",
    "card_logos": "made and deleted with the card, a part of the scan",
    "contact_doubts": "a question of the service",
    "contact_merges": "both contacts are changed by it",
    "evidence": "made of meetings that are recorded, or of what two companies did",
    "reviews": "a question of the service; the answer changes the contact",
    "import_reports": "made with the import",
    "handshakes": "digests",
    "matches": "two companies",
    "match_seats": "whom a user matches books with, by the id alone; the user's own",
    "erasures": "the erasure itself is recorded",
}


@pytest.fixture
def me(client) -> dict:
    return client.get("/v1/me").json()


@pytest.fixture
def trail(client):
    """Entries, oldest first, of whoever asks; a few of their members."""

    def ask(headers=None, **wanted) -> list[dict]:
        answer = client.get("/v1/audit", params={"limit": 200} | wanted, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"][::-1]

    return ask


@pytest.fixture
def jane(client) -> str:
    said = {"name": "Jane Doe", "points": [{"kind": "email", "value": "jane@acme.example"}]}
    return client.post("/v1/contacts", json=said).json()["id"]


def done(entries) -> list[tuple]:
    return [(each["action"], each["kind"], each["object_id"], *each["fields"]) for each in entries]


def test_what_was_read_is_recorded_with_who_and_by_what_key(client, trail, me, jane):
    answer = client.get(f"/v1/contacts/{jane}")
    client.get("/v1/contacts")
    client.get(f"/v1/contacts/{jane}/timeline")
    client.get(f"/v1/contacts/{jane}/export")
    client.get("/v1/exports/contacts")
    client.get("/v1/contacts/duplicates")
    assert client.get(f"/v1/contacts/{me['id']}").status_code == 404
    reads = [each for each in trail() if each["action"] in ("read", "listed", "exported")]
    assert done(reads) == [
        ("read", "contact", jane),
        ("listed", "contact", None),
        ("read", "contact", jane, "timeline"),
        ("exported", "contact", jane, "export"),
        ("exported", "contact", None),
        ("listed", "contact", None, "duplicates"),
    ]
    [key] = client.get("/v1/api-keys").json()["items"]
    assert {(each["user_id"], each["key_id"]) for each in reads} == {(me["id"], key["id"])}
    assert reads[0]["request_id"] == answer.headers["X-Request-Id"]
    assert [each["count"] for each in reads] == [None, 1, None, None, 1, 0]


def test_what_was_changed_is_recorded_by_names_of_fields(client, trail, me, jane):
    etag = client.get(f"/v1/contacts/{jane}").headers["ETag"]
    change = {"name": "Jane Roe", "title": "Zarin", "tags": ["vip"]}
    assert client.patch(f"/v1/contacts/{jane}", json=change, headers={"If-Match": etag}).is_success
    client.post(f"/v1/contacts/{jane}/notes", json={"text": "likes quokkas"})
    assert client.patch(f"/v1/contacts/{jane}", json={}, headers={"If-Match": "*"}).is_success
    assert client.delete(f"/v1/contacts/{jane}").status_code == 204
    created, changed, noted, deleted = (each for each in trail(object_id=jane) if each["action"] != "read")
    assert (created["action"], created["fields"]) == ("created", ["points"])
    assert changed["action"] == "changed"
    assert {"name", "tags", "employments"} <= set(changed["fields"])
    assert (noted["fields"], deleted["action"]) == (["notes"], "deleted")
    assert {each["user_id"] for each in (created, changed, noted, deleted)} == {me["id"]}
    assert all(word not in str(trail()) for word in ("Zarin", "quokkas", "Jane", "vip", "acme"))


def test_what_failed_was_not_done(client, trail, jane):
    assert client.patch(f"/v1/contacts/{jane}", json={"name": "X"}, headers={"If-Match": '"77"'}).status_code == 412
    assert [each["action"] for each in trail(object_id=jane)] == ["created"]


def test_what_the_service_does_by_itself_is_recorded_as_done_by_its_program(client, trail, work, me):
    scan = client.post("/v1/scans", files={"front": encoded(card_photo())}).json()["id"]
    work()
    [contact] = client.get("/v1/contacts").json()["items"]
    client.get(f"/v1/scans/{scan}/photo")
    client.get(f"/v1/scans/{scan}/cards/0/image")
    made, *_ = trail(object_id=contact["id"])
    assert (made["action"], made["user_id"], made["program"]) == ("created", None, "app.exchanges.jobs.absorb_reading")
    uploaded, read, *_, photo, card = trail(object_id=scan)
    assert (uploaded["action"], uploaded["user_id"]) == ("created", me["id"])
    assert (read["action"], read["program"]) == ("changed", "app.scans.jobs.read_scan")
    assert (photo["fields"], card["fields"]) == (["photo"], ["cards/image"])


def test_address_books_are_recorded(client, trail, me, jane):
    book = f"/dav/addressbooks/{me['id']}/contacts/"
    assert client.get(f"{book}{jane}.vcf").status_code == 200
    assert client.request("PROPFIND", book, headers={"Depth": "1"}).status_code == 207
    multiget = f"""<c:addressbook-multiget xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">
        <prop><c:address-data/></prop><href>{book}{jane}.vcf</href></c:addressbook-multiget>"""
    assert client.request("REPORT", book, content=multiget, headers={"Depth": "1"}).status_code == 207
    assert client.request("PROPFIND", "/dav/").status_code == 207
    seen = [each for each in trail() if "vcard" in each["fields"]]
    assert [(each["action"], each["object_id"], each["count"]) for each in seen] == [
        ("read", jane, None),
        ("listed", None, None),
        ("listed", None, 1),
    ]


def test_who_may_see_people_and_who_changed_that_is_recorded(client, trail, me):
    ben = client.post("/v1/users", json={"name": "Ben", "email": "ben@northwind.example"}).json()["id"]
    client.patch(f"/v1/users/{ben}", json={"role": "admin"})
    client.patch(f"/v1/users/{ben}", json={"active": False})
    key = client.post("/v1/api-keys", json={"name": "x"}).json()["id"]
    client.patch("/v1/organization", json={"audit_days": 30}, headers={"If-Match": "*"})
    said = done(trail())
    assert ("created", "user", ben) in said
    assert ("changed", "user", ben, "role") in said
    assert ("changed", "user", ben, "deactivated_at") in said
    assert ("created", "api_key", key) in said
    assert ("changed", "organization", me["organization_id"], "audit_days") in said


def test_the_trail_is_searched(client, trail, me, jane, as_new_user):
    as_ben = as_new_user(UUID(me["organization_id"]), name="Ben")
    ben = client.get("/v1/me", headers=as_ben).json()["id"]
    client.get(f"/v1/contacts/{jane}", headers=as_ben)
    client.get("/v1/scans", headers=as_ben)
    assert done(trail(user_id=ben)) == [("read", "contact", jane), ("listed", "scan", None)]
    assert done(trail(user_id=ben, kind="scan")) == [("listed", "scan", None)]
    assert done(trail(object_id=jane, action="read")) == [("read", "contact", jane)]
    moment = trail(user_id=ben)[1]["at"]
    assert len(trail(before="2026-01-01T00:00:00Z")) == len(trail(before="0308-05-03T17:33:44+20:21")) == 0
    assert len(trail(since="0308-05-03T17:33:44+20:21", user_id=ben)) == 2
    assert len(trail(since="9999-12-31T23:59:59-20:21")) == 0
    assert ("listed", "scan", None) in done(trail(since=moment[:19] + "Z"))
    first = client.get("/v1/audit", params={"limit": 2, "user_id": ben}).json()
    assert len(first["items"]) == 2
    pages = client.get("/v1/audit", params={"limit": 1, "user_id": ben}).json()
    rest = client.get("/v1/audit", params={"limit": 1, "user_id": ben, "cursor": pages["next_cursor"]}).json()
    assert [*pages["items"], *rest["items"]] == first["items"]
    member = as_new_user(UUID(me["organization_id"]), name="Cy", admin=False)
    assert client.get("/v1/audit", headers=member).status_code == 403
    strangers = str(trail(headers=as_new_user()))
    assert all(each not in strangers for each in (jane, ben, me["id"])), "a stranger's trail is another one"
    for wrong in ({"action": "stolen"}, {"object_id": "x"}, {"since": "2026-01-01"}, {"cursor": "!"}):
        assert client.get("/v1/audit", params=wrong).status_code in (400, 422)


def test_what_is_private_to_a_colleague_is_counted_and_not_named(client, trail, me, as_new_user):
    client.patch("/v1/organization", json={"default_visibility": "private"}, headers={"If-Match": "*"})
    as_ben = as_new_user(UUID(me["organization_id"]), name="Ben")
    ben = client.get("/v1/me", headers=as_ben).json()["id"]
    zora = client.post("/v1/contacts", json={"name": "Zora"}, headers=as_ben).json()["id"]
    client.get(f"/v1/contacts/{zora}", headers=as_ben)
    seen = trail(user_id=ben)
    assert [(each["action"], each["object_id"], each["private"]) for each in seen] == [
        ("created", None, True),
        ("read", None, True),
    ]
    assert trail(object_id=zora) == [], "nor can it be asked for"
    assert [each["object_id"] for each in trail(headers=as_ben, object_id=zora)] == [zora, zora]


@pytest.fixture
def entries(house, client, jane):
    """Runs a statement on the rows of the trail, whatever the program would."""
    client.get(f"/v1/contacts/{jane}")

    def run(statement: str, **values) -> int:
        with house.sessions.engine.begin() as connection:
            return connection.execute(sa.text(statement), values).rowcount

    return run


def test_the_database_refuses_to_change_and_to_delete(entries, house, client):
    count = "UPDATE audit_entries SET action = action WHERE 1 = 0"
    assert entries(count) == 0
    refused = [
        "UPDATE audit_entries SET action = 'read'",
        "UPDATE audit_entries SET keep_until = '2020-01-01'",
        "DELETE FROM audit_entries",
    ]
    if house.sessions.engine.dialect.name == "sqlite":
        refused += [
            "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries",
            "REPLACE INTO audit_entries SELECT * FROM audit_entries",
        ]
    else:
        refused += ["TRUNCATE audit_entries", "TRUNCATE organizations CASCADE"]
    before = client.get("/v1/audit").json()["items"]
    for statement in refused:
        with pytest.raises(DBAPIError, match="entries of the trail"):
            entries(statement)
    assert client.get("/v1/audit").json()["items"] == before


def test_entries_go_with_their_organization(entries, house):
    assert entries("DELETE FROM organizations") == 1
    with house.sessions.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM audit_entries")) == 0


@pytest.mark.parametrize(("days", "left"), [(2, 0), (0, 1), (-5, 1)])
def test_entries_are_forgotten_after_their_last_day(house, organization_id, settings, days, left):
    """`days` ago was the last day; what may go goes, and nothing else."""
    with house.sessions.begin(organization_id) as session:
        values = {"action": "read", "kind": "probe", "fields": [], "audience_id": organization_id}
        session.add(AuditEntry(**values, keep_until=now().date() - timedelta(days=days)))
        session.add(AuditEntry(**values, keep_until=None))
    forget_old(Upkeep(house.sessions, house.files, settings))
    with house.sessions.begin(organization_id) as session:
        kept = session.scalars(sa.select(AuditEntry).where(AuditEntry.kind == "probe")).all()
        assert len([each for each in kept if each.keep_until]) == left
        assert len([each for each in kept if not each.keep_until]) == 1, "for ever"


def test_how_long_is_the_organizations_word(client, trail, jane):
    def last_days():
        client.get(f"/v1/contacts/{jane}")
        return [each["keep_until"] for each in trail()]

    today = now().date()
    assert last_days()[-1] == str(today + timedelta(days=1095))
    client.patch("/v1/organization", json={"audit_days": 30}, headers={"If-Match": "*"})
    assert (last_days()[0], last_days()[-1]) == (str(today + timedelta(days=1095)), str(today + timedelta(days=30)))
    client.patch("/v1/organization", json={"audit_days": 0}, headers={"If-Match": "*"})
    assert last_days()[-1] is None
    for wrong in (29, -1, 40_000, None):
        refused = client.patch("/v1/organization", json={"audit_days": wrong}, headers={"If-Match": "*"})
        assert refused.status_code == 422


def test_what_cannot_be_recorded_is_not_shown(client, jane, house, monkeypatch):
    assert client.get(f"/v1/contacts/{jane}").status_code == 200
    with house.sessions.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE audit_entries RENAME TO away"))
    try:
        answer = client.get(f"/v1/contacts/{jane}")
        assert (answer.status_code, answer.json()["code"]) == (503, "not_recorded")
        assert "Jane" not in answer.text
        assert client.get("/v1/me").status_code == 200
    finally:
        with house.sessions.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE away RENAME TO audit_entries"))


def test_an_erased_persons_entries_stay_and_say_nothing(client, trail, jane, work):
    client.get(f"/v1/contacts/{jane}")
    before = trail(object_id=jane)
    assert client.post(f"/v1/contacts/{jane}/erasure").status_code == 201
    work()
    assert trail(object_id=jane)[: len(before)] == before
    assert trail(object_id=jane)[-1]["action"] == "erased"


def test_the_picture_of_a_card_that_a_link_shows_is_recorded(client, trail, work, house, settings):
    from app.scans.links import Links, Target
    from app.scans.models import Card

    client.post("/v1/scans", files={"front": encoded(card_photo())})
    work()
    with house.sessions.begin() as session:
        card = session.scalars(sa.select(Card).execution_options(all_organizations=True)).one()
    link = Links.of(settings).make(Target(card.organization_id, card.id)).url
    assert client.get(link, headers={"Authorization": ""}).status_code == 200
    [seen] = trail(kind="card")
    assert (seen["action"], seen["object_id"], seen["user_id"], seen["fields"]) == (
        "read",
        str(card.id),
        None,
        ["image"],
    )
    assert seen["keep_until"]


def test_every_route_that_reads_is_recorded_or_shows_nobody(api):
    """A new route is recorded by itself; one of `NOT_OF_PEOPLE` is there."""
    unknown = {str(UUID(int=0))}
    recorded = set()
    paths = api.app.openapi()["paths"]
    for path, methods in paths.items():
        if "get" in methods and "security" in methods["get"]:
            names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
            parameters = dict.fromkeys(names, next(iter(unknown)))
            if reading_of(path, path, parameters):
                recorded.add(path)
            else:
                assert any(path == each or path.startswith(f"{each}/") for each in NOT_OF_PEOPLE), path
    assert {
        "/v1/contacts/{contact_id}",
        "/v1/scans/{scan_id}/photo",
        "/v1/webhook-deliveries/{delivery_id}",
    } <= recorded
    assert all(any(path.startswith(each) for path in paths) for each in NOT_OF_PEOPLE), "it is there no more"


def test_every_table_of_people_is_in_the_trail_or_says_why_not():
    people = {"contacts", "scans", "cards"}
    about = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(key.column.table.name in people for key in table.foreign_keys)
    }
    known = set(KINDS) | set(PARTS)
    tables = {table.name for table in Base.metadata.sorted_tables}
    assert about - known - set(NOT_IN_THE_TRAIL) == set(), "say in app/kit/trail.py what it is a part of"
    assert set(NOT_IN_THE_TRAIL) & known == set()
    assert known <= tables


def test_what_a_savepoint_takes_back_is_not_recorded_and_what_came_before_is(house, organization_id):
    def make(session, name):
        session.add(Contact(owner_id=user_id, name=name, confidence=1.0, audience_id=organization_id))
        session.flush()

    with house.sessions.begin(organization_id) as session:
        user_id = add_user(session, "Ann Lee", "ann@northwind.example").id
        make(session, "First")
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            make(session, "Never")
            with session.begin_nested():
                make(session, "Neither")
            raise ZeroDivisionError
        with session.begin_nested():
            make(session, "Second")
    with house.sessions.begin(organization_id) as session:
        there = set(session.scalars(sa.select(Contact.id)))
        recorded = session.scalars(sa.select(AuditEntry.object_id).where(AuditEntry.kind == "contact"))
        assert sorted(recorded) == sorted(there)
        assert len(there) == 2


def test_many_readers_lose_no_entry_and_starve_no_writer(client, house, organization_id, trail):
    before = len(trail(action="listed"))
    stop, waited = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            started = time.monotonic()
            with house.sessions.begin(organization_id) as session:
                session.execute(sa.update(Organization).values(audit_days=0))
            waited.append(time.monotonic() - started)

    writer = threading.Thread(target=write)
    writer.start()
    with ThreadPoolExecutor(16) as readers:
        answers = list(readers.map(lambda _: client.get("/v1/contacts").status_code, range(160)))
    stop.set()
    writer.join()
    assert answers == [200] * 160
    assert len(trail(action="listed")) - before == 160
    assert len(waited) > 10
    assert max(waited) < 20, "a writer waited as if the readers let nobody else in"


def test_what_a_command_writes_out_is_recorded_with_whom_it_was_written_for(
    client, trail, me, jane, settings, tmp_path, monkeypatch
):
    for name in ("database_url", "files_url", "secret_file"):
        monkeypatch.setenv(f"CARDALLY_{name.upper()}", str(getattr(settings, name)))
    said = ["--as", me["email"]]
    for command in (["export", str(tmp_path / "out.csv")], ["truth", str(tmp_path / "set")]):
        assert CliRunner().invoke(app, [*command, *said]).exit_code == 0
    assert "Jane Doe" in (tmp_path / "out.csv").read_text()
    exported = [each for each in trail() if each["action"] == "exported"]
    assert done(exported) == [("exported", "contact", None), ("exported", "review", None, "truth")]
    assert [(each["user_id"], each["program"], each["count"]) for each in exported] == [
        (me["id"], "cardally export", 1),
        (me["id"], "cardally truth", None),
    ]
