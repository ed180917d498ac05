"""Books in CSV, drawn by number: account n is the same company in every book."""

from __future__ import annotations

from collections.abc import Iterable

WORDS = ("Harbor", "Lumen", "Cedar", "Granite", "Willow", "Copper", "Meadow", "Falcon", "Orchard", "Summit")


def company(number: int) -> str:
    return f"{WORDS[number % 10]} Works {number}"


def domain(number: int) -> str:
    return f"{WORDS[number % 10].lower()}{number}.com"


def book(numbers: Iterable[int], relation: str = "customer", never_share: Iterable[int] = (), named: str = "") -> bytes:
    """Accounts by number; those whose domain is not known have only a name."""
    private, rows = set(never_share), ["company,domain,relation,industry,product_category,never_share"]
    for number in numbers:
        site = "" if number % 4 == 0 else f"https://www.{domain(number)}/about"
        hidden = "yes" if number in private else "no"
        rows.append(f"{company(number)}{named},{site},{relation},retail,point of sale,{hidden}")
    return "\n".join(rows).encode()
