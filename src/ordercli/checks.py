"""The checks of ``doctor`` that are about what keeps a shop; those of its rows are in ``queries/doctor.py``."""

from ordercli.queries.doctor import Check, mended

_BACK_UP = "ordercli backup"

INTEGRITY = Check(
    "integrity",
    "SQLite finds the file sound, indexes and CHECKs included",
    mended("indexes are made anew from their tables; else restore the last sound backup"),
    is_mended=True,
)
REFERENCES = Check("references", "every reference leads to a row")
ORDERS = Check(
    "order-book",
    "every order is what its statements, and what was done with it, make of it",
    mended("orders are made anew from what files said of them"),
    is_mended=True,
)
DAY_SUMS = Check(
    "day-sums",
    "sums of whole days are those of their orders' lines",
    mended("they are taken away, and the next backup counts them anew"),
    is_mended=True,
)
SCHEMA = Check("schema", "tables, views and triggers are as ordercli made them")
PERMISSIONS = Check(
    "permissions",
    "the database is the seller's alone",
    mended("only you may read and write the file"),
    is_grave=False,
    is_mended=True,
)
LEFT_OVERS = Check(
    "left-overs",
    "nothing unfinished of a killed run lies beside the database or its backups",
    mended("it is deleted, unless a process is at work on it"),
    is_grave=False,
    is_mended=True,
)
FOLDER = Check(
    "folder", "nobody else may put files beside the database", "chmod go-w on the folder", is_grave=False
)
SYNCED = Check(
    "synced-folder",
    "no cloud client copies the database while it is written to",
    "keep it elsewhere, and let the client have its backups: ordercli backup --to DIR",
    is_grave=False,
)
JOURNAL_MODE = Check(
    "journal-mode",
    "the database survives a power cut in the midst of a command",
    "keep it on a local disk",
    is_grave=False,
)
SPACE = Check("disk-space", "the disk has room for a copy of the database", "make room", is_grave=False)
BACKUP = Check(
    "backup-missing",
    "there is a backup in one of the folders used, or where --backups says",
    _BACK_UP,
    is_grave=False,
)
BACKUP_AGE = Check(
    "backup-old", "the newest backup is at most as old as the setting backup_days", _BACK_UP, is_grave=False
)
BACKUP_SEAL = Check("backup-flipped", "the newest backup is as it was made, and no proof found it bad", _BACK_UP)
BACKUP_OPENED = Check(
    "backup-opened",
    "the newest backup is encrypted, and opens with the passphrase that is told",
    "tell its own passphrase, or prove it with its key: ordercli backup verify --key FILE",
    is_grave=False,
)
BACKUP_SHOP = Check(
    "backup-chain",
    "the newest backup that can be read is of this shop, and its operations are this journal's",
    "see whose it is; if it is of this shop, the past was changed here or there: compare both with log",
)
BACKUP_FACTS = Check("backup-facts", "facts that the newest backup that can be read has are the same here")
BACKUP_STATES = Check(
    "backup-states",
    "what differs from the newest backup that can be read is what the journal says was changed since",
)
