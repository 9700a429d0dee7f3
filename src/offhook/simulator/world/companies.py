"""Companies that do not exist: names in their country's manner, a trade, a size, an address, a domain.

Sizes follow a log-normal law, as those of real companies do (R. Gibrat, "Les inégalités économiques", 1931).
"""

import math
import re
import unicodedata
from random import Random

from offhook.simulator.world.model import Company, Industry, Place
from offhook.simulator.world.places import PhoneBook, pick_place

INDUSTRIES: tuple[tuple[Industry, int], ...] = tuple(
    (Industry(name, tuple(nouns.split("/")), largest, suits), weight)
    for name, nouns, largest, suits, weight in (
        ("Software", "Software/Systems/Cloud/Analytics/Labs/Technologies/Data", 6000, 0.9, 12),
        ("Logistics", "Logistics/Freight/Forwarding/Supply Chain/Distribution", 15000, 0.75, 8),
        ("Manufacturing", "Manufacturing/Precision/Components/Industries/Tooling/Castings", 20000, 0.6, 12),
        ("Financial services", "Capital/Financial/Advisors/Partners/Credit Union/Insurance", 12000, 0.7, 9),
        ("Healthcare", "Health/Medical/Clinics/Diagnostics/Care Systems", 25000, 0.5, 8),
        ("Professional services", "Consulting/Advisory/Associates/Group/Solutions", 5000, 0.65, 9),
        ("Retail", "Outfitters/Home/Stores/Market/Goods/Foods", 18000, 0.35, 7),
        ("Construction", "Construction/Builders/Engineering/Contracting", 8000, 0.3, 6),
        ("Energy", "Energy/Power/Solar/Utilities/Renewables", 14000, 0.5, 5),
        ("Education", "Academy/Learning/Institute/Education", 4000, 0.25, 4),
        ("Telecommunications", "Telecom/Networks/Communications/Wireless", 11000, 0.8, 4),
        ("Life sciences", "Biosciences/Therapeutics/Pharma/Genomics", 9000, 0.55, 5),
        ("Media", "Media/Studios/Publishing/Interactive", 3000, 0.45, 4),
        ("Nonprofit", "Foundation/Alliance/Trust", 1200, 0.15, 2),
    )
)

_ROOTS = (
    "Northgate Brightwater Ironwood Summit Clearview Redstone Harborline Bluefin Cedar Stonebridge Fairmont "
    "Kestrel "
    "Juniper Larkspur Meridian Quarry Rivermark Silverpine Tidewater Vantage Westbrook Windmere Amberley "
    "Birchfield "
    "Copperhill Driftwood Eastlake Foxglove Granite Highmark Ivystone Keystone Lighthouse Maplewood Newbridge "
    "Oakhurst Pinnacle Ridgeline Sandstone Thornbury Upland Verdant Wolfcreek Alderman Beacon Crestline Dunmore "
    "Elkhorn Falcon Greenfield Hawthorne Inland Kingsway Longmeadow Millstone Nimbus Osprey Pathway Riverbend "
    "Sterling Trailhead Union Valley Wheelhouse Zephyr Arcadia Bellweather Canopy Daybreak Evergreen Fulcrum "
    "Gateway Heritage Insight Lattice Momentum Northstar Orchard Pioneer Quantum Signal Tandem Veritas"
).split()

_LOCAL_NOUNS = {
    "DE": {
        "Manufacturing": "Maschinenbau/Werkzeugtechnik/Präzisionsteile/Gießerei",
        "Logistics": "Logistik/Spedition/Transport",
        "Software": "Software/Systemhaus/Datentechnik",
        "Energy": "Energie/Solartechnik",
        "Financial services": "Versicherung/Vermögensberatung",
        "Healthcare": "Medizintechnik/Kliniken",
        "Construction": "Bau/Ingenieurbau",
    },
    "FR": {
        "Manufacturing": "Industrie/Mécanique/Fonderie",
        "Logistics": "Logistique/Transports",
        "Software": "Logiciels/Informatique/Numérique",
        "Energy": "Énergie/Solaire",
        "Financial services": "Assurances/Patrimoine",
        "Professional services": "Conseil",
        "Healthcare": "Santé/Diagnostic",
    },
    "SE": {
        "Manufacturing": "Verkstad/Industri",
        "Logistics": "Logistik/Åkeri",
        "Software": "Programvara/Data",
        "Energy": "Energi/Vindkraft",
        "Professional services": "Konsult",
    },
}

_LOCAL_ROOTS = {
    "DE": "Kessler Bergmann Hansa Rheinland Nordlicht Steinbach Falkenried Schwarzwald Elbtal Isartor Grünwald "
    "Lindenhof Eichenau Krönert Wasserburg Adlerhorst Mühlbach Silberberg Taubenheim Weidental".split(),
    "FR": "Montclair Beaurivage Valmont Lafayette Garonne Belleville Rochefort Clairbois Hautecombe Aquitaine "
    "Provençal Armorique Saint-Clément Grandpré Châteauneuf Bonaventure".split(),
    "SE": "Norrsken Björkhagen Västerhav Granudden Älvdal Solberga Fjällnära Hammarstrand".split(),
}

_FORMS = {
    "US": "Inc. 30/LLC 28/Corp. 12/Co. 6/ 14",
    "CA": "Inc. 40/Ltd. 35/Corp. 10/ 15",
    "GB": "Ltd 58/PLC 8/LLP 10/ 24",
    "DE": "GmbH 58/AG 14/GmbH & Co. KG 22/KG 6",
    "FR": "SAS 45/SARL 35/SA 20",
    "SE": "AB 100",
    "AU": "Pty Ltd 80/ 20",
}

_STREETS = {
    "DE": "{n} {w}straße",
    "FR": "{n} rue {w}",
    "SE": "{w}gatan {n}",
}
_STREET_WORDS = {
    "DE": "Linden Bahnhof Garten Schiller Goethe Mühlen Berg Hafen".split(),
    "FR": "Pasteur Voltaire Gambetta Balzac Molière Lafayette".split(),
    "SE": "Drottning Stor Kungs Väster Björk".split(),
}
_ENGLISH_STREETS = (
    "Main St/Market Street/Oak Avenue/Commerce Dr/Park Ave/Industrial Pkwy/Lake Street/Mill Rd/2nd Ave/"
    "Washington Blvd/Harbor Drive/Church St/King Street/Station Road"
).split("/")

_EXPANSIONS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "a", "ø": "oe", "æ": "ae", "ł": "l", "ı": "i"}
)


def plain(text: str) -> str:
    """In the ASCII letters of an address: `Böhm & Söhne` is `boehm-soehne`."""
    ascii_text = (
        unicodedata.normalize("NFKD", text.lower().translate(_EXPANSIONS)).encode("ascii", "ignore").decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.replace("'", "")).strip("-")


def make_companies(rng: Random, book: PhoneBook, how_many: int) -> list[Company]:
    """So many companies, no two with one domain."""
    by_domain: dict[str, Company] = {}
    while len(by_domain) < how_many:
        company = _company(rng, book)
        by_domain.setdefault(company.domain, company)
    return list(by_domain.values())


def _company(rng: Random, book: PhoneBook) -> Company:
    place = pick_place(rng)
    industry = rng.choices([one for one, _ in INDUSTRIES], [weight for _, weight in INDUSTRIES])[0]
    name = _name(rng, industry, place.country)
    return Company(
        name=name,
        legal_form=_pick_form(rng, place.country),
        domain=f"{_domain_label(rng, name)}.example",
        industry=industry,
        employees=min(industry.largest, max(3, round(math.exp(rng.gauss(5.0, 1.5))))),
        place=place,
        street=_street(rng, place),
        phone=book.number(place),
    )


def _name(rng: Random, industry: Industry, country: str) -> str:
    local = _LOCAL_NOUNS.get(country, {}).get(industry.name)
    nouns = local.split("/") if local else industry.nouns
    roots = _LOCAL_ROOTS.get(country, _ROOTS)
    root, noun = rng.choice(roots), rng.choice(nouns)
    manner = rng.random()
    if manner < 0.12:
        other = rng.choice(roots)
        return f"{root} & {other} {noun}" if other != root else f"{root} {noun}"
    if manner < 0.22:
        return f"{root} {rng.choice(_ROOTS)} {noun}" if country in ("US", "CA", "GB", "AU") else f"{noun} {root}"
    if manner < 0.28:
        return f"{root}{noun.replace(' ', '').lower()}" if " " not in noun and len(noun) < 7 else f"{root} {noun}"
    return f"{root} {noun}"


def _domain_label(rng: Random, name: str) -> str:
    label = plain(name)
    return label.replace("-", "") if rng.random() < 0.35 and len(label) < 22 else label


def _pick_form(rng: Random, country: str) -> str:
    forms = [form.rpartition(" ") for form in _FORMS[country].split("/")]
    return rng.choices([form for form, _, _ in forms], [int(weight) for _, _, weight in forms])[0]


def _street(rng: Random, place: Place) -> str:
    pattern = _STREETS.get(place.country)
    if pattern is None:
        return f"{rng.randrange(1, 4800)} {rng.choice(_ENGLISH_STREETS)}"
    return pattern.format(n=rng.randrange(1, 180), w=rng.choice(_STREET_WORDS[place.country]))
