"""People come in from files and leave to files: every format, hostile files, and workers that are killed."""

from __future__ import annotations

import csv
import io
import json
import signal
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.transfer.documents import BadDocument
from app.transfer.documents import person_in as person_in_line
from app.transfer.person import Job, Person, Reach
from app.transfer.records import Format, records
from app.transfer.sheets import BadSheet, Preset, columns, header_of, person_in, preset_of, row_of, written
from tests.test_road import jobs_left, wait_for, workers

PEOPLE = Person(
    name="Jane van der Doe",
    given="Jane",
    family="van der Doe",
    jobs=(Job("Acme; Tools, GmbH", "Head of Sales"),),
    emails=(Reach("jane@acme.example"),),
    phones=(Reach("+493411234567", "work"), Reach("+491701234567", "mobile")),
    addresses=(Reach("Hauptstraße 1, 04109 Leipzig"),),
    notes=('says "hi",\nand more',),
)


@pytest.mark.parametrize("preset", Preset)
def test_what_a_preset_writes_is_known_and_read_again(preset):
    header = written(list(columns(preset)))
    headers, separator = header_of(header.strip())
    assert preset_of(headers) is preset
    read = person_in(written(row_of(PEOPLE, preset)).strip("\r\n"), headers, separator, preset)
    assert (read.name, read.job.company, read.job.title) == (PEOPLE.name, PEOPLE.job.company, PEOPLE.job.title)
    assert {phone.value for phone in read.phones} == {phone.value for phone in PEOPLE.phones}
    assert (read.emails[0].value, read.addresses, read.notes) == ("jane@acme.example", PEOPLE.addresses, PEOPLE.notes)


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\tx"])
def test_no_cell_becomes_a_formula_and_the_way_back_is_free(cell):
    person = Person(name=cell.strip(), notes=(cell,))
    row = row_of(person, Preset.CARDALLY)
    assert not [each for each in row if each[:1] in "=+-@\t" and each]
    headers = list(columns(Preset.CARDALLY))
    assert person_in(written(row).strip("\r\n"), headers, ",", Preset.CARDALLY).name == cell.strip()
    assert row_of(PEOPLE, Preset.HUBSPOT)[3] == "+493411234567", "a plain number is no formula"


def test_two_columns_of_one_name_are_both_read():
    headers, separator = header_of("Name;E-Mail;Email")
    person = person_in("Jane;;jane@acme.example", headers, separator, Preset.CARDALLY)
    assert [email.value for email in person.emails] == ["jane@acme.example"]


@pytest.mark.parametrize(("header", "code"), [("a,b,c", "unknown_columns"), (",".join("x" * 1000), "too_many_columns")])
def test_what_is_no_table_of_people_is_refused(header, code):
    with pytest.raises(BadSheet, match=code):
        preset_of(header_of(header)[0])


@given(st.binary(max_size=400), st.sampled_from(list(Format)))
def test_no_octets_break_the_reader_and_none_are_read_twice(data, kind):
    found = list(records(io.BytesIO(data), 0, kind))
    ends = [record.end for record in found]
    assert ends == sorted(set(ends))
    for record in found:
        assert [later.end for later in records(io.BytesIO(data), record.end, kind)] == [
            e for e in ends if e > record.end
        ]


class Endless(io.RawIOBase):
    """A file of one line of so many octets, then one more."""

    def __init__(self, size: int) -> None:
        self.size, self.at = size, 0

    def seek(self, at: int, whence: int = 0) -> int:
        self.at = at
        return at

    def tell(self) -> int:
        return self.at

    def readline(self, limit: int = -1) -> bytes:  # type: ignore[override]
        if self.at >= self.size:
            last, self.at = (b"name\n", self.size + 5) if self.at == self.size else (b"", self.at)
            return last
        piece = min(limit, self.size - self.at)
        self.at += piece
        return b"x" * (piece - 1) + (b"\n" if self.at == self.size else b"x")


def test_a_line_of_a_gigabyte_takes_no_memory():
    tracemalloc.start()
    found = list(records(Endless(1_000_000_000), 0, Format.CSV))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(record.text, record.problem) for record in found] == [("", "record_too_long"), ("name", None)]
    assert peak < 20_000_000


@pytest.mark.parametrize("line", ["", "[]", "{", '{"name": 1}', '{"points": 3}', '{"points": [1]}', "{}"])
def test_a_line_that_is_no_person_is_refused(line):
    with pytest.raises(BadDocument):
        person_in_line(line)


def bring(client, data, **form):
    answer = client.post("/v1/imports", files={"file": ("x", data)}, data=form)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def outcome(client, import_id):
    doing = client.get(f"/v1/imports/{import_id}").json()
    lines = client.get(f"/v1/imports/{import_id}/report").text.splitlines()
    return doing, [json.loads(line) for line in lines]


ROWS = (
    "\ufeffFirst Name,Last Name,Email,Phone Number,Company Name\r\n"
    "Jane,Doe,jane@acme.example,+1 206 555 0100,Acme\r\n"
    ",,,,\r\n"
    "Otto,Brandt,otto@quill.example,,\r\n"
    "Jane,Doe,jane@acme.example,+1 206 555 0100,Acme\r\n"
    'Bad,Row,\0,"",\r\n'
)


def test_an_import_reports_each_row(client, work):
    import_id = bring(client, ROWS.encode())
    work()
    doing, report = outcome(client, import_id)
    assert (doing["state"], doing["preset"], doing["position"]) == ("done", "hubspot", doing["size"])
    assert [(line["row"], line["status"], line["code"]) for line in report] == [
        (1, "created", None),
        (2, "failed", "nothing_said"),
        (3, "created", None),
        (4, "unchanged", None),
        (5, "failed", "nul_byte"),
    ]
    assert (doing["created"], doing["unchanged"], doing["failed"]) == (2, 1, 2)
    contact = client.get(f"/v1/contacts/{report[0]['contact_id']}").json()
    assert {point["value"] for point in contact["points"]} == {"jane@acme.example", "+12065550100"}
    assert {point["source"] for point in contact["points"]} == {"import"}


def test_a_dry_run_says_and_does_nothing(client, work):
    import_id = bring(client, ROWS.encode(), dry_run="true")
    work()
    doing, report = outcome(client, import_id)
    assert (doing["state"], doing["created"], len(report)) == ("done", 2, 5)
    assert client.get("/v1/contacts").json()["items"] == []


@pytest.mark.parametrize(
    ("data", "error"), [(b"", "empty_file"), (b"a,b\n1,2\n", "unknown_columns"), (b"\x89PNG\r\n", "unknown_columns")]
)
def test_a_file_of_something_else_fails_with_a_code(client, work, data, error):
    import_id = bring(client, data)
    work()
    doing, report = outcome(client, import_id)
    assert (doing["state"], doing["error"], report) == ("failed", error, [])


def test_what_windows_writes_is_read_and_utf_16_is_refused(client, work):
    import_id = bring(client, "name;email\nJörg Müß;j@acme.example\n".encode("cp1252"))
    work()
    assert outcome(client, import_id)[0]["created"] == 1
    assert client.get("/v1/contacts").json()["items"][0]["name"] == "Jörg Müß"
    wrong = client.post("/v1/imports", files={"file": ("x", "name\nx".encode("utf-16"))})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unreadable_file")


@pytest.mark.parametrize("kind", ["csv", "vcard", "jsonl"])
@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_what_leaves_comes_in_again(client, work, as_new_user, kind, version):
    bring(client, ROWS.encode())
    work()
    left = client.get("/v1/exports/contacts", params={"format": kind, "version": version})
    stranger = as_new_user()
    answer = client.post("/v1/imports", files={"file": ("x", left.content)}, data={"format": kind}, headers=stranger)
    work()
    doing = client.get(answer.headers["Location"], headers=stranger).json()
    assert (doing["state"], doing["created"], doing["failed"]) == ("done", 2, 0)
    theirs = client.get("/v1/contacts", headers=stranger).json()["items"]
    mine = client.get("/v1/contacts").json()["items"]
    assert [(c["name"], c["company_name"]) for c in theirs] == [(c["name"], c["company_name"]) for c in mine]


def test_an_import_is_seen_by_its_user_alone(client, as_new_user):
    import_id = bring(client, ROWS.encode())
    colleague = as_new_user(client_organization(client))
    assert client.get(f"/v1/imports/{import_id}", headers=colleague).status_code == 404
    assert client.get(f"/v1/imports/{import_id}/report", headers=colleague).status_code == 404
    assert client.get("/v1/imports", headers=colleague).json()["items"] == []


def client_organization(client):
    from uuid import UUID

    return UUID(client.get("/v1/me").json()["organization_id"])


def test_a_worker_killed_in_an_import_loses_and_doubles_nothing(client, house):
    sheet = io.StringIO(newline="")
    rows = csv.writer(sheet)
    rows.writerow(["name", "email"])
    rows.writerows([f"Person {number:04} Number", f"p{number}@acme.example"] for number in range(900))
    import_id = bring(client, sheet.getvalue().encode())

    def some():
        return 0 < client.get(f"/v1/imports/{import_id}").json()["rows"] < 900

    with workers(house.settings, lease_seconds=1) as [doomed]:
        wait_for(some)
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
    assert client.get(f"/v1/imports/{import_id}").json()["state"] == "running"
    with workers(house.settings, lease_seconds=1):
        wait_for(lambda: client.get(f"/v1/imports/{import_id}").json()["state"] == "done")
        wait_for(lambda: jobs_left(house) == 0)
    doing, report = outcome(client, import_id)
    assert (doing["rows"], doing["created"], doing["failed"]) == (900, 900, 0)
    assert [line["row"] for line in report] == list(range(1, 901))
    assert len({line["contact_id"] for line in report}) == 900
