"""The modules and builtins of Python itself, the same whichever version reads the project."""

import builtins
import sys

MODULES = frozenset(sys.stdlib_module_names) | {
    "aifc", "annotationlib", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk",
    "compression", "crypt", "distutils", "imghdr", "imp", "lib2to3", "mailcap", "msilib", "nis",
    "nntplib", "ossaudiodev", "pipes", "smtpd", "sndhdr", "spwd", "sunau", "telnetlib", "uu",
    "xdrlib",
}  # fmt: skip
"""Top-level modules, with those that only some versions from 3.11 on have."""

BUILTINS = frozenset(dir(builtins)) | {"PythonFinalizationError"}
"""Names that code reads without defining them, with those that only some versions have."""
