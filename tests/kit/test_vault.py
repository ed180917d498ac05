"""Secrets at rest."""

from __future__ import annotations

import stat
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.vault import BadKey, Vault, WrongKey, vault_of
from app.settings import Settings

OLD, NEW = "the key of last year", "the key of this year"


@given(st.text(st.characters(codec="utf-8")))
def test_what_is_sealed_opens_again(text):
    vault = Vault([OLD])
    sealed = vault.seal(text)
    assert vault.open(sealed) == text
    assert len(text) < 8 or text not in sealed


def test_the_same_text_is_never_sealed_alike():
    vault = Vault([OLD])
    assert vault.seal("whsec_x") != vault.seal("whsec_x")


def test_keys_are_changed_without_losing_anything():
    sealed = Vault([OLD]).seal("whsec_x")
    both = Vault([NEW, OLD])
    assert both.open(sealed) == "whsec_x"
    with pytest.raises(WrongKey):
        Vault([NEW]).open(sealed)
    assert Vault([NEW]).open(both.reseal(sealed)) == "whsec_x"


@pytest.mark.parametrize(
    "broken", ["", "x", "gAAAA", Vault([OLD]).seal("x")[:-1]], ids=["empty", "short", "cut", "cut late"]
)
def test_a_broken_text_is_no_secret(broken):
    with pytest.raises(WrongKey):
        Vault([OLD]).open(broken)


@pytest.mark.parametrize("keys", [[], ["short"], [OLD, "short"]])
def test_a_key_that_can_be_guessed_is_none(keys):
    with pytest.raises(BadKey):
        Vault(keys)


def test_the_keys_of_the_settings():
    sealed = vault_of(Settings(secret_key=OLD, _env_file=None)).seal("x")
    assert vault_of(Settings(secret_key=f"{NEW}, {OLD}", _env_file=None)).open(sealed) == "x"


def test_processes_that_start_together_share_one_key_file_that_only_its_owner_reads(tmp_path):
    settings = Settings(secret_file=tmp_path / "var" / "secret.key", _env_file=None)
    sealed: list[str] = []
    barrier = threading.Barrier(8)

    def start() -> None:
        barrier.wait()
        sealed.append(vault_of(settings).seal("x"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [vault_of(settings).open(text) for text in sealed] == ["x"] * 8
    assert stat.S_IMODE(settings.secret_file.stat().st_mode) == 0o600
    assert [path.name for path in settings.secret_file.parent.iterdir()] == ["secret.key"]
