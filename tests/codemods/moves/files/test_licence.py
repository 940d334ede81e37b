"""What a new file takes over of the old one's licence, wherever its head tells it."""

import pytest

from codemods.moves.files.licence import Licence, licence_of
from tests.codemods.moves.carried import OLD, carried, module

APACHE = '"""Copyright 2020 me.\n\nYou may get it at\n\n    http://licenses\n\nLicensed to you.\n\nUsage: run.\n"""\n'


@pytest.mark.parametrize(
    ("top", "found"),
    [
        ("#!/usr/bin/env python\n# Copyright 2020 me\n# SPDX-License-Identifier: MIT\n\n", Licence("# Copyright 2020 me\n# SPDX-License-Identifier: MIT\n")),
        ("# -*- coding: utf-8 -*-\n# Licensed to you\r\n", Licence("# Licensed to you\n")),
        ("\n# © me\n\n# and you\n\n# Licensed\n\n# about tasks\n\nimport os\n", Licence("# © me\n\n# and you\n\n# Licensed\n")),
        ('"""Doc."""\n\n# SPDX-License-Identifier: MIT\nimport os\n', Licence(below="# SPDX-License-Identifier: MIT\n")),
        ('# SPDX-License-Identifier: MIT\n"""Doc."""\n', Licence("# SPDX-License-Identifier: MIT\n")),
        ('"""Doc.\n\n:copyright: me\n"""\n', Licence(inside=":copyright: me\n")),
        (APACHE, Licence(inside="Copyright 2020 me.\n\nYou may get it at\n\n    http://licenses\n\nLicensed to you.\n")),
        ("# about tasks\n", Licence()),
        ('"""Tasks that renew licences of customers, with their license keys."""\n', Licence()),
        ("import os\n\n# Copyright\n\n", Licence()),
        ("", Licence()),
    ],
)  # fmt: skip
def test_a_licence_is_told_from_other_words(top: str, found: Licence) -> None:
    assert licence_of(module(top + "A = 1\n")) == found


TASKS = "import os\n\n\ndef send():\n    return os\n\n\ndef stays():\n    return 1\n"


@pytest.mark.parametrize(
    ("head", "new"),
    [
        ("# Copyright me\n\n", '# Copyright me\n\n"""Mails."""\n\nimport os\n'),
        ('"""Doc."""\n\n# SPDX-License-Identifier: MIT\n\n', '"""Mails."""\n\n# SPDX-License-Identifier: MIT\n\nimport os\n'),
        ('"""Doc.\n\nLicensed to you.\n"""\n\n', '"""Mails.\n\nLicensed to you.\n"""\n\nimport os\n'),
    ],
)  # fmt: skip
def test_a_new_file_says_whose_it_is_and_the_old_one_still_does(head: str, new: str) -> None:
    files = carried({OLD: head + TASKS, "shop/a.py": "from shop.tasks import send\n"}, send="mails")
    assert files["shop/mails.py"] == (new + "\n\ndef send():\n    return os\n").encode()
    assert (files[OLD] or b"").startswith(head.encode())


def test_backslashes_of_a_licence_stay_what_they_are() -> None:
    head = r'"""Doc.' + "\n\n" + r"Licensed to \\you." + '\n"""\n\n'
    files = carried({OLD: head + TASKS}, send="mails")
    assert (files["shop/mails.py"] or b"").startswith(b'r"""Mails.\n\nLicensed to \\you.\n"""\n')
