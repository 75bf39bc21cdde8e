"""Templates that want out, all memory, or all time get none of it."""

import os
import signal
import time
from threading import Timer

import pytest

from ordercli.messaging import sandbox as module
from ordercli.messaging.sandbox import Sandbox, TemplateFault, sandbox
from patience import LONG

FIELDS = {"name": "Ana", "lines": [{"sku": "RING-7", "quantity": 2}], "order_id": "A-100"}


@pytest.fixture(scope="module")
def guard() -> Sandbox:
    return sandbox()


ESCAPES = {
    "class of a text": ("{{ ''.__class__ }}", "unsafe"),
    "subclasses": ("{{ ().__class__.__base__.__subclasses__() }}", "unsafe"),
    "by the filter attr": ("{{ name|attr('__class__') }}", "unsafe"),
    "by an item": ("{{ name['__class__'] }}", "unsafe"),
    "by format": ("{{ '{0.__class__.__init__}'.format(name) }}", "unsafe"),
    "by format_map": ("{{ '{name.__class__}'.format_map({'name': name}) }}", "unsafe"),
    "by map": ("{{ lines|map(attribute='__class__')|join }}", "unsafe"),
    "globals of a macro": ("{% macro m() %}{% endmacro %}{{ m.__init__.__globals__ }}", "unsafe"),
    "globals of the template": ("{{ self.__init__.__globals__ }}", "unsafe"),
    "a builtin": ("{{ cycler.__init__.__globals__.os }}", "unsafe"),
    "an import": ("{% import 'os' as os %}", "fails"),
    "an include": ("{% include '/etc/passwd' %}", "fails"),
    "changing a list": ("{{ lines.append(1) }}", "unsafe"),
    "changing a mapping": ("{{ lines[0].update(sku='x') }}", "unsafe"),
    "an extension": ("{% do lines %}", "unknown tag 'do'"),
}
HUNGRY = {
    "a long text": "{{ 'x' * 10**9 }}",
    "a long text, just below": "{{ 'x' * 200000000 }}",
    "a wide number": "{{ '%999999999d'|format(1) }}",
    "a long list": "{{ [0] * 10**9 }}",
    "a text doubled": "{% set ns = ['x'] %}{% for a in 'x' * 40 %}{% set s = name * 10**8 %}{{ s }}{% endfor %}",
    "a long output": "{% for a in 'x' * 30000 %}y{% endfor %}",
}
ENDLESS = {
    "loops in loops": "{% for a in 'x' * 90000 %}{% for b in 'x' * 90000 %}{% endfor %}{% endfor %}",
    "a tower of powers": "{{ 9 ** (9 ** (9 ** 9)) }}",
}


@pytest.mark.parametrize(("template", "reason"), ESCAPES.values(), ids=ESCAPES)
def test_a_template_reaches_nothing_it_was_not_given(guard: Sandbox, template: str, reason: str) -> None:
    answer = guard.fill("s", template, FIELDS)

    assert isinstance(answer, TemplateFault), answer
    assert reason in answer.reason


@pytest.mark.parametrize("template", HUNGRY.values(), ids=HUNGRY)
def test_a_template_that_wants_all_memory_gets_an_answer_instead(guard: Sandbox, template: str) -> None:
    answer = guard.fill("s", template, FIELDS)

    assert isinstance(answer, TemplateFault), answer
    assert any(word in answer.reason for word in ("memory", "characters"))


@pytest.mark.parametrize("template", ENDLESS.values(), ids=ENDLESS)
def test_a_template_without_end_is_stopped_and_the_next_one_runs(
    guard: Sandbox, monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    monkeypatch.setattr(module, "_LONGEST", LONG)  # so it is its own work that ends it
    monkeypatch.setattr(module, "SECONDS", 0.5)
    assert guard.fill("s", "warm", FIELDS) == ("s", "warm")
    began = time.monotonic()
    stopped = guard.fill("s", template, FIELDS)
    took = time.monotonic() - began

    assert isinstance(stopped, TemplateFault)
    assert "takes more time than the 0.5 seconds" in stopped.reason
    assert took < LONG
    assert guard.fill("s", "{{ name }}", FIELDS) == ("s", "Ana")


def test_a_machine_that_stands_still_is_no_fault_of_a_template(
    guard: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.2)
    assert guard.fill("s", "warm", FIELDS) == ("s", "warm")
    process = guard._process  # noqa: SLF001 - which one it is shows nowhere else
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    Timer(0.6, process.send_signal, (signal.SIGCONT,)).start()

    assert guard.fill("s", "{{ name }}", FIELDS) == ("s", "Ana")
    assert guard._process is process  # noqa: SLF001 - the same


def test_a_template_that_does_not_work_is_stopped_in_the_end(
    guard: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert guard.fill("s", "warm", FIELDS) == ("s", "warm")
    monkeypatch.setattr(module, "_LONGEST", 0.2)
    assert guard._process is not None  # noqa: SLF001 - the same
    guard._process.send_signal(signal.SIGSTOP)  # noqa: SLF001 - the same

    stopped = guard.fill("s", "{{ name }}", FIELDS)

    assert isinstance(stopped, TemplateFault)
    monkeypatch.undo()
    assert guard.fill("s", "{{ name }}", FIELDS) == ("s", "Ana")


def test_the_process_stays_for_the_next_command_and_one_that_ended_meanwhile_is_started_anew() -> None:
    def number() -> int:
        assert sandbox().fill("s", "{{ name }}", FIELDS) == ("s", "Ana")
        process = sandbox()._process  # noqa: SLF001 - which one it is shows nowhere else
        assert process is not None
        return process.pid

    first = number()
    assert number() == first
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert number() != first


def test_endless_calls_end(guard: Sandbox) -> None:
    answer = guard.fill("s", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", FIELDS)

    assert answer == TemplateFault("it calls itself without end")


@pytest.mark.parametrize(
    ("subject", "body", "line"),
    [("{{ nope }}", "x", 1), ("x", "{{ nope }}", 3), ("x", "a\nb\n{% if name %}\n{{ nope }}{% endif %}", 6)],
)
def test_a_field_that_is_not_there_is_an_error_on_its_line_of_the_file(
    guard: Sandbox, subject: str, body: str, line: int
) -> None:
    assert guard.fill(subject, body, FIELDS) == TemplateFault("'nope' is undefined", line)


def test_an_error_does_not_tell_what_the_fields_hold(guard: Sandbox) -> None:
    answer = guard.fill("s", "{{ name|int(base='x') + name }}", FIELDS)

    assert isinstance(answer, TemplateFault)
    assert "Ana" not in answer.reason


def test_what_is_wrong_with_the_language_is_told_with_its_line(guard: Sandbox) -> None:
    fault = guard.names("s", "fine\n{% if name %}")

    assert isinstance(fault, TemplateFault)
    assert (fault.line, "endif" in fault.reason) == (4, True)


def test_the_fields_a_template_uses_are_named(guard: Sandbox) -> None:
    text = "{% for line in lines %}{{ line.sku }}{% endfor %}{{ nope }}"

    assert guard.names("{{ order_id }}", text) == frozenset({"order_id", "lines", "nope"})


def test_the_process_is_told_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERCLI_SMTP_PASSWORD", "secret")

    assert "secret" not in module._environment().values()  # noqa: SLF001 - what the child gets is the point


def test_a_whole_letter_is_filled_and_text_is_not_escaped(guard: Sandbox) -> None:
    filled = guard.fill(
        "Order {{ order_id }}", "{{ name }} & <b>\n{% for l in lines %}\n- {{ l.sku }}\n{% endfor %}\n", FIELDS
    )

    assert filled == ("Order A-100", "Ana & <b>\n- RING-7\n")
