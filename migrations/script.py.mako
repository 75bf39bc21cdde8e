"""${message}

Rules for a migration here:
- Write SQL by hand with op.execute; batch mode drops triggers and unnamed constraints.
- One change each. New tables are STRICT, every constraint has a name.
- To alter a constraint: create the new table, copy, count both, drop, rename, recreate indexes and triggers.
- Change the models in the same commit: a test compares the two schemas to the last trigger.
- Never import ordercli here: a migration stays as it was when the models move on.
- There is no downgrade; `ordercli db upgrade` makes a backup first.
- Add the revision to REVISIONS in src/ordercli/dbfile.py, and a test with rows from before it.
"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """${message}."""
