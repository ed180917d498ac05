"""Our vCards go into a real CardDAV server and come out saying the same."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.transfer.person import Job, Person, Reach
from app.transfer.vcard import as_vcard, parse_vcard

CONFIG = """\
[server]
hosts = 127.0.0.1:{port}
[auth]
type = none
[rights]
type = authenticated
[storage]
filesystem_folder = {folder}
[web]
type = none
[logging]
level = warning
"""
MKCOL = """<mkcol xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><set><prop>
<resourcetype><collection/><c:addressbook/></resourcetype></prop></set></mkcol>"""

PEOPLE = {
    "everything": Person(
        name="Jane Maria van der Doe",
        name_prefix="Dr.",
        name_suffix="MBA",
        jobs=(Job("Acme Tools GmbH", "Head of Sales", "Retail; East"),),
        emails=(Reach("jane@acme.example"), Reach("jane.doe@home.example", "home")),
        phones=(Reach("+4934112345678", "work"), Reach("+491711234567", "mobile"), Reach("+4934112345679", "fax")),
        websites=(Reach("https://www.acme.example/jane?a=1&b=2"),),
        addresses=(Reach("Hauptstraße 1, 04109 Leipzig"),),
        tags=("trade fair", "vip"),
        notes=("Two lines\nand; a semicolon, a comma \\ a backslash",),
        uid="01a207d0-279d-76aa-81f8-1a03d947a749",
    ),
    "a name alone": Person(name="名刺 太郎", uid="01a207d0-279d-76aa-81f8-1a03d947a750"),
    "a company alone": Person(jobs=(Job("Quill, Sons & Co; Ltd"),), uid="01a207d0-279d-76aa-81f8-1a03d947a751"),
    "very long": Person(
        name="Łukasz Ωmega", notes=("žluťoučký kůň " * 60,), uid="01a207d0-279d-76aa-81f8-1a03d947a752"
    ),
}


@pytest.fixture(scope="module")
def radicale(tmp_path_factory) -> Iterator[httpx.Client]:
    """The server from PyPI, in a process of its own, with an empty address book."""
    folder: Path = tmp_path_factory.mktemp("radicale")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "config"
    config.write_text(CONFIG.format(port=port, folder=folder / "collections"))
    process = subprocess.Popen([sys.executable, "-m", "radicale", "--config", str(config)], stderr=subprocess.DEVNULL)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/ann/cards/", auth=("ann", "any")) as client:
        try:
            wait_for(client, process)
            assert client.request("MKCOL", "", content=MKCOL).status_code == 201
            yield client
        finally:
            process.kill()
            process.wait()


def wait_for(client: httpx.Client, process: subprocess.Popen) -> None:
    for _ in range(600):
        try:
            client.get("/")
        except httpx.TransportError:
            assert process.poll() is None, "the server ended"
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")


def said(person: Person) -> dict[str, object]:
    """What has to come back; order and what the format adds by itself left out."""
    names = ("name", "name_prefix", "name_suffix", "jobs", "notes", "uid")
    lists = ("emails", "phones", "websites", "social", "addresses", "tags")
    plain = {name: getattr(person, name) for name in names}
    return plain | {name: sorted(map(str, getattr(person, name))) for name in lists}


@pytest.mark.parametrize("version", ["3.0", "4.0"])
@pytest.mark.parametrize("person", PEOPLE.values(), ids=PEOPLE)
def test_a_vcard_comes_back_as_it_went(radicale, person, version):
    sent = as_vcard(person, version)
    put = radicale.put(f"{person.uid}-{version}.vcf", content=sent.encode(), headers={"Content-Type": "text/vcard"})
    assert put.status_code == 201, put.text
    got = radicale.get(f"{person.uid}-{version}.vcf")
    assert f"VERSION:{version}" in got.text
    assert said(parse_vcard(got.content.decode())) == said(parse_vcard(sent))
    assert said(parse_vcard(sent))["jobs"] == person.jobs
    radicale.delete(f"{person.uid}-{version}.vcf")


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_an_address_book_of_ours_fits_into_theirs(radicale, version):
    for person in PEOPLE.values():
        answer = radicale.put(f"{person.uid}.vcf", content=as_vcard(person, version).encode())
        assert answer.status_code in (201, 204)
    query = (
        '<c:addressbook-query xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><prop><c:address-data/></prop>'
        '<c:filter><c:prop-filter name="FN"><c:text-match>doe</c:text-match></c:prop-filter></c:filter>'
        "</c:addressbook-query>"
    )
    found = radicale.request("REPORT", "", content=query)
    assert found.status_code == 207
    assert "van der Doe" in found.text
    assert "Quill" not in found.text, "their query finds what ours says"
    for person in PEOPLE.values():
        radicale.delete(f"{person.uid}.vcf")
