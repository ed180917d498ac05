"""`cardally match`: two processes on a server, one proposes, the other joins with the invitation that was printed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.matches.books import book, company


@pytest.fixture
def command(address, tmp_path):
    """Starts `cardally match` as a rep, with a book and a state folder of the rep's own."""

    def start(rep, numbers, *arguments: str) -> subprocess.Popen:
        sheet = tmp_path / f"{rep.user_id}.csv"
        sheet.write_bytes(book(numbers))
        env = os.environ | {
            "CARDALLY_URL": address,
            "CARDALLY_API_KEY": rep.key,
            "XDG_STATE_HOME": str(tmp_path / str(rep.user_id)),
            "COLUMNS": "200",
        }
        line = [sys.executable, "-m", "app.cli", "match", *arguments, "--book", str(sheet), "--patience", "30"]
        return subprocess.Popen(
            line, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
        )

    return start


def invitation_of(process: subprocess.Popen) -> str:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("cardally-match-"):
            return line.strip()
    raise AssertionError("".join(said))


def test_two_terminals_match_and_keep_what_both_confirmed(command, ann, ben):
    terms = ["--own", "customer", "--partner", "customer", "--depth", "accounts"]
    proposing = command(ann, range(30), "propose", str(ann.contact_id), *terms, "--yes", "--record")
    joining = command(
        ben, range(26, 60), "join", str(ben.contact_id), "--invitation", invitation_of(proposing), "--yes"
    )
    told, heard = proposing.communicate(timeout=120)[0], joining.communicate(timeout=120)[0]
    assert (proposing.returncode, joining.returncode) == (0, 0), told + heard
    assert "Ben <ben@quill.example> of Ben's company takes part." in told
    for said in (told, heard):
        assert "shared accounts: 3-9" in said
        assert [line.split(" (")[0].strip() for line in said.splitlines() if "(ours" in line] == [
            company(number) for number in range(26, 30)
        ]
    assert "4 accounts are kept" in told
    kept = ann.call("GET", "/v1/accounts", params={"contact_id": str(ann.contact_id)}).json()["items"]
    assert {account["company"]["name"] for account in kept} == {company(number) for number in range(26, 30)}
    assert all(account["confirmed"] and account["relation"] == "customer" for account in kept)
    assert ben.call("GET", "/v1/accounts", params={"contact_id": str(ben.contact_id)}).json()["items"] == []


def test_a_list_that_is_too_short_is_told_in_a_sentence(command, ann):
    proposing = command(ann, range(3), "propose", str(ann.contact_id), "--yes")
    said = proposing.communicate(timeout=120)[0]
    assert proposing.returncode == 1
    assert "3 of your accounts take part, and it takes 20" in said
    assert "Traceback" not in said


def test_a_server_that_is_not_there_is_told_in_a_sentence(command, ann, monkeypatch):
    start = command(ann, range(30), "propose", str(ann.contact_id), "--url", "http://127.0.0.1:9", "--yes")
    said = start.communicate(timeout=120)[0]
    assert start.returncode == 1
    assert "does not answer" in said
    assert "Traceback" not in said
