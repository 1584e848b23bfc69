"""Who works at Tidewater Instruments, and the one person from outside."""

import msgspec

from hubbub import people

NAME = "Tidewater Instruments"
DOMAIN = "tidewater.example"
ZONE = "Europe/Amsterdam"


class Role(msgspec.Struct, frozen=True):
    """A role, and the one above it."""

    name: str
    above: str | None = None


class Player(msgspec.Struct, frozen=True, kw_only=True):
    """One of the cast."""

    first_name: str
    last_name: str
    title: str
    about: str
    role: str | None = None
    permission_sets: tuple[str, ...] = (people.STANDARD,)
    domain: str = DOMAIN
    guest: bool = False
    manager: str | None = None
    skills: str = ""
    department: str = ""
    city: str = ""
    country: str = ""
    zone: str = ZONE
    hours: tuple[str, str] | None = ("09:00", "17:30")


ROLES = [
    Role("Chief Executive"),
    Role("Sales Lead", "Chief Executive"),
    Role("Sales Rep", "Sales Lead"),
    Role("Marketing", "Chief Executive"),
    Role("Service", "Chief Executive"),
]

# The cast of every test as well. Omar owns the deal; maya is shared to, without its amount; noor follows, and nina must
# see nothing of the story. Nobody stands above another of it but noor above omar, and ada above all.
CAST = {
    "ada": Player(
        first_name="Ada",
        last_name="Kovacs",
        title="Administrator",
        about="Keeps Hubbub and the order system running. Ask me about access before you send a spreadsheet round.",
        role="Chief Executive",
        permission_sets=(people.ADMINISTRATOR,),
        skills="Access and permissions, Order system, Data protection",
        department="Operations",
        city="Rotterdam",
        country="Netherlands",
    ),
    "omar": Player(
        first_name="Omar",
        last_name="Haddad",
        title="Account Executive",
        about="Ports and ferries, from Hellum to the fjords. Former pilot-boat deckhand; I know what salt does to plugs.",
        role="Sales Rep",
        manager="noor",
        skills="Tide gauges, Ferry terminals, Tenders, Arabic",
        department="Sales",
        city="Lisbon",
        country="Portugal",
        zone="Europe/Lisbon",
        hours=("08:30", "17:00"),
    ),
    "maya": Player(
        first_name="Maya",
        last_name="Lindqvist",
        title="Campaign Manager",
        about="Trade fairs, case studies and the newsletter. If a customer says something nice, tell me at once.",
        role="Marketing",
        permission_sets=(people.STANDARD_WITHOUT_AMOUNT,),
        manager="ada",
        skills="Trade fairs, Case studies, Newsletters, Photography",
        department="Marketing",
        city="Gothenburg",
        country="Sweden",
        zone="Europe/Stockholm",
    ),
    "noor": Player(
        first_name="Noor",
        last_name="Rahman",
        title="Head of Sales",
        about="I like short forecasts and long friendships with harbour masters.",
        role="Sales Lead",
        manager="ada",
        skills="Forecasting, Negotiation, Port authorities",
        department="Sales",
        city="Rotterdam",
        country="Netherlands",
    ),
    "nina": Player(
        first_name="Nina",
        last_name="Petrova",
        title="Service Agent",
        about="On the phone when a gauge goes quiet. Spare parts, calibration dates, patience.",
        role="Service",
        manager="ada",
        skills="Calibration, Spare parts, Pressure sensors, Bulgarian",
        department="Service",
        city="Varna",
        country="Bulgaria",
        zone="Europe/Sofia",
        hours=("10:00", "18:30"),
    ),
    "mo": Player(
        first_name="Mo",
        last_name="Okafor",
        title="Community Manager",
        about="Looks after what is said here. Short posts, kind words, one topic at a time.",
        permission_sets=(people.STANDARD, people.MODERATOR),
        manager="maya",
        skills="Moderation, Plain writing, Onboarding",
        department="Marketing",
        city="Halifax",
        country="Canada",
        zone="America/Halifax",
    ),
    "gus": Player(
        first_name="Gus",
        last_name="Berg",
        title="Buyer",
        about="Buys what keeps eleven ferries of Harbourlight afloat and on time.",
        permission_sets=(people.GUEST,),
        domain="harbourlight.example",
        guest=True,
        city="Bergen",
        country="Norway",
        zone="Europe/Oslo",
    ),
}

USERNAMES = [f"{name}@{player.domain}" for name, player in CAST.items()]
