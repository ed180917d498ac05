"""Puts the pieces together from the settings: database, files, flow. The same for API, worker and commands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import alembic.command
import alembic.config

import migrations
from app.contacts.indexing import ensure_index
from app.flow import CHORES, FLOW
from app.kit.chores import Housekeeper, Upkeep
from app.kit.db import Sessions, make_engine
from app.kit.events import LANES, Lane
from app.kit.files import FileStore
from app.kit.jobs import Runner
from app.kit.statistics import describe_tables
from app.kit.wakeup import Waker
from app.settings import Settings

_READING = ("app.worker", "--lane", "read", "--tied")
_QUICK = ("app.worker", "--lane", "quick:4", "--lane", "deliver:8", "--tied")


@dataclass(frozen=True, slots=True)
class House:
    """What every process of the service holds."""

    settings: Settings
    sessions: Sessions
    files: FileStore
    waker: Waker

    def runner(self, *lanes: Lane) -> Runner:
        """A runner for one thread."""
        return Runner(self.sessions, FLOW, self.files, self.settings, lanes or LANES, self.waker)

    def close(self) -> None:
        """Let go of the database."""
        self.waker.close()
        self.sessions.engine.dispose()

    def housekeeper(self) -> Housekeeper:
        """Runs what recurs."""
        return Housekeeper(Upkeep(self.sessions, self.files, self.settings), CHORES)


def worker_commands(readers: int) -> list[tuple[str, ...]]:
    """The processes beside an API: `readers` that read photos, and one for everything else."""
    return [_QUICK, *[_READING] * readers] if readers else []


# Statements are compiled once an engine, which costs more than running most of them.
_engine_of_process = cache(make_engine)


def open_house(settings: Settings) -> House:
    """Connect to what the settings name; makes local folders that are missing."""
    for folder in settings.local_folders():
        folder.mkdir(parents=True, exist_ok=True)
    sessions = Sessions(_engine_of_process(settings.database_url), {"flow": FLOW})
    return House(settings, sessions, FileStore(settings.files_url), Waker(sessions.engine, settings.poll_seconds))


def alembic_config(database_url: str) -> alembic.config.Config:
    """Where the migrations are and which database they are for."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["database_url"] = database_url
    return config


def migrate(settings: Settings) -> None:
    """Bring the database up to date; makes the folder of a local one."""
    for folder in settings.local_folders():
        folder.mkdir(parents=True, exist_ok=True)
    alembic.command.upgrade(alembic_config(settings.database_url), "head")
    engine = make_engine(settings.database_url)
    ensure_index(engine)
    describe_tables(engine)
    engine.dispose()
