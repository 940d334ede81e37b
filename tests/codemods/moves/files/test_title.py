"""The first line of a new file's docstring."""

import pytest

from codemods.moves.files.title import title_of

CODE = '''
"""Sends an SMS, and scans by OpenScanHub; email is for EMAIL_HOST."""
from lib.scan import OpenScanHubTask, VMImage, Url

IMAGE_TASKS = VM_SIZE = 1
EMAIL = email = "email"


def vm_image(sms, url):
    """The VM of an image, and Image itself."""
'''


@pytest.mark.parametrize(
    ("target", "acts", "title"),
    [
        ("shop/sms_tasks.py", False, "SMS tasks."),
        ("shop/openscanhub_tasks.py", False, "OpenScanHub tasks."),
        ("shop/vm_image_tasks.py", False, "VM image tasks."),
        ("shop/email_tasks.py", False, "Email tasks."),
        ("shop/url_tasks.py", False, "Url tasks."),
        ("shop/order_line_tasks.py", False, "Order line tasks."),
        ("shop/tasks/sms.py", False, "SMS tasks."),
        ("tasks/some_tasks.py", False, "Some tasks."),
        ("shop/task_helpers.py", False, "Helpers that several files of tasks share."),
        ("shop/tasks/shared.py", False, "Helpers that several files of tasks share."),
        ("shop/task_helpers.py", True, "What the files of tasks need to have run."),
    ],
)
def test_a_file_s_name_in_words_as_the_code_spells_them(
    target: str, acts: bool, title: str
) -> None:
    assert title_of(target, CODE, acts=acts) == title
