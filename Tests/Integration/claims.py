# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Sentences about the sample corpus as a language model would write them, each with words of the passage that it rests on."""

# document, words of the passage that supports it, the claim in other words
PARAPHRASES = [
    ("clinic/jellyfish-stings.md", "vinegar for thirty seconds", "After a sting, the skin should be rinsed with vinegar for thirty seconds."),
    ("clinic/jellyfish-stings.md", "keep the sting in warm water", "The stung skin should be held in warm water of 40 to 45 degrees for forty minutes."),
    ("clinic/jellyfish-stings.md", "do not rinse with fresh water", "Fresh water must not be used because it makes the remaining stinging cells fire."),
    ("clinic/tick-season.md", "ticks are active", "Ticks can be met from March to November."),
    ("clinic/tick-season.md", "tick card", "A tick should be removed with a tick card within twenty-four hours."),
    ("clinic/opening-hours.md", "helicopter", "A helicopter from the mainland takes 25 minutes to arrive."),
    ("energy/outage-2023-01.md", "3 hours 12 minutes", "The island-wide outage of 14 January 2023 lasted 3 hours and 12 minutes."),
    ("energy/outage-2023-01.md", "firmware updates are made only", "Since then firmware is only updated between April and September."),
    ("energy/outage-2023-01.md", "harbour road was flooded", "The engineer on duty could not get to the hall for fifty minutes because the harbour road was flooded."),
    ("energy/tariff-2024.md", "night rate", "At night, electricity costs 0.16 crowns per kWh."),
    ("energy/tariff-2024.md", "never cut off", "Between November and March, households in arrears are not cut off."),
    ("energy/microgrid-overview.md", "3.6 mwh", "The battery hall can store 3.6 MWh."),
    ("energy/microgrid-overview.md", "one vote", "Each household is a member of the cooperative and has one vote."),
    ("energy/heat-pump-guide.md", "30 % of the price", "The cooperative covers 30 % of the price, up to 2,500 crowns."),
    ("ferry/dangerous-goods.txt", "gas bottles", "Gas bottles of up to 11 kg are allowed on the car deck, at most two per vehicle."),
    ("ferry/dangerous-goods.txt", "fireworks", "Fireworks may not be carried on the ferry."),
    ("ferry/solveig-history.md", "built in 1988", "The Solveig was built in Stralsund in 1988."),
    ("ferry/solveig-history.md", "electric motors", "In 2020 the diesel engines were replaced by electric motors."),
    ("ferry/timetable-winter.md", "force 8", "The ferry stays in port when the wind is stronger than force 8."),
    ("history/lighthouse.md", "38 metres", "The tower of the Skerries light is 38 metres high."),
    ("history/lighthouse.md", "aksel brandt", "Aksel Brandt was the last keeper and left on 30 June 1989."),
    ("history/the-long-winter.md", "elin moe", "The key to the seed oats was entrusted to the schoolteacher, Elin Moe."),
    ("council/dog-rules.md", "fine is 40 crowns", "Owners who break the rule pay a fine of 40 crowns."),
    ("council/dog-rules.md", "on a lead from", "On the northern shore dogs must be on a lead from 1 April to 31 July."),
    ("council/drone-policy-v2.md", "below 60 metres", "Drones are allowed to fly below 60 metres."),
    ("council/building-code.md", "two storeys", "A new house may have two storeys at most and needs a roof of slate or turf."),
    ("seedbank/loan-policy.md", "fifty seeds", "Members can borrow up to fifty seeds of one variety in spring."),
    ("seedbank/storage-rules.md", "5 % moisture", "Before storage, seeds are dried to 5 % moisture and sealed in foil."),
    ("seedbank/catalogue.md", "jam jar", "All of today's seed of Widow's pea goes back to a single jam jar."),
    ("sheep/wool-prices.md", "2.10 crowns for grey", "Grey wool brings 2.10 crowns per kilogram."),
    ("sheep/calendar.md", "second monday in june", "The sheep are sheared from the second Monday in June."),
    ("school/boat-building.md", "rivets are copper", "Copper rivets are used because iron would stain the oak and rust."),
    ("nature/terns.md", "first week of may", "Arctic terns arrive in the first week of May."),
    ("nature/seals.md", "100 metres away", "Visitors should stay 100 metres away from a seal pup."),
    ("it/backup-runbook.md", "rehearsed on 6 june", "The last rehearsal of a restore was on 6 June 2024 and took 47 minutes."),
    ("it/radio-channels.txt", "channel 16", "Channel 16 is for distress and must be kept free."),
    ("museum/visiting.md", "6 crowns", "Entry to the museum costs 6 crowns, and children pay nothing."),
    ("bakery/oat-biscuits.html", "160 degrees", "The biscuits are baked at 160 degrees for 25 minutes."),
]

# claims that no paper of the island supports, though some words may be shared
UNRELATED = [
    "The capital of Mongolia is Ulaanbaatar.",
    "Photosynthesis turns light into chemical energy.",
    "The stock market fell sharply on Monday.",
    "A heap is a tree that keeps its smallest element at the root.",
    "The orchestra rehearses the second symphony this evening.",
    "Penicillin was discovered by Alexander Fleming.",
    "The train to Vienna leaves from another platform.",
    "The council has decided to close the cinema.",
    "The island's airport is being extended to the west.",
    "The harbour has a new restaurant with a view of the sea.",
    "The cooperative is owned by a bank on the mainland.",
    "The school teaches Latin and Greek to every pupil.",
    "The ferry serves breakfast until the first stop.",
    "Sheep may be bought at the market on Fridays.",
    "The museum shows paintings from the Renaissance.",
    "The lighthouse was used as a prison during the war.",
    "The clinic sells sunglasses and postcards.",
    "The turbines were made by a Danish company.",
    "The bakery is closed for the whole of February.",
    "The winter festival attracts thousands of visitors.",
]

# document, words of the passage, the opposite of what it says
NEGATED = [
    ("clinic/jellyfish-stings.md", "vinegar for thirty seconds", "The skin should not be rinsed with vinegar for thirty seconds."),
    ("clinic/jellyfish-stings.md", "do not rinse with fresh water", "Rinse with fresh water, which calms the remaining stinging cells."),
    ("energy/tariff-2024.md", "never cut off", "Households in arrears are cut off between November and March."),
    ("ferry/dangerous-goods.txt", "fireworks", "Fireworks are carried on the ferry."),
    ("ferry/timetable-winter.md", "force 8", "In winds above force 8 the ferry sails."),
    ("history/the-long-winter.md", "not one sack", "Every sack was opened."),
    ("council/drone-policy-v2.md", "medical drone is exempt", "The clinic's medical drone is not exempt."),
    ("seedbank/loan-policy.md", "not lent at present", "Widow's pea is lent at present."),
    ("school/boat-building.md", "rivets are copper", "Rivets are never copper."),
    ("energy/heat-pump-guide.md", "not paid afterwards", "Grants are paid afterwards."),
    ("ferry/dangerous-goods.txt", "not allowed in the", "Gas bottles are allowed in the passenger saloon."),
    ("museum/visiting.md", "without flash", "The logbooks may not be photographed."),
]
