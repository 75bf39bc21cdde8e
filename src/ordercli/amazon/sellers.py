"""Where a seller takes part, as Amazon's Sellers API (v1) tells."""

from ordercli.amazon.answers import understood
from ordercli.amazon.client import Call, Client
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
    with understood(PARTICIPATIONS):
        for each in listed(answer, "payload"):
            told = the_object(each, "participation")
            place = part(told, "marketplace")
            if part(told, "participation").get("isParticipating") is True:
                found[word(place, "id")] = text(place, "domainName") or text(place, "name") or word(place, "id")
    return found
