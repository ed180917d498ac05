"""What an operator watches, for Prometheus: counted in the database at each scrape, so the same from every process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from app.kit.clock import now
from app.webhooks import queries

_ENABLED = "enabled"


def metrics(session: Session) -> bytes:
    """Prometheus text about the webhooks of all organizations; no name, URL or id is in it."""
    registry = CollectorRegistry()
    registry.register(_Figures(session))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, session: Session) -> None:
        self._session = session

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        yield from self._endpoints()
        yield from self._owed()

    def _endpoints(self) -> Iterator[Metric]:
        states, outcomes = Counter({_ENABLED: 0}), Counter[str]()
        for reason, tally in self._session.execute(queries.standing()):
            states[str(reason or _ENABLED)] += 1
            outcomes.update(tally)
        yield _gauge("cardally_webhook_endpoints", "Endpoints: enabled, or why not.", "state", states)
        attempts = CounterMetricFamily("cardally_webhook_attempts", "Attempts to deliver.", labels=["outcome"])
        for outcome, count in sorted(outcomes.items()):
            attempts.add_metric([outcome], count)
        yield attempts

    def _owed(self) -> Iterator[Metric]:
        owed, oldest = Counter({"due": 0, "kept": 0}), 0.0
        for disabled, count, made_at in self._session.execute(queries.backlog()):
            owed["kept" if disabled else "due"] += count
            if not disabled:
                oldest = max(0.0, (now() - made_at).total_seconds())
        yield _gauge("cardally_webhook_owed", "Deliveries due, or kept for a disabled endpoint.", "state", owed)
        about = "Age of the oldest undelivered message to an enabled endpoint."
        yield GaugeMetricFamily("cardally_webhook_oldest_seconds", about, value=oldest)


def _gauge(name: str, about: str, label: str, values: Counter[str]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, count in sorted(values.items()):
        family.add_metric([value], count)
    return family
