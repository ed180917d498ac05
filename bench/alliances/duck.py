"""The same full recompute in DuckDB: one SQL statement over the drawn columns, written apart from the service."""

from __future__ import annotations

import time
from typing import Any

import duckdb
import numpy as np

from bench.alliances.drawing import Drawn

_SCORES = """
WITH link AS (
  SELECT CASE WHEN l.seller < 0 THEN -1 ELSE works_at END AS seller, customer, relation, said_days AS days, industry
  FROM link l LEFT JOIN contact c ON l.seller = c.id LEFT JOIN company k ON l.customer = k.id),
sellers AS (SELECT customer, count(DISTINCT seller) AS n FROM link GROUP BY customer),
said AS (SELECT seller, customer, relation, min(days) AS days FROM link GROUP BY ALL),
match AS (
  SELECT b.seller, b.customer, max(m.worth * pow(2, -greatest(a.days, b.days) / 180.0)) AS worth
  FROM said a JOIN said b USING (customer)
  JOIN matched m ON m.one = least(a.relation, b.relation) AND m.other = greatest(a.relation, b.relation)
  WHERE a.seller = -1 AND b.seller >= 0 GROUP BY ALL),
overlap AS (
  SELECT seller, greatest(value, 0.15 + value / 2) AS part
  FROM (SELECT seller, 1 - exp(-sum(worth * ln(2) / ln(greatest(2, n))) / 6) AS value
        FROM match JOIN sellers USING (customer) WHERE n <= {most} GROUP BY seller)),
piece AS (
  SELECT works_at AS seller, id, met_days - 0.5 AS days,
         CASE WHEN mutual THEN 0.9 * pow(2, -(met_days - 0.5) / 180) ELSE 0.35 * pow(2, -(met_days - 0.5) / 180) END
         + CASE WHEN at_event THEN 0.3 * pow(2, -(met_days - 0.5) / 90) ELSE 0 END AS worth, at_event
  FROM contact),
met AS (
  SELECT seller, 1 - exp(-sum(worth) / 2) AS tie, bool_or(at_event) AS event,
         1 - exp(-greatest(0, count(*) FILTER (days <= 180) - 1) / 2.0) AS breadth
  FROM piece GROUP BY seller),
buyer AS (SELECT DISTINCT seller, industry FROM link WHERE industry >= 0),
ours AS (SELECT industry FROM buyer WHERE seller = -1),
fit AS (
  SELECT seller, count(o.industry) AS common, count(*) + (SELECT count(*) FROM ours) - count(o.industry) AS either
  FROM buyer b LEFT JOIN ours o USING (industry) WHERE seller >= 0 GROUP BY seller)
SELECT k.id, 100 * (0.30 * coalesce(part, 0.15) + 0.25 * tie + 0.10 * breadth
    + 0.15 * CASE WHEN category < 0 THEN 0.4 WHEN category = 0 THEN 0 WHEN common IS NULL THEN 0.4
                  WHEN common = 0 THEN 0.2 ELSE 0.8 + 0.2 * common / either END
    + 0.05 * CASE WHEN event THEN 1 ELSE 0.3 END) * CASE WHEN category = 0 THEN 0.1 ELSE 1 END AS score
FROM company k JOIN met ON met.seller = k.id LEFT JOIN overlap ON overlap.seller = k.id
LEFT JOIN fit ON fit.seller = k.id ORDER BY k.id"""
_MATCHED = ((0, 0, 0.6), (0, 1, 1.0), (1, 1, 0.9), (0, 2, 0.5), (1, 2, 0.4), (2, 2, 0.15))


def scores(drawn: Drawn, most: int = 100) -> tuple[Any, float]:
    """The score of each company's pair with the home company, in their order; and the seconds of the statement.

    An account that more than `most` companies sell into counts for none.
    """
    base = duckdb.connect(config={"threads": 2})
    link = {name: getattr(drawn, name) for name in ("seller", "customer", "relation", "said_days")}
    contact = {name: getattr(drawn, name) for name in ("works_at", "met_days", "mutual", "at_event")}
    contact["id"] = np.arange(len(drawn.works_at))
    company = {"id": np.arange(drawn.companies), "category": drawn.category, "industry": drawn.industry}
    for name, columns in (("link", link), ("contact", contact), ("company", company)):
        base.register("columns", columns)
        base.execute(f"CREATE TABLE {name} AS SELECT * FROM columns")  # noqa: S608
        base.unregister("columns")
    base.execute("CREATE TABLE matched (one BIGINT, other BIGINT, worth DOUBLE)")
    base.executemany("INSERT INTO matched VALUES (?, ?, ?)", _MATCHED)
    started = time.perf_counter()
    found = base.execute(_SCORES.format(most=most)).fetchnumpy()["score"]
    return found, time.perf_counter() - started
