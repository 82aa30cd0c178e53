"""Every label of an answer, declared once: the headings of its label columns, and its figures.

A label stands for one concept wherever it is met: workbook, report, paper, command line, CSV, JSON
and function. Code picks a row by the constants here, so that a label may change its words without
breaking what rests on it. Source: model §1.8.
"""

from __future__ import annotations

from types import MappingProxyType

HEADINGS = MappingProxyType(
    {
        "acute_line": "Activity line",
        "approved_by": "Approved by",
        "authority": "Authority",
        "basis": "Basis",
        "capitation": "Capitation",
        "closed_on": "Closed on",
        "closes_gap": "What would close the gap",
        "complete": "Complete",
        "contract": "Contract",
        "counted": "Counted",
        "covers": "Covers",
        "distribution": "Distribution",
        "driver": "Driver",
        "due": "Due",
        "effect": "Effect £",
        "explained_by": "Explained by",
        "figure": "Figure",
        "file": "File",
        "finding": "Finding",
        "fix": "Fix",
        "form": "Form",
        "from": "From",
        "gain_share": "Gain share",
        "goal": "Goal",
        "group": "Group",
        "how": "How",
        "in_words": "In words",
        "index": "Index",
        "kind": "Kind",
        "line": "Line",
        "level": "Level",
        "measure": "Measure",
        "month": "Month",
        "name": "Name",
        "name_or_partner": "Name or partner",
        "needed": "What is needed",
        "needed_for": "Needed for",
        "office": "Office",
        "part": "Part",
        "partner": "Partner",
        "pays": "Pays",
        "phasing": "Phasing",
        "pool": "Pool",
        "programme": "Programme",
        "programmes": "Programmes",
        "quarter": "Quarter",
        "reading": "Reading",
        "recurrent": "Recurrent",
        "receives": "Receives",
        "role": "Role",
        "rows_behind": "Rows behind it",
        "rule": "Rule",
        "scenario": "Scenario",
        "scheme": "Scheme",
        "scheme_or_source": "Scheme or source",
        "section": "Section",
        "service": "Service",
        "severity": "Severity",
        "shared_id": "Shared id",
        "shift": "Shift",
        "signed_on": "Signed on",
        "source": "Source",
        "state": "State",
        "step": "Step",
        "test": "Test",
        "thing": "Shift, pool or programme",
        "to": "To",
        "to_month": "To month",
        "view": "View",
        "virement": "Virement",
        "where": "Where",
        "where_from": "Where from",
        "who": "Who or what",
        "whose": "Whose",
        "why": "Why",
        "why_changed": "Why it changed",
        "year": "Year",
    }
)
"""The heading of each label column, by the key that code picks it with."""

_meanings: dict[str, str] = {}


def headings(*keys: str) -> tuple[str, ...]:
    """Return the headings of label columns, by their keys."""
    return tuple(HEADINGS[key] for key in keys)


def _label(words: str, meaning: str) -> str:
    """Return a label, and keep what it means for the guide."""
    _meanings[words] = meaning
    return words


# Who
ALL_SOURCES = _label(
    "All sources", "All funding sources of a pool together; its rows add up the rows above them."
)
NO_SOURCE = _label(
    "No funding source", "Performance money that was not earned, and what is booked to no source."
)
ALL_POOLS = _label("All pools", "All pools together; a row says whether aligned money is in it.")
SYSTEM = _label("Whole system", "All partners together; payments among them cancel out.")

# Income of the pools, by kind
CONTRIBUTION = _label("Contribution", "Money that a partner puts into a pool.")
DEDUCTION = _label("Deduction", "Money that a partner takes out of what it puts into a pool.")
IN_KIND = _label(
    "In kind",
    "What a partner provides in staff, premises or equipment: used in its year, no money.",
)

# Balances: the identity of every funding source of every pool
OPEN = _label("Open", "What a funding source of a pool holds when the year begins.")
INCOME = _label(
    "Income", "What comes into a pool in the year in money, less deductions, interest included."
)
OF_IT_INTEREST = _label("Of it interest on a pump-prime fund", "Income that nobody puts in.")
OF_IT_PERFORMANCE = _label(
    "Of it depends on performance", "What of the income is released as admissions fall; as planned."
)
INCOME_OF_POOLS = _label("Income of the pools", "That of the pooled funds, not aligned money.")
INCOME_WITH_ALIGNED = _label(
    "Income of the pools, with aligned money", "The same and that of the budgets beside them."
)
PUT_INTO_POOLS = _label(
    "Put into pools, in kind included",
    "What partners put into pools in the year, in money and in kind, deductions taken off.",
)
COMING_IN = _label(
    "All that came in", "Income in money and in kind, and money of activity moved or reinvested."
)
COMING_IN_BEFORE = _label(
    "All that came in the year before", "The same of the year before, which the bridge begins with."
)
TRANSFERS_IN = _label("Transfers in", "Money that a shift or another fund moves into the source.")
REINVESTED = _label("Reinvested", "Money released by activity that comes into the source.")
SPEND = _label("Spend", "What the source pays for in the year, in money.")
TRANSFERS_OUT = _label("Transfers out", "Money that leaves, or goes back as the pool ends.")
OPEN_SETTLED = _label(
    "Open, after settlement", "What the source holds when the year begins, earlier years settled."
)
SPENT_LESS_INCOME = _label(
    "Spending less income, at outturn", "Outturn, else forecast, else plan; money alone."
)
SETTLED = _label("Settled", "Received (+) or paid (−) as a variance is settled or a pool ends.")
CLOSE_SETTLED = _label(
    "Close, after settlement", "What the source holds once the year is settled: the next opens so."
)
CLOSE = _label(
    "Closing balance", "What the source holds when the year ends; below zero: over-committed."
)

# Tests of the rules
VALUE = _label("Value", "What the plan spends or holds where a rule looks.")
LIMIT = _label("Limit", "What the rule asks for.")
GAP = _label("Gap", "Value less limit; below zero: the rule is not met.")
RESULT = _label("Result", "Whether the rule is met, in a word.")

# Accounts at the end of the year
NET_OF_YEAR = _label(
    "Net of the year, deficit negative",
    "Funding of the year less expenditure of the year, without the balance brought forward.",
)
NET_WITH_BALANCE = _label(
    "Net of the year and balance brought forward",
    "What is shared and carried forward: the net of the year and the balance brought forward.",
)

# Activity, its payment and its cost
DO_NOTHING_ACTIVITY = _label("Do-nothing activity", "Activity of a line if nothing changes.")
PLAN_ACTIVITY = _label("Plan activity", "Activity of a line under the plan.")
UNIT_PRICE = _label("Unit price", "What the commissioner pays for a unit, nominal.")
UNIT_COST = _label("Unit cost", "What a unit costs the provider, nominal.")
DO_NOTHING_PAYMENT = _label(
    "Do-nothing payment",
    "What commissioners pay for a line if nothing changes, less what clients are charged.",
)
PLAN_PAYMENT = _label(
    "Plan payment",
    "What commissioners pay for a line under the plan, less what clients are charged.",
)
DO_NOTHING_COST = _label("Do-nothing cost", "What a line costs its provider if nothing changes.")
PLAN_COST = _label("Plan cost", "What a line costs its provider under the plan.")

# What prevention avoids
AVOIDED = _label("Avoided", "Activity that one programme avoids, its part of what all avoid.")
AVOIDED_ALONE = _label(
    "If alone (not additive)", "What a programme would avoid if it were the only one."
)
AVOIDED_IN_ALL = _label("Avoided in all", "Activity of a line that all programmes avoid together.")
MOVED_IN = _label("Moved in", "Activity that comes to a line as programmes move it from another.")

# What avoided activity is worth: three different things
CONTRACT_SAVING = _label(
    "Contract saving", "What commissioners stop paying. It is not what the system saves."
)
VARIABLE_RELEASED = _label(
    "Variable cost released", "Cost that falls with every unit of activity that is avoided."
)
SEMI_FIXED_RELEASED = _label(
    "Semi-fixed cost released", "Cost of whole blocks of capacity that are closed."
)
FIXED_RELEASED = _label("Fixed cost released", "Fixed cost that somebody decides to close.")
CONTRACT_SAVING_NET = _label(
    "Contract saving, net of replacement",
    "What commissioners stop paying on all lines, less what they pay for activity in its place.",
)
GROSS_RELEASE = _label(
    "Gross release", "What providers stop spending on lines of which less is done."
)
REPLACEMENT_COST = _label(
    "Replacement cost", "What activity that comes in its place, and activity that grows, costs."
)
NET_RELEASE = _label("Net release", "Gross release less replacement cost.")
STRANDED_COST = _label(
    "Stranded cost",
    "Contract saving less release of a line of which less is done: cost that is no longer paid.",
)
REPLACEMENT_MARGIN = _label(
    "Margin on replacement activity",
    "What a provider is paid for activity that moves to a line, less what that costs it.",
)
PROVIDERS_LOSE = _label(
    "What providers lose, net",
    "Stranded cost less the margin on replacement activity: contract saving less net release.",
)
BLOCKS_CLOSED = _label("Blocks closed", "Whole blocks of capacity closed, such as wards.")
CAPACITY_RELEASED = _label(
    "Capacity released", "Activity that is avoided: real even where no cash is released."
)
FILLED_AGAIN = _label(
    "Of it filled by other patients", "Capacity that others use, so that it releases no cash."
)
BED_DAYS_RELEASED = _label("Bed days released", "Bed days that avoided activity would have used.")
BEDS_RELEASED = _label("Beds released", "Bed days released, as beds at the line's occupancy.")
GROSS_TARIFF = _label(
    "Gross tariff value (not a saving)", "Avoided activity at its price; nobody saves this."
)

# Reallocation: what moves and what it buys
SHIFT, POOL, PROGRAMME = "Shift", "Pool", "Programme"
"""What a row of the reallocation is about."""
PLANNED_BEFORE = _label(
    "Planned release of the year before", "What may be invested the year after; none is confirmed."
)
PLANNED_RELEASE = _label(
    "Planned release of the year", "What goes into a pump-prime fund; none is confirmed."
)
CONFIRMED_BEFORE = _label(
    "Release of the year before, confirmed or planned", "Reinvestment says which, by year."
)
CONFIRMED_RELEASE = _label(
    "Release of the year, confirmed or planned", "That of a fund; Reinvestment says which, by year."
)
SET_BY_RULE = _label("Set by the rule", "What a rule by amount or percentage says to move.")
MOVED_INTO_POOL = _label("Moved into the pool", "Money that a shift moves into its pool.")
UNFUNDED_ACUTE = _label(
    "Unfunded gap on activity",
    "What activity still costs beyond what is left of its budget after the money moved.",
)
MONEY_FOR_PROGRAMMES = _label(
    "Money for programmes", "What a pool has for programmes after its other schemes."
)
COST_IN_FULL = _label("Cost in full", "What a programme costs if it is bought whole.")
PAID = _label(
    "Paid for prevention",
    "What programmes are paid: one programme, what a partner bears of them, or all.",
)
PART_BOUGHT = _label("Part bought", "The part of a programme that its pool can pay for.")
EFFECT_AT_WORK = _label(
    "Effect at work (reach after lag)", "Share of a programme's people in whom it has taken effect."
)
PUT_INTO_FUND = _label("Put into the fund", "Money that goes into a pump-prime fund.")
INTEREST_ON_FUND = _label("Interest on the fund", "Interest that a pump-prime fund earns.")
PAID_OUT_OF_FUND = _label("Paid out of the fund", "What a pump-prime fund pays for programmes.")
BALANCE_OF_FUND = _label("Balance of the fund", "What a pump-prime fund holds at the year's end.")
FUND_BELOW_FLOOR = _label(
    "Fund below its floor", "By how much a pump-prime fund is below the least it may hold."
)
PEAK_DRAW = _label("Peak draw on the fund", "The most that a pump-prime fund is drawn down.")
PLACE_IN_RANKING = _label(
    "Place in the ranking", "A programme's place by present value for each £ of the binding year."
)

# The bridge from the base year to the plan
BASE = _label("Base", "Net spending of the base year.")
CONTRACT_TERMS = _label("Contract terms", "Change because contracts change or are reset.")
PRICE = _label("Price", "Change because prices and pay rise.")
DEMOGRAPHIC = _label("Demographic", "Change because the population grows and ages.")
NON_DEMOGRAPHIC = _label("Non-demographic", "Change in demand for each person of the same age.")
PROVIDER_EFFICIENCY = _label("Provider efficiency", "Change because providers work cheaper.")
SCHEMES = _label("Schemes", "Change in schemes that pay for no programme.")
DO_NOTHING = _label("Do nothing", "Net spending of the year if nothing changes.")
AVOIDED_CASHABLE = _label(
    "Avoided (cashable)", "Less spending because activity is avoided, as far as it is cash."
)
PREVENTION_COST = _label("Prevention cost", "What programmes cost those who fund them.")
DOUBLE_RUNNING = _label(
    "Double running and exit", "Cost of running old and new together, and of leaving the old."
)
TRANSFERS = _label(
    "Transfers", "What moved money and gain shares pay from one partner to another; sums to zero."
)
OUTTURN_AND_SETTLEMENT = _label(
    "Outturn and settlement",
    "What pools come out at beyond the plan, and what is borne or received as it is settled.",
)
PLAN = _label("Plan", "Net spending of the year under the plan, as settled.")
FUNDING = _label("Funding", "Money that a partner has for what the plan covers.")
BASIS_OF_FUNDING = _label(
    "Basis of funding", "Whether an envelope states it, or do nothing is assumed to be funded."
)
GAP_OF_YEAR = _label(
    "Gap of the year", "Net spending under the plan less funding; below zero: spare."
)
GAP_OF_YEAR_THERE = _label(
    "Gap of the year: there if nothing changes", "Do nothing less funding of the year."
)
GAP_OF_YEAR_ADDED = _label(
    "Gap of the year: what the plan adds", "Net spending under the plan less do nothing."
)
GAP_TO_DATE = _label("Gap to date", "The gaps of all years up to and with this one.")
GAP_TO_DATE_THERE = _label(
    "Gap to date: there if nothing changes", "Do nothing less funding, all years to this one."
)
GAP_TO_DATE_ADDED = _label(
    "Gap to date: what the plan adds", "Plan less do nothing, all years to this one."
)

# Partners' positions
POSITION_ACTIVITY = _label(
    "1 Activity",
    "What a commissioner pays less for activity; what a provider receives less and spends less.",
)
POSITION_POOLS = _label(
    "2 Pools: money spent more or less, by whose it is",
    "Spending of each source beyond do nothing, less what is settled, below zero where it is more.",
)
POSITION_SETTLED = _label(
    "3 Overspend, settled", "What a partner bears (−) or receives (+) under the risk shares."
)
POSITION_TRANSFERS = _label(
    "4 Gain share and transfers",
    "What a partner receives from the others, below zero what it pays.",
)
GAIN = _label(
    "Better (+) or worse (−) off than do nothing",
    "After settlement: activity, pools, overspend settled and transfers added up.",
)
GAIN_SO_FAR = _label(
    "Better (+) or worse (−) off than do nothing, to date",
    "After settlement, the years so far added up; in the last year it is the whole plan's.",
)
HELD_IN_POOLS = _label(
    "Held in pools",
    "Money that stays in the pools at the year's end, by who paid it in, less what a source closes"
    " short by: nobody is better or worse off by it.",
)

# Gain shares
RECEIVED = _label(
    "Received (paid over, negative)", "What a partner receives when a gain share is settled."
)

# Bodies that change
PAID_IN = _label("Paid in", "What a partner pays into a source of a pool, as the plan has it.")
PART_OF_HISTORY = _label(
    "Part of what the old body paid",
    "A successor's share of it in years before the change, for comparison; it changes nothing.",
)
TAKEN_OVER = _label(
    "Balance taken over", "A successor's share of what the old body had in the source at its end."
)

# Activity that councils pay for
CLIENTS = _label("Clients in the plan", "Plan activity over the units that one client has.")
SPENDING_NOTHING = _label(
    "Do-nothing spending", "What providers are paid for a line if nothing changes, gross."
)
SPENDING_PLAN = _label("Plan spending", "What providers are paid for a line in the plan, gross.")
CHARGES_NOTHING = _label(
    "Do-nothing client charges", "What clients pay for a line if nothing changes."
)
CHARGES_PLAN = _label("Plan client charges", "What clients pay for a line in the plan.")
BORNE_NET_NOTHING = _label(
    "Do-nothing net spending", "Spending less client charges: what the commissioner bears."
)
BORNE_NET_PLAN = _label("Plan net spending", "The same in the plan.")
SAVED = _label(
    "Saved on activity (spent more, negative)",
    "What a partner pays less for activity, net of client charges, as a programme brings it about.",
)
PAID_FOR_IT = _label("Paid for the programme", "What a partner bears of what a programme is paid.")
NET_OF_IT = _label("Better (+) or worse (−) off by it", "Saved less paid, before any settlement.")

# Goals
EXPECTED = _label("Expected", "Where a goal's measure is heading under the plan.")
IF_NOTHING_CHANGES = _label(
    "If nothing changes",
    "What a goal's measure would be under do nothing, where activity is counted.",
)
NEEDED = _label("Needed to be on track", "The straight line from the baseline to the target.")
MEASURED = _label("Measured", "What was measured of a goal in the year, as entered.")
ON_TRACK = _label("On track", "Whether the measure is at or beyond that line.")
TARGET = _label("Target", "What the measure is to reach by its date.")

# Fairness
FAIR_GAP = _label(
    "Gap to the others (larger is worse)",
    "A group's value less that of those it is compared with, signed so that more is worse.",
)
REACH_OF_GROUP = _label("Reach of the group", "Part of a group that a programme reaches.")
REACH_OF_OTHERS = _label("Reach of everyone else", "The same of all others it is for.")
GAP_CHANGE = _label(
    "Wider (+) or closer (−) than at the start", "The gap of the year less that of the base year."
)

# Intermediate care
DEMAND = _label("Demand", "People who need a service in the month.")
CAN_BE_SERVED = _label("Can be served", "People whom the service can begin to serve in the month.")
CAPACITY_GAP = _label("Not enough for", "People beyond the capacity.")
SPOT_BOUGHT = _label("Spot places bought", "People for whom places are bought beyond it.")
WAITING = _label("Waiting", "People who are neither served nor bought a place for.")
SPOT_COST = _label("Cost of spot places", "Spot places × days × price of a day.")
DELAY_COST = _label(
    "Cost of delay, the hospital's",
    "People who wait × days waited × cost of a bed night: an average, not what is released.",
)
SERVING_COST = _label("Cost of serving those who wait", "People who wait × days × spot price.")

# Staff
STAFF_NEEDED = _label("Staff needed", "Whole-time equivalents that a programme needs in a role.")
STAFF_IN_POST = _label("Staff in post", "Whole-time equivalents there are.")
STAFF_MISSING = _label("Staff missing", "Staff needed less staff in post, never below zero.")
AGENCY_STAFF = _label("Agency staff", "Those missing until recruits come; later years in full.")
AGENCY_PREMIUM = _label("Agency premium", "Agency staff × pay × what they cost above it.")
STAFF_DOUBLE_RUNNING = _label("Double running of staff", "Missing × pay × months beside ÷ 12.")

# Year-of-care capitation
WEIGHTED_PEOPLE = _label("Weighted people", "People on the weighted list that a sum is paid for.")
YEAR_OF_CARE_PRICE = _label("Price of a year of care", "For one weighted person, with its index.")
CAPITATED_SUM = _label("Capitated sum", "Weighted people × price, less exclusions.")
CAPITATED_EXCLUSIONS = _label("Excluded", "Taken off for what the contract leaves out.")
CAPITATED_PAID = _label("Paid of it", "The sum less what of the quality share is not earned.")
PAID_A_PERSON = _label("Paid a weighted person", "What is paid of the sum for each of them.")
COVERED_COST = _label("Cost of the covered lines", "What own lines cost, and others are paid.")
CAPITATED_LEFT = _label("Left (+) or short (−)", "What is paid less that cost.")
CAPITATED_CORRIDOR = _label("Corridor", "Up to it all that is left or short is the holder's.")
BEYOND_CORRIDOR = _label("Beyond the corridor", "What is left or short outside of it.")
BACK_TO_COMMISSIONER = _label("Back to the commissioner", "Its part beyond; below zero it pays.")
HOLDER_ENDS_WITH = _label("The holder ends with", "What is left or short, less what goes back.")
FORM_HOLDER = _label("The holder's gain", "Against do nothing, under one form of contract.")
FORM_COMMISSIONER = _label("The commissioner's gain", "The same; prevention's cost left out.")
FORM_TOGETHER = _label("Both together", "Holder and commissioner; the same under every form.")

# Appraisal
COMMISSIONER_CASH = _label("Commissioner cash", "Only what commissioners stop paying counts.")
SYSTEM_CASH = _label("System cash", "Only what the system stops spending counts.")
CAPACITY = _label("Capacity", "What is freed for others, in units of activity.")
PUBLIC_VALUE = _label("Public value", "System cash and the value of better health.")
NET_PRESENT_VALUE = _label(
    "Net present value", "Benefits less costs over the plan, in real £ discounted to the base year."
)

# The Dashboard's headline figures
SPENDING_FROM_POOLS = _label(
    "Spending from the pools", "What the pooled funds pay for in the first year, as planned."
)
LEFT_IN_POOLS = _label(
    "Left in the pools",
    "Closing balances of the pooled funds in the last year, as planned, before settlement.",
)
GOALS_MET = _label("Goals met by their date", "How many of the goals the plan meets by their date.")
RULES_MET = _label(
    "Rules met",
    "How many tests of the rules pass in the first year, of those that pass, fail or are"
    " over-committed.",
)
MOST_BORNE = _label(
    "Most that a partner bears",
    "The largest share of all pools' overspends that one partner bears in the last year.",
)

MEANINGS = MappingProxyType(_meanings)
"""What each label means, in the order of the answers."""
