"""Translated texts that leave a god file are told of where the project has catalogues of them."""

import pytest

from tests.codemods.split.god_file import EMAIL, IMPORTS, REPORT, split

HEAD = IMPORTS.replace("\n\n", "\nfrom django.utils.translation import gettext as _\n\n", 1)
MAIL = EMAIL.replace("return to", "return _('Hello')")


@pytest.mark.parametrize(
    ("god", "more", "told"),
    [
        (HEAD + MAIL + "\n\n" + REPORT, {"orders/locale/fr/django.po": ""}, True),
        (HEAD + MAIL + "\n\n" + REPORT, {}, False),
        (IMPORTS + EMAIL + "\n\n" + REPORT, {"orders/locale/fr/django.po": ""}, False),
        (
            HEAD + EMAIL + "\n\n" + REPORT + "\n\ndef stays():\n    return _('Hello')\n",
            {"orders/locale/fr/django.po": ""},
            False,
        ),
    ],
)
def test_where_catalogues_would_change(god: str, more: dict[str, str | bytes], told: bool) -> None:
    notes = [note for note in split(god, more).notes if note.code == "translations-move"]
    assert [note.message.partition(" (")[0] for note in notes] == (
        ["translated texts move to other files"] if told else []
    )
