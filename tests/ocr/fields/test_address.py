"""One address or a list of several."""

from __future__ import annotations

import pytest

from ocr.fields import find_fields
from ocr.fields.address import is_list, is_note
from tests.ocr.fields.typed import SIZE, lines, values


@pytest.mark.parametrize(
    "rows",
    [
        ["12 Mill Lane, Oxford OX1 2AB", "7 High Street, Bath BA1 5CD"],
        ["Downtown: 1200 Oak Avenue, Salem, OR 97301", "Airport: 88 Harbor Road, Portland, OR 97201"],
        ["Hafenstraße 12, 24103 Kiel", "Gartenweg 3, 20095 Hamburg"],
        ["Av. Central, 120", "Rua das Acácias, 45"],
        ["Av. Central, 1200", "Rua das Acácias, 450", "R. do Porto, 7"],
        ["12 Mill Lane", "7 High Street"],
        ["P.O. Box 12", "88 Harbor Road", "Portland, OR 97201", "1200 Oak Avenue"],
        ["205, chemin du Port", "67925 Caen", "France", "Bâtiment B", "108, avenue du Lac", "42831 Lille Cedex 5"],
        ["Suite 12", "Portland, OR 97201", "1200 Oak Avenue"],
        ["Salem, OR", "1200 Oak Avenue", "Floor 4", "Portland, OR 97201"],
        ["Bahnhofstrasse 12, 8001 Zürich", "Seeweg 7"],
        ["1932 East Harbor Blvd., Floor 1", "6854 Mill Court"],
        ["P.O. Box 2016", "Salem, OR 97301", "763 S. Harbor Pkwy", "Portland, OR 97201"],
        ["Hahnweg 234 · 21869 Kiel", "Postfach 60 12 20, 19001 Jena"],
        ["90 Harbor Mill", "84 Brown Landing"],
    ],
)
def test_lists(rows):
    assert is_list(rows)


@pytest.mark.parametrize(
    "rows",
    [
        ["12 Mill Lane", "Suite 400", "Oxford OX1 2AB"],
        ["Hafenstraße 12", "24103 Kiel"],
        ["Rua das Acácias, 45", "Sala 12, 3º andar", "CEP 01310-100 - São Paulo - SP"],
        ["20th Floor, East Tower", "38 Harbor Road", "Hong Kong"],
        ["R. do Porto, 1207", "01310-100 São Paulo"],
        ["P.O. Box 1200", "88 Harbor Road, Portland, OR 97201"],
        ["Piazza Verdi 3", "40121 Bologna, Via Emilia"],
        ["12 Mill Lane, Oxford OX1 2AB"],
        ["Mill House, 12 Mill Lane", "High Street 7", "Oxford OX1 2AB"],
        ["Mill Building, 7849 Harbor Way, Ste. 708", "East Salem, Oregon 97201-8064"],
        ["1200 Oak Avenue", "Suite 400", "Portland, OR 97201", "USA"],
        ["Dorpsstraat 28", "8970 VY Zwolle"],
        ["Mariahilfer Straße 12", "1060 Wien", "Österreich"],
        ["1051 Budapest", "Váci utca 12"],
    ],
)
def test_single_addresses(rows):
    assert not is_list(rows)


@pytest.mark.parametrize(
    "line",
    [
        "HRB 33500, Amtsgericht Kiel", "Company No. 53431699", "Registered charity 5238480",
        "IBAN NL65 BANK 0869192383",
        "RCS Lyon 432 747 677", "Cap. Soc. € 15.000 i.v.", "Zertifiziert nach ISO 9001", "gegründet 1956",
        "Established in 1971", "Mo-Fr 8-17 Uhr", "Open Mon–Sat 9am–5.30pm", "München - Zürich - Stuttgart - Köln",
        "Seattle • Toronto • Atlanta • New York",
    ],
)  # fmt: skip
def test_notes(line):
    assert is_note(line)


@pytest.mark.parametrize(
    "line",
    [
        "Hafenstraße 12, 24103 Kiel", "1200 Oak Avenue, Salem, OR 97301", "Frankfurt am Main", "CEP 49421530 - Recife",
        "Rua do Porto, 12 - São Paulo - SP", "Estrada 12 - Km 4", "Stuttgart", "12 Desde Street",
        "London, New York Road",
        "P.O. Box 1200", "Postfach 33 89 46", "Boulevard de l'Est, 1000 Bruxelles", "Via Dal Porto, 1250",
        "CEP:01310100 São Paulo", "CEP01310100", "〒1500001 東京都渋谷区",
    ],
)  # fmt: skip
def test_parts_of_addresses_are_no_notes(line):
    assert not is_note(line)


def test_a_note_below_an_address_is_no_part_of_it():
    fields = find_fields(
        lines(
            ("Bluebird Bakery", 1.8), "", "1200 Oak Avenue", "Salem, OR 97301", "Seattle • Toronto • Atlanta", "",
            "Tel 503-555-0142",
        ),
        SIZE,
    )  # fmt: skip
    assert values(fields, "address") == ["1200 Oak Avenue, Salem, OR 97301"]


def test_branches_are_given_apart():
    fields = find_fields(
        lines(
            ("Bluebird Bakery", 1.8), "", "1200 Oak Avenue, Salem, OR 97301", "88 Harbor Road, Portland, OR 97201", "",
            "Tel 503-555-0142",
        ),
        SIZE,
    )  # fmt: skip
    assert values(fields, "address") == ["1200 Oak Avenue, Salem, OR 97301", "88 Harbor Road, Portland, OR 97201"]


def test_offices_of_several_lines_are_given_apart():
    fields = find_fields(
        lines(
            ("Bluebird Bakery", 1.8), "", "1200 Oak Avenue", "Salem, OR 97301", "88 Harbor Road", "Portland, OR 97201",
            "", "Tel 503-555-0142",
        ),
        SIZE,
    )  # fmt: skip
    assert values(fields, "address") == ["1200 Oak Avenue, Salem, OR 97301", "88 Harbor Road, Portland, OR 97201"]
