"""Ways to declare and to name a task, as texts to fill in.

`DECO` is what decorates, `NN` a number of the declaration's own, `HERE.` the package of the module
with its dot.
"""

DEF = "def send_NN(*args):\n    return args\n"
SELF = "def send_NN(self, *args):\n    return args\n"
WRAPPED = "        @functools.wraps(function)\n        def inner(*args, **kwargs):\n            return function(*args, **kwargs)\n\n"
QUIET = "def quiet_NN(function):\n    @functools.wraps(function)\n    def inner(*args, **kwargs):\n        return function(*args, **kwargs)\n\n    return inner\n"
DEEP = "def job_NN(**options):\n    def outer(function):\n{inner}        return DECO(**options)(inner)\n\n    return outer\n\n\n"

Form = tuple[str, dict[str, str]]

NAMES: dict[str, Form] = {
    "bare": (f"@DECO\n{DEF}", {}),
    "called": (f"@DECO()\n{DEF}", {}),
    "bound": (f"@DECO(bind=True, max_retries=3)\n{SELF}", {}),
    "literal": (f"@DECO(name='lit-NN')\n{DEF}", {}),
    "literal parts": (f"@DECO(\n    name='lit-'  # a comment\n    'NN',\n)\n{DEF}", {}),
    "in brackets": (f"@(DECO)\n{DEF}", {}),
    "a comment behind it": (f"@DECO# bare\n{DEF}", {}),
    "constant": (f"NAME_NN = 'const-NN'\n\n\n@DECO(name=NAME_NN)\n{DEF}", {}),
    "typed constant": (f"from typing import Final\n\nNAME_NN: Final = 'const-NN'\n\n\n@DECO(name=NAME_NN)\n{DEF}", {}),
    "constant elsewhere": (f"from HERE.names_NN import NAME\n\n\n@DECO(name=NAME)\n{DEF}", {"names_NN.py": "NAME = 'far-NN'\n"}),
    "constant through two imports": (
        f"from HERE import more_NN\n\n\n@DECO(name=more_NN.NAME)\n{DEF}",
        {"more_NN.py": "from HERE.names_NN import NAME\n", "names_NN.py": "NAME = 'farther-NN'\n"},
    ),
    "constant by star": (f"from HERE.names_NN import *\n\n\n@DECO(name=STAR_NN)\n{DEF}", {"names_NN.py": "STAR_NN = 'star-NN'\n"}),
    "class attribute": (f"class Names_NN:\n    PREFIX = 'cls'\n    SEND = f'{{PREFIX}}-NN'\n\n\n@DECO(name=Names_NN.SEND)\n{DEF}", {}),
    "nested class": (f"class Names_NN:\n    class Mail:\n        SEND = 'nested-NN'\n\n\n@DECO(name=Names_NN.Mail.SEND)\n{DEF}", {}),
    "inherited attribute": (f"class Base_NN:\n    SEND = 'inherited-NN'\n\n\nclass Names_NN(Base_NN):\n    pass\n\n\n@DECO(name=Names_NN.SEND)\n{DEF}", {}),
    "enum of texts": (f"import enum\n\n\nclass Names_NN(str, enum.Enum):\n    SEND = 'member-NN'\n\n\n@DECO(name=Names_NN.SEND.value)\n{DEF}", {}),
    "plain enum": (f"from enum import Enum\n\n\nclass Names_NN(Enum):\n    SEND = 'plain-member-NN'\n\n\n@DECO(name=Names_NN.SEND.value)\n{DEF}", {}),
    "enum by key": (f"from enum import Enum\n\n\nclass Names_NN(Enum):\n    SEND = 'key-NN'\n\n\n@DECO(name=Names_NN['SEND'].value)\n{DEF}", {}),
    "enum that names itself": (f"from enum import StrEnum, auto\n\n\nclass Names_NN(StrEnum):\n    SEND_NN = auto()\n\n\n@DECO(name=Names_NN.SEND_NN.value)\n{DEF}", {}),
    "member's name": (f"from enum import Enum\n\n\nclass Names_NN(Enum):\n    SEND_NN = 1\n\n\n@DECO(name=Names_NN.SEND_NN.name)\n{DEF}", {}),
    "f-string": (f"PREFIX_NN = 'pre'\n\n\n@DECO(name=f'{{PREFIX_NN}}.f.NN')\n{DEF}", {}),
    "plus": (f"PREFIX_NN = 'pre' + '.'\n\n\n@DECO(name=PREFIX_NN + 'plus.' + 'NN')\n{DEF}", {}),
    "percent": (f"@DECO(name='%s.percent.%d' % ('pre', NN))\n{DEF}", {}),
    "percent by name": (f"@DECO(name='%(a)s.named.NN' % {{'a': 'pre'}})\n{DEF}", {}),
    "format": (f"@DECO(name='{{}}.{{b}}.NN'.format('pre', b='format'))\n{DEF}", {}),
    "join": (f"PARTS_NN = ['pre', 'join', 'NN']\n\n\n@DECO(name='.'.join(PARTS_NN))\n{DEF}", {}),
    "lowered": (f"@DECO(name='LOWER-NN'.lower().replace('-', '_'))\n{DEF}", {}),
    "repeated": (f"@DECO(name='=' * 3 + 'NN')\n{DEF}", {}),
    "own module": (f"@DECO(name=__name__ + '.own-NN')\n{DEF}", {}),
    "own module in an f-string": (f"@DECO(name=f'{{__name__}}.own-NN')\n{DEF}", {}),
    "part of the own module": (f"@DECO(name=__name__.split('.')[-1] + '.last-NN')\n{DEF}", {}),
    "package": (f"@DECO(name=f'{{__package__}}|pack-NN')\n{DEF}", {}),
    "either": (f"DEBUG_NN = False\n\n\n@DECO(name='debug-NN' if DEBUG_NN else 'real-NN')\n{DEF}", {}),
    "or": (f"NONE_NN = None\n\n\n@DECO(name=NONE_NN or 'or-NN')\n{DEF}", {}),
    "walrus": (f"@DECO(name=(WAL_NN := 'walrus-NN'))\n{DEF}", {}),
    "of a dict": (f"NAMES_NN = {{'send': 'dict-NN'}}\n\n\n@DECO(name=NAMES_NN['send'])\n{DEF}", {}),
    "of a dict by get": (f"NAMES_NN = dict(send='get-NN')\n\n\n@DECO(name=NAMES_NN.get('send', 'no'))\n{DEF}", {}),
    "of a dataclass": (f"from dataclasses import dataclass\n\n\n@dataclass(frozen=True)\nclass Names_NN:\n    send: str = 'data-NN'\n\n\n@DECO(name=Names_NN().send)\n{DEF}", {}),
    "of a dataclass that is given it": (f"from dataclasses import dataclass\n\n\n@dataclass\nclass Names_NN:\n    send: str\n    wait: int = 3\n\n\nnames_NN = Names_NN('given-NN')\n\n\n@DECO(name=names_NN.send)\n{DEF}", {}),
    "of a named tuple": (f"from typing import NamedTuple\n\n\nclass Names_NN(NamedTuple):\n    send: str = 'tuple-NN'\n    wait: int = 3\n\n\n@DECO(name=Names_NN(wait=1).send)\n{DEF}", {}),
    "of a namespace": (f"from types import SimpleNamespace\n\nnames_NN = SimpleNamespace(send='space-NN')\n\n\n@DECO(name=names_NN.send)\n{DEF}", {}),
    "of an object": (f"class Names_NN:\n    def __init__(self, prefix):\n        self.send = prefix + '-NN'\n\n\n@DECO(name=Names_NN('object').send)\n{DEF}", {}),
    "of a property": (f"class Names_NN:\n    prefix = 'prop'\n\n    @property\n    def send(self):\n        return f'{{self.prefix}}-NN'\n\n\n@DECO(name=Names_NN().send)\n{DEF}", {}),
    "of a function": (f"def name_NN(kind, *, prefix='fun'):\n    return f'{{prefix}}.{{kind}}-NN'\n\n\n@DECO(name=name_NN('send'))\n{DEF}", {}),
    "of a dict behind stars": (f"OPTIONS_NN = {{'name': 'stars-NN', 'bind': True}}\n\n\n@DECO(**OPTIONS_NN)\n{SELF}", {}),
    "of a merged dict": (f"BASE_NN = dict(acks_late=True, name='no')\nOPTIONS_NN = {{**BASE_NN, 'name': 'merged-NN'}}\n\n\n@DECO(**OPTIONS_NN)\n{DEF}", {}),
    "of a dict that is changed": (f"OPTIONS_NN = {{}}\nOPTIONS_NN['name'] = 'changed-NN'\nOPTIONS_NN.update(acks_late=True)\n\n\n@DECO(**OPTIONS_NN)\n{DEF}", {}),
    "of a function behind stars": (f"def policy_NN(kind):\n    found = {{'queue': kind}}\n    if kind == 'mail':\n        found['name'] = 'policy-NN'\n    return found\n\n\n@DECO(**policy_NN('mail'))\n{DEF}", {}),
    "options alone behind stars": (f"def policy_NN(kind):\n    return {{'queue': kind}}\n\n\n@DECO(**policy_NN('mail'))\n{DEF}", {}),
    "a partial": (f"import functools\n\njob_NN = functools.partial(DECO, bind=True)\n\n\n@job_NN(name='partial-NN')\n{SELF}", {}),
    "a partial that names": (f"from functools import partial\n\n\n@partial(DECO, name='part-NN')()\n{DEF}", {}),
    "pre-applied": (f"retrying_NN = DECO(acks_late=True)\n\n\n@retrying_NN\n{DEF}", {}),
    "bound to another name": (f"job_NN = DECO\n\n\n@job_NN(name='alias-NN')\n{DEF}", {}),
    "of a dict of decorators": (f"JOBS_NN = {{'a': DECO}}\n\n\n@JOBS_NN['a'](name='table-NN')\n{DEF}", {}),
}  # fmt: skip
"""Plainly named tasks."""

WRAPPERS: dict[str, Form] = {
    "hands over": (f"def job_NN(*args, **options):\n    return DECO(*args, **options)\n\n\n@job_NN(name='over-NN')\n{DEF}", {}),
    "hands over a name": (f"def job_NN(name, **options):\n    return DECO(name=name, bind=True, **options)\n\n\n@job_NN('by-place-NN')\n{SELF}", {}),
    "makes it at once": (f"def job_NN(function):\n    return DECO(acks_late=True)(function)\n\n\n@job_NN\n{DEF}", {}),
    "makes it of an inner one": (f"def job_NN(function):\n    def inner_NN(*args):\n        return function(*args)\n\n    return DECO(inner_NN)\n\n\n@job_NN\n{DEF}", {}),
    "makes it of one that wraps": (f"import functools\n\n\n{DEEP.format(inner=WRAPPED)}@job_NN(name='deep-NN')\n{DEF}", {}),
    "makes it of one that wraps, unnamed": (f"import functools\n\n\n{DEEP.format(inner=WRAPPED)}@job_NN()\n{DEF}", {}),
    "names it by the function": (f"def job_NN(function):\n    name = f'{{function.__module__}}:{{function.__name__}}'\n    return DECO(name=name)(function)\n\n\n@job_NN\n{DEF}", {}),
    "names it by a prefix": (f"def job_NN(prefix):\n    def outer(function):\n        return DECO(name='.'.join((prefix, function.__name__)))(function)\n\n    return outer\n\n\n@job_NN('pre')\n{DEF}", {}),
    "both bare and called": (f"import functools\n\n\ndef job_NN(function=None, **options):\n    if function is None:\n        return functools.partial(job_NN, **options)\n    return DECO(**options)(function)\n\n\n@job_NN(name='both-NN')\n{DEF}", {}),
    "both, used bare": (f"def job_NN(*args, **options):\n    def outer(function):\n        return DECO(**options)(function)\n\n    if args and callable(args[0]):\n        return outer(args[0])\n    return outer\n\n\n@job_NN\n{DEF}", {}),
    "pops what is its own": (f"def job_NN(**options):\n    kind = options.pop('kind', 'none')\n    options['name'] = f'pop-{{kind}}-NN'\n    return DECO(**options)\n\n\n@job_NN(kind='mail')\n{DEF}", {}),
    "sets what is not there": (f"def job_NN(**options):\n    options.setdefault('name', 'default-NN')\n    return DECO(**options)\n\n\n@job_NN(bind=True)\n{SELF}", {}),
    "two levels": (f"def low_NN(**options):\n    return DECO(**options)\n\n\ndef job_NN(kind, **options):\n    return low_NN(name=f'{{kind}}-NN', **options)\n\n\n@job_NN('two')\n{DEF}", {}),
    "three levels, elsewhere": (
        f"from HERE.jobs_NN import top_NN\n\n\n@top_NN(name='three-NN')\n{DEF}",
        {"jobs_NN.py": "IMPORTS\n\ndef low_NN(*args, **options):\n    return DECO(*args, **options)\n\n\ndef mid_NN(**options):\n    return low_NN(acks_late=True, **options)\n\n\ndef top_NN(**options):\n    return mid_NN(**options)\n"},
    ),
    "elsewhere, unnamed": (
        f"from HERE.jobs_NN import job_NN\n\n\n@job_NN\n{DEF}",
        {"jobs_NN.py": "import functools\nIMPORTS\n\ndef job_NN(function):\n    @functools.wraps(function)\n    def inner(*args):\n        return function(*args)\n\n    return DECO(inner)\n"},
    ),
    "elsewhere, not wrapping": (
        f"from HERE.jobs_NN import job_NN\n\n\n@job_NN\n{DEF}",
        {"jobs_NN.py": "IMPORTS\n\ndef job_NN(function):\n    def inner_NN(*args):\n        return function(*args)\n\n    return DECO(inner_NN)\n"},
    ),
    "a class": (f"class Job_NN:\n    def __init__(self, **options):\n        self.options = options\n\n    def __call__(self, function):\n        return DECO(**self.options)(function)\n\n\n@Job_NN(name='class-NN')\n{DEF}", {}),
    "a method": (f"class Jobs_NN:\n    prefix = 'meth'\n\n    def job(self, name):\n        return DECO(name=f'{{self.prefix}}-{{name}}')\n\n\njobs_NN = Jobs_NN()\n\n\n@jobs_NN.job('NN')\n{DEF}", {}),
    "a static method": (f"class Jobs_NN:\n    @staticmethod\n    def job(**options):\n        return DECO(**options)\n\n\n@Jobs_NN.job(name='static-NN')\n{DEF}", {}),
    "a lambda": (f"job_NN = lambda name: DECO(name=name)\n\n\n@job_NN('lambda-NN')\n{DEF}", {}),
    "below, wrapping": (f"import functools\n\n\n{QUIET}\n\n@DECO\n@quiet_NN\n{DEF}", {}),
    "below, not wrapping": (f"def quiet_NN(function):\n    def hidden_NN(*args):\n        return function(*args)\n\n    return hidden_NN\n\n\n@DECO\n@quiet_NN\n{DEF}", {}),
    "below, twice, half wrapping": (f"import functools\n\n\ndef outer_NN(function):\n    def hidden_NN(*args):\n        return function(*args)\n\n    return hidden_NN\n\n\n{QUIET}\n\n@DECO\n@quiet_NN\n@outer_NN\n{DEF}", {}),
    "below, given options": (f"import functools\n\n\ndef quiet_NN(level=1):\n    def outer(function):\n{WRAPPED}        return inner\n\n    return outer\n\n\n@DECO(bind=True)\n@quiet_NN(level=2)\n{SELF}", {}),
    "below, a class": (f"import functools\n\n\nclass Quiet_NN:\n    def __init__(self, function):\n        functools.update_wrapper(self, function)\n        self.function = function\n\n    def __call__(self, *args):\n        return self.function(*args)\n\n\n@DECO(name='below-NN')\n@Quiet_NN\n{DEF}", {}),
    "above": (f"def keep_NN(task):\n    task.kept = True\n    return task\n\n\n@keep_NN\n@DECO(name='above-NN')\n{DEF}", {}),
    "above, from a library": (f"import functools\n\n\n@functools.lru_cache(maxsize=3)\n@DECO(name='cached-NN')\n{DEF}", {}),
    "two decorators": (f"@DECO(name='first-NN')\n@DECO(name='second-NN')\n{DEF}", {}),
    "a name set by hand": (f"def job_NN(name):\n    def outer(function):\n        function.__name__ = name\n        return DECO(function)\n\n    return outer\n\n\n@job_NN('by_hand_NN')\n{DEF}", {}),
}  # fmt: skip
"""Tasks through decorators of the project's own."""

CALLS: dict[str, Form] = {
    "a call": (f"{DEF}\n\ntask_NN = DECO(send_NN)\n", {}),
    "a call that names": (f"{DEF}\n\ntask_NN = DECO(name='called-NN')(send_NN)\n", {}),
    "a call alone": (f"{DEF}\n\nDECO(send_NN)\n", {}),
    "in an if": (f"if True:\n\n    @DECO(name='if-NN')\n    {DEF.replace(chr(10) + '    ', chr(10) + '        ')}", {}),
    "in a try": (f"try:\n\n    @DECO\n    {DEF.replace(chr(10) + '    ', chr(10) + '        ')}\nexcept ImportError:\n    pass\n", {}),
    "in a class": ("class Jobs_NN:\n    @staticmethod\n    @DECO(name='in-class-NN')\n    def send_NN(*args):\n        return args\n", {}),
    "in a function": (f"def setup_NN():\n    @DECO(name='within-NN')\n    {DEF.replace(chr(10) + '    ', chr(10) + '        ')}\n\nsetup_NN()\n", {}),
    "in a function, unnamed": (f"def setup_NN():\n    @DECO\n    {DEF.replace(chr(10) + '    ', chr(10) + '        ')}\n    return 1\n\n\nsetup_NN()\n", {}),
    "in a method": (f"class Setup_NN:\n    def __init__(self):\n        @DECO(name='method-NN')\n        {DEF.replace(chr(10) + '    ', chr(10) + '            ')}\n\nSetup_NN()\n", {}),
    "deep in an if": (f"if True:\n    for KIND_NN in (1,):\n        with open(__file__):\n\n            @DECO(name='deep-if-NN')\n            {DEF.replace(chr(10) + '    ', chr(10) + '                ')}", {}),
    "async": (f"@DECO(name='async-NN')\nasync {DEF}", {}),
}  # fmt: skip
"""Tasks made elsewhere than by a decorator of a plain function."""

CLASSES: dict[str, Form] = {
    "a class that is registered": ("from celery import Task\n\n\nclass Mail_NN(Task):\n    name = 'mail-NN'\n\n    def run(self):\n        return 1\n\n\nAPPX.register_task(Mail_NN())\n", {}),
    "a class without a name": ("from celery import Task\n\n\nclass Mail_NN(Task):\n    def run(self):\n        return 1\n\n\nAPPX.register_task(Mail_NN())\n", {}),
    "a class named by a constant": ("from celery import Task\n\nNAME_NN = 'mail-const-NN'\n\n\nclass Mail_NN(Task):\n    name = NAME_NN\n\n    def run(self):\n        return 1\n\n\nAPPX.register_task(Mail_NN())\n", {}),
    "a class that is registered by its class": ("from celery import Task\n\n\nclass Mail_NN(Task):\n    name = 'mail-class-NN'\n\n    def run(self):\n        return 1\n\n\nmail_NN = APPX.register_task(Mail_NN)\n", {}),
    "a class whose base names it": ("from celery import Task\n\n\nclass Base_NN(Task):\n    abstract = True\n    name = 'base-NN'\n\n\nclass Mail_NN(Base_NN):\n    def run(self):\n        return 1\n\n\nAPPX.register_task(Mail_NN())\n", {}),
}  # fmt: skip
"""Task classes; `APPX` is an app, whatever decorates."""

ENV: dict[str, Form] = {
    "the environment": (f"import os\n\n\n@DECO(name=os.environ.get('NO_SUCH', 'env-NN'))\n{DEF}", {}),
    "the environment in part": (f"import os\n\n\n@DECO(name=f\"env.{{os.environ.get('NO_SUCH', 'x')}}.NN\")\n{DEF}", {}),
    "either, by the environment": (f"import os\n\n\n@DECO(name='one-NN' if os.environ.get('NO_SUCH') else 'two-NN')\n{DEF}", {}),
    "a file": (f"with open(__file__) as text_NN:\n    NAME_NN = text_NN.readline()[:0] + 'file-NN'\n\n\n@DECO(name=NAME_NN)\n{DEF}", {}),
}  # fmt: skip
"""Names that only running the project tells."""

NAMED_THERE = {"the environment": "env-NN", "the environment in part": "env.x.NN", "either, by the environment": "two-NN", "a file": "file-NN"}  # fmt: skip
