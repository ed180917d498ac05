"""Templates that an organization writes for the requests to a CRM: jinja2, in a cage. Pure.

What a template may do is listed, not what it may not: values and their items, comparisons, `if`, a `for` that holds no
other, and the filters of `FILTERS`. Nothing is called, assigned, imported or multiplied, and `a.b` is only ever the
item `b` of `a`: Python's own attributes are not there. So the work is at most the template's length times its data's,
and the output is counted while it is made.
"""

from __future__ import annotations

import base64
import html
import json
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache, wraps
from typing import Any
from urllib.parse import quote

from jinja2 import StrictUndefined, Undefined, nodes
from jinja2.exceptions import TemplateError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_SOURCE = 4_000
"""Characters of one template."""
MOST_OUTPUT = 100_000
"""Characters that one template may make."""
MASK = "•••"
"""Stands for a secret where it is shown."""
_MOST_SECONDS = 2.0
_MOST_DEPTH = 20
_LARGEST = 2**63 - 1
_FAILURES = (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError)


class BadTemplate(ValueError):
    """A template that may not be, or that failed; the message is for whoever wrote it and holds no value."""


class NoValue(BadTemplate):
    """An address needs a value that is not known."""


class Absent(Undefined):
    """A value that there is a name for, and that this record does not have: nothing in a text, left out of a body."""

    __slots__ = ()

    def __str__(self) -> str:
        return ""

    def __bool__(self) -> bool:
        return False


class Named(dict[str, Any]):
    """Values by name. What is among `blank` is known and not there, anything else is a mistake."""

    def __init__(self, values: Mapping[str, Any], blank: Iterable[str] = ()) -> None:
        super().__init__(values)
        self.blank = frozenset(blank)


class _Cage(ImmutableSandboxedEnvironment):
    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Undefined):
            return obj
        if isinstance(obj, LoopContext) and argument in ("index", "index0", "first", "last", "length"):
            return getattr(obj, argument)
        if isinstance(obj, Mapping) and argument in obj:
            return obj[argument]
        if isinstance(obj, Named) and argument in obj.blank:
            return Absent(name=str(argument))
        if isinstance(obj, (list, str)) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.undefined(f"there is no {str(argument)[:50]!r}")


def _default(value: Any, instead: Any = "") -> Any:
    return instead if value is None or isinstance(value, Absent) else value


def _replace(value: Any, old: str, new: str) -> str:
    text = str(value)
    if not old or len(text) + text.count(old) * len(new) > MOST_OUTPUT:
        raise BadTemplate("replace: nothing to look for, or too long an outcome")
    return text.replace(old, new)


def _join(value: Iterable[Any], between: str = "") -> str:
    parts = [str(part) for part in value]
    if sum(map(len, parts)) + len(parts) * len(between) > MOST_OUTPUT:
        raise BadTemplate("join: too long an outcome")
    return str.join(between, parts)


def _base64(value: Any) -> str:
    return MASK if MASK in str(value) else base64.b64encode(str(value).encode()).decode()


FILTERS: Mapping[str, Callable[..., Any]] = {
    "base64": _base64,
    "capitalize": lambda value: str(value).capitalize(),
    "default": _default,
    "e": lambda value: html.escape(str(value)),
    "first": lambda value: value[0] if value else None,
    "int": lambda value: int(str(value)[:20]),
    "join": _join,
    "length": len,
    "lower": lambda value: str(value).lower(),
    "replace": _replace,
    "string": str,
    "title": lambda value: str(value).title(),
    "tojson": lambda value: json.dumps(value, ensure_ascii=False),
    "trim": lambda value: str(value).strip(),
    "truncate": lambda value, length: str(value)[: int(length)],
    "upper": lambda value: str(value).upper(),
    "urlencode": lambda value: quote(str(value), safe=""),
}
"""Every filter that there is."""
_TESTS: Mapping[str, Callable[[Any], bool]] = {
    "defined": lambda value: not isinstance(value, Undefined),
    "none": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float),
    "string": lambda value: isinstance(value, str),
}
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.List, nodes.Dict, nodes.Pair),
    *(nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And),
    *(nodes.Or, nodes.Not, nodes.Neg, nodes.CondExpr, nodes.Concat, nodes.If, nodes.For),
)


def _counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def apply(value: Any, *given: Any) -> Any:
        if isinstance(value, Absent) and name != "default":
            return value
        made = function(value, *given)
        if isinstance(made, str) and len(made) > MOST_OUTPUT:
            raise BadTemplate(f"{name}: too long an outcome")
        return made

    return apply


def _shown(value: Any) -> str:
    if value is None or isinstance(value, Absent):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float | Undefined):
        return str(value)
    raise BadTemplate("not a text or number: write | tojson or | join")


def _in_address(value: Any) -> str:
    text = _shown(value)
    if not text:
        raise NoValue("an address needs a value that is not known")
    return quote(text, safe="")


def _cage(finalize: Callable[[Any], str]) -> _Cage:
    cage = _Cage(undefined=StrictUndefined, finalize=finalize, cache_size=0, keep_trailing_newline=True)
    cage.globals.clear()
    cage.filters = {name: _counted(name, function) for name, function in FILTERS.items()}
    cage.tests = dict(_TESTS)
    return cage


_TEXTS, _ADDRESSES = _cage(_shown), _cage(_in_address)
_ALONE = re.compile(r"\s*\{\{[-+]?(.*?)[-+]?\}\}\s*", re.DOTALL)


def complaint(source: str, names: Collection[str]) -> str | None:
    """What is wrong with a template, for people; None when nothing is.

    Args:
        source: of the template.
        names: of the values that it may use.
    """
    try:
        _check(source, frozenset(names))
        _compiled(source, in_address=False)
        _native(source)
    except BadTemplate as bad:
        return str(bad)
    return None


@lru_cache(512)
def _check(source: str, names: frozenset[str]) -> None:
    if len(source) > MOST_SOURCE:
        raise BadTemplate(f"longer than {MOST_SOURCE} characters")
    try:
        tree = _TEXTS.parse(source)
    except (TemplateError, RecursionError) as wrong:
        raise BadTemplate(f"not a template: {str(wrong)[:200]}") from wrong
    own = {"loop"} | {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    left: list[tuple[nodes.Node, int, bool]] = [(tree, 0, False)]
    while left:
        node, depth, in_loop = left.pop()
        _check_node(node, depth, in_loop)
        if isinstance(node, nodes.Name) and node.name not in own and node.name not in names:
            raise BadTemplate(f"there is no {node.name}; there is {', '.join(sorted(names)) or 'nothing'}")
        left += [(child, depth + 1, in_loop or isinstance(node, nodes.For)) for child in node.iter_child_nodes()]


def _check_node(node: nodes.Node, depth: int, in_loop: bool) -> None:
    if depth > _MOST_DEPTH:
        raise BadTemplate("too deep: say it in fewer steps")
    if not isinstance(node, _ALLOWED):
        raise BadTemplate(f"{type(node).__name__} is not part of this language")
    if isinstance(node, nodes.For) and (in_loop or node.recursive):
        raise BadTemplate("a loop holds no other loop")
    for group, known in ((nodes.Filter, FILTERS), (nodes.Test, _TESTS)):
        if isinstance(node, group) and node.name not in known:
            raise BadTemplate(f"there is no {node.name}; there is {', '.join(known)}")


@lru_cache(512)
def _compiled(source: str, *, in_address: bool) -> Any:
    try:
        return (_ADDRESSES if in_address else _TEXTS).from_string(source)
    except (TemplateError, SyntaxError, RecursionError, MemoryError) as wrong:
        raise BadTemplate(f"not a template: {type(wrong).__name__}") from wrong


@lru_cache(512)
def _native(source: str) -> Any:
    """The expression, where the template is one and nothing else; its value keeps its type. Else None."""
    alone = _ALONE.fullmatch(source)
    body = _TEXTS.parse(source).body if alone else []
    if alone is None or not (len(body) == 1 and isinstance(body[0], nodes.Output) and len(body[0].nodes) == 1):
        return None
    try:
        return _TEXTS.compile_expression(alone[1], undefined_to_none=False)
    except (TemplateError, SyntaxError, RecursionError, MemoryError) as wrong:
        raise BadTemplate(f"not a template: {type(wrong).__name__}") from wrong


def render_text(source: str, values: Mapping[str, Any], *, in_address: bool = False) -> str:
    """A template as text; in an address every value is percent-encoded.

    Raises:
        NoValue: an address needs a value that is not known.
        BadTemplate: it failed, or made too much.
    """
    ends, size, parts = time.monotonic() + _MOST_SECONDS, 0, []
    _check(source, frozenset(values))
    try:
        for part in _compiled(source, in_address=in_address).generate(values):
            size += len(part)
            if size > MOST_OUTPUT or time.monotonic() > ends:
                raise BadTemplate("it makes too much")
            parts.append(part)
    except BadTemplate:
        raise
    except _FAILURES as failed:
        raise BadTemplate(f"{type(failed).__name__}: {str(failed)[:200]}") from failed
    return _sendable("".join(parts))


def render(wanted: Any, values: Mapping[str, Any]) -> Any:
    """A document whose texts are templates: a text that is one expression and nothing else keeps its type.

    Members that have no value for this record are left out.

    Raises:
        BadTemplate: one failed, or made too much.
    """
    if isinstance(wanted, dict):
        made = {name: render(part, values) for name, part in wanted.items()}
        return {name: value for name, value in made.items() if not isinstance(value, Absent)}
    if isinstance(wanted, list):
        return [value for value in (render(part, values) for part in wanted) if not isinstance(value, Absent)]
    if not isinstance(wanted, str):
        return wanted
    _check(wanted, frozenset(values))
    expression = _native(wanted)
    if expression is None:
        return render_text(wanted, values)
    try:
        return _value(expression(**values))
    except BadTemplate:
        raise
    except _FAILURES as failed:
        raise BadTemplate(f"{type(failed).__name__}: {str(failed)[:200]}") from failed


def _value(value: Any) -> Any:
    """What JSON knows, and nothing else."""
    if isinstance(value, Undefined):
        return value if isinstance(value, Absent) else str(value)  # which fails, and says what is missing
    if isinstance(value, str):
        return _sendable(value)
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and abs(value) <= _LARGEST:
        return value
    if isinstance(value, dict):
        return {str(name): _value(part) for name, part in value.items() if not isinstance(part, Absent)}
    if isinstance(value, list):
        return [_value(part) for part in value if not isinstance(part, Absent)]
    raise BadTemplate("not a value that JSON knows")


def _sendable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as wrong:
        raise BadTemplate("not a text that can be sent") from wrong
    if len(text) > MOST_OUTPUT:
        raise BadTemplate("it makes too much")
    return text
