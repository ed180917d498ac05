"""What clients ask, as the RFCs have it, and what they should not."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.contacts.models import Contact
from app.dav.tokens import SyncToken, settled
from app.dav.xml import CARD, DAV, BadXml, element, parse, written
from app.kit.clock import now
from app.transfer.vcard import parse_vcard
from tests.readings import jane

OTTO = [
    ("name", "Otto Brandt"),
    ("company", "Quill & Sons"),
    ("email", "otto@quill.example"),
    ("phone", "+12065550199"),
]
SPACES = f'xmlns="{DAV}" xmlns:c="{CARD}"'
NAMES = {"d": DAV, "c": CARD}


@pytest.fixture
def base(me) -> str:
    return f"/dav/addressbooks/{me}/contacts/"


def ask(book: httpx.Client, method: str, path: str, body: str = "", status: int = 207, **headers: str) -> ET.Element:
    answer = book.request(method, path, content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/xml")
    assert "addressbook" in answer.headers["dav"]
    return ET.fromstring(answer.content)


def propfind(*names: str) -> str:
    return f"<propfind {SPACES}><prop>{''.join(f'<{name}/>' for name in names)}</prop></propfind>"


def hrefs(root: ET.Element) -> list[str]:
    return [each.text for each in root.findall("d:response/d:href", NAMES)]


def sync(token: str = "") -> str:
    asked = f"<sync-token>{token}</sync-token><sync-level>1</sync-level><prop><getetag/></prop>"
    return f"<sync-collection {SPACES}>{asked}</sync-collection>"


def told(root: ET.Element) -> tuple[set[str], set[str], str]:
    """What there is, what is gone, and the token."""
    there, gone = set(), set()
    for each in root.findall("d:response", NAMES):
        url = each.findtext("d:href", None, NAMES)
        (gone if "404" in each.findtext("d:status", "", NAMES) else there).add(url)
    return there, gone, root.findtext("d:sync-token", None, NAMES)


def settle(house) -> None:
    """Let everything have happened an hour ago."""
    then = now() - timedelta(hours=1)
    with house.sessions.engine.begin() as connection:
        for name in ("contacts", "companies"):
            connection.execute(update(Contact.metadata.tables[name]).values(updated_at=then, created_at=then))


def test_a_client_finds_its_way_from_the_host_alone(book, me, met):
    met(jane())
    found = book.request("PROPFIND", "/.well-known/carddav")
    assert (found.status_code, found.headers["location"]) == (301, "/dav/")
    root = ask(book, "PROPFIND", "/dav/", propfind("current-user-principal"), Depth="0")
    principal = root.findtext(".//d:current-user-principal/d:href", None, NAMES)
    root = ask(book, "PROPFIND", principal, propfind("c:addressbook-home-set"), Depth="0")
    home = root.findtext(".//c:addressbook-home-set/d:href", None, NAMES)
    root = ask(book, "PROPFIND", home, propfind("resourcetype", "displayname"), Depth="1")
    books = [each for each in root if each.find(".//c:addressbook", NAMES) is not None]
    assert [each.findtext("d:href", None, NAMES) for each in books] == [f"{home}contacts/"]
    assert me in home


def test_what_is_not_known_of_a_thing_is_said_so(book, base):
    root = ask(book, "PROPFIND", base, propfind("displayname", "quota-used-bytes"), Depth="0")
    found = {
        each.findtext("d:status", None, NAMES): [p.tag for p in each.find("d:prop", NAMES)]
        for each in root.iter(f"{{{DAV}}}propstat")
    }
    assert found == {
        "HTTP/1.1 200 OK": [f"{{{DAV}}}displayname"],
        "HTTP/1.1 404 Not Found": [f"{{{DAV}}}quota-used-bytes"],
    }
    everything = ask(book, "PROPFIND", base, Depth="0")
    assert everything.find(".//d:resourcetype/c:addressbook", NAMES) is not None
    names = ask(book, "PROPFIND", base, f"<propfind {SPACES}><propname/></propfind>", Depth="0")
    assert names.find(".//d:sync-token", NAMES) is not None
    assert names.findtext(".//d:sync-token", "", NAMES) == ""
    refused = ask(book, "PROPFIND", base, Depth="infinity", status=403)
    assert refused.find("d:propfind-finite-depth", NAMES) is not None


def test_one_card_is_got_by_its_etag(book, base, met, client):
    contact = met(jane())[0]
    url = f"{base}{contact['id']}.vcf"
    got = book.get(url)
    assert got.status_code == 200
    assert got.headers["content-type"].startswith("text/vcard")
    assert "VERSION:3.0" in got.text
    assert parse_vcard(got.text).name == "Jane Doe"
    assert "VERSION:4.0" in book.get(url, headers={"Accept": 'text/vcard; version="4.0"'}).text
    assert book.get(url, headers={"If-None-Match": got.headers["etag"]}).status_code == 304
    listed = ask(book, "PROPFIND", base, propfind("getetag"), Depth="1")
    assert [each.text for each in listed.iter(f"{{{DAV}}}getetag") if each.text] == [got.headers["etag"]]
    client.patch(f"/v1/contacts/{contact['id']}", json={"title": "Boss"}, headers={"If-Match": "*"})
    assert book.get(url).headers["etag"] != got.headers["etag"]
    assert book.get(f"{base}{uuid4()}.vcf").status_code == 404
    assert book.get(f"{base}nothing.vcf").status_code == 404


def test_many_are_got_at_once(book, base, met):
    ids = [each["id"] for each in met(jane(), OTTO)]
    urls = [f"{base}{each}.vcf" for each in (*ids, uuid4())]
    asked = "".join(f"<href>{url}</href>" for url in urls)
    wanted = f'<prop><getetag/><c:address-data version="4.0"/></prop>{asked}'
    body = f"<c:addressbook-multiget {SPACES}>{wanted}</c:addressbook-multiget>"
    root = ask(book, "REPORT", base, body)
    assert hrefs(root) == urls
    data = [each.text for each in root.iter(f"{{{CARD}}}address-data")]
    assert {parse_vcard(text).name for text in data} == {"Jane Doe", "Otto Brandt"}
    assert "404" in root.findall("d:response", NAMES)[-1].findtext("d:status", "", NAMES)


QUERIES = {
    "contains, in whatever case": (
        '<c:prop-filter name="FN"><c:text-match>jaNE</c:text-match></c:prop-filter>',
        {"Jane Doe"},
    ),
    "starts with": (
        '<c:prop-filter name="EMAIL"><c:text-match match-type="starts-with">otto@</c:text-match></c:prop-filter>',
        {"Otto Brandt"},
    ),
    "negated": (
        '<c:prop-filter name="FN"><c:text-match negate-condition="yes">jane</c:text-match></c:prop-filter>',
        {"Otto Brandt"},
    ),
    "not defined": ('<c:prop-filter name="URL"><c:is-not-defined/></c:prop-filter>', {"Otto Brandt"}),
    "any of two": (
        """<c:prop-filter name="TEL"><c:text-match>99</c:text-match></c:prop-filter>
        <c:prop-filter name="FN"><c:text-match>Jane</c:text-match></c:prop-filter>""",
        {"Jane Doe", "Otto Brandt"},
    ),
    "everything": ("", {"Jane Doe", "Otto Brandt"}),
}


@pytest.mark.parametrize(("asked", "names"), QUERIES.values(), ids=QUERIES)
def test_a_query_finds_by_what_cards_say(book, base, met, asked, names):
    met(jane(), OTTO)
    wanted = f"<prop><c:address-data/></prop><c:filter>{asked}</c:filter>"
    body = f"<c:addressbook-query {SPACES}>{wanted}</c:addressbook-query>"
    root = ask(book, "REPORT", base, body)
    assert {parse_vcard(each.text).name for each in root.iter(f"{{{CARD}}}address-data")} == names


def test_what_a_query_cannot_do_is_named(book, base, met):
    met(jane(), OTTO)

    def refused(inside: str, status: int = 403) -> str:
        body = f"<c:addressbook-query {SPACES}>{inside}</c:addressbook-query>"
        return ask(book, "REPORT", base, body, status)[0].tag.partition("}")[2]

    parameter = '<c:prop-filter name="TEL"><c:param-filter name="TYPE"/></c:prop-filter>'
    collation = '<c:prop-filter name="FN"><c:text-match collation="i;klingon">a</c:text-match></c:prop-filter>'
    assert refused(f"<prop/><c:filter>{parameter}</c:filter>") == "supported-filter"
    assert refused(f"<prop/><c:filter>{collation}</c:filter>") == "supported-collation"
    assert refused('<prop><c:address-data version="2.1"/></prop>') == "supported-address-data"
    assert refused("<prop/><c:limit><c:nresults>1</c:nresults></c:limit>", 507) == "number-of-matches-within-limits"
    assert ask(book, "REPORT", base, f"<expand-property {SPACES}/>", 403)[0].tag == f"{{{DAV}}}supported-report"


def test_a_client_is_told_what_changed_and_no_more(book, base, met, client, house):
    first, second = (each["id"] for each in met(jane(), OTTO))
    settle(house)
    there, gone, token = told(ask(book, "REPORT", base, sync()))
    assert (there, gone) == ({f"{base}{first}.vcf", f"{base}{second}.vcf"}, set())
    assert told(ask(book, "REPORT", base, sync(token))) == (set(), set(), token)

    client.patch(f"/v1/contacts/{first}", json={"title": "Boss"}, headers={"If-Match": "*"})
    assert told(ask(book, "REPORT", base, sync(token)))[:2] == ({f"{base}{first}.vcf"}, set())

    third = next(
        each["id"] for each in met([("name", "Ida Fox"), ("email", "ida@fox.example")]) if each["name"] == "Ida Fox"
    )
    there, gone, _ = told(ask(book, "REPORT", base, sync(token)))
    assert there == {f"{base}{first}.vcf", f"{base}{third}.vcf"}

    merge = client.post(f"/v1/contacts/{first}/merge", json={"other_id": second}).json()["id"]
    there, gone, later = told(ask(book, "REPORT", base, sync(token)))
    assert gone == {f"{base}{second}.vcf"}
    assert later != token

    client.post(f"/v1/contacts/merges/{merge}/undo")
    there, gone, _ = told(ask(book, "REPORT", base, sync(token)))
    assert f"{base}{second}.vcf" in there
    assert gone == set()

    assert client.delete(f"/v1/contacts/{third}").status_code == 204
    there, gone, _ = told(ask(book, "REPORT", base, sync(token)))
    assert gone == {f"{base}{third}.vcf"}
    assert f"{base}{third}.vcf" not in there


def test_what_does_not_follow_is_read_anew(book, base, met, house, client):
    met(jane(), OTTO)
    settle(house)
    *_, token = told(ask(book, "REPORT", base, sync()))
    moment, count = re.fullmatch("urn:x-cardally:(.*)-(.*)", token).groups()
    for bad in ("urn:x-cardally:1-2-3", "http://example.com/token", f"urn:x-cardally:{moment}-{int(count, 16) + 1:x}"):
        assert ask(book, "REPORT", base, sync(bad), 403)[0].tag == f"{{{DAV}}}valid-sync-token"


def test_a_change_that_comes_to_light_late_is_not_missed(book, base, met, house, client):
    first, _ = (each["id"] for each in met(jane(), OTTO))
    *_, token = told(ask(book, "REPORT", base, sync()))
    with house.sessions.engine.begin() as connection:
        late = {"updated_at": now() - timedelta(seconds=60)}
        connection.execute(update(Contact.__table__).where(Contact.id == UUID(first)).values(**late))
    assert f"{base}{first}.vcf" in told(ask(book, "REPORT", base, sync(token)))[0]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PROPPATCH", "MKCOL", "MOVE", "POST"])
def test_nothing_is_written(book, base, met, client, method):
    contact = met(jane())[0]
    root = ask(book, method, f"{base}{contact['id']}.vcf", "BEGIN:VCARD", 403)
    assert root.tag == f"{{{DAV}}}error"
    assert root.find("d:need-privileges", NAMES) is not None
    assert client.get(f"/v1/contacts/{contact['id']}").status_code == 200


def test_a_password_is_asked_for(address, base, key):
    for headers in (
        {},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic YW5uOmNrX3dyb25n"},
        {"Authorization": "Digest x"},
    ):
        answer = httpx.request("PROPFIND", address + base, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic realm=")
    assert httpx.request("PROPFIND", address + base, headers={"Authorization": f"Bearer {key}"}).status_code == 207
    assert httpx.request("OPTIONS", address + "/dav/").headers["dav"] == "1, 3, addressbook"


def test_another_users_address_book_is_not_there(address, book, base, met, as_new_user, client):
    contact = met(jane())[0]
    stranger = as_new_user()
    password = stranger["Authorization"].removeprefix("Bearer ")
    theirs = f"/dav/addressbooks/{client.get('/v1/me', headers=stranger).json()['id']}/contacts/"
    with httpx.Client(base_url=address, auth=("x", password)) as other:
        for method, path in (("PROPFIND", base), ("REPORT", base), ("GET", f"{base}{contact['id']}.vcf")):
            answer = other.request(method, path, content=sync() if method == "REPORT" else "")
            assert (answer.status_code, contact["id"] in answer.text) == (404, False)
        assert hrefs(ask(other, "PROPFIND", theirs, Depth="1")) == [theirs]
        assert other.get(f"{theirs}{contact['id']}.vcf").status_code == 404


EVIL = {
    "entities": '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><propfind xmlns="DAV:"><prop>&z;</prop></propfind>',
    "a file": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><propfind xmlns="DAV:">&x;</propfind>',
    "no XML": "BEGIN:VCARD",
    "half": "<propfind",
    "deep": "<a>" * 300 + "</a>" * 300,
}


@pytest.mark.parametrize("body", EVIL.values(), ids=EVIL)
def test_xml_that_is_not_safe_is_refused(book, base, body):
    answer = book.request("PROPFIND", base, content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_xml")
    assert book.request("REPORT", base).json()["code"] == "bad_xml"
    assert book.request("REPORT", base, content=b"<a>" + b" " * 5_000_001 + b"</a>").status_code == 413


@settings(max_examples=150, deadline=None)
@given(st.text())
def test_whatever_is_written_can_be_read(text):
    assert parse(written(element("{DAV:}a", text=text))).tag == "{DAV:}a"


@settings(max_examples=150, deadline=None)
@given(st.binary() | st.text().map(lambda text: f"<a>{text}</a>".encode("utf-8", "replace")))
def test_whatever_comes_is_xml_or_not(body):
    try:
        parse(body)
    except BadXml:
        return


@given(st.datetimes(timezones=st.just(now().tzinfo)), st.integers(0, 10**9))
def test_a_token_comes_back_as_it_went(moment, count):
    token = SyncToken(max(moment, SyncToken.of("urn:x-cardally:0-0").moment), count)
    assert SyncToken.of(str(token)) == token
    assert settled(token.moment, token.moment) < token.moment


PIECES = st.sampled_from(
    [
        "propfind",
        "prop",
        "c:filter",
        "c:prop-filter",
        "c:text-match",
        "c:address-data",
        "getetag",
        "href",
        "sync-token",
        "limit",
    ]
)
TREES = st.recursive(
    PIECES.map(lambda name: f"<{name}/>")
    | st.text("abc&lt;").map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inside: st.tuples(PIECES, st.lists(inside, max_size=4)).map(
        lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0]}>"
    ),
    max_leaves=8,
)
REPORTS = st.sampled_from(["propfind", "c:addressbook-query", "c:addressbook-multiget", "sync-collection", "a"])


def test_any_request_gets_an_answer_that_is_foreseen(book, base, met):
    met(jane())

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(method=st.sampled_from(["PROPFIND", "REPORT"]), report=REPORTS, inside=st.lists(TREES, max_size=4))
    def send(method, report, inside):
        answer = book.request(method, base, content=f"<{report} {SPACES}>{''.join(inside)}</{report}>".encode())
        assert answer.status_code in (207, 400, 403, 507), answer.text

    send()


def test_who_may_read_is_told(book, base, me):
    root = ask(book, "PROPFIND", base, propfind("owner", "current-user-privilege-set"), Depth="0")
    assert me in root.findtext(".//d:owner/d:href", "", NAMES)
    privileges = {each.tag.partition("}")[2] for each in root.findall(".//d:privilege/*", NAMES)}
    assert privileges == {"read", "read-current-user-privilege-set"}
