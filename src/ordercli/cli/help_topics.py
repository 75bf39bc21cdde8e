"""What help tells besides commands: the environment, and the documents that come with the program."""

from ordercli.cli.environment import TOPICS
from ordercli.render import console

ABOUT = {"environment": "Variables of the environment that are read"}
"""What the topics that are no documents are about."""
DECISIONS = "adr"
_MOST_NAME = 20


def topic_names() -> dict[str, str]:
    """The names of all topics, each with what it is about; of the decisions, one that stands for all."""
    from ordercli.documents import documents

    there = documents()
    told = {document.name: document.title for document in there if not document.is_decision}
    last = sum(document.is_decision for document in there)
    return {**ABOUT, **told, f"{DECISIONS} 1 to {last}": "Why things are as they are"}


def topics_text() -> str:
    """The topics as help lists them."""
    lines = [f"  {name:<{_MOST_NAME}}  {title}" for name, title in topic_names().items()]
    return "\n".join(["Topics (ordercli help TOPIC):", *lines])


def show_topic(words: list[str]) -> bool:
    """Show what the words name, if it is a topic; whether it is one."""
    from ordercli.documents import document_named, documents, linked
    from ordercli.render.document import write_document
    from ordercli.render.tint import tinted_help

    out = console.stdout()
    if len(words) == 1 and words[0] in TOPICS:
        text = TOPICS[words[0]]()
        out.write(f"{tinted_help(text) if console.takes_color(out) else text}\n")
        return True
    there = documents()
    found = document_named(words, there)
    if found is not None:
        write_document(out, linked(found, there), console.wished_look(out))
    return found is not None


def further(words: list[str]) -> str | None:
    """The name of a document about the command of these words, if there is one."""
    from ordercli.documents import document_named, documents

    found = document_named(words, documents())
    return found.name if found is not None else None
