"""A rule that statements need stands once as SQL, beside its function; nowhere else is it written out again."""

import ast
import re
from pathlib import Path

import pytest

import ordercli

PACKAGE = Path(ordercli.__file__).parent

# How each rule looks where somebody writes it out, and the only modules that may.
RULES: dict[str, tuple[str, set[str]]] = {
    "late": (
        r"confirmed_at\s*>=?\s*(\w+\.|\{row\}\.)?ship_by|ship_by\s*<=?\s*:(now|moment)",
        {"domain/hours.py"},  # the second opinion on what triggers keep
    ),
    "the value of a dated setting": (
        r"valid_from\s*<=|valid_from (DESC|, id)|ORDER BY valid_from",
        {"domain/settings.py"},
    ),
    "the channels there are": (r"SELECT name FROM channel\b", {"naming.py"}),
    "the zone of a channel": (r"^channel\.\{\}\.time_zone$", {"queries/reader.py", "services/settings.py"}),
    "whether a channel is told by files": (r"channel\.\{\}\.confirmation", {"services/settings.py"}),
    "valid tracking": (r"julianday\([\w.{}]*delivered_at\) [<>]|\+ 17\b", set()),
    "a row as it was known": (r"operation_id > :known", {"queries/past.py", "queries/undone.py"}),
    "money a settlement gave back": (r"LIKE '%refund%'", {"domain/settlement.py"}),
    "units that come or came back": (r"is_declined = 0, r\.quantity", {"domain/on_return.py", "queries/laws.py"}),
    "what is no sale": (
        r"LIKE 'non-|is_sale\b\s*(=|<>)\s*[01]",
        # The second opinion on what triggers keep; a column of what is not an order yet.
        {"domain/orders/tax_inside.py", "queries/laws.py", "services/orders/merged_sql.py"},
    ),
    "the return rate": (r"returned\b\S* \* 1\.0|1\.0 \* sum\([\w.]*(quantity|returned)", set()),
    "the label of a way back is a cost": (
        r"= 'seller' AND a\.opened_at|IS NOT 'channel'",
        {"domain/returns/return_terms.py"},
    ),
    "delivered on time": (r"delivered_at BETWEEN", set()),
    "whose turn it is for stock": (r"coalesce\([\w.{}]*ship_by, '", {"domain/stock/waiting.py"}),
    "the reorder point": (r"coalesce\(p\.reorder_point|p\.lead_time_days, \(", set()),
    "low": (r"THEN 'OUT'|<= (max\(|coalesce\()?(p\.)?reorder_point", set()),
    "what takes demand back": (r"IN \('buyer', 'buyer-message'\)", set()),
    "stockouts": (
        r"FROM stockout\b(?!_now)",
        {
            *("domain/demand_history.py", "models/stock_ddl.py", "queries/laws.py", "queries/ledger_walk.py"),
            "services/safety/rebuilding.py",
        },
    ),
    "the places that sell": (r"'sellable', 'fba'", {"domain/demand.py", "queries/reports/aging.py"}),
    "available of a kit": (r"/ k\.quantity", {"domain/reorder_point.py"}),
    "retired": (r"retired_on\s*(<|>|IS)", {"domain/reorder_point.py"}),
    "a shipment under way": (r"\('in_transit', 'exception'\)", {"domain/orders/orders.py"}),
    "units still open": (
        (
            r"quantity_(shipped|received) \+ [\w.]*quantity_(canceled|lost)\b(?! [+<])"
            r"|quantity_(shipped|received)\s+- [\w.]*quantity_(canceled|lost)"
            r"|units_shipped \+ [\w.]*units_canceled(?! =)"
        ),
        # The last two: a new quantity, unknown yet to the generated column; a statement's own units.
        {
            "queries/laws.py",
            "queries/fba/fba.py",
            "services/orders/order_books_sql.py",
            "services/orders/merged_sql.py",
        },
    ),
    "what the channel is to be told": (
        r"confirmed_at IS NULL AND (\w+\.)?origin = 'seller'(?! AND s\.status)|WHERE is_outdated",
        {"domain/shipping/shipping.py"},
    ),
    "what is decided": (r"origin = 'channel'\)", {"queries/health/rates.py"}),
    "cancellations that count": (r"\('buyer-message', 'seller'\)", {"domain/orders/orders.py"}),
    "fees that are expected": (r"500000|kept_share \*|\* kept_share", set()),
    "units that no stock covers": (
        r"quantity_open\)? - \(?[\w.]*quantity_allocated|quantity_open > [\w.]*quantity_allocated",
        set(),
    ),
    "an answer that comes late": (r"\+48 hours", {"domain/returns/returns.py"}),
    "the cost of what is left of a layer": (
        r"cost_minor \* [\w.]*quantity_used|cost_minor \* \(",
        {"domain/money.py", "queries/laws.py"},
    ),
    "what one unit costs": (r"\(2 \* [\w.]+ \+ [\w.]+\) / \(2 \*", set()),
    "a refusal that may be none": (r"IN_DOUBT", {"domain/refusals.py"}),
    "the status of an order": (r"THEN 'partially_shipped'", {"domain/orders/orders.py"}),
}


def texts_of(path: Path) -> list[str]:
    """The text constants of a module, each f-string as one, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: list[str] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            found.append("".join(map(str, parts)))
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        children = list(ast.iter_child_nodes(node))
        waiting += [
            child
            for child in children
            if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant))
        ]
    return found


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    """Those of every module."""
    return {str(path.relative_to(PACKAGE)): texts_of(path) for path in sorted(PACKAGE.rglob("*.py"))}


def test_a_rule_is_written_out_in_one_place(texts: dict[str, list[str]]) -> None:
    elsewhere = {
        (rule, module)
        for rule, (pattern, places) in RULES.items()
        for module, there in texts.items()
        if module not in places and any(re.search(pattern, text) for text in there)
    }
    assert elsewhere == set()


UNORDERED = {
    "domain/demand_history.py": "days, of which a set is made",
    "queries/health/members.py": "each once, of rows in its own order",
    "queries/shipping/picking.py": "an aggregate that a statement with an order is given",
    "services/orders/order_staging.py": "compared by one engine with itself",
    "services/orders/statement_sql.py": "values by their names",
}
"""Modules with one aggregate of texts that stands without an order, and why it may."""


def test_texts_are_put_together_in_an_order_that_is_told(texts: dict[str, list[str]]) -> None:
    """Else each engine puts them together as it finds them."""
    without = {
        module
        for module, there in texts.items()
        for text in there
        for behind in re.split(r"group_concat\(|json_group_\w+\(", text)[1:]
        if "ORDER BY" not in behind
    }
    assert without - {"shape.py"} == set(UNORDERED)  # which gives its statement with the order


def test_no_statement_shows_the_name_of_a_rule_instead_of_its_sql(texts: dict[str, list[str]]) -> None:
    forgotten = {
        module: text[:60]
        for module, there in texts.items()
        for text in there
        if re.search(r"\{_?([a-z_]+_sql\(|[A-Z][A-Z_]+\})", text)
    }
    assert forgotten == {}


def test_no_statement_numbers_its_parameters(texts: dict[str, list[str]]) -> None:
    """For Python such a parameter is a named one, and from 3.14 on it takes no sequence of values for these."""
    numbered = {module for module, there in texts.items() if any(re.search(r"\?[0-9]", text) for text in there)}
    assert numbered == set()


def test_a_list_holds_no_more_rows_of_a_server_than_some() -> None:
    # What `rows` gives of a server is all there, and a list may have a row for each order there ever was.
    held = [
        f"{path.relative_to(PACKAGE)}: {found[0]}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for found in re.finditer(
            r"\bReport\(.*\breader\.rows\((?!.*\)\.fetch).*", path.read_text(encoding="utf-8")
        )
    ]
    assert held == []
