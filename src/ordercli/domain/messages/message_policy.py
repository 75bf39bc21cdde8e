"""What a channel lets a seller write to a buyer: a table of rules, each with the reason it gives.

Source of Amazon's rules: its policy on buyer-seller messages (moderators' answers and help pages, read 2026-03).
A rule that reads the text looks for the words of English, German, French, Spanish and Italian; it is a fence
against slips, and the seller remains the one who answers for what is sent.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from ordercli.domain.message_kinds import kind_of
from ordercli.domain.messages.messages import (
    QUESTION,
    REVIEW,
    WHOLE_ORDER,
    Letter,
    contact_until,
    is_review_time,
    review_window,
)


class Rule(NamedTuple):
    """One thing a channel does not allow.

    Attributes:
        name: for tests and documents.
        refuse: the reason a letter breaks it, as the end of a sentence; "" if it does not.
    """

    name: str
    refuse: Callable[[Letter], str]


def refusals(letter: Letter) -> tuple[str, ...]:
    """Every reason the letter's channel gives against it; empty if it may go out."""
    return tuple(reason for rule in POLICIES[letter.draft.policy] if (reason := rule.refuse(letter)))


class Wording(NamedTuple):
    """What a letter may not say; compiled when one is looked at, for ``today`` only asks which letters are due."""

    pattern: str
    flags: int = 0

    def search(self, text: str) -> re.Match[str] | None:
        """The first place that says it; the library keeps what it compiled."""
        return re.search(self.pattern, text, self.flags)


def _words(*patterns: str) -> Wording:
    return Wording("|".join(patterns), re.IGNORECASE)


THANKS = _words(
    r"\bthanks?\b",
    r"\bthank[- ]you\b",
    r"\bdank(?:e|en|esch[öo]n)?\b",
    r"\bmerci\b",
    r"\bgracias\b",
    r"\bgrazie\b",
)
LINK = Wording(
    r"https?:|\bwww\.|\b[a-z0-9][a-z0-9-]*\.(?:com|net|org|info|biz|shop|store|io|co|eu|de|at|ch|fr|it|es|uk|ca|us|me|ly)\b",
)
EMAIL = Wording(r"[\w.+-]+\s*(?:@|\(at\)|\[at\])\s*[\w-]+(?:\.|\s*\(?dot\)?\s*)\w", re.IGNORECASE)
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}"
PHONE = Wording(rf"(?<![\w-])(?!(?:{_DAY})\b)\+?\(?[0-9](?:[ ()./-]{{0,2}}[0-9]){{6,14}}(?![\w-])")
COUPON = _words(
    r"\bcoupons?\b",
    r"\bvouchers?\b",
    r"\bdiscounts?\b",
    r"\bpromo(?:tion)?s?(?:[- ]codes?)?\b",
    r"\b[0-9]+ ?% off\b",
    r"\bspecial offers?\b",
    r"\bgutschein\w*",
    r"\brabatt\w*",
    r"\br[ée]ductions?\b",
    r"\bdescuentos?\b",
    r"\bsconti?o?\b",
)
REVIEW_WORD = _words(
    r"\breviews?\b",
    r"\bfeedback\b",
    r"\bratings?\b",
    r"\bbewertung\w*",
    r"\bavis\b",
    r"\brese[ñn]as?\b",
    r"\brecension[ei]\b",
)
STEERING = _words(
    r"\b(?:positive|good|great|nice|excellent|best|negative|bad)\b[^.!?\n]{0,30}\b(?:reviews?|feedback|ratings?)\b",
    r"\b(?:5|five)[- ]?stars?\b|★",
    r"\bif you (?:are|were|'re)\b[^.!?\n]{0,30}\b(?:happy|satisfied|pleased|unhappy|dissatisfied)\b",
    r"\bif you (?:like|love|liked|loved)\b",
    r"\b(?:change|remove|delete|revise|update|edit)\b[^.!?\n]{0,30}\b(?:reviews?|feedback|ratings?)\b",
    r"\b(?:gift|refund|reward|bonus|discount|free)\b[^.!?\n]{0,40}\b(?:for|in exchange)\b[^.!?\n]{0,30}"
    r"\b(?:reviews?|feedback|ratings?)\b",
    r"\bbefore (?:you )?(?:leav|writ|giv|post)\w*\b[^.!?\n]{0,30}\b(?:reviews?|feedback|ratings?)\b",
    r"\b(?:positiv|gut|negativ|schlecht|f(?:ü|ue)nf)\w*[^.!?\n]{0,30}\b(?:bewertung|sterne)\w*",
    r"\b(?:bonne?|positif|positive|n[ée]gatif)\b[^.!?\n]{0,20}\bavis\b|\bavis (?:positif|n[ée]gatif)s?\b",
    r"\brese[ñn]as? (?:positiva|negativa|buena)s?\b|\brecension[ei] positiv[ae]\b",
)
CANCEL = _words(
    r"\b(?:please|could you|can you|kindly)\b[^.!?\n]{0,30}\bcancel\b",
    r"\bbitte\b[^.!?\n]{0,40}\bstornier\w*",
    r"\bveuillez\b[^.!?\n]{0,30}\bannuler\b",
)
HTML = Wording(r"<(?:[/!]?[a-zA-Z]|!--)[^>\n]*>|&[a-z]+;|&#[0-9]+;")


def _matches(pattern: Wording, reason: str) -> Callable[[Letter], str]:
    return lambda letter: reason if pattern.search(letter.own_words) else ""


def _kind(letter: Letter) -> str:
    return kind_of(letter.draft.kind).refused_on_amazon


def _order_id(letter: Letter) -> str:
    return "" if letter.draft.order_id in f"{letter.subject}\n{letter.body}" else "it does not name the order's id"


def _length(letter: Letter) -> str:
    most = kind_of(letter.draft.kind).most_characters
    size = len(letter.body)
    return f"it has {size:,} characters, more than the {most:,} allowed" if size > most else ""


def _emoji(letter: Letter) -> str:
    is_emoji = any(unicodedata.category(sign) == "So" for sign in set(letter.own_words))
    return "emoji are not allowed" if is_emoji else ""


def _review_elsewhere(letter: Letter) -> str:
    if letter.draft.kind == REVIEW or not REVIEW_WORD.search(letter.own_words):
        return ""
    return f"a review may be asked for once, by {REVIEW} only"


def _contact_window(letter: Letter) -> str:
    progress = letter.draft.progress
    is_answer = letter.draft.occasion.startswith(QUESTION)
    if letter.draft.kind == REVIEW or is_answer or progress.completed_on is None:
        return ""
    last = contact_until(progress.completed_on)
    return f"the order was completed on {progress.completed_on}; messages were allowed until {last}" * (
        progress.today > last
    )


def _review_window(letter: Letter) -> str:
    progress = letter.draft.progress
    if letter.draft.kind != REVIEW:
        return ""
    if progress.earliest is None or progress.latest is None:
        return "nothing says when the buyer has it, which the time for a review request counts from"
    first, last = review_window(progress.earliest, progress.latest)
    return "" if is_review_time(progress) else f"a review may be asked for from {first} to {last}"


def _review_once(letter: Letter) -> str:
    asked = letter.draft.progress.review_asked
    if letter.draft.kind != REVIEW or asked is None:
        return ""
    is_same = letter.draft.occasion == asked == WHOLE_ORDER
    return "" if is_same else "the order has had its one review request"


def _review_settled(letter: Letter) -> str:
    is_unwise = letter.draft.kind == REVIEW and letter.draft.progress.is_settled
    return "units of the order were canceled, returned or paid back" if is_unwise else ""


AMAZON = (
    Rule("confirmation of an order or shipment", _kind),
    Rule("thanks", _matches(THANKS, "a message may not say thanks")),
    Rule("link", _matches(LINK, "it has a link")),
    Rule("e-mail address", _matches(EMAIL, "it has an e-mail address")),
    Rule("phone number", _matches(PHONE, "it has a phone number")),
    Rule("coupon", _matches(COUPON, "it advertises: a coupon, a discount or an offer")),
    Rule("review steering", _matches(STEERING, "it steers what the buyer says of you")),
    Rule("review asked for elsewhere", _review_elsewhere),
    Rule("asks to cancel", _matches(CANCEL, "it asks the buyer to cancel")),
    Rule("markup", _matches(HTML, "it has HTML in it")),
    Rule("emoji", _emoji),
    Rule("order id", _order_id),
    Rule("length", _length),
    Rule("30 days", _contact_window),
    Rule("review window", _review_window),
    Rule("one review request", _review_once),
    Rule("review of a settled order", _review_settled),
)
"""Amazon's rules; on the seller's own channels she writes what she likes."""

POLICIES: dict[str, tuple[Rule, ...]] = {"amazon": AMAZON, "free": ()}
