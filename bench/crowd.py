"""A company of made-up people, always the same ones: for the directory's figure, and its labelled set in the tests."""

import random

import msgspec

from hubbub import people
from hubbub.core.db import Tx
from hubbub.core.ids import Type

FIRST = (
    "Alexander Amélie Anders Anna Antonio Astrid Beatriz Benjamin Björn Camille Carlos Charlotte Chiara Christopher Clara "
    "Daniel David Dmitri Elena Elias Elizabeth Emily Emma Enrique Erik Fatima Felix Finn Florian Francesca François Frida "
    "Gabriel Giulia Grace Hannah Hassan Hugo Ibrahim Ingrid Isabella Jakub James Jan Joanna Johan José Julia Jürgen "
    "Katarzyna Kenji Kofi Lars Laura Leila Leon Liam Linda Lucía Luis Magnus Maria Marek Martin Mateo Mehmet Michael Mikkel "
    "Mohammed Nadia Natalia Niamh Nicholas Nikolai Noah Olga Oliver Oscar Pablo Paulo Pedro Petra Philippe Priya Rachel "
    "Rafael Rebecca Robert Rosa Samuel Sara Sebastian Siobhán Sofia Søren Stefan Svetlana Tariq Thomas Tomás Ursula Valentina "
    "Viktor William Yasmin Yuki Zoë Zuzana"
).split()
LAST = (
    "Abbott Aguilar Almeida Andersson Baker Bauer Becker Bernard Bianchi Bjørnstad Brandt Brown Byrne Carvalho Castillo "
    "Chevalier Christensen Clarke Cohen Costa Dahl Delgado Demir Dubois Dvořák Eriksen Evans Farah Fernández Ferrari Fischer "
    "Fleming Fontaine Fraser Gallagher García Gauthier Gomes Green Gruber Haas Hansen Hernández Hoffmann Holm Horváth Ibáñez "
    "Ivanova Jansen Jensen Johansson Kaya Keller Kowalczyk Kowalski Krüger Larsen Lefebvre Lehmann Lindberg López MacDonald "
    "Mancini Martin Mensah Meyer Moreau Morris Murphy Müller Nakamura Navarro Nielsen Novák Nowak Okoye Olsen Ortiz Papadopoulos "
    "Patel Pereira Petersen Popescu Quinn Ramos Ricci Richter Rossi Roux Ruiz Sánchez Schmidt Schneider Silva Singh Smith "
    "Sørensen Suzuki Tanaka Thompson Torres Vasquez Vogel Wagner Walsh Weber Wiśniewski Wójcik Yilmaz Zimmermann"
).split()
TITLES = (
    "Account Executive|Sales;Sales Manager|Sales;Field Engineer|Service;Service Technician|Service;Support Agent|Service;"
    "Software Developer|Engineering;Data Scientist|Engineering;Electronics Engineer|Engineering;Quality Inspector|Production;"
    "Production Planner|Production;Warehouse Clerk|Logistics;Forklift Driver|Logistics;Purchasing Agent|Purchasing;"
    "Recruiter|People;Payroll Specialist|People;Accountant|Finance;Controller|Finance;Lawyer|Legal;Marketing Manager|Marketing;"
    "Graphic Designer|Marketing;Product Manager|Product;Office Manager|Administration"
)
PLACES = (
    "Amsterdam|Netherlands;Rotterdam|Netherlands;Hamburg|Germany;München|Germany;Oslo|Norway;Bergen|Norway;Tromsø|Norway;"
    "København|Denmark;Göteborg|Sweden;Gdańsk|Poland;Lisbon|Portugal;Porto|Portugal;Bilbao|Spain;Marseille|France;Genoa|Italy;"
    "Aberdeen|United Kingdom;Cork|Ireland;Singapore|Singapore;Halifax|Canada;Seattle|United States"
)
SKILLS = (
    "Python;Java;SQL;Excel;Welding;Soldering;Hydraulics;Calibration;Negotiation;Public speaking;Photography;First aid;"
    "Project management;German;French;Spanish;Mandarin;Radar;Sonar;Diving;Tax law;Contract law;Bookkeeping;Copywriting;"
    "Machine learning;Statistics;Copper wiring;Crane operation;Customs clearance;Travel planning"
)


class Somebody(msgspec.Struct, frozen=True):
    """One of the crowd."""

    first: str
    last: str
    title: str
    department: str
    city: str
    country: str
    skills: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


def crowd(count: int, seed: int = 5) -> list[Somebody]:
    """That many people; the first of them are the same however many there are."""
    dice = random.Random(seed)
    titles, places = ([each.split("|") for each in text.split(";")] for text in (TITLES, PLACES))
    found = []
    for _ in range(count):
        first, last = dice.choice(FIRST), dice.choice(LAST)
        title, department = dice.choice(titles)
        city, country = dice.choice(places)
        skills = tuple(dice.sample(SKILLS.split(";"), dice.randint(0, 3)))
        found.append(Somebody(first, last, title, department, city, country, skills))
    return found


async def move_in(tx: Tx, somebodies: list[Somebody], domain: str) -> list[int]:
    """Write them into the org of the act and have the directory find them; tells their ids."""
    ids = await tx.new_ids(Type.USER, len(somebodies))
    await tx.run(
        """insert into app_user (org_id, id, username, email, first_name, last_name, name, title, department, city, country)
           select %(org)s, p.id, p.username, p.username, p.first, p.last, p.first || ' ' || p.last, p.title, p.department,
                  p.city, p.country
           from unnest(%(ids)s::bigint[], %(usernames)s::text[], %(firsts)s::text[], %(lasts)s::text[], %(titles)s::text[],
                       %(departments)s::text[], %(cities)s::text[], %(countries)s::text[])
                p (id, username, first, last, title, department, city, country)""",
        {
            "ids": ids,
            "usernames": [f"e{number}@{domain}" for number in range(len(somebodies))],
            "firsts": [each.first for each in somebodies],
            "lasts": [each.last for each in somebodies],
            "titles": [each.title for each in somebodies],
            "departments": [each.department for each in somebodies],
            "cities": [each.city for each in somebodies],
            "countries": [each.country for each in somebodies],
        },
    )
    skills = [(id, skill) for id, each in zip(ids, somebodies, strict=True) for skill in each.skills]
    await tx.run(
        """insert into user_skill (org_id, user_id, key, name)
           select %(org)s, s.id, lower(s.name), s.name from unnest(%(ids)s::bigint[], %(names)s::text[]) s (id, name)""",
        {"ids": [id for id, _ in skills], "names": [name for _, name in skills]},
    )
    for start in range(0, len(ids), 1000):
        await people.index_people(tx, ids[start : start + 1000])
    return ids
