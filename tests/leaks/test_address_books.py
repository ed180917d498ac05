"""Routes that no OpenAPI file has words for: the address books. Nobody finds somebody else's in them."""

from __future__ import annotations

from app.kit.db import Visibility
from tests.leaks.test_leaks import MARKER, less
from tests.leaks.world import WORD, User, ids, live, plant

OF_THE_FRAMEWORK = {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}
"""They tell what the API is, and nothing of anybody."""

ASKED = {
    "PROPFIND": ['<propfind xmlns="DAV:"><allprop/></propfind>'],
    "REPORT": [
        """<c:addressbook-multiget xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">
        <prop><getetag/><c:address-data/></prop>{hrefs}</c:addressbook-multiget>""",
        """<c:addressbook-query xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">
        <prop><getetag/><c:address-data/></prop><c:filter><c:prop-filter name="FN">
        <c:text-match>z</c:text-match></c:prop-filter></c:filter></c:addressbook-query>""",
        """<sync-collection xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><sync-token/>
        <sync-level>1</sync-level><prop><getetag/><c:address-data/></prop></sync-collection>""",
    ],
}


def test_a_stranger_finds_nothing_in_address_books(stranger, house):
    attacker, victim, before = stranger
    assert_hidden(attacker, victim, house, before)


def test_a_colleague_finds_nothing_private_in_address_books(colleague, house):
    attacker, victim, before = colleague
    live(victim, Visibility.PRIVATE, WORD)
    assert_hidden(attacker, victim, house, before)


def assert_hidden(attacker: User, victim: User, house, before) -> None:
    theirs = less(ids(house), before)
    plant(house, {"contacts": theirs["contacts"], "contact_points": theirs["contact_points"]}, f"{WORD} {MARKER}")
    contacts = theirs["contacts"]
    assert any(MARKER in answer.text for answer in answers(victim, victim, contacts)), "their owner finds them"
    told = [
        f"{answer.request.method} {answer.request.url} {answer.status_code}: {answer.text[:300]}"
        for answer in answers(attacker, victim, contacts)
        if MARKER in answer.text or WORD in answer.text
    ]
    assert told == []


def answers(caller: User, victim: User, contacts: set[str]):
    """What the caller is told of the victim's address book, and of the victim's contacts in the caller's own."""
    app = caller.api.app
    named = set(app.openapi()["paths"])  # type: ignore[attr-defined]
    routes = [route for route in every_route(app.routes) if route[1] not in named | OF_THE_FRAMEWORK]
    assert {path.split("/")[1] for _, path in routes} <= {"dav", "", ".well-known"}, "a route outside the OpenAPI file"
    for method, path in routes:
        for user in (caller, victim):
            hrefs = "".join(
                f"<href>/dav/addressbooks/{user.id}/contacts/{contact_id}.vcf</href>" for contact_id in contacts
            )
            for body in ASKED.get(method, [""]):
                for contact_id in sorted(contacts) if "{file}" in path else [""]:
                    url = path.replace("{path:path}", "nothing").format(user_id=user.id, file=f"{contact_id}.vcf")
                    yield caller.send(method, url, content=body.format(hrefs=hrefs), headers={"Depth": "1"})


def every_route(routes) -> set[tuple[str, str]]:
    """Method and path of each, those of included routers as well."""
    found = set()
    for route in routes:
        if hasattr(route, "original_router"):
            found |= every_route(route.original_router.routes)
        else:
            found |= {(method, route.path) for method in route.methods}
    return found
