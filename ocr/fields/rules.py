"""A first judgement of each segment by hand-set weights, before any model is trained."""

from __future__ import annotations

import math

from ocr.fields.features import Features

LABELS = ("name", "title", "department", "company", "address", "other")

WEIGHTS: dict[str, dict[str, float]] = {
    "name": {
        "": -2.2,
        "rare_name": 2.5,
        "given": 1.2,
        "family": 0.8,
        "first_given": 0.8,
        "mailbox": 3.0,
        "initial": 0.5,
        "prefix": 1.0,
        "suffix": 1.0,
        "title_case": 0.6,
        "jobs": -4.0,
        "trades": -2.5,
        "streets": -3.0,
        "slogans": -2.0,
        "has_digit": -5.0,
        "english": -1.2,
        "legal": -4.0,
        "below_jobs": 1.5,
        "height": 0.5,
        "comma": -0.5,
        "postcode": -3.0,
        "domain": -1.0,
        "latin": 0.5,
        "departments": -1.5,
    },
    "title": {
        "": -1.6,
        "jobs": 3.5,
        "job_first": 0.8,
        "job_last": 1.0,
        "departments": 0.8,
        "above_given": 0.6,
        "above_family": 0.4,
        "has_digit": -2.5,
        "trades": -0.8,
        "streets": -2.0,
        "slogans": -1.5,
        "legal": -3.0,
        "postcode": -3.0,
        "domain": -1.5,
        "quote": -1.0,
        "sentence": -1.0,
        "above_mailbox": 0.8,
    },
    "department": {
        "": -2.5,
        "departments": 2.5,
        "department_first": 1.2,
        "jobs": -1.5,
        "has_digit": -1.5,
        "slogans": -2.0,
        "legal": -3.0,
        "above_jobs": 1.0,
        "domain": -1.5,
        "trades": -0.5,
        "streets": -1.0,
        "quote": -1.0,
    },
    "company": {
        "": -2.0,
        "legal": 3.0,
        "domain": 3.5,
        "trades": 2.0,
        "trade_last": 0.5,
        "height": 0.9,
        "logo": 1.0,
        "jobs": -2.0,
        "streets": -1.5,
        "has_digit": -1.5,
        "mailbox": -1.5,
        "slogans": -1.5,
        "postcode": -2.5,
        "sentence": -1.5,
        "quote": -0.5,
        "rare_name": -0.6,
        "comma": -0.5,
        "title_case": 0.3,
        "height_rank": -1.0,
    },
    "address": {
        "": -2.5,
        "streets": 3.0,
        "postal": 4.0,
        "postcode": 1.5,
        "has_digit": 1.0,
        "state": 1.5,
        "city": 1.2,
        "country": 1.5,
        "starts_with_digit": 1.0,
        "comma": 0.6,
        "below_postcode": 1.0,
        "above_streets": 0.8,
        "below_streets": 0.5,
        "jobs": -1.5,
        "mailbox": -2.0,
        "domain": -1.0,
        "legal": -1.5,
        "height": -0.5,
    },
    "other": {
        "": 0.3,
        "slogans": 2.5,
        "quote": 0.8,
        "sentence": 1.5,
        "english": 0.8,
        "words": 0.1,
        "has_digit": 0.5,
        "mailbox": -2.0,
        "domain": -1.5,
    },
}


def judge(features: Features) -> dict[str, float]:
    """The chance of each label, summing to 1."""
    scores = {
        label: sum(weight * (features.get(key, 0.0) if key else 1.0) for key, weight in weights.items())
        for label, weights in WEIGHTS.items()
    }
    top = max(scores.values())
    shares = {label: math.exp(score - top) for label, score in scores.items()}
    total = sum(shares.values())
    return {label: share / total for label, share in shares.items()}
