"""Nothing of an erased person is left anywhere, and nothing of anybody else is lost."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select

from app.alliances.models import Alliance, Evidence, Introduction, Win
from app.companies.models import Company
from app.kit.queue import Job
from app.scans.models import Card, Scan
from bench.receiver import Receiver
from tests.drawing import JANE, card_photo, encoded
from tests.privacy import world as worlds
from tests.privacy.world import NEIGHBOUR, WORDS, traces, words_on_disk

NO_WORD_OF_A_PERSON = {
    "one of a list of ours, a code, a digest, a hash, or a key of a file": """
        audit_entries.action audit_entries.fields audit_entries.kind audit_entries.program
        accounts.relation agreements.kind alliances.conflicts alliances.decision alliances.model_version
        alliances.parts alliances.proposed_kind alliances.state card_fields.kind card_fields.side card_fields.source
        card_fields.type card_logos.hash card_logos.image_file card_logos.side cards.image_file cards.review
        companies.review company_doubts.reasons company_doubts.state company_logos.hash contact_doubts.state
        contact_pictures.image_file contact_pictures.kind
        contact_points.kind contact_points.source contacts.review contacts.source erasures.counts erasures.files
        erasures.reason evidence.giver evidence.kind evidence.source evidence.source_key evidence.relations
        exchanges.direction handshakes.key handshakes.wanted introductions.answer introductions.giver introductions.kind
        introductions.outcome jobs.error jobs.lane
        jobs.reaction jobs.worker
        reviews.reasons reviews.state organizations.region scans.back_file scans.engine scans.error scans.front_file
        scans.status seen_requests.fingerprint state_moves.after state_moves.before state_moves.reason users.role
        webhook_attempts.error webhook_deliveries.status webhook_endpoints.disabled_reason
        webhook_endpoints.event_types webhook_endpoints.tally webhook_messages.type wins.credited chores.name
        imports.error imports.format imports.headers imports.preset imports.source_file imports.state
        import_reports.lines cards.image_hash crm_connections.closed_reason crm_connections.connector
        crm_connections.last_error
        crm_connections.on_erasure crm_connections.tally crm_links.digest crm_links.error crm_links.filled
        crm_links.kind crm_links.status followed.row_table match_messages.side match_messages.step
        match_moves.after match_moves.before match_moves.reason match_moves.side match_policies.depth
        match_policies.relations match_seats.side match_sides.band match_sides.digest match_sides.goes_to
        match_sides.limits match_sides.relations match_sides.side matches.band matches.depth matches.reason
        matches.state matches.token_digest organizations.default_visibility""",
    "ids, places in a picture, or measurements": """
        card_fields.polygon card_logos.polygon cards.quad cards.quality companies.provenance company_merges.moved
        contact_merges.moved contacts.provenance employments.provenance jobs.key jobs.payload
        state_moves.evidence_ids crm_links.memory crm_links.remote_id""",
    "what another server said or what is sealed from us: values of ours are left out, or cannot be read here": """
        crm_links.detail match_messages.body""",
    "what users say of their own company, keys and settings": """
        crm_connections.mapping crm_connections.name crm_connections.sealed crm_connections.settings
        crm_connections.url match_sides.email match_sides.name match_sides.organization_name
        identities.issuer identities.subject invitations.digest invitations.email invitations.name invitations.role
        api_keys.digest api_keys.name api_keys.prefix api_keys.scopes organizations.name policies.contact
        policies.controller
        policies.legal_basis policies.purpose policies.recipients proven_domains.domain users.email users.name
        webhook_endpoints.description webhook_endpoints.url webhook_secrets.sealed""",
    "what is said of a company, which is no person; one that only the person stood for goes": """
        accounts.industry accounts.product_category companies.industry companies.place companies.product_category
        company_buyers.industries
        company_merges.changes""",
}
"""Columns of text that hold nothing of a person, by the reason."""


@pytest.fixture
def world(client, house, work):
    return worlds.build(client, house, work)


def erase(world) -> dict:
    answer = world.client.post(f"/v1/contacts/{world.jorinde}/erasure")
    assert answer.status_code == 201, answer.text
    world.work()
    return world.client.get(f"/v1/erasures/{answer.json()['id']}").json()


def test_nothing_is_left_in_the_database_nor_in_its_files_nor_in_the_store(world):
    assert set().union(*traces(world.house).values()) == set(WORDS), "the search finds what is there"
    assert set().union(*words_on_disk(world.house).values()) == set(WORDS)
    neighbour = traces(world.house, NEIGHBOUR)

    erasure = erase(world)

    assert traces(world.house) == {}
    assert words_on_disk(world.house) == {}
    lost = set(neighbour) - set(traces(world.house, NEIGHBOUR))
    of_both = {"contact_merges.changes", "contact_doubts.reasons", "webhook_messages.body", "webhook_attempts.response"}
    assert lost <= of_both, "what was said of both, while they were one, goes with her"
    assert set().union(*words_on_disk(world.house, NEIGHBOUR).values()) == set(NEIGHBOUR)
    assert erasure["finished_at"]
    assert erasure["counts"].pop("notes") > 3
    assert erasure["counts"] == {"contacts": 3, "cards": 3, "scans": 3, "companies": 1}


def test_every_column_of_text_is_known_to_hold_her_words_or_none(world):
    """A new column fails here until this journey writes to it, or its author says why nobody's words get there."""
    none = {column for columns in NO_WORD_OF_A_PERSON.values() for column in columns.split()}
    filled = set(traces(world.house))
    assert worlds.text_columns() - filled - none == set(), "say what becomes of it when a person is erased"
    assert none & filled == set(), "it does hold a person's words"
    assert none <= worlds.text_columns(), "it is there no more"


def test_nothing_hangs_in_the_air(world, house):
    erase(world)
    with house.sessions.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.scalar(sa.text("SELECT count(*) FROM jobs WHERE lane <> 'deliver'")) == 0
    with world.begin() as session:
        assert session.scalar(select(func.count(Job.id)).where(Job.parked_at.is_not(None))) == 0
        assert session.scalar(select(func.count(Card.id)).where(Card.contact_id.is_(None))) == 0


def test_it_is_done_once_and_whoever_asks_again_is_told_so(world):
    first = erase(world)
    again = world.client.post(f"/v1/contacts/{world.jorinde}/erasure")
    assert (again.status_code, again.json()) == (201, first)
    assert world.client.get(f"/v1/contacts/{world.jorinde}").status_code == 404
    assert world.client.get("/v1/erasures").json()["items"] == [first]


def test_the_neighbour_keeps_the_crop_and_the_photo_of_both_goes(world):
    [shared] = [each for each in scans(world) if len(each["cards"]) == 2]
    erase(world)
    left = world.client.get(f"/v1/scans/{shared['id']}").json()
    assert left["photo_expired"]
    [card] = left["cards"]
    assert card["contact_id"] == world.ottokar
    assert b"Brandvogel" in world.client.get(card["image_url"]).content
    for side in ("front", "back"):
        gone = world.client.get(left["photo_url"], params={"side": side})
        assert (gone.status_code, gone.json()["code"]) == (410, "photo_expired")
    assert [each["id"] for each in scans(world)] == [shared["id"]]


def scans(world) -> list[dict]:
    found = world.client.get("/v1/scans").json()["items"]
    return [world.client.get(f"/v1/scans/{each['id']}").json() for each in found]


def test_a_crop_that_shows_a_part_of_her_card_goes_too(world):
    with world.begin() as session:
        for card in session.scalars(select(Card)):
            card.quad = [[0.1, 0.1], [0.6, 0.1], [0.6, 0.5], [0.1, 0.5]]
    erase(world)
    [scan] = scans(world)
    assert world.client.get(scan["cards"][0]["image_url"]).status_code == 410


def test_what_two_companies_did_stays_without_her_and_the_score_follows(world):
    with world.begin() as session:
        alliance = session.get_one(Alliance, UUID(world.ids["alliance"]))
        before = alliance.score
        met = session.scalar(select(func.count(Evidence.id)).where(Evidence.source == "exchange"))
    erase(world)
    with world.begin() as session:
        alliance = session.get_one(Alliance, UUID(world.ids["alliance"]))
        assert alliance.score < before, "one meeting less"
        assert 0 < session.scalar(select(func.count(Evidence.id)).where(Evidence.source == "exchange")) < met
        for dealing in (Introduction, Win):
            [row] = session.scalars(select(dealing))
            assert (row.contact_id, row.note) == (None, None)
        dealt = session.scalars(select(Evidence).where(Evidence.source == "dealing")).all()
        assert {each.contact_id for each in dealt} == {None}
        assert len(dealt) == 2
        names = set(session.scalars(select(Company.name)))
    assert "Acme Tools GmbH" in names
    assert "Quasti Consulting" not in names, "nothing but her card spoke of it"
    why = world.client.get(f"/v1/alliances/{world.ids['alliance']}/explanation").json()
    assert sum(part["points"] for part in why["parts"]) == pytest.approx(alliance.score, abs=0.1)


def test_whoever_has_a_copy_is_told_the_id_alone(world):
    secret = ""
    with Receiver(lambda: secret) as receiver:
        made = world.client.post("/v1/webhook-endpoints", json={"url": receiver.url}).json()
        secret = made["secret"]
        erase(world)
        told = [message.content for message in receiver.messages if message.content["type"] == "contact.erased"]
        assert all(message.verified for message in receiver.messages)
    assert world.jorinde in {each["data"]["id"] for each in told}
    assert {tuple(each["data"]) for each in told} == {("id",)}
    assert len(told) == 3, "those that had become part of her are told of as well"


def test_a_photo_that_waits_to_be_read_again_is_not_read(client, house, work):
    photo = encoded(card_photo())
    client.post("/v1/scans", files={"front": photo})
    work()
    [contact] = client.get("/v1/contacts").json()["items"]
    client.post("/v1/scans", files={"front": photo})
    assert client.post(f"/v1/contacts/{contact['id']}/erasure").status_code == 201
    work()
    assert client.get("/v1/contacts").json()["items"] == []
    assert client.get("/v1/scans").json()["items"] == []
    assert list(worlds.bytes_on_disk(house)) == [] or words_on_disk(house, (JANE[3],)) == {}
    assert traces(house, (JANE[0].lower(), JANE[3])) == {}


def test_a_colleague_may_not_and_a_stranger_finds_nobody(world, as_new_user):
    me = UUID(world.client.get("/v1/me").json()["organization_id"])
    path = f"/v1/contacts/{world.ottokar}/erasure"
    colleague = world.client.post(path, headers=as_new_user(me, name="Ben Ortiz", admin=False))
    assert (colleague.status_code, colleague.json()["code"]) == (403, "forbidden")
    assert world.client.post(path, headers=as_new_user()).status_code == 404
    assert world.client.get(f"/v1/contacts/{world.ottokar}").status_code == 200


def test_a_question_about_her_is_no_question_any_more(world):
    with world.begin() as session:
        session.execute(sa.update(Scan).values(note=None))
    review = "possible_duplicate"
    with world.begin() as session:
        from app.contacts.models import Contact

        row = session.get_one(Contact, UUID(world.ottokar))
        row.review, row.needs_review = [review], True
    erase(world)
    assert review not in world.client.get(f"/v1/contacts/{world.ottokar}").json()["review"]
    assert world.client.get("/v1/contacts/duplicates").json()["items"] == []
