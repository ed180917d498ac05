"""Alembic's entry: which database, which models."""

from alembic import context

from app import flow  # noqa: F401  imports every feature, and with it every model
from app.kit.db import Base, make_engine
from app.settings import Settings

url = context.config.attributes.get("database_url") or Settings().database_url
engine = make_engine(url)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
