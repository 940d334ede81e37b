"""A module that has every name: stands in for packages that this machine can't install."""


class _Meta(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Any()


class _Any(metaclass=_Meta):
    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return _Any()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Any()

    def __iter__(self):
        return iter(())

    def __getitem__(self, key):
        return _Any()

    def __mro_entries__(self, bases):
        return (object,)

    def __bool__(self):
        return False

    def __eq__(self, other):
        return self is other

    def __hash__(self):
        return 1

    def __lt__(self, other):
        return False

    __gt__ = __lt__

    def __ge__(self, other):
        return True

    __le__ = __ge__

    def __or__(self, other):
        return self

    __ror__ = __and__ = __add__ = __or__


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Meta(name, (_Any,), {"__module__": __name__}) if name[:1].isupper() else _Any()
