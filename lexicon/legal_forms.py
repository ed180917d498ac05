"""Legal forms of organisations (GmbH, Inc., S.A. de C.V.), by rigour's compiled tables.

`rigour._core` is called directly: the Python modules around it import ICU, which has no wheel. The tables come from
ISO 20275 and OCCRP's list.
"""

from __future__ import annotations

from rigour import _core

_CASEFOLD = 1 << 2  # rigour.text.normalize.Normalize.CASEFOLD
_NOOP = 0  # rigour.text.normalize.Cleanup.Noop


def legal_form(name: str) -> str | None:
    """The legal form in `name` as rigour compares it (`gmbh`, `llc`), or None."""
    found: list[tuple[str, str]] = _core.extract_org_types(name.casefold(), _CASEFOLD, _NOOP, False)
    return found[-1][1] if found else None


def without_legal_form(name: str) -> str:
    """`name` casefolded and without its legal forms; `name` itself where nothing else would be left."""
    return str(_core.remove_org_types(name.casefold(), _CASEFOLD, _NOOP, "")).strip(" ,.&-") or name.casefold()
