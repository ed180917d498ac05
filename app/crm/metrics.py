"""What an operator watches, for Prometheus: counted in the database at each scrape, so the same from every process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from app.crm import queries
from app.kit.clock import now


def metrics(session: Session) -> bytes:
    """Prometheus text about the CRM connections of all organizations; no name, URL or id is in it."""
    registry = CollectorRegistry()
    registry.register(_Figures(session))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, session: Session) -> None:
        self._session = session

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        yield from self._connections()
        yield from self._owed()

    def _connections(self) -> Iterator[Metric]:
        states, pushes = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for connector, closed, tally in self._session.execute(queries.standing()):
            states[connector, str(closed or "open")] += 1
            pushes.update({(connector, outcome): count for outcome, count in tally.items()})
        gauge = GaugeMetricFamily("cardally_crm_connections", "Open, or why not.", labels=["connector", "state"])
        counter = CounterMetricFamily("cardally_crm_pushes", "Records pushed.", labels=["connector", "outcome"])
        for labels, count in sorted(states.items()):
            gauge.add_metric(labels, count)
        for labels, count in sorted(pushes.items()):
            counter.add_metric(labels, count)
        yield gauge
        yield counter

    def _owed(self) -> Iterator[Metric]:
        owed = GaugeMetricFamily("cardally_crm_owed", "Records that an open CRM is owed.", labels=["connector"])
        ages = GaugeMetricFamily("cardally_crm_overdue_seconds", "Of the one due longest.", labels=["connector"])
        for connector, count, due_at in self._session.execute(queries.backlog()):
            owed.add_metric([connector], count)
            ages.add_metric([connector], max(0.0, (now() - due_at).total_seconds()))
        yield owed
        yield ages
