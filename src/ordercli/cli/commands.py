"""The table of commands: what there is, in the order of ``--help``, and which module has it."""

from typing import NamedTuple


class Entry(NamedTuple):
    """One command: its module under ``ordercli.cli``, its line of help, and an example of it."""

    name: str
    module: str
    help: str
    example: str


SECTIONS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Start",
        (
            Entry(
                "init",
                "setup",
                "Make the database of a new shop.",
                "ordercli init --time-zone America/New_York --currency USD",
            ),
            Entry("today", "reports.today", "What waits today, how urgent, and what to do.", "ordercli today"),
            Entry(
                "day",
                "reports.day",
                "The round of a day, step by step.",
                "ordercli day ~/Downloads",
            ),
            Entry(
                "find",
                "orders.find",
                "Orders by id, tracking number, buyer, SKU or tag.",
                'ordercli find "ana pop"',
            ),
            Entry(
                "import",
                "inbox",
                "Files of any known kind, each to the command that reads it.",
                "ordercli import ~/Downloads",
            ),
            Entry("shell", "shell", "A prompt that answers at once, with completion.", "ordercli shell"),
            Entry("run", "run", "A list of commands, in one process.", "ordercli run morning.txt"),
            Entry("demo", "demo", "Fill a folder with a sample shop to try things on.", "ordercli demo my-demo"),
        ),
    ),
    (
        "Orders",
        (
            Entry(
                "order",
                "orders.order",
                "Take orders in, look at them, hold, cancel.",
                "ordercli order import ~/Downloads/*.txt",
            ),
        ),
    ),
    (
        "Process and ship",
        (
            Entry(
                "pick",
                "shipping.pick",
                "What to take from the shelves, and what was.",
                "ordercli pick --group order --due today",
            ),
            Entry(
                "pack",
                "shipping.pack",
                "Put an order into its parcel, scanning each unit.",
                "ordercli pack 0000001 --scan",
            ),
            Entry("slip", "shipping.paper", "Packing slips to print.", "ordercli slip 0000001 --pdf slips.pdf"),
            Entry(
                "label", "shipping.paper", "Address labels to print.", "ordercli label 0000001 --pdf labels.pdf"
            ),
            Entry(
                "ship",
                "shipping.ship",
                "Record shipments that left, one or a CSV of many.",
                "ordercli ship 0000001 --carrier USPS --tracking 9400111899223197428503",
            ),
            Entry(
                "shipment",
                "shipping.shipment",
                "List shipments; write the channel's confirmation file.",
                "ordercli shipment confirm confirm.txt",
            ),
        ),
    ),
    (
        "Returns",
        (
            Entry(
                "return",
                "returns.return_",
                "What comes back: open, receive, inspect, refund.",
                'ordercli return open 0000002 --line RING-7:2 --reason "too large"',
            ),
        ),
    ),
    (
        "Stock",
        (
            Entry(
                "stock",
                "stock.stock",
                "Levels, receipts, corrections, counts, value and history.",
                "ordercli stock receive RING-7:20 --cost 9.50",
            ),
            Entry(
                "product",
                "catalog.product",
                "The catalog: add, edit, list, import, export.",
                "ordercli product import products.csv",
            ),
            Entry(
                "listing",
                "catalog.listing",
                "How the channels name the products.",
                "ordercli listing add RING-7-FBA --product RING-7 --fulfillment FBA",
            ),
        ),
    ),
    (
        "Reorder",
        (
            Entry(
                "reorder", "purchasing.reorder", "What to buy now, how much, and why.", "ordercli reorder --check"
            ),
            Entry(
                "purchase",
                "purchasing.purchase",
                "What you buy from suppliers, from the order to the receipt.",
                "ordercli purchase add RING-7:35 --expected 2026-04-02",
            ),
            Entry(
                "supplier",
                "catalog.supplier",
                "Whom you buy from, on what terms.",
                'ordercli supplier add "Silver & Son" --lead-time-days 14',
            ),
        ),
    ),
    (
        "Account health",
        (
            Entry(
                "metrics",
                "health.metrics",
                "The rates Amazon judges by, and the orders behind them.",
                "ordercli metrics --check",
            ),
            Entry(
                "improve",
                "health.improve",
                "Changes of how you work, to compare before and after.",
                "ordercli improve list",
            ),
        ),
    ),
    (
        "Reports",
        (
            Entry(
                "report",
                "reports.report",
                "Sales, top products, tax, repeat buyers.",
                "ordercli report sales --by week",
            ),
            Entry(
                "sql",
                "reports.sql",
                "Ask the database yourself; it only reads.",
                'ordercli sql "SELECT sku, available FROM v_stock"',
            ),
            Entry(
                "schema",
                "reports.schema",
                "What the JSON of a report looks like, as JSON Schema.",
                "ordercli schema order list",
            ),
            Entry(
                "dashboard",
                "reports.dashboard",
                "The shop at a glance, on the terminal or as a web page.",
                "ordercli dashboard --html shop.html",
            ),
            Entry("review", "reports.review", "The week in five facts and three suggestions.", "ordercli review"),
            Entry(
                "settlement",
                "reports.settlement",
                "Take in what channels paid out and charged.",
                "ordercli settlement import settlement.txt",
            ),
            Entry(
                "export",
                "reports.export",
                "The shop for other programs: what is due, for a calendar.",
                "ordercli export ics shop.ics",
            ),
        ),
    ),
    (
        "Explain",
        (
            Entry(
                "explain",
                "reports.explain",
                "Where a number comes from: stock, an order, a rate.",
                "ordercli explain stock RING-7",
            ),
        ),
    ),
    (
        "Messages",
        (
            Entry(
                "message",
                "messages.message",
                "Write to buyers: what is due, once only, within the rules.",
                "ordercli message send --plan --via smtp --dry-run",
            ),
            Entry(
                "template",
                "messages.template",
                "The words of messages: look, change, check.",
                "ordercli template edit delay",
            ),
        ),
    ),
    (
        "Workbook",
        (
            Entry(
                "workbook",
                "workbook.workbook",
                "The shop as a spreadsheet: build it, change it, pull it back.",
                "ordercli workbook build shop.xlsx",
            ),
        ),
    ),
    (
        "Safety",
        (
            Entry("log", "safety", "What was done, by whom and when.", "ordercli log --limit 20"),
            Entry("undo", "undo", "Take back what a command did.", "ordercli undo 17"),
            Entry("backup", "backup", "Make a verified copy of the database.", "ordercli backup --to ~/backups"),
            Entry("restore", "backup", "Bring a backup back.", "ordercli restore ~/backups/ordercli-….db"),
            Entry("doctor", "doctor", "Prove that everything that must hold does.", "ordercli doctor --check"),
            Entry(
                "privacy",
                "privacy.privacy",
                "What is kept about people, how long; erase it.",
                "ordercli privacy purge --older-than 30d --dry-run",
            ),
            Entry("db", "safety", "Upgrade the database, or say what is in it.", "ordercli db info"),
        ),
    ),
    (
        "Amazon",
        (
            Entry(
                "amazon",
                "amazon.amazon",
                "Log in to the seller account; buy labels there.",
                "ordercli amazon login",
            ),
            Entry(
                "sync",
                "amazon.sync",
                "Take news from Amazon, and send it yours.",
                "ordercli sync amazon orders",
            ),
        ),
    ),
    (
        "Setup",
        (
            Entry(
                "config",
                "config",
                "Every setting: what holds, who says so, and change it.",
                "ordercli config set reorder_point 5",
            ),
            Entry("channel", "channel", "The places orders come from.", "ordercli channel list"),
            Entry("location", "stock.location", "The places where units can be.", "ordercli location add ATTIC"),
            Entry(
                "field",
                "field",
                "Fields of your own on products and orders.",
                "ordercli field add product supplier-code",
            ),
            Entry(
                "view",
                "views",
                "Lists as you like them, under a name.",
                "ordercli view save morning order list --status unshipped --sort ship_by",
            ),
            Entry(
                "help",
                "environment",
                "Help on a command, or on what is not about one.",
                "ordercli help environment",
            ),
            Entry(
                "completion",
                "setup",
                "Print the completion script of a shell.",
                "ordercli completion bash >> ~/.bashrc",
            ),
        ),
    ),
)

ENTRIES: dict[str, Entry] = {entry.name: entry for _, entries in SECTIONS for entry in entries}
