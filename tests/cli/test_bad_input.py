"""Input that is damaged, hostile or absurd: the documented code, one sentence a fault, nothing changed."""

from pathlib import Path

import pytest

from cli.steps import content, done, listed, tsv, unshipped
from conftest import Ran, Run

OWN = "order_id,sku,quantity\nA-1,RING-7,1\n"
AMAZON = tsv(unshipped())
CATALOG = "sku,name\nA,Ring\n"
GIANT = "x" * 10_000_000
FILES = [
    pytest.param(b"", "is empty", id="empty"),
    pytest.param(b" \n\n\t \n", "is empty", id="blank"),
    pytest.param(bytes(range(256)) * 40, "", id="binary"),
    pytest.param(b"\0" * 5000, "is not a text file", id="zeros"),
    pytest.param(b"PK\x03\x04" + b"\0" * 60, "is damaged, or no workbook", id="spreadsheet"),
    pytest.param(b"%PDF-1.7\n", "is a PDF", id="pdf"),
    pytest.param(OWN.encode("utf-16-be"), "", id="utf-16 without mark"),
    pytest.param(b"colour,size\nred,7\n", "", id="unknown header"),
    pytest.param(b"colour,size\n" + OWN.encode(), "", id="header on the second line"),
    pytest.param(b"order_id,sku,sku,quantity\nA-1,RING-7,RING-8,1\n", "the column 'sku' twice", id="twice"),
    pytest.param(b'order_id,sku,quantity\nA-1,"RING-7,1\nA-2,RING-8,1\n', "line 2 is never closed", id="quote"),
    pytest.param(GIANT.encode(), "", id="one 10 MB cell"),
    pytest.param(f"order_id,sku,quantity,note\nA-1,RING-7,1,{GIANT}\n".encode(), "", id="a 10 MB cell"),
    pytest.param(f'order_id,sku,quantity,note\nA-1,RING-7,1,"{GIANT}\n'.encode(), "", id="a 10 MB quote"),
]
COMMANDS = [
    pytest.param(("order", "import"), id="order import"),
    pytest.param(("product", "import"), id="product import"),
    pytest.param(("stock", "import"), id="stock import"),
    pytest.param(("ship", "--csv"), id="ship --csv"),
    pytest.param(("settlement", "import"), id="settlement import"),
    pytest.param(("return", "import"), id="return import"),
]


def refused(ran: Ran, code: int = 5) -> list[str]:
    """The sentences of a run that was refused."""
    assert (ran.exit_code, ran.stdout) == (code, "")
    assert "Traceback" not in ran.stderr
    assert "Sorry" not in ran.stderr
    assert all(len(line) < 500 and line.isprintable() for line in ran.stderr.splitlines())
    return ran.stderr.splitlines()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("data", "said"), FILES)
def test_a_damaged_file_is_refused_in_one_sentence(
    shop: Run, database: Path, tmp_path: Path, command: tuple[str, ...], data: bytes, said: str
) -> None:
    file = tmp_path / "input.txt"
    file.write_bytes(data)
    before = content(database)

    sentences = refused(shop(*command, str(file)))

    rows_at_fault = [line for line in sentences if ", column " in line or ": line " in line]
    assert len(sentences) == 1 + len(rows_at_fault)
    assert len(rows_at_fault) <= 1
    assert str(file) in sentences[0]
    assert said in sentences[0] or command != ("order", "import")
    assert content(database) == before


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("name", "said"),
    [("missing.txt", "There is no file"), (".", "is a folder"), ("secret\0.txt", "is not a file name")],
    ids=["missing", "folder", "impossible name"],
)
def test_a_file_that_is_not_there_is_refused(
    shop: Run, database: Path, command: tuple[str, ...], name: str, said: str
) -> None:
    before = content(database)

    (sentence,) = refused(shop(*command, name))

    assert said in sentence
    assert content(database) == before


ROWS = [
    pytest.param({"quantity-purchased": "0"}, "quantity-purchased", id="no units"),
    pytest.param({"quantity-purchased": "-1"}, "quantity-purchased", id="minus one"),
    pytest.param({"quantity-purchased": "1.5"}, "quantity-purchased", id="one and a half"),
    pytest.param({"quantity-purchased": "1_000"}, "quantity-purchased", id="underscores"),
    pytest.param({"quantity-purchased": "٣"}, "quantity-purchased", id="digits of another script"),
    pytest.param({"quantity-purchased": str(2**63)}, "quantity-purchased", id="two to the 63rd"),
    pytest.param({"quantity-purchased": "9" * 5000}, "quantity-purchased", id="five thousand digits"),
    pytest.param({"quantity-purchased": ""}, "quantity-purchased", id="no quantity"),
    pytest.param({"quantity-shipped": "2"}, "quantity-shipped", id="more shipped than ordered"),
    pytest.param({"item-price": "NaN"}, "item-price", id="price NaN"),
    pytest.param({"item-price": "1e9"}, "item-price", id="price with exponent"),
    pytest.param({"item-price": "1.005"}, "item-price", id="three decimals of a dollar"),
    pytest.param({"item-price": "1,234.00"}, "item-price", id="separators"),
    pytest.param({"item-price": "-1.00"}, "item-price", id="a negative price"),
    pytest.param({"item-price": "999999999999"}, "item-price", id="a price beyond all"),
    pytest.param({"currency": "US$"}, "currency", id="no such currency"),
    pytest.param({"purchase-date": "2026-03-15T20:00:00"}, "purchase-date", id="a naive time"),
    pytest.param({"purchase-date": "2026-02-30T20:00:00Z"}, "purchase-date", id="no such day"),
    pytest.param({"purchase-date": ""}, "purchase-date", id="no time"),
    pytest.param({"promise-date": "tomorrow"}, "promise-date", id="a promise in words"),
    pytest.param({"order-id": "../../x"}, "order-id", id="a path as id"),
    pytest.param({"order-id": "1.14E+15"}, "order-id", id="an id eaten by a spreadsheet"),
    pytest.param({"order-id": "--help"}, "order-id", id="an option as id"),
    pytest.param({"order-item-id": "'; DROP TABLE product; --"}, "order-item-id", id="SQL as id"),
    pytest.param({"sku": "RING-77"}, "sku", id="an unknown product"),
    pytest.param({"buyer-name": "A\0B"}, "buyer-name", id="NUL"),
    pytest.param({"buyer-name": "x" * 2001}, "buyer-name", id="a name of 2,001 characters"),
    pytest.param({"buyer-name": "x" * 200_000}, "", id="a name of 200,000 characters"),
    pytest.param({"buyer-name": "Jo\tDoe"}, "", id="a cell too many"),
]


@pytest.mark.parametrize(("changes", "column"), ROWS)
def test_a_faulty_row_is_told_once_with_its_line_and_column_and_the_good_one_is_taken(
    shop: Run, changes: dict[str, str], column: str
) -> None:
    more = {"currency": "USD", "item-price": "34.00"}
    rows = tsv(unshipped() | more, unshipped(order_id="114-0000022-0000022", order_item_id="22") | more | changes)

    ran = shop("order", "import", "-", stdin=rows)

    first, second, *rest = ran.stderr.splitlines()
    assert (ran.exit_code, ran.stdout) == (4, "")
    assert first.startswith(f"-: line 3, column {column}: " if column else "-: line 3: ")
    assert first.isprintable()
    assert len(first) < 300
    assert "1 row rejected" in second
    assert rest == []
    assert [row["order_id"] for row in listed(shop, "order", "list")] == ["114-0000021-0000021"]


@pytest.mark.parametrize(("changes", "column"), ROWS)
def test_a_file_of_one_faulty_row_changes_nothing(
    shop: Run, database: Path, changes: dict[str, str], column: str
) -> None:
    before = content(database)
    row = unshipped() | {"currency": "USD", "item-price": "34.00"} | changes

    sentences = refused(shop("order", "import", "-", stdin=tsv(row)))

    assert len(sentences) == 2
    assert column in sentences[0]
    assert sentences[1] == "The only row could not be taken; nothing changed."
    assert content(database) == before


@pytest.mark.parametrize(
    ("data", "where", "why"),
    [
        pytest.param('A-2,"RING-7"x,1\n', "line 3", "has text after a closing quote", id="text after a quote"),
        pytest.param("A-2,RING-7\n", "line 3", "has 2 cells where the header has 3", id="a cell too few"),
        pytest.param("A-2,RING-7,1,\n", "line 3", "has 4 cells where the header has 3", id="a cell too many"),
        pytest.param(
            'A-2,RING-7,"1\n1"\n', "line 3, column quantity", r"'1\n1' is not a whole", id="two lines in a cell"
        ),
        pytest.param("\n\nA-2,RING-7,x\n", "line 5, column quantity", "'x' is not", id="after empty lines"),
        pytest.param("A-2,=RING-7,1\n", "line 3, column sku", "no product '=RING-7'", id="a formula as SKU"),
    ],
)
def test_a_faulty_row_of_a_quoted_file_is_told_by_the_line_it_begins_on(
    shop: Run, data: str, where: str, why: str
) -> None:
    ran = shop("order", "import", "-", stdin=OWN + data)

    first = ran.stderr.splitlines()[0]
    assert (ran.exit_code, ran.stdout) == (4, "")
    assert first.startswith(f"-: {where}: ")
    assert why in first
    assert len(listed(shop, "order", "list")) == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(AMAZON.encode("utf-8-sig"), "Ola Nordin", id="byte order mark"),
        pytest.param(AMAZON.replace("\n", "\r\n").encode(), "Ola Nordin", id="CRLF"),
        pytest.param(AMAZON.replace("\n", "\r").encode(), "Ola Nordin", id="CR"),
        pytest.param((AMAZON + "\n\n").encode(), "Ola Nordin", id="empty lines at the end"),
        pytest.param(AMAZON.rstrip("\n").encode(), "Ola Nordin", id="no line end at the end"),
        pytest.param(AMAZON.replace("Ola", "Élodie").encode("latin-1"), "Élodie Nordin", id="Latin-1"),
        pytest.param(AMAZON.replace("Ola", 'Ola "O').encode(), 'Ola "O Nordin', id="a bare quote"),
        pytest.param(AMAZON.replace("Ola", '"Ola').encode(), '"Ola Nordin', id="a quote never closed in TSV"),
    ],
)
def test_an_odd_but_sound_file_is_taken_as_it_is_meant(shop: Run, tmp_path: Path, data: bytes, name: str) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes(data)

    done(shop("order", "import", str(file)))

    shown = done(shop("order", "export", "--raw")).stdout
    assert name in shown.replace('""', '"')
    assert len(listed(shop, "order", "list")) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("order", "add", "../../x", "--line", "RING-7:1"),
        ("order", "add", "-rf", "--line", "RING-7:1"),
        ("order", "add", "A\n1", "--line", "RING-7:1"),
        ("order", "add", "--line", "RING-7"),
        ("order", "add", "--line", "RING-7:"),
        ("order", "add", "--line", ":1"),
        ("order", "add", "--line", "RING-7:0"),
        ("order", "add", "--line", "RING-7:-1"),
        ("order", "add", "--line", "RING-7:1.5"),
        ("order", "add", "--line", "RING-7:1_000"),
        ("order", "add", "--line", "RING-7:٣"),
        ("order", "add", "--line", f"RING-7:{2**63}"),
        ("order", "add", "--line", "RING-7:1@NaN"),
        ("order", "add", "--line", "RING-7:1@1e9"),
        ("order", "add", "--line", "RING-7:1@1.005"),
        ("order", "add", "--line", "RING-7:1@"),
        ("order", "add"),
        ("order", "add", "--line", "RING-7:1", "--at", "2026-03-16T09:00:00"),
        ("order", "add", "--line", "RING-7:1", "--ship-by", "2026-02-30"),
        ("order", "add", "--line", "RING-7:1", "--country", "Elbonia"),
        ("order", "add", "--line", "RING-7:1", "--customer", "x" * 2001),
        ("order", "add", "--line", "RING-7:1", *("--address", "x") * 4),
        ("order", "list", "--since", "2026-13-01"),
        ("order", "list", "--status", "lost"),
        ("stock", "receive", "RING-7:1@x"),
        ("stock", "receive", "RING-7:0"),
        ("stock", "receive", "RING-7:1", "--cost", "-1"),
        ("stock", "adjust", "RING-7", "--by", "0", "--reason", "loss"),
        ("stock", "adjust", "RING-7", "--by", "3", "--reason", "found"),
        ("stock", "adjust", "RING-7", "--by", "+3", "--reason", "damage"),
        ("stock", "adjust", "RING-7", "--by=-1", "--reason", "theft"),
    ],
    ids=lambda arguments: " ".join(arguments)[:60].encode("unicode_escape").decode(),
)
def test_an_impossible_value_is_a_usage_error_in_one_sentence(
    shop: Run, database: Path, arguments: tuple[str, ...]
) -> None:
    before = content(database)

    (sentence,) = refused(shop(*arguments), 2)

    assert sentence
    assert content(database) == before


def test_a_delivery_of_a_day_to_come_is_refused(shop: Run, database: Path) -> None:
    before = content(database)

    (sentence,) = refused(shop("stock", "receive", "RING-7:1", "--on", "2026-03-17"))

    assert "2026-03-17 is still to come" in sentence
    assert content(database) == before


def test_more_units_than_are_there_cannot_go(shop: Run, database: Path) -> None:
    before = content(database)

    (sentence,) = refused(shop("stock", "adjust", "RING-7", "--by=-11", "--reason", "loss"))

    assert sentence == "RING-7 has 10 on hand, so 11 cannot go; count it first."
    assert content(database) == before


@pytest.mark.parametrize("data", [OWN, AMAZON, CATALOG], ids=["own layout", "Amazon's", "catalog"])
def test_a_header_alone_is_nothing_to_do(shop: Run, database: Path, data: str) -> None:
    before = content(database)
    command = ("product", "import") if data == CATALOG else ("order", "import")

    ran = done(shop(*command, "-", stdin=data.splitlines(keepends=True)[0]))

    assert ran.stdout == ""
    assert "Unchanged" in ran.stderr
    assert content(database) == before


def test_an_unknown_layout_is_a_usage_error_and_a_wrong_one_is_refused(shop: Run, database: Path) -> None:
    before = content(database)

    (unknown,) = refused(shop("order", "import", "-", "--layout", "ebay", stdin=OWN), 2)
    (wrong,) = refused(shop("order", "import", "-", "--layout", "amazon-unshipped", stdin=OWN))

    assert "There is no layout 'ebay'" in unknown
    assert "lacks the column" in wrong
    assert content(database) == before
