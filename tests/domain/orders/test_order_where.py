import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.domain.orders.order_where import FLAGS, VALUES, Fact, parse_where
from ordercli.queries.orders.order_where import CONDITIONS

READ = {
    "late": (Fact("late", None),),
    "late and carrier=USPS": (Fact("late", None), Fact("carrier", "USPS")),
    "  LATE   AND  Carrier = USPS ": (Fact("late", None), Fact("carrier", "USPS")),
    'carrier="Pony Express" and on_hold': (Fact("carrier", "Pony Express"), Fact("on_hold", None)),
    "sku='A and B'": (Fact("sku", "A and B"),),
    "sku=A=B": (Fact("sku", "A=B"),),
    "sku=android": (Fact("sku", "android"),),
    "tag=''": (Fact("tag", ""),),
}
REFUSED = {
    "": "is not a fact",
    "late or overdue": "joined by 'and'",
    "late and": "joined by 'and'",
    "late carrier=USPS": "joined by 'and'",
    "late=yes": "without a value",
    "carrier": "needs a value",
    "carrier=": "is not a fact",
    "price=3": "there is no fact 'price'; there are late, overdue",
    "sku='open": "is not a fact",
    "1=1": "is not a fact",
    "late and sku=x'; DROP TABLE message": "joined by 'and'",
}


@pytest.mark.parametrize(("text", "facts"), READ.items(), ids=READ)
def test_a_condition_is_read_as_these_facts(text: str, facts: tuple[Fact, ...]) -> None:
    assert parse_where(text) == facts


@pytest.mark.parametrize(("text", "reason"), REFUSED.items(), ids=REFUSED)
def test_what_is_no_fact_is_refused_with_the_place(text: str, reason: str) -> None:
    with pytest.raises(FieldError, match=reason):
        parse_where(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        facts = parse_where(text)
    except FieldError:
        return
    assert {fact.name for fact in facts} <= {*FLAGS, *VALUES}


def test_every_fact_has_its_condition_and_values_are_bound_never_pasted() -> None:
    assert set(CONDITIONS) == {*FLAGS, *VALUES}
    assert [name for name in VALUES if CONDITIONS[name].count("{value}") != 1] == []
    assert [name for name in FLAGS if "{value}" in CONDITIONS[name]] == []
