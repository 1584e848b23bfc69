"""What happened at Tidewater Instruments in the last weeks."""

from world.deals import DEALS
from world.lines import Answered, Changed, Day, Followed, Liked, Line, Said, Shared
from world.work import WORK

HELLUM = "Port of Hellum, tide gauges"
FERRIES = "Harbourlight Ferries, fleet sensors"
FRAMEWORK = "Lowland Delta Works, framework agreement"
NETWORK = "Northern Tide Authority, gauge network renewal"
BREAKWATER = "Cape Ardent Harbour Board, breakwater buoys"
SKERRY = "Skerry Pilots, wave radar"
GULLWING = "Gullwing Marinas, berth sensors"
PENS = "Brightwater Aquafarms, oxygen loggers"
MOORING = "Marlin Offshore Wind, mooring line sensors"

LINES: list[Line] = [
    *DEALS,
    *WORK,
    # Who follows whom
    Followed("71d 08:00", "ada", ("noor", "mo", "omar")),
    Followed("71d 08:05", "noor", ("omar", "nina", "maya", "Port of Hellum", "Lowland Delta Works")),
    Followed("71d 08:10", "omar", ("noor", "maya", "nina", "mo", "Port of Hellum", "Harbourlight Ferries")),
    Followed("71d 08:15", "maya", ("omar", "mo", "noor", "Gullwing Marinas")),
    Followed("71d 08:20", "nina", ("mo", "omar", "Gullwing Marinas", "Skerry Pilots")),
    Followed("71d 08:25", "mo", ("ada", "omar", "maya", "noor", "nina")),
    Followed("30d 08:00", "noor", (HELLUM, FERRIES, NETWORK, FRAMEWORK, MOORING)),
    Followed("30d 08:10", "omar", (HELLUM, FERRIES, NETWORK, BREAKWATER)),
    # The port of Hellum
    Changed("40d 16:20", "omar", HELLUM, {"StageName": "Qualification"}),
    Said(
        "40d 16:25",
        "omar",
        HELLUM,
        as_="floats",
        text="Walked both basins with Wim de Graaf. Their floats from 1998 stick as soon as it freezes, and then the lock "
        "waits for somebody with a broom. He wants six #mariner4 before next winter.",
    ),
    Answered("40d 17:05", "noor", "floats", text="A broom! Put that into the proposal, word for word."),
    Liked("40d 17:06", "noor", "floats"),
    Changed(
        "28d 09:10", "omar", HELLUM, {"StageName": "Needs Analysis", "NextStep": "Cable plan of the lock"}
    ),
    Shared("27d 10:00", "omar", HELLUM, "maya"),
    Followed("27d 10:12", "maya", (HELLUM,)),
    Said(
        "27d 10:20",
        "omar",
        HELLUM,
        as_="casestudy",
        text="@Maya Lindqvist I have shared this one with you. If it closes, Wim is happy to be a #case-study: frost, floats "
        "and a broom.",
    ),
    Answered(
        "27d 11:02",
        "maya",
        "casestudy",
        text="Wonderful. May I come along when the first gauge goes in? Pictures of the old floats, please, before they go.",
    ),
    Answered("27d 11:40", "omar", "casestudy", text="You may. Bring boots."),
    Liked("27d 11:41", "maya", "casestudy"),
    Changed(
        "15d 13:30",
        "omar",
        HELLUM,
        {"StageName": "Proposal/Price Quote", "Amount": 38_000, "NextStep": "Proposal with procurement"},
        as_="quoted",
    ),
    Answered(
        "15d 14:10",
        "noor",
        "quoted",
        text="Anouk Terpstra will ask for the calibration visits in the price. Give her one year, not three.",
    ),
    Said(
        "6d 09:35",
        "noor",
        HELLUM,
        as_="harbourmaster",
        text="Met their harbour master at the pilots' breakfast. Two things matter to him: calibration on site, and a spare "
        "gauge on the shelf. Not the price. #calibration",
    ),
    Liked("6d 09:50", "omar", "harbourmaster"),
    Answered(
        "6d 10:05",
        "omar",
        "harbourmaster",
        text="Then the spare goes into the service contract and the price stays. Thank you!",
    ),
    Changed(
        "12m",
        "omar",
        HELLUM,
        {
            "StageName": "Negotiation/Review",
            "Amount": 45_140,
            "CloseDate": Day(13),
            "NextStep": "Contract draft to legal",
        },
        as_="negotiating",
    ),
    Answered(
        "8m", "noor", "negotiating", text="Legal wants the service clause back in. I can join the call."
    ),
    Liked("7m", "noor", "negotiating"),
    Liked("5m", "maya", "negotiating"),
    # The ferries, with somebody from outside
    Changed("32d 10:30", "omar", FERRIES, {"StageName": "Needs Analysis"}),
    Said(
        "25d 12:15",
        "omar",
        FERRIES,
        as_="trial",
        text="Lea Oriz gives us one hull for a month: the Solund, in dock on the third. Twelve sensors, one box, no hole above "
        "the waterline.",
    ),
    Liked("25d 12:40", "noor", "trial"),
    Shared("20d 08:30", "noor", "Harbourlight Ferries", "gus"),
    Shared("20d 08:31", "omar", FERRIES, "gus"),
    Followed("20d 09:00", "gus", (FERRIES,)),
    Said(
        "20d 09:10",
        "omar",
        FERRIES,
        as_="welcome",
        text="Welcome here, @Gus Berg. From now on the offer, the dates and the questions are all in this one place, and you see "
        "what we change. #fleet-sensors",
    ),
    Answered(
        "20d 10:22",
        "gus",
        "welcome",
        text="Thank you, Omar. Much better than forty mails. First question: can the second yard fit the sensors as well?",
    ),
    Answered(
        "20d 11:15",
        "omar",
        "welcome",
        text="Yes. Nina's people come for the first two hulls, then your yard can.",
    ),
    Liked("20d 11:20", "gus", "welcome"),
    Changed(
        "14d 15:45",
        "omar",
        FERRIES,
        {
            "StageName": "Proposal/Price Quote",
            "Amount": 128_400,
            "NextStep": "Steering group decides on the second yard",
        },
    ),
    Said(
        "4d 13:20",
        "gus",
        FERRIES,
        as_="docking",
        text="Our docking list has moved: the two big ones come in a week earlier. Is that a problem for you? The list is at "
        "https://harbourlight.example/docking",
    ),
    Answered(
        "4d 14:05", "omar", "docking", text="No problem. The kits are on the shelf; I have told the workshop."
    ),
    Liked("4d 14:06", "gus", "docking"),
    # What has slipped
    Changed("24d 14:15", "omar", SKERRY, {"NextStep": "Ask Elin Sand which two boats go first"}),
    Changed("19d 09:35", "omar", GULLWING, {"NextStep": "New quote with the dealer's discount"}),
    Changed("17d 16:40", "omar", PENS, {"NextStep": "Send the loan unit's readings"}),
    # Bigger ones
    Changed("26d 11:30", "noor", FRAMEWORK, {"Amount": 610_000, "CloseDate": Day(12)}),
    Said(
        "23d 08:55",
        "noor",
        FRAMEWORK,
        as_="steel",
        text="They accept everything but the #steel clause: prices fixed for four years, and steel is "
        "not. I have asked @Ada Kovacs "
        "for what we paid in the last five.",
    ),
    Answered(
        "23d 12:30",
        "ada",
        "steel",
        text="Between -8 % and +31 % a year. I have put the figures by month on your desk.",
    ),
    Liked("23d 12:45", "noor", "steel"),
    Changed(
        "10d 16:00",
        "noor",
        FRAMEWORK,
        {"Amount": 640_000, "CloseDate": Day(26), "NextStep": "Indexation clause"},
        as_="clause",
    ),
    Answered("10d 16:20", "ada", "clause", text="Good that it is in writing now."),
    Said(
        "17d 10:45",
        "omar",
        NETWORK,
        as_="tender",
        text="Second round of questions is in: 61 of them, answers by Friday in a week. Number 17 asks for the mean time between "
        "failures of a #mariner4 in ice. Who has that? @Noor Rahman",
    ),
    Answered(
        "17d 11:30",
        "noor",
        "tender",
        text="Service has it by harbour. Ask for the winters, not for the years, or it looks better than it is.",
    ),
    Liked("17d 11:31", "omar", "tender"),
    Changed(
        "3d 09:25", "omar", NETWORK, {"Amount": 324_000, "NextStep": "Answers are sent; wait for the list"}
    ),
    Changed("12d 15:10", "omar", BREAKWATER, {"StageName": "Closed Won"}, as_="won"),
    Said(
        "12d 15:15",
        "omar",
        BREAKWATER,
        as_="wonpost",
        text="Signed by the whole board of Cape Ardent, in ink, with a fountain pen. Two buoys before the spring storms.",
    ),
    Liked("12d 15:20", "noor", "won"),
    Liked("12d 15:21", "noor", "wonpost"),
    Answered("12d 15:30", "noor", "wonpost", text="Sixty-one days from the first call. Well done!"),
    Changed("19d 14:20", "omar", "Estuary Dredging, turbidity probes", {"StageName": "Closed Lost"}),
    Said(
        "19d 14:30",
        "omar",
        "Estuary Dredging, turbidity probes",
        text="Lost to their own workshop, which builds the probes from parts. What they will not build "
        "is the certificate: I call "
        "again when the permit is renewed.",
    ),
    Changed(
        "5d 10:50",
        "noor",
        MOORING,
        {"CloseDate": Day(22), "Amount": 96_500, "StageName": "Negotiation/Review"},
    ),
    Said(
        "2d 08:40",
        "noor",
        MOORING,
        as_="offers",
        text="Three offers on their table, ours is neither the first nor the last. Ida Kjær asks for 60 "
        "days. Has anybody given that "
        "to a wind park before? #payment-terms",
    ),
    Answered(
        "2d 09:15", "ada", "offers", text="Once, with a third paid on order. Finance can live with that."
    ),
    # What everybody may read
    Said(
        "48d 09:00",
        "mo",
        "mo",
        as_="hello",
        text="Welcome to Hubbub! Say here what others should know: what a customer told you, what you need, what went well. "
        "Follow people and deals, and what happens to them comes to you. #hubbub",
    ),
    Liked("48d 09:20", "ada", "hello"),
    Liked("48d 09:25", "nina", "hello"),
    Liked("48d 09:40", "omar", "hello"),
    Answered("48d 10:10", "nina", "hello", text="Does this mean that the #service spreadsheet can go?"),
    Answered("48d 10:20", "mo", "hello", text="It does. We bury it on Friday, with cake."),
    Said(
        "22d 08:45",
        "nina",
        "Gullwing Marinas",
        as_="antennas",
        text="Third antenna this year that comes back from Stralsund with a bite in it. It is not the plugs, it is the gulls. "
        "Karin Voss tries a spike. #service",
    ),
    Liked("22d 09:00", "maya", "antennas"),
    Liked("22d 09:03", "mo", "antennas"),
    Answered("22d 09:30", "maya", "antennas", text="A case study I will not write."),
    Said(
        "16d 10:00",
        "maya",
        "maya",
        as_="fair",
        text="We have stand 4.112 at the #harbour-fair. I need two people on each of the three days; who "
        "speaks Dutch or Norwegian "
        "first. @Omar Haddad, you are both.",
    ),
    Answered("16d 10:25", "omar", "fair", text="Tuesday and Wednesday. I bring the cut-open gauge."),
    Answered("16d 12:00", "nina", "fair", text="I take Thursday, if somebody takes my phone."),
    Liked("16d 12:05", "maya", "fair"),
    Said(
        "8d 13:00",
        "ada",
        "ada",
        as_="maintenance",
        text="The order system is away on Sunday from 6 to 8 in the morning. Hubbub stays up. #maintenance",
    ),
    Liked("8d 13:15", "mo", "maintenance"),
    Said(
        "7d 11:20",
        "omar",
        "Port of Hellum",
        as_="lock",
        text="For everybody who goes there: the lock keeper has moved, the new entrance is on the north "
        "side. Park at the fish hall.",
    ),
    Liked("7d 11:45", "nina", "lock"),
    Said(
        "5d 15:30",
        "nina",
        "Skerry Pilots",
        as_="breakfast",
        text="Went to the pilots' breakfast to swap a battery and came back with four wishes and a jar "
        "of herring. The wishes are "
        "with @Omar Haddad. The herring is in the kitchen.",
    ),
    Liked("5d 15:40", "omar", "breakfast"),
    Liked("5d 15:44", "mo", "breakfast"),
    Liked("5d 15:50", "maya", "breakfast"),
    Answered("5d 16:00", "omar", "breakfast", text="Boarding point first. Thank you; and keep the herring."),
    Said(
        "3d 08:30",
        "maya",
        "maya",
        as_="newsletter",
        text="The spring newsletter goes out on Monday: tides, a lock, and an interview with a pilot. Draft at "
        "https://tidewater.example/news/spring. Comments until Friday, please. #newsletter",
    ),
    Answered("3d 09:10", "noor", "newsletter", text="Page two says metres where the gauge says centimetres."),
    Answered("3d 09:14", "maya", "newsletter", text="And I had read it four times. Thank you!", as_="thanks"),
    Liked("3d 09:20", "noor", "thanks"),
    Said(
        "1d 08:15",
        "noor",
        "noor",
        as_="week",
        text="This week: Hellum to legal, the network's answers are out, two offers wait for a word. If something slips, say so "
        "here on the day; a late no is the dearest. #forecast",
    ),
    Liked("1d 08:30", "omar", "week"),
    Liked("1d 08:50", "ada", "week"),
    Answered("1d 09:00", "omar", "week", text="Skerry and Gullwing have slipped. I call both today."),
    Said(
        "240m",
        "mo",
        "mo",
        as_="birthday",
        text="Ten years of Tidewater on the 14th. Boat at four, bring a jacket. @Nina Petrova decides about the cake. #ten-years",
    ),
    Liked("230m", "omar", "birthday"),
    Liked("200m", "maya", "birthday"),
    Answered("190m", "nina", "birthday", text="Lemon. It is decided."),
    Liked("185m", "mo", "birthday"),
    Changed(
        "95m",
        "omar",
        "Lowland Delta Works, sluice level sensors",
        {"StageName": "Proposal/Price Quote", "CloseDate": Day(34)},
        as_="sluice",
    ),
    Answered(
        "70m", "noor", "sluice", text="Offer it inside the framework, then it needs no tender of its own."
    ),
    Said(
        "40m",
        "nina",
        "Northern Tide Authority",
        as_="winters",
        text="The failures by harbour and winter are there, back to 2019. Ice: four of 212. Gulls: nine. #mariner4 #service",
    ),
    Liked("33m", "omar", "winters"),
    Liked("30m", "noor", "winters"),
]
