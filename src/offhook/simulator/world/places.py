"""Cities and the fictional phone numbers of each.

Numbers come only from ranges that regulators keep for drama and documents, so that nobody is ever called:
North America 555-0100 to 555-0199 of any area code (ATIS-0300115), the United Kingdom 020 7946 0xxx and
0xxx 496 0xxx (Ofcom, "Telephone numbers for use in TV and radio drama"), Germany 030 23125 xxx, 040 66969 xxx,
069 90009 xxx, 0221 4710 xxx, 089 99998 xxx (Bundesnetzagentur, Rufnummern für Medienproduktionen), France
01 99 00 xxxx, 02 61 91 xxxx, 04 65 71 xxxx, 05 36 49 xxxx (Arcep, décision 2018-0881), Sweden 08-465 004 xx and
031-390 06 xx (Post- och telestyrelsen), Australia 02 5550 xxxx and 03 5550 xxxx (ACMA). All of them are valid to
libphonenumber; ranges which it refuses (UK 01632 960 and 07700 900, French 06 39 98) are left out, and countries
that keep no range (Spain, Netherlands, India, Ireland) appear only by people's names.
"""

from dataclasses import dataclass, field
from random import Random

from offhook.simulator.world.model import Place

PLACES: tuple[tuple[Place, int], ...] = (
    (Place("New York", "NY", "US", "America/New_York", ("+1212", "+1646", "+1917", "+1332"), "100##"), 9),
    (Place("Boston", "MA", "US", "America/New_York", ("+1617", "+1857"), "021##"), 6),
    (Place("Philadelphia", "PA", "US", "America/New_York", ("+1215", "+1267"), "191##"), 4),
    (Place("Washington", "DC", "US", "America/New_York", ("+1202",), "200##"), 3),
    (Place("Atlanta", "GA", "US", "America/New_York", ("+1404", "+1770", "+1678"), "303##"), 5),
    (Place("Charlotte", "NC", "US", "America/New_York", ("+1704", "+1980"), "282##"), 3),
    (Place("Miami", "FL", "US", "America/New_York", ("+1305", "+1786"), "331##"), 4),
    (Place("Columbus", "OH", "US", "America/New_York", ("+1614", "+1380"), "432##"), 3),
    (Place("Detroit", "MI", "US", "America/Detroit", ("+1313", "+1248"), "482##"), 3),
    (Place("Chicago", "IL", "US", "America/Chicago", ("+1312", "+1773", "+1872"), "606##"), 7),
    (Place("Minneapolis", "MN", "US", "America/Chicago", ("+1612", "+1763"), "554##"), 3),
    (Place("Dallas", "TX", "US", "America/Chicago", ("+1214", "+1469", "+1972"), "752##"), 6),
    (Place("Austin", "TX", "US", "America/Chicago", ("+1512", "+1737"), "787##"), 5),
    (Place("Nashville", "TN", "US", "America/Chicago", ("+1615", "+1629"), "372##"), 2),
    (Place("Denver", "CO", "US", "America/Denver", ("+1303", "+1720"), "802##"), 4),
    (Place("Salt Lake City", "UT", "US", "America/Denver", ("+1801", "+1385"), "841##"), 2),
    (Place("Phoenix", "AZ", "US", "America/Phoenix", ("+1602", "+1480"), "850##"), 3),
    (Place("San Francisco", "CA", "US", "America/Los_Angeles", ("+1415", "+1628"), "941##"), 7),
    (Place("San Jose", "CA", "US", "America/Los_Angeles", ("+1408", "+1669"), "951##"), 4),
    (Place("Los Angeles", "CA", "US", "America/Los_Angeles", ("+1213", "+1310", "+1323"), "900##"), 6),
    (Place("Seattle", "WA", "US", "America/Los_Angeles", ("+1206", "+1425"), "981##"), 4),
    (Place("Portland", "OR", "US", "America/Los_Angeles", ("+1503", "+1971"), "972##"), 2),
    (Place("Toronto", "ON", "CA", "America/Toronto", ("+1416", "+1647"), "M5# #A#"), 4),
    (Place("Montréal", "QC", "CA", "America/Toronto", ("+1514", "+1438"), "H3# #B#"), 3),
    (Place("Vancouver", "BC", "CA", "America/Vancouver", ("+1604", "+1778"), "V6# #C#"), 2),
    (Place("London", "England", "GB", "Europe/London", ("+442079460",), "EC2# #AB"), 7),
    (Place("Leeds", "England", "GB", "Europe/London", ("+441134960",), "LS1 #BA"), 2),
    (Place("Birmingham", "England", "GB", "Europe/London", ("+441214960",), "B# #TT"), 2),
    (Place("Manchester", "England", "GB", "Europe/London", ("+441614960",), "M# #WR"), 3),
    (Place("Edinburgh", "Scotland", "GB", "Europe/London", ("+441314960",), "EH# #YL"), 2),
    (Place("Bristol", "England", "GB", "Europe/London", ("+441174960",), "BS# #HG"), 2),
    (Place("Berlin", "Berlin", "DE", "Europe/Berlin", ("+493023125",), "10###"), 4),
    (Place("Hamburg", "Hamburg", "DE", "Europe/Berlin", ("+494066969",), "20###"), 3),
    (Place("Frankfurt am Main", "Hessen", "DE", "Europe/Berlin", ("+496990009",), "60###"), 3),
    (Place("Köln", "Nordrhein-Westfalen", "DE", "Europe/Berlin", ("+492214710",), "50###"), 2),
    (Place("München", "Bayern", "DE", "Europe/Berlin", ("+498999998",), "80###"), 4),
    (Place("Paris", "Île-de-France", "FR", "Europe/Paris", ("+33199000",), "750##"), 4),
    (Place("Nantes", "Pays de la Loire", "FR", "Europe/Paris", ("+33261910",), "440##"), 2),
    (Place("Lyon", "Auvergne-Rhône-Alpes", "FR", "Europe/Paris", ("+33465710",), "690##"), 2),
    (Place("Toulouse", "Occitanie", "FR", "Europe/Paris", ("+33536490",), "310##"), 1),
    (Place("Stockholm", "Stockholms län", "SE", "Europe/Stockholm", ("+468465004",), "11# ##"), 1),
    (Place("Göteborg", "Västra Götaland", "SE", "Europe/Stockholm", ("+463139006",), "41# ##"), 1),
    (Place("Sydney", "NSW", "AU", "Australia/Sydney", ("+6125550",), "20##"), 3),
    (Place("Melbourne", "VIC", "AU", "Australia/Melbourne", ("+6135550",), "30##"), 2),
)
"""Each city with its weight: how many of the world's companies sit there."""


_WHOLE = {"+44": 13, "+33": 12, "+61": 12}
"""Characters of a whole number in E.164, by country."""


def pick_place(rng: Random) -> Place:
    """A city, likelier the more companies sit there."""
    return rng.choices([place for place, _ in PLACES], [weight for _, weight in PLACES])[0]


def postal_code(rng: Random, place: Place) -> str:
    """A postal code in the city's form."""
    return "".join(str(rng.randrange(10)) if sign == "#" else sign for sign in place.postal)


@dataclass
class PhoneBook:
    """Hands out fictional numbers, each once; a city whose range is used up gives a colleague's number again."""

    rng: Random
    left: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def number(self, place: Place) -> str:
        """A number in E.164 at this place."""
        for dial in self.rng.sample(place.dial, len(place.dial)):
            pool = self.left.setdefault(dial, []) if dial in self.left else self._pool(dial)
            if pool:
                return pool.pop()
        dial = self.rng.choice(place.dial)
        return self._pool(dial).pop()

    def _pool(self, dial: str) -> list[str]:
        pool = fictional_numbers(dial)
        self.rng.shuffle(pool)
        self.left[dial] = pool
        return pool


def fictional_numbers(dial: str) -> list[str]:
    """All fictional numbers in E.164 that begin with `dial`, an area code or the beginning of a range."""
    if dial.startswith("+1"):
        return [f"{dial}55501{rest:02}" for rest in range(100)]
    if dial.startswith("+46"):
        return [f"{dial}{rest:02}" for rest in range(100)]
    if dial.startswith("+49"):
        return [f"{dial}{rest:03}" for rest in range(1000)]
    digits = _WHOLE[dial[:3]] - len(dial)
    return [f"{dial}{rest:0{digits}}" for rest in range(10**digits)]
