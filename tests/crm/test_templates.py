"""Templates of an organization do what they should, and nothing else: no escape, no endless work, no secret."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.crm.templates import FILTERS, MOST_OUTPUT, BadTemplate, Named, NoValue, complaint, render, render_text

VALUES = {
    "fields": Named({"name": "Jane Doe", "gone": None, "text": "x" * 5000}, ["phone"]),
    "id": "0f-1",
    "names": ["a", "b"],
}


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ("{{ fields.name }}", "Jane Doe"),
        ("{{ fields['name'] }}", "Jane Doe"),
        ("Dear {{ fields.name | upper }}", "Dear JANE DOE"),
        ("{{ fields.gone }}", None),
        ("{{ names }}", ["a", "b"]),
        ("{{ '12' | int }}", 12),
        ("{{ fields.phone | default('none') }}", "none"),
        ("tel {{ fields.phone }}", "tel "),
        ("{{ fields.name | replace('Jane', 'J.') | truncate(4) }}", "J. D"),
        ("{% if fields.phone %}has{% else %}has not{% endif %}", "has not"),
        ("{% for name in names %}{{ loop.index }}{{ name }};{% endfor %}", "1a;2b;"),
        ("{{ 'yes' if id is defined else 'no' }}", "yes"),
        ({"a": ["{{ id }}", 3, None], "b": {"c": "{{ fields.phone }}"}}, {"a": ["0f-1", 3, None], "b": {}}),
        ("{{ {'name': fields.name, 'tel': fields.phone} }}", {"name": "Jane Doe"}),
        ("{{ fields.name | tojson }}", '"Jane Doe"'),
        ("{{ ('u' ~ ':' ~ 'p') | base64 }}", "dTpw"),
    ],
)
def test_a_template_makes(template, made):
    assert render(template, VALUES) == made


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ fields.__init__.__globals__ }}",
        "{{ fields.items }}",
        "{{ fields.update({'a': 1}) }}",
        "{{ fields.blank }}",
        "{{ fields | attr('__class__') }}",
        "{{ fields | map(attribute='__class__') | list }}",
        "{{ names | first | attr('__class__') }}",
        "{{ 'a'.format('{0.__class__}') }}",
        "{{ '%s' % fields }}",
        "{{ self }}",
        "{{ self.__init__ }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ joiner }}",
        "{{ namespace(a=1) }}",
        "{{ config }}",
        "{{ request }}",
        "{{ secrets.token }}",
        "{% for name in names %}{{ loop.__class__ }}{% endfor %}",
        "{% for name in names %}{{ loop.cycle('a') }}{% endfor %}",
        "{% for name in names %}{{ loop._iterable }}{% endfor %}",
        "{% for name in names recursive %}{{ loop(names) }}{% endfor %}",
        "{% set x = fields %}{{ x }}",
        "{% macro m() %}{% endmacro %}{{ m() }}",
        "{% call m() %}{% endcall %}",
        "{% filter upper %}a{% endfilter %}",
        "{% import 'os' as os %}",
        "{% from 'os' import path %}",
        "{% include '/etc/passwd' %}",
        "{% extends 'base' %}",
        "{% block a %}{% endblock %}",
        "{% with a = 1 %}{{ a }}{% endwith %}",
        "{% do names.append('c') %}",
        "{% autoescape true %}{% endautoescape %}",
        "{{ fields.emial }}",
        "{{ emial }}",
        "{{ names[7] }}",
        "{{ '\\ud800' }}",
        "{{ '99999999999999999999' | int }}",
        "{{ id | int }}",
        "{{ '{{' ",
        "{% for %}",
    ],
)
def test_what_is_not_of_the_language_does_not_run(template):
    with pytest.raises(BadTemplate):
        render(template, VALUES)


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ range(1000000000) | list }}",
        "{% for a in range(1000000000) %}{% endfor %}",
        "{% for a in id %}{% for b in fields.text %}{% for c in fields.text %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in fields.text %}{{ fields.text }}{% endfor %}",
        "{% for a in names %}{% if a %}{% for b in names %}{{ b }}{% endfor %}{% endif %}{% endfor %}",
        "{{ fields.text" + " | replace('x', 'xxxxxxxxxxxxxxxxxxxx')" * 10 + " }}",
        "{{ fields.text | join('" + "-" * 3000 + "') }}",
        "{{ '\"\\\\'" + " | tojson" * 19 + " | tojson" * 300 + " }}",
        "{{ " + "(" * 1500 + "1" + ")" * 1500 + " }}",
        "{{ " + "not " * 900 + "1 }}",
        "{{ " + "[" * 90 + "1" + "]" * 90 + " }}",
        "{{ names" + "[0]" * 900 + " }}",
        "{{ " + " ~ ".join(["fields.text"] * 280) + " }}",
        "x" * 4001,
    ],
)
def test_no_template_works_for_long_or_makes_much(template):
    started = time.monotonic()
    with pytest.raises(BadTemplate):
        render(template, VALUES)
    assert time.monotonic() - started < 30, "of a machine that has much else to do"


def test_what_is_made_is_counted_and_not_guessed():
    just = Named({"text": "x" * (MOST_OUTPUT // 4)})
    assert len(render("{{ fields.text }}" * 4 + "", {"fields": just})) == MOST_OUTPUT
    with pytest.raises(BadTemplate, match="too much"):
        render("{{ fields.text }}" * 4 + "!", {"fields": just})


def test_in_an_address_a_value_adds_no_step_and_no_parameter():
    values = {"email": "a/../b?x=1&y=2#z@é", "none": None}
    made = render_text("/people?q={{ email }}", values, in_address=True)
    assert made == "/people?q=a%2F..%2Fb%3Fx%3D1%26y%3D2%23z%40%C3%A9"
    with pytest.raises(NoValue):
        render_text("/people/{{ none }}", values, in_address=True)


def test_a_mistake_is_told_when_it_is_written():
    names = {"fields", "id"}
    assert complaint("{{ fields.name | upper }}", names) is None
    assert "emial" in (complaint("{{ emial }}", names) or "")
    assert "uper" in (complaint("{{ id | uper }}", names) or "")
    assert "Call" in (complaint("{{ id.upper() }}", names) or "")


@given(st.text(max_size=200))
def test_any_text_is_a_template_or_a_complaint(text):
    for source in (text, f"{{{{ {text} }}}}", f"{{% {text} %}}"):
        if complaint(source, VALUES) is None:
            try:
                render(source, VALUES)
            except BadTemplate:
                continue


@example("join", [])
@given(st.sampled_from(sorted(FILTERS)), st.text(max_size=50) | st.none() | st.integers() | st.lists(st.text()))
def test_no_filter_fails_in_another_way(name, value):
    for template in (f"{{{{ v | {name} }}}}", f"{{{{ v | {name}(v) }}}}", f"{{{{ v | {name}(v, v) }}}}"):
        try:
            render(template, {"v": value})
        except BadTemplate:
            continue
