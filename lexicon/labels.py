"""The small words before a value that say what it is: T, Fax, Mobil, E-Mail, Web, 電話."""

from __future__ import annotations

import re

from lexicon.folding import fold
from lexicon.wordlists import table, word_set

PHONE_LABELS = {label: kind for kind, labels in table("phone_labels").items() for label in labels}
"""Folded label to the type of phone it announces."""

EMAIL_LABELS = word_set("email_labels")
WEB_LABELS = word_set("web_labels")
SOCIAL_LABELS = {label: network for network, labels in table("social_labels").items() for label in labels}
ADDRESS_LABELS = word_set("address_labels")
OTHER_NUMBERS = word_set("other_numbers")
"""Folded labels of numbers that are no phones."""

_EXTENSION = re.compile(
    r"(?i)[\s,;(/-]*(?:\b(?:ext(?:ension)?|extn|ramal|durchwahl|dw|poste|anexo|int(?:erno)?|toestel|loc|may nhanh)\b"
    r"|(?<!\w)[x×](?=\s*\d))[\s.:]*(\d{1,6})\s*\)?"
)


def extension(text: str) -> tuple[str, int] | None:
    """The extension at the start of `text` and the number of characters it takes: ` x 12`, `(Ext: 36)`."""
    found = _EXTENSION.match(text)
    return (found.group(1), found.end()) if found else None


def phone_type(label: str) -> str | None:
    """The type of phone that a label announces (`fax` for `F:`), or None; of `Tel/Fax` the first that is not fax."""
    parts = [part for part in re.split(r"[^\w@-]+|(?<=l)-(?=f)", fold(label)) if part]
    kinds = [PHONE_LABELS[part] for part in parts if part in PHONE_LABELS]
    return next((kind for kind in kinds if kind != "fax"), kinds[0] if kinds else None)
