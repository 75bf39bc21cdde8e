"""A postal address as the lines of a label, in the manner of its country."""

from collections.abc import Mapping

from ordercli.domain.text import paper_line

_CITY_FIRST = {"US", "CA", "AU"}
"""Where the last line is city, state and postal code."""
_CODE_BELOW = {"GB", "IE"}
"""Where the postal code stands under the city."""

_NAMES = {
    "AE": "United Arab Emirates", "AR": "Argentina", "AT": "Austria", "AU": "Australia", "BE": "Belgium",
    "BG": "Bulgaria", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland", "CL": "Chile", "CN": "China",
    "CO": "Colombia", "CY": "Cyprus", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "EE": "Estonia",
    "EG": "Egypt", "ES": "Spain", "FI": "Finland", "FR": "France", "GB": "United Kingdom", "GR": "Greece",
    "HK": "Hong Kong", "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IL": "Israel", "IN": "India",
    "IS": "Iceland", "IT": "Italy", "JP": "Japan", "KR": "South Korea", "KW": "Kuwait", "LT": "Lithuania",
    "LU": "Luxembourg", "LV": "Latvia", "MT": "Malta", "MX": "Mexico", "MY": "Malaysia",
    "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand", "PH": "Philippines", "PL": "Poland",
    "PT": "Portugal", "QA": "Qatar", "RO": "Romania", "RS": "Serbia", "SA": "Saudi Arabia", "SE": "Sweden",
    "SG": "Singapore", "SI": "Slovenia", "SK": "Slovakia", "TH": "Thailand", "TR": "Turkey", "TW": "Taiwan",
    "UA": "Ukraine", "US": "United States", "VN": "Vietnam", "ZA": "South Africa",
}  # fmt: skip
"""English names, which every post office reads; other countries are named by their code."""


def address_lines(person: Mapping[str, str | None], home: str = "") -> tuple[str, ...]:
    """Name, street, town and country, one line each; empty if no street and no town is known.

    Args:
        person: columns of ``personal_data``; absent ones may be None.
        home: two letters of the country it is sent from, which mail within it does not name; empty names all.
    """
    told = {key: paper_line(value or "").strip() for key, value in person.items()}
    street = [told.get(key, "") for key in ("address_1", "address_2", "address_3")]
    country = told.get("country", "").upper()
    town = _town(told.get("city", ""), told.get("state", ""), told.get("postal_code", ""), country)
    if not any(street) and not any(town):
        return ()
    name = told.get("ship_name") or told.get("customer_name", "")
    abroad = "" if country == home.upper() else _NAMES.get(country, country).upper()
    lines = [name, *street, *town, abroad]
    return tuple(line for line in lines if line)


def _town(city: str, state: str, code: str, country: str) -> list[str]:
    if country in _CITY_FIRST or not country:
        region = " ".join(part for part in (state, code) if part)
        return [", ".join(part for part in (city, region) if part)]
    if country in _CODE_BELOW:
        return [", ".join(part for part in (city, state) if part), code]
    return [" ".join(part for part in (code, city) if part), state]
