"""What Tidewater Instruments makes, and whom it sells to. Everybody in here is made up."""

from typing import Any

import msgspec


class Contact(msgspec.Struct, frozen=True):
    """Somebody at a customer."""

    name: str
    account: str
    title: str
    salutation: str | None = None
    department: str | None = None


PRODUCTS: list[dict[str, Any]] = [
    {
        "Name": "Mariner 4 tide gauge",
        "ProductCode": "MAR-4",
        "Description": "Radar tide gauge with its own solar panel. Reads the level ten times a second, sends it every minute.",
    },
    {
        "Name": "Beacon 2 harbour buoy",
        "ProductCode": "BEA-2",
        "Description": "Moored buoy for waves, current and temperature. Comes ashore once in three years.",
    },
    {
        "Name": "Fleet Sense hull kit",
        "ProductCode": "FLS-1",
        "Description": "Twelve strain and temperature sensors for a hull, with one box on the bridge.",
    },
    {
        "Name": "Shoal sonar",
        "ProductCode": "SHO-3",
        "Description": "Looks at the bottom of a channel from a quay and says where it silts up.",
    },
    {
        "Name": "Tidewatch subscription",
        "ProductCode": "TWS-Y",
        "Description": "All readings of all instruments in one place, with alarms by phone. Billed by the year.",
    },
    {
        "Name": "Calibration visit",
        "ProductCode": "CAL-D",
        "Description": "One engineer, one day, one certificate for each instrument.",
    },
]

# Parents before their children.
ACCOUNTS: list[dict[str, Any]] = [
    {
        "Name": "Harbourlight Group",
        "Industry": "Transportation",
        "Type": "Customer - Direct",
        "BillingCity": "Bergen",
        "BillingCountry": "Norway",
        "NumberOfEmployees": 2100,
        "AnnualRevenue": 410_000_000,
        "Website": "https://harbourlight.example",
        "Phone": "+47 55 00 01 10",
        "Description": "Holding of the ferry company and two yards. Buys centrally, decides locally.",
    },
    {
        "Name": "Harbourlight Ferries",
        "ParentId": "Harbourlight Group",
        "Industry": "Transportation",
        "Type": "Customer - Direct",
        "BillingCity": "Bergen",
        "BillingCountry": "Norway",
        "NumberOfEmployees": 640,
        "AnnualRevenue": 96_000_000,
        "Website": "https://harbourlight.example/ferries",
        "Phone": "+47 55 00 01 24",
        "Description": "Eleven ferries on six lines. Every hour in dock costs them a sailing.",
    },
    {
        "Name": "Port of Hellum",
        "Industry": "Government",
        "Type": "Customer - Direct",
        "BillingCity": "Hellum",
        "BillingCountry": "Netherlands",
        "NumberOfEmployees": 310,
        "Website": "https://porthellum.example",
        "Phone": "+31 596 00 22 00",
        "Description": "Municipal port with a lock, two basins and a very exact harbour master.",
    },
    {
        "Name": "Northern Tide Authority",
        "Industry": "Government",
        "Type": "Customer - Direct",
        "BillingCity": "Aberdeen",
        "BillingCountry": "United Kingdom",
        "NumberOfEmployees": 180,
        "Website": "https://northerntide.example",
        "Description": "Keeps the tide tables of forty-one harbours. Tenders everything above 100,000.",
    },
    {
        "Name": "Lowland Delta Works",
        "Industry": "Engineering",
        "Type": "Customer - Direct",
        "BillingCity": "Middelburg",
        "BillingCountry": "Netherlands",
        "NumberOfEmployees": 1450,
        "AnnualRevenue": 288_000_000,
        "Website": "https://lowlanddelta.example",
        "Description": "Builds and keeps sluices. Slow to begin, faithful afterwards.",
    },
    {
        "Name": "Marlin Offshore Wind",
        "Industry": "Energy",
        "Type": "Prospect",
        "BillingCity": "Esbjerg",
        "BillingCountry": "Denmark",
        "NumberOfEmployees": 520,
        "AnnualRevenue": 175_000_000,
        "Website": "https://marlinwind.example",
        "Description": "Forty turbines standing, sixty more on paper.",
    },
    {
        "Name": "Polar Passage Shipping",
        "Industry": "Shipping",
        "Type": "Prospect",
        "BillingCity": "Tromsø",
        "BillingCountry": "Norway",
        "NumberOfEmployees": 230,
        "Website": "https://polarpassage.example",
        "Description": "Nine ships with ice class. Their captains read the data sheet before the price.",
    },
    {
        "Name": "Cape Ardent Harbour Board",
        "Industry": "Government",
        "Type": "Customer - Direct",
        "BillingCity": "Cape Ardent",
        "BillingCountry": "Ireland",
        "NumberOfEmployees": 75,
        "Website": "https://capeardent.example",
        "Description": "A small board with a long breakwater and a weather of its own.",
    },
    {
        "Name": "Brightwater Aquafarms",
        "Industry": "Agriculture",
        "Type": "Prospect",
        "BillingCity": "Tórshavn",
        "BillingCountry": "Faroe Islands",
        "NumberOfEmployees": 140,
        "Website": "https://brightwater.example",
        "Description": "Salmon in twenty-four pens. Wants to know of bad water before the fish do.",
    },
    {
        "Name": "Gullwing Marinas",
        "Industry": "Recreation",
        "Type": "Customer - Channel",
        "BillingCity": "Kiel",
        "BillingCountry": "Germany",
        "NumberOfEmployees": 95,
        "Website": "https://gullwing.example",
        "Description": "Fourteen marinas from Flensburg to Stralsund; resells our gauges to yacht clubs.",
    },
    {
        "Name": "Skerry Pilots",
        "Industry": "Transportation",
        "Type": "Customer - Direct",
        "BillingCity": "Göteborg",
        "BillingCountry": "Sweden",
        "NumberOfEmployees": 60,
        "Website": "https://skerrypilots.example",
        "Description": "Thirty-two pilots and five boats. They decide at breakfast, together.",
    },
    {
        "Name": "Saltmarsh Trust",
        "Industry": "Not For Profit",
        "Type": "Prospect",
        "BillingCity": "King's Lynn",
        "BillingCountry": "United Kingdom",
        "NumberOfEmployees": 22,
        "Website": "https://saltmarsh.example",
        "Description": "Looks after nine kilometres of marsh and four hundred volunteers.",
    },
    {
        "Name": "Estuary Dredging",
        "Industry": "Construction",
        "Type": "Other",
        "BillingCity": "Antwerp",
        "BillingCountry": "Belgium",
        "NumberOfEmployees": 410,
        "AnnualRevenue": 120_000_000,
        "Website": "https://estuarydredging.example",
        "Description": "Eight dredgers. Competes with us for the sonar of its own customers.",
    },
]

CONTACTS = [
    Contact("Gus Berg", "Harbourlight Ferries", "Buyer", "Mr.", "Purchasing"),
    Contact("Lea Oriz", "Harbourlight Ferries", "Technical superintendent", "Ms.", "Fleet"),
    Contact("Sigrid Vatne", "Harbourlight Group", "Finance director", "Ms.", "Finance"),
    Contact("Wim de Graaf", "Port of Hellum", "Harbour master", "Mr."),
    Contact("Anouk Terpstra", "Port of Hellum", "Head of procurement", "Ms.", "Procurement"),
    Contact("Fiona Sharpe", "Northern Tide Authority", "Chief hydrographer", "Dr."),
    Contact("Callum Reid", "Northern Tide Authority", "Contracts officer", "Mr.", "Contracts"),
    Contact("Pieter Boone", "Lowland Delta Works", "Programme manager", "Mr."),
    Contact("Saskia Maes", "Lowland Delta Works", "Lead engineer, sluices", "Ms.", "Engineering"),
    Contact("Henrik Dahl", "Marlin Offshore Wind", "Asset integrity manager", "Mr.", "Operations"),
    Contact("Ida Kjær", "Marlin Offshore Wind", "Buyer", "Ms.", "Supply chain"),
    Contact("Odd Nilsen", "Polar Passage Shipping", "Fleet captain", "Mr."),
    Contact("Marit Aas", "Polar Passage Shipping", "Operations director", "Ms.", "Operations"),
    Contact("Declan Moyne", "Cape Ardent Harbour Board", "Secretary of the board", "Mr."),
    Contact("Rúna Joensen", "Brightwater Aquafarms", "Farm manager", "Ms."),
    Contact("Jens Petersen", "Gullwing Marinas", "Managing director", "Mr."),
    Contact("Karin Voss", "Gullwing Marinas", "Service coordinator", "Ms.", "Service"),
    Contact("Elin Sand", "Skerry Pilots", "Chief pilot", "Ms."),
    Contact("Rosa Whitlock", "Saltmarsh Trust", "Warden", "Ms."),
    Contact("Bart Claes", "Estuary Dredging", "Survey manager", "Mr.", "Survey"),
]
