"""A LibCST codemod command: log calls hand their values over instead of formatting them first."""

import libcst as cst
import libcst.matchers as m
from libcst.codemod import CodemodContext, VisitorBasedCodemodCommand

LEVELS = ("debug", "info", "warning", "error", "exception", "critical")


class LoggingArguments(VisitorBasedCodemodCommand):
    """`log.info("%s is late" % name)` becomes `log.info("%s is late", name)`."""

    def __init__(self, context: CodemodContext, loggers: list[str]) -> None:
        super().__init__(context)
        self.loggers = loggers

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        """One call of a logger with one formatted text."""
        function = m.Attribute(
            value=m.Name(value=m.MatchIfTrue(self.loggers.__contains__)),
            attr=m.OneOf(*(m.Name(level) for level in LEVELS)),
        )
        text = m.Arg(m.BinaryOperation(left=m.SimpleString(), operator=m.Modulo()), keyword=None)
        if not m.matches(updated_node, m.Call(func=function, args=[text])):
            return updated_node
        formatted = cst.ensure_type(updated_node.args[0].value, cst.BinaryOperation)
        values = [formatted.right]
        if isinstance(formatted.right, cst.Tuple):
            values = [element.value for element in formatted.right.elements]
        elif not isinstance(formatted.right, cst.Name | cst.Attribute | cst.Call):
            return updated_node
        return updated_node.with_changes(args=[cst.Arg(v) for v in (formatted.left, *values)])
