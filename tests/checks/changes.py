"""Changes of the clean plan that faults of several checks begin with."""

from __future__ import annotations

from tests.checks.clean import NHS, YEARS


def districts(d):
    """Add a county's Disabled Facilities Grant that goes on to its district in full."""
    d["partners"].append({"id": "north", "name": "North district", "kind": "district"})
    d["pools"].append(
        {
            "id": "dfg",
            "name": "Disabled Facilities Grant",
            "host": "council",
            "money_kind": "capital",
        }
    )
    d["contributions"].append(
        {"pool": "dfg", "partner": "council", "source": "DFG", "base_amount": 900, "index": "flat"}
    )
    d["schemes"].append(
        {
            "id": "4",
            "name": "Adaptations",
            "pool": "dfg",
            "source": "DFG",
            "base_amount": 900,
            "index": "flat",
        }
    )
    d["pass_downs"] = [
        {
            "pool": "dfg",
            "source": "DFG",
            "district": "north",
            "kind": "passed down",
            "base_amount": 900,
            "index": "flat",
        }
    ]


BEDS = {"id": "beds", "currency": "bed day", "point_of_delivery": "Bed days", "floor": None}


def shift(d, **more):
    d["shifts"] = [{"id": "move", "lines": ["nel"], "pool": "bcf"} | more]


def primed(d, **more):
    d["contributions"].append(
        {
            "pool": "bcf",
            "partner": "council",
            "source": "Additional NHS Contribution",
            "base_amount": 5,
            "recurrent": False,
        }
    )
    shift(
        d,
        rule="pump_prime",
        **({"source": "Additional NHS Contribution", "amounts": {"2026/27": 5}} | more),
    )
    d["programmes"][0] |= {"pool": "bcf", "source": NHS, "partner": ""}


def in_service(d, people, cohort):
    d["programmes"][0] |= {"reach_basis": "in_service", "lag": 1, "reach": {}}
    d["programmes"][0] |= {
        "people": dict.fromkeys(YEARS, people),
        "cohort": dict.fromkeys(YEARS, cohort) if cohort else {},
    }


def vired(d, **changes):
    """Put a virement of £10,000 from scheme 1 to scheme 2 into the plan, sound but for the
    changes."""
    sound = {
        "id": "V1",
        "year": "2025/26",
        "month": 4,
        "from_scheme": "1",
        "to_scheme": "2",
        "amount": 10_000,
    }
    sound |= {"authority": "partnership_board", "approved_by": "Board, 3 July"}
    d["virements"] = [
        {name: value for name, value in (sound | changes).items() if value is not None}
    ]
