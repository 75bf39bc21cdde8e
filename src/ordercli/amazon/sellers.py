"""Where a seller takes part, as Amazon's Sellers API (v1) tells."""

from ordercli.amazon.client import Call, Client
from ordercli.domain.fields import FieldError
from ordercli.errors import OutOfReach
from ordercli.formats.amazon.json_values import listed, part, text, the_object, word

PARTICIPATIONS = "getMarketplaceParticipations"
PATH = "/sellers/v1/marketplaceParticipations"


def participations(client: Client) -> dict[str, str]:
    """The marketplaces in which the account may sell: their names by their identifiers.

    Raises:
        Refused: if Amazon does not let the account in.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    answer = client.call(Call(PARTICIPATIONS, "GET", PATH))
    found = {}
    try:
        for each in listed(answer, "payload"):
            told = the_object(each, "participation")
            place = part(told, "marketplace")
            if part(told, "participation").get("isParticipating") is True:
                found[word(place, "id")] = text(place, "domainName") or text(place, "name") or word(place, "id")
    except FieldError as error:
        raise OutOfReach(
            f"Amazon answered {PARTICIPATIONS} with something that cannot be understood ({error})."
        ) from error
    return found
