"""What is to be done at Tidewater Instruments: leads and cases, tasks and visits, a fair, a contract and what was delivered."""

from world.lines import Added, Answered, Called, Changed, Converted, Day, Followed, Hour, Line, Said

HELLUM = "Port of Hellum, tide gauges"

WORK: list[Line] = [
    # The fair, and whom it reached
    Added("34d 09:00", "maya", "Campaign", "Harbour Days", {
        "Name": "Harbour Days, stand B12", "Type": "Conference", "Status": "In Progress", "IsActive": True,
        "StartDate": Day(-12), "EndDate": Day(-10),
    }),
    Followed("33d 08:10", "omar", ("Harbour Days",)),
    Said("12d 17:30", "maya", "Harbour Days", text="Sixty people at the stand, and the broom story works every time."),
    Added("12d 16:00", "maya", "Lead", "Tove Lind", {
        "FirstName": "Tove", "LastName": "Lind", "Company": "Fjordline Pilots", "Title": "Operations manager",
        "Email": "tove.lind@fjordline.example", "LeadSource": "Other", "Rating": "Hot",
    }),
    Added("12d 16:20", "maya", "Lead", "Bram Visser", {
        "FirstName": "Bram", "LastName": "Visser", "Company": "Visser Locks", "Title": "Owner", "Phone": "+31 20 555 0142",
        "LeadSource": "Other",
    }),
    Added("11d 09:00", "omar", "Lead", "Ines Prado", {
        "FirstName": "Ines", "LastName": "Prado", "Company": "Skerry Pilots", "Title": "Harbour pilot", "LeadSource": "Web",
    }),
    Added("11d 09:10", "maya", "CampaignMember", "Tove at the fair", {
        "CampaignId": "Harbour Days", "LeadId": "Tove Lind", "Status": "Responded",
    }),
    Added("11d 09:12", "maya", "CampaignMember", "Bram at the fair", {"CampaignId": "Harbour Days", "LeadId": "Bram Visser"}),
    Added("11d 09:14", "maya", "CampaignMember", "Wim at the fair", {
        "CampaignId": "Harbour Days", "ContactId": "Wim de Graaf", "Status": "Responded",
    }),
    Changed("10d 10:00", "maya", "Tove Lind", {"Status": "Working - Contacted"}),
    Said("10d 10:05", "maya", "Tove Lind", text="She wants a trial buoy before the herring season. I promised her a date."),
    Converted("9d 14:00", "noor", "Ines Prado", "Skerry Pilots", "Skerry Pilots, pilot boat tablets"),
    # What the port of Hellum waits for
    Called("26d 15:00", "omar", HELLUM, "Cable plan of the lock", 25, "Wim sends the drawing of the lock by Friday."),
    Added("26d 15:10", "omar", "Task", "Draw the cable run", {
        "Subject": "Draw the cable run", "WhatId": HELLUM, "WhoId": "Wim de Graaf", "ActivityDate": Day(-21),
        "Priority": "Normal",
    }),
    Changed("22d 16:00", "omar", "Draw the cable run", {"Status": "Completed"}),
    Added("6d 09:00", "omar", "Task", "Send the frost test", {
        "Subject": "Send the frost test report", "WhatId": HELLUM, "WhoId": "Wim de Graaf", "ActivityDate": Day(-2),
        "Priority": "High", "Description": "He wants the figures at minus twenty.",
    }),
    Added("6d 09:05", "omar", "Task", "Book the crane", {
        "Subject": "Book the crane for basin two", "WhatId": HELLUM, "ActivityDate": Day(4), "Priority": "Normal",
    }),
    Added("5d 11:00", "omar", "Event", "Visit to Hellum", {
        "Subject": "Site visit with Wim", "WhatId": HELLUM, "WhoId": "Wim de Graaf", "StartDateTime": Hour(6, "09:00"),
        "EndDateTime": Hour(6, "11:30"), "Location": "Lock house, Port of Hellum",
    }),
    Added("4d 09:30", "noor", "Task", "Call Fiona", {
        "Subject": "Call Dr. Sharpe about the pilot station", "WhoId": "Fiona Sharpe", "ActivityDate": Day(1),
        "OwnerId": "omar", "Priority": "Normal",
    }),
    # Service
    Added("8d 08:20", "nina", "Case", "Drifting clock", {
        "Subject": "Berth sensors report the wrong hour", "AccountId": "Gullwing Marinas", "ContactId": "Karin Voss",
        "Priority": "Medium", "Origin": "Phone", "Type": "Problem",
    }),
    Said("8d 08:40", "nina", "Drifting clock", as_="dst",
         text="All twelve went back an hour on Sunday. It is the clock change, and the firmware does not know it."),
    Answered("8d 09:15", "ada", "dst", text="Version 4.2 knows it. Mo can send it to them today."),
    Changed("7d 15:00", "nina", "Drifting clock", {"Status": "Closed"}),
    Added("3d 07:45", "nina", "Case", "Dead logger", {
        "Subject": "Oxygen logger in pen four is silent", "AccountId": "Brightwater Aquafarms", "ContactId": "Rúna Joensen",
        "Priority": "High", "Origin": "Email", "Type": "Problem",
    }),
    Changed("2d 10:00", "nina", "Dead logger", {"Status": "Escalated"}),
    Added("2d 10:10", "nina", "Task", "Spare logger", {
        "Subject": "Send a spare logger by courier", "WhatId": "Dead logger", "WhoId": "Rúna Joensen", "ActivityDate": Day(-1),
        "Priority": "High",
    }),
    # What was agreed and delivered
    Added("20d 13:00", "noor", "Contract", "Gullwing service", {
        "AccountId": "Gullwing Marinas", "Status": "Draft", "StartDate": Day(-18), "ContractTerm": 24,
        "CustomerSignedId": "Jens Petersen",
    }),
    Changed("18d 09:00", "noor", "Gullwing service", {"Status": "Activated"}),
    Added("18d 09:30", "noor", "Asset", "Gullwing sensors", {
        "Name": "Berth sensors, twelve", "AccountId": "Gullwing Marinas", "ContactId": "Karin Voss", "Status": "Installed",
        "InstallDate": Day(-17), "Quantity": 12,
    }),
]  # fmt: skip
