"""What becomes of questions and of what was told when a contact goes from its owner to the team, and back."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.contacts.models import ContactDoubt
from app.kit.db import Visibility
from app.webhooks.models import Endpoint, Message
from tests.contacts.test_sharing import reps, scan  # noqa: F401  fixtures
from tests.readings import jane


def kay(**changed):
    return jane(name="Jane Doe", email="jane.doe2@acme.example", phone="", website="", address="", **changed)


def duplicates(rep):
    return [{double["contact"]["id"], double["other"]["id"]} for double in rep.get("/contacts/duplicates")["items"]]


def own(rep):
    [contact] = [each for each in rep.get("/contacts")["items"] if each["owner_id"] == str(rep.id)]
    return contact


def test_a_shared_contact_is_asked_about_among_the_teams(reps, scan, begin):  # noqa: F811
    ann, ben = reps
    scan(ben, jane(), visibility=Visibility.TEAM)
    scan(ann, kay())
    with begin() as session:
        assert session.scalars(select(ContactDoubt)).all() == [], "private: compared with nothing of the team's"
    mine, theirs = own(ann), own(ben)
    assert duplicates(ann) == []
    shared = ann.post(f"/contacts/{mine['id']}/share")
    assert shared["review"] == ["possible_duplicate"]
    assert duplicates(ann) == duplicates(ben) == [{mine["id"], theirs["id"]}]
    [double] = ben.get("/contacts/duplicates")["items"]
    assert {"same_name", "same_company"} <= {reason["code"] for reason in double["reasons"]}
    assert double["bits"] == sum(reason["bits"] for reason in double["reasons"])
    ann.post(f"/contacts/{mine['id']}/share")
    assert len(duplicates(ben)) == 1, "once"
    ben.post(f"/contacts/{theirs['id']}/merge", 201, json={"other_id": mine["id"]})
    assert duplicates(ann) == []


def test_what_is_withdrawn_is_asked_about_no_more(reps, scan):  # noqa: F811
    ann, ben = reps
    scan(ben, jane(), visibility=Visibility.TEAM)
    scan(ann, kay())
    mine = own(ann)
    ann.post(f"/contacts/{mine['id']}/share")
    assert ann.post(f"/contacts/{mine['id']}/unshare")["review"] == []
    assert duplicates(ann) == duplicates(ben) == []
    ann.post(f"/contacts/{mine['id']}/share")
    [double] = ben.get("/contacts/duplicates")["items"]
    ben.post(f"/contacts/duplicates/{double['id']}/dismiss")
    for step in ("unshare", "share"):
        ann.post(f"/contacts/{mine['id']}/{step}")
    assert duplicates(ben) == [], "they are two, somebody said"


def test_a_question_about_something_private_is_not_shared_along(reps, scan):  # noqa: F811
    ann, ben = reps
    scan(ann, jane(phone="+4934112345678"))
    scan(ann, kay())
    first, second = sorted(each["id"] for each in ann.get("/contacts")["items"])
    assert duplicates(ann) == [{first, second}]
    assert ann.get(f"/contacts/{second}")["review"] == ["possible_duplicate"]
    shared = ann.post(f"/contacts/{second}/share")
    assert shared["review"] == [], "the team is not told that there is somebody like her"
    assert duplicates(ann) == duplicates(ben) == []
    ann.post(f"/contacts/{first}/share")
    assert duplicates(ann) == duplicates(ben) == [{first, second}]


def test_who_was_told_of_a_contact_is_told_that_it_is_erased(reps, scan, work, begin):  # noqa: F811
    ann, _ = reps

    def subscribe(url: str):
        with begin() as session:
            endpoint = Endpoint(url=url, event_types=[], disabled_reason="by_user")
            session.add(endpoint)
            session.flush()
            return endpoint.id

    def told(contact_id: str) -> dict[str, set]:
        with begin() as session:
            rows = session.execute(select(Message.type, Message.id).where(Message.object_id == UUID(contact_id))).all()
            return {kind: {each.endpoint_id for each in deliveries(session, message)} for kind, message in rows}

    early = subscribe("https://early.example/hook")
    scan(ann, jane(), visibility=Visibility.TEAM)
    scan(ann, kay())
    seen, unseen = (
        next(each["id"] for each in ann.get("/contacts")["items"] if each["visibility"] == whose)
        for whose in ("team", "private")
    )
    ann.post(f"/contacts/{seen}/unshare")
    subscribe("https://late.example/hook")
    for contact_id in (seen, unseen):
        ann.post(f"/contacts/{contact_id}/erasure", 201)
    work()
    assert told(seen) == {"contact.erased": {early}}, "it was told until it was withdrawn; who came later never was"
    assert told(unseen) == {}


def deliveries(session, message_id):
    from app.webhooks.models import Delivery

    return session.scalars(select(Delivery).where(Delivery.message_id == message_id)).all()
