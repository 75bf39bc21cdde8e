"""Messages to buyers, what became of them, and questions from buyers."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE message (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    occasion TEXT NOT NULL,
    language TEXT NOT NULL,
    details TEXT,
    intended_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    state TEXT DEFAULT 'intended' NOT NULL,
    CONSTRAINT pk_message PRIMARY KEY (id),
    CONSTRAINT uq_message_sales_order_id_kind_occasion UNIQUE (sales_order_id, kind, occasion),
    CONSTRAINT ck_message_state CHECK (state IN ('intended', 'unknown', 'sent', 'failed', 'refused')),
    CONSTRAINT fk_message_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_message_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_message_open ON message (id) WHERE state <> 'sent'",
    """
CREATE TABLE message_event (
    id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    via TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    template_sha256 TEXT,
    personal_id INTEGER,
    personal_version INTEGER,
    detail TEXT,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_message_event PRIMARY KEY (id),
    CONSTRAINT ck_message_event_state CHECK (state IN ('intended', 'unknown', 'sent', 'failed', 'refused') AND state <> 'intended'),
    CONSTRAINT ck_message_event_via CHECK (via IN ('text', 'eml', 'smtp', 'hand')),
    CONSTRAINT fk_message_event_personal_id FOREIGN KEY(personal_id, personal_version) REFERENCES personal_data (personal_id, version),
    CONSTRAINT fk_message_event_message_id FOREIGN KEY(message_id) REFERENCES message (id),
    CONSTRAINT fk_message_event_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_message_event_message_id ON message_event (message_id)",
    """
CREATE TABLE question (
    id INTEGER NOT NULL,
    question_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    sales_order_id INTEGER,
    topic TEXT,
    received_at TEXT NOT NULL,
    personal_id INTEGER,
    personal_version INTEGER,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_question PRIMARY KEY (id),
    CONSTRAINT uq_question_question_id UNIQUE (question_id),
    CONSTRAINT fk_question_personal_id FOREIGN KEY(personal_id, personal_version) REFERENCES personal_data (personal_id, version),
    CONSTRAINT fk_question_channel FOREIGN KEY(channel) REFERENCES channel (name),
    CONSTRAINT fk_question_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_question_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_question_sales_order_id ON question (sales_order_id)",
    """
CREATE TABLE answer (
    id INTEGER NOT NULL,
    question_id INTEGER NOT NULL,
    how TEXT NOT NULL,
    answered_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_answer PRIMARY KEY (id),
    CONSTRAINT uq_answer_question_id UNIQUE (question_id),
    CONSTRAINT ck_answer_how CHECK (how IN ('elsewhere', 'none_needed')),
    CONSTRAINT fk_answer_question_id FOREIGN KEY(question_id) REFERENCES question (id),
    CONSTRAINT fk_answer_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    *(
        f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
        for table in ("message_event", "question", "answer")
        for verb in ("UPDATE", "DELETE")
    ),
    """
CREATE TRIGGER message_no_delete BEFORE DELETE ON message
BEGIN SELECT RAISE(ABORT, 'message is append-only'); END
""",
    """
CREATE TRIGGER message_fixed BEFORE UPDATE ON message
WHEN NEW.id <> OLD.id OR NEW.sales_order_id <> OLD.sales_order_id OR NEW.kind <> OLD.kind
 OR NEW.occasion <> OLD.occasion OR NEW.language <> OLD.language OR NEW.details IS NOT OLD.details
 OR NEW.intended_at <> OLD.intended_at OR NEW.operation_id <> OLD.operation_id
BEGIN SELECT RAISE(ABORT, 'message is append-only'); END
""",
    """
CREATE TRIGGER message_event_follows BEFORE INSERT ON message_event
WHEN NOT EXISTS (SELECT 1 FROM message WHERE id = NEW.message_id AND CASE state
 WHEN 'unknown' THEN NEW.state IN ('sent', 'failed', 'refused')
 WHEN 'refused' THEN NEW.state = 'failed'
 WHEN 'sent' THEN 0
 ELSE NEW.state = 'unknown' END)
BEGIN SELECT RAISE(ABORT, 'a message does not become that now'); END
""",
    """
CREATE TRIGGER message_event_inserted AFTER INSERT ON message_event
BEGIN
 UPDATE message SET state = NEW.state WHERE id = NEW.message_id;
END
""",
)


def upgrade() -> None:
    """Add the tables; nothing that is there changes."""
    for statement in STATEMENTS:
        op.execute(statement)
