"""${message}

Rules for a migration here:
- Once landed it never changes: its line in tests/migrations/landed.sha256 comes with it, a test says which.
- One change each, in SQL written by hand; batch mode drops triggers and unnamed constraints.
- Run statements as below: op.execute takes a colon inside a text for a parameter.
- New tables are STRICT, every constraint has a name.
- To alter a constraint: create the new table, copy, count both, drop, rename, recreate indexes and triggers.
- Change the models in the same commit: a test compares the two schemas to the last trigger.
- Never import ordercli here: a migration stays as it was when the models move on.
- There is no downgrade; `ordercli db upgrade` makes a backup first.
- Add the revision to REVISIONS in src/ordercli/dbfile.py, and the rows of the one before it (`make rows`, run
  before the models change), from which a test upgrades.
"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

STATEMENTS = (
    "",
)


def upgrade() -> None:
    """${message}."""
    connection = op.get_bind()
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)
