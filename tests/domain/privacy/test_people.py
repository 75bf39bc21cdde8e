"""Who is meant by a name, an e-mail address or a phone number, and whose orders are one person's."""

import pytest

from ordercli.domain.privacy.people import KnownPerson, is_named, is_same_phone, people_of

ANA = KnownPerson(1, "S-1", "Ana María  Pop", "Büro Pop", "Ana@Example.com", "+49 (0)30 123456", "Weg 1", "10115")


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("ana maría pop", True),
        ("ANA MARI\u0301A POP", True),
        ("büro pop", True),
        (" ana@example.COM ", True),
        ("+49 (0)30 123456", True),
        ("030123456", True),
        ("0049 030 123456", True),
        ("123456", False),
        ("Ana", False),
        ("Pop", False),
        ("10115", False),
        ("", False),
        ("  ", False),
        ("Weg 1", False),
    ],
)
def test_a_person_is_named_in_full_however_it_is_written(who: str, expected: bool) -> None:
    assert is_named(who, ANA) is expected


def test_who_tells_nothing_is_not_meant_by_nothing() -> None:
    assert not is_named("", KnownPerson(1, "S-1", None, None, None, None, None, None))
    assert not is_same_phone("12345", "12345")


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([ANA._replace(order=2, address_1=None, phone=None)], [{1, 2}]),
        ([ANA._replace(order=2, email=None, phone=None, address_1="WEG 1")], [{1, 2}]),
        ([ANA._replace(order=2, email="a@x.test", phone=None, address_1="Weg 2")], [{1}, {2}]),
        ([ANA._replace(order=2, email=None, phone=None, address_1=None, postal_code=None)], [{1}, {2}]),
        ([ANA._replace(order=1, email="new@x.test", phone=None, address_1=None)], [{1}]),
        (
            [
                ANA._replace(order=2, email="b@x.test", phone=None, address_1="Elsewhere 2"),
                ANA._replace(order=3, email="b@x.test", phone=None),
            ],
            [{1, 2, 3}],
        ),
    ],
)
def test_orders_are_one_persons_by_mail_phone_or_street_and_versions_of_one_are_one(
    others: list[KnownPerson], expected: list[set[int]]
) -> None:
    assert sorted(people_of([ANA, *others]), key=min) == expected
