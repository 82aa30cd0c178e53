"""The model once more, in plain loops: an independent check of the engine.

Written from the model's formulas (funding, do nothing, avoided, worth, reallocation), one number at
a time, with nothing of icbudget imported. It reads a plan as plain tables, the way a YAML file
holds them, and is slow on purpose.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise, permutations

REINVESTED = "Reinvested acute release"
MOVED = "Moved from acute"
FUND = "Pump-prime fund"
RELEASING = ("release_then_invest", "marginal_rank")
NO_EFFECT = {"effect_measure": "rate_reduction", "effect": 0.0}


def pence(pounds):
    """Whole pence, half-up, of an amount that arithmetic in binary left a hair beside its true
    value.
    """
    exact = Decimal(repr(float(pounds))) * 100
    return int(exact.quantize(Decimal("0.000001")).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def project(doc):
    """Return every result of a plan as dicts keyed by (name, t) and the like; t = 0 is the base
    year.
    """
    return _Run(doc).go()


class _Run:
    def __init__(self, doc):
        self.doc = doc
        self.setup = doc["setup"]
        first = int(self.setup["base_year"][:4])
        self.T = self.setup["horizon"]
        self.years = [f"{first + t}/{(first + t + 1) % 100:02d}" for t in range(self.T + 1)]
        self.index = {row["id"]: row.get("rates", {}) for row in doc.get("indices", [])}
        self.lines = doc.get("acute_lines", [])
        self.line = {row["id"]: row for row in self.lines}
        self.programmes = doc.get("programmes", [])
        self.programme = {row["id"]: row for row in self.programmes}
        self.scale = {}
        self.out = {}

    # -- years and indices

    def rate(self, name, t):
        return 0.0 if name in ("", "flat") or t == 0 else self.index[name][self.years[t]]

    def by_year(self, row, field, t):
        return 0.0 if t == 0 else float(row.get(field, {}).get(self.years[t], 0.0))

    # -- section 3: funding and schemes

    def rolled(self, row):
        """amount(t) = explicit(t), or half_up(amount(t-1) x (1 + rate), unit), or 0 where it is
        one-off; pence.
        """
        unit = Decimal(str(self.setup.get("rounding_unit", 1)))
        amounts, said = [], row.get("amounts", {})
        for t, year in enumerate(self.years):
            if year in said:
                amount = Decimal(str(said[year]))
            elif t == 0:
                amount = Decimal(str(row.get("base_amount") or 0))
            elif row.get("recurrent", True):
                grown = amounts[-1] * (1 + Decimal(str(self.rate(row["index"], t))))
                amount = (grown / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit
            else:
                amount = Decimal(0)
            amounts.append(amount)
        return [int((a * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)) for a in amounts]

    # -- section 4: do nothing

    def net(self, uplift, efficiency, t):
        u, e = self.rate(uplift, t), self.rate(efficiency, t)
        return (1 + u) * (1 - e) if self.setup.get("uplift_form") == "multiplicative" else 1 + u - e

    def do_nothing(self):
        self.A, self.P, self.C = {}, {}, {}
        for row in self.lines:
            k = row["id"]
            a = row["base_activity"] * (1 + row.get("baseline_adjustment", 0.0))
            p = row["unit_price"] * row.get("market_forces_factor", 1.0)
            c = row["unit_cost"]
            for t in range(self.T + 1):
                if t:
                    a *= (1 + self.rate(row["demographic_index"], t)) * (
                        1 + self.rate(row["non_demographic_index"], t)
                    )
                    p *= self.net(row["price_uplift"], row["price_efficiency"], t)
                    c *= self.net(
                        row.get("cost_uplift") or row["price_uplift"],
                        row.get("cost_efficiency") or row["price_efficiency"],
                        t,
                    )
                self.A[k, t], self.P[k, t], self.C[k, t] = a, p, c

    # -- section 5: what prevention avoids

    def epsilon(self, g):
        row = self.programme[g]
        value, risk = row["effect"], row.get("base_risk")
        e = {
            "rate_reduction": lambda: value,
            "risk_ratio": lambda: 1 - value,
            "odds_ratio": lambda: 1 - value / (1 - risk + risk * value),
            "absolute_risk_reduction": lambda: value / risk,
            "before_after": lambda: 1 - value * row["rate_before"] / self.anyway(row),
        }[row.get("effect_measure", "rate_reduction")]()
        if e < 0:
            return e
        for part in ("deadweight", "attribution", "displacement", "optimism_benefit"):
            e *= 1 - row.get(part, 0.0)
        return e

    def anyway(self, row):
        """The rate after that comes with nothing done: mu (k + y) / (k + mu)."""
        mu, k, y = row["population_rate"], row["dispersion"], row["rate_before"]
        return mu * (k + y) / (k + mu)

    def reach(self, g, t):
        """rho before the lag, with what was bought of the programme in each year."""
        if t < 1:
            return 0.0
        row = self.programme[g]
        basis = row.get("reach_basis", "direct")
        if basis == "direct":
            return self.by_year(row, "reach", t) * self.scale[g, t]
        if basis == "in_service":
            people = self.by_year(row, "people", t) * self.scale[g, t]
        else:
            kept = 1 - row.get("drop_off", 0.0)
            people = sum(
                self.by_year(row, "people", s) * self.scale[g, s] * kept ** (t - s)
                for s in range(1, t + 1)
            )
        cohort = self.by_year(row, "cohort", t)
        return min(row.get("max_reach", 1.0), people / cohort) if cohort else 0.0

    def lagged(self, g, t):
        lag = self.programme[g].get("lag", 0.0)
        whole = math.floor(lag)
        part = lag - whole
        return (1 - part) * self.reach(g, t - whole) + part * self.reach(g, t - whole - 1)

    def survival(self, e):
        """q of programmes that meet in a segment; e maps programme to its rho x epsilon."""
        theta = self.setup.get("family_overlap", 0.5)
        families = {}
        for g in e:
            families.setdefault(self.programme[g].get("family") or ("alone", g), []).append(g)
        q = 1.0
        for members in families.values():
            for sign in (1, -1):
                signed = [g for g in members if e[g] * sign > 0]
                combined = 0.0
                for n, g in enumerate(sorted(signed, key=lambda g: (-abs(e[g]), g))):
                    part = 1.0 if n == 0 else 1 - theta
                    combined += part * (1 - combined) * e[g]
                q *= 1 - combined
        return q

    def attributed(self, e):
        """Part of 1 - q by programme: by logs where all effects have one sign, else Shapley over
        every order.
        """
        gone = 1 - self.survival(e)
        if not any(e.values()):
            return dict.fromkeys(e, 0.0)
        if all(v >= 0 for v in e.values()) or all(v <= 0 for v in e.values()):
            logs = {g: math.log(1 - v) for g, v in e.items()}
            return {g: gone * v / sum(logs.values()) for g, v in logs.items()}
        value = dict.fromkeys(e, 0.0)
        e = {g: v for g, v in e.items() if v}
        orders = list(permutations(e))
        for order in orders:
            before = 0.0
            for n, g in enumerate(order):
                now = 1 - self.survival({h: e[h] for h in order[: n + 1]})
                value[g] += (now - before) / len(orders)
                before = now
        return value

    def reading(self, t, name):
        """V by line of year t if programmes reach separate people, independent ones, or the same
        people first.
        """
        out = {}
        for k in self.generations():
            parent = self.line[k].get("parent", "")
            followed = out[parent] / self.A[parent, t] if parent else 0.0
            own = 0.0
            for segment in self.doc.get("segments", []):
                if segment["acute_line"] == k:
                    names = segment.get("programmes", [])
                    own += segment["share"] * (
                        1 - getattr(self, f"remains_{name}")({g: self.lagged(g, t) for g in names})
                    )
            out[k] = self.A[k, t] * (followed + (1 - followed) * own)
        return out

    def remains_independent(self, reach):
        return math.prod(1 - rho * self.epsilon(g) for g, rho in reach.items())

    def remains_separate(self, reach):
        """Each programme, strongest first, takes people from the top of the line, where the least
        helped stand.
        """
        queue = [(1.0, 1.0)]
        for g in sorted(reach, key=lambda g: (-self.epsilon(g), list(self.programme).index(g))):
            queue.sort(key=lambda person: -person[0])
            wanted, served = reach[g], []
            while wanted > 1e-15 and queue:
                remains, size = queue.pop(0)
                now = min(size, wanted)
                served.append((remains * (1 - self.epsilon(g)), now))
                wanted -= now
                if size > now:
                    queue.insert(0, (remains, size - now))
            queue += served
        return sum(remains * size for remains, size in queue)

    def remains_same(self, reach):
        """People in a row: a programme reaches everybody up to its reach; the strongest of each
        family alone counts.
        """
        families = {}
        for g in reach:
            families.setdefault(self.programme[g].get("family") or ("alone", g), []).append(g)
        order = list(self.programme)
        leaders = [
            min(f, key=lambda g: (-reach[g] * self.epsilon(g), order.index(g)))
            for f in families.values()
        ]
        ends = sorted({0.0, 1.0, *(reach[g] for g in leaders)})
        total = 0.0
        for start, end in pairwise(ends):
            kept = math.prod(1 - self.epsilon(g) for g in leaders if reach[g] > (start + end) / 2)
            total += (end - start) * kept
        return total

    def generations(self):
        """Lines so that a parent comes before its children."""
        left, done = [row["id"] for row in self.lines], []
        while left:
            for k in left:
                if self.line[k].get("parent", "") in ("", *done):
                    done.append(k)
                    left.remove(k)
                    break
        return done

    def avoid(self, t):
        """V, V by programme, U and planned activity of year t."""
        active = {g: self.lagged(g, t) for g in self.programme}
        for k in self.generations():
            parent = self.line[k].get("parent", "")
            followed = self.V[parent, t] / self.A[parent, t] if parent else 0.0
            own, by = 0.0, dict.fromkeys(self.programme, 0.0)
            for segment in self.doc.get("segments", []):
                if segment["acute_line"] == k:
                    e = {g: active[g] * self.epsilon(g) for g in segment.get("programmes", [])}
                    own += segment["share"] * (1 - self.survival(e))
                    for g, part in self.attributed(e).items():
                        by[g] += segment["share"] * part
            self.V[k, t] = self.A[k, t] * (followed + (1 - followed) * own)
            for g in self.programme:
                passed = self.Vg[g, parent, t] / self.A[parent, t] if parent else 0.0
                self.Vg[g, k, t] = self.A[k, t] * (passed + (1 - followed) * by[g])
        for k in self.line:
            self.U[k, t] = sum(
                m["units"] * self.Vg[m["programme"], m["from_line"], t]
                for m in self.doc.get("moves", [])
                if m["to_line"] == k
            )
            self.X[k, t] = self.A[k, t] - self.V[k, t] + self.U[k, t]

    # -- section 6: three worths

    def terms(self, k, t):
        """The terms in force in year t and the year they began: the line's own, or its last change
        so far.
        """
        found, since = self.line[k], 0
        for s in range(1, t + 1):
            for change in self.doc.get("contract_changes", []):
                if change["acute_line"] == k and change["year"] == self.years[s]:
                    found, since = change, s
        return found, since

    def pay(self, k, t, x):
        """Payment of year t on the path x; both paths are paid on their own activity."""
        (row, since), price, first = self.terms(k, t), self.P[k, t], self.A[k, 0]

        def at(s):
            return x[k, s] if s > 0 else first

        kind = row["contract"]
        if kind == "activity":
            return at(t) * price
        if kind == "marginal":
            value, base = at(t) * price, float(row["baseline_value"]) * price / self.P[k, since]
            return min(value, base) + row["marginal_rate"] * max(0.0, value - base)
        if kind == "lva":
            return (at(t - 1) + at(t - 2) + at(t - 3)) / 3 * price
        rebased = [
            r for r in range(since, t + 1) if self.years[r] in self.line[k].get("rebase_years", ())
        ]
        if kind == "block":
            if rebased:
                return at(rebased[-1] - 1) * self.P[k, rebased[-1]] * price / self.P[k, rebased[-1]]
            given = row.get("block_value")
            agreed = at(since - 1) * self.P[k, since] if given is None else float(given)
            return agreed * price / self.P[k, since]
        expected = at(rebased[-1] - 1) if rebased else self.A[k, t]
        return expected * price + row["variable_share"] * (at(t) - expected) * price

    def blocks(self, k, t):
        row = self.line[k]
        if not row.get("block_size") or not row.get("provider"):
            return 0.0  # a market closes nothing that the plan knows of
        held = min(
            max(self.V[k, s], 0.0) if s >= 1 else 0.0 for s in range(t - row.get("hold", 1), t + 1)
        )
        blocks = math.floor((1 - row.get("backfill", 0.0)) * held / row["block_size"])
        blocks = min(blocks, row.get("most_blocks", {}).get(self.years[t], blocks))
        return blocks * self.by_year(row, "closes", t)

    def release(self, k, t):
        row, c, v = self.line[k], self.C[k, t], self.V[k, t]
        if not row.get("provider"):  # a market
            return self.K[k, t]
        backfill = row.get("backfill", 0.0)
        variable = row["variable_cost"] * c * v * (1 - backfill if v > 0 else 1)
        semi_fixed = row["semi_fixed_cost"] * c * (row.get("block_size") or 0.0) * self.blocks(k, t)
        gained = variable + semi_fixed
        if v > 1e-9:
            there = row["fixed_cost"] * c * self.A[k, t]
            gained += min(self.by_year(row, "fixed_release", t), there)
            gained = min(gained, c * v)
        return gained - c * self.U[k, t]

    # -- section 7: reallocation

    def payer(self, g):
        for row in self.doc.get("schemes", []):
            if row.get("programme") == g:
                return row["pool"], row["source"]
        row = self.programme[g]
        return (row["pool"], row["source"]) if row.get("pool") else None

    def cost(self, g, t):
        """Running, double running and exit cost in full, £."""
        row, level = self.programme[g], 1.0
        for s in range(1, t + 1):
            level *= 1 + self.rate(row["cost_index"], s)
        full = self.by_year(row, "fixed_cost", t) + self.by_year(row, "people", t) * row.get(
            "unit_cost", 0.0
        )
        running = full * level * (1 + row.get("optimism_cost", 0.0))
        return running + self.by_year(row, "double_running", t) + self.by_year(row, "exit_cost", t)

    def budget(self, k, t):
        """The commissioner's budget for a line: its own growth from the base year's payment, or
        what do nothing costs.
        """
        name = self.line[k].get("budget_index", "")
        if not name:
            return self.pay_dn[k, t]
        amount = self.pay_dn[k, 0]
        for s in range(1, t + 1):
            amount *= 1 + self.rate(name, s)
        return amount

    def shifted(self, row, t):
        """(account, pence) of what a shift moves into its pool in year t."""
        if row.get("rule", "release_then_invest") == "fixed_amount":
            return (row["pool"], MOVED), pence(self.by_year(row, "amounts", t))
        if row.get("rule") == "fixed_percent":
            total = sum(self.budget(k, t - 1) for k in row["lines"])
            return (row["pool"], MOVED), pence(self.by_year(row, "percents", t) * total)
        return (row["pool"], REINVESTED), self.confirmed(row, t - 1) if t > 1 else 0

    def confirmed(self, row, t):
        """phi x the release of year t that may be reinvested, pence."""
        confirmed, basis = 0.0, self.setup.get("reinvest_basis", "lower")
        for k in [*row["lines"], *self.replaced(row)]:
            saving, released = self.K[k, t], self.G[k, t]
            reinvestable = {
                "lower": min(saving, released),
                "contract": saving,
                "system": released,
            }[basis]
            confirmed += reinvestable if k in row["lines"] else min(reinvestable, 0.0)
        return pence(pence(max(0.0, confirmed)) / 100 * self.setup.get("reinvest_share", 1.0))

    def replaced(self, row):
        """Lines to which activity of a shift's lines moves, each at the first shift that feeds it,
        and none that a shift which moves a release draws on itself.
        """
        releasing = [
            s
            for s in self.doc.get("shifts", [])
            if s.get("rule", "release_then_invest") in (*RELEASING, "pump_prime")
        ]
        drawn = {k for s in releasing for k in s["lines"]}
        for s in releasing:
            fed = [m["to_line"] for m in self.doc.get("moves", []) if m["from_line"] in s["lines"]]
            own = [k for k in dict.fromkeys(fed) if k not in drawn]
            if s["id"] == row["id"]:
                return own
            drawn |= set(own)
        return []

    def primed(self):
        return [row for row in self.doc.get("shifts", []) if row.get("rule") == "pump_prime"]

    def fill_funds(self, t):
        """One-off money into the funds (in the base year too), out of a source of the pool where
        one is named; interest.
        """
        for row in self.primed():
            fund, year = (row["pool"], FUND), self.years[t]
            budgets = sum(self.budget(k, max(t - 1, 0)) for k in row["lines"])
            put = pence(row.get("amounts", {}).get(year, 0.0)) + pence(
                row.get("percents", {}).get(year, 0.0) * budgets
            )
            interest = pence(self.close[fund, t - 1] / 100 * row.get("interest", 0.0)) if t else 0
            self.balance[fund] += put + interest
            self.into[fund, t] = self.into.get((fund, t), 0) + put
            self.income[fund, t] += interest
            if row.get("source"):
                self.balance[row["pool"], row["source"]] -= put
                self.out_of[(row["pool"], row["source"]), t] = put

    def repay_funds(self, t):
        for row in self.primed():
            fund, back = (row["pool"], FUND), self.confirmed(row, t)
            self.moved[row["id"], t] = back
            self.balance[fund] += back
            self.close[fund, t] += back
            self.into[fund, t] = self.into.get((fund, t), 0) + back

    def level(self, t):
        """The price level of year t, 1 in the base year."""
        level = 1.0
        for s in range(1, t + 1):
            level *= 1 + self.rate(self.setup.get("deflator", ""), s)
        return level

    def present(self, by_year):
        """Present value at 3.5 % real; every plan here is shorter than thirty years and has its
        base year as price base.
        """
        return sum(amount / self.level(t) / 1.035**t for t, amount in by_year.items())

    def ranking(self, pool):
        """Programmes of a pool, best present value for each pound of the tightest year first, one
        after another.
        """
        members = sorted(g for g in self.programme if self.payer(g) and self.payer(g)[0] == pool)
        years = range(1, self.T + 1)
        short = {}
        for t in years:
            free = sum(
                n
                for (account, s), n in self.income.items()
                if account[0] == pool and s == t and account[1] != FUND
            )
            free -= sum(
                n for (account, s), n in self.committed.items() if account[0] == pool and s == t
            )
            short[t] = pence(sum(self.cost(g, t) for g in members)) - free
        tight = min(years, key=lambda t: (-short[t], t))

        def released(chosen):
            rows = [
                p if p["id"] not in members or p["id"] in chosen else {**p, **NO_EFFECT}
                for p in self.doc["programmes"]
            ]
            run = _Run({**self.doc, "programmes": rows, "shifts": []}).go()
            return self.present({t: sum(run.G[k, t] for k in run.line) for t in years})

        order, before = [], released([])
        while len(order) < len(members):
            rated = []
            for g in members:
                if g not in order:
                    total = released([*order, g])
                    value = total - before - self.present({t: self.cost(g, t) for t in years})
                    cost = self.cost(g, tight)
                    rate = (
                        value / cost
                        if cost
                        else math.inf
                        if value > 0
                        else -math.inf
                        if value < 0
                        else 0.0
                    )
                    rated.append((-round(rate, 9), g, total))
            _, g, before = min(rated)
            order.append(g)
        return order

    def fund(self, t):
        """Open the accounts of year t, move money in, and buy programmes in order of priority."""
        for account in self.accounts:
            self.balance[account] += self.income[account, t] - self.committed[account, t]
            self.spend[account, t] = self.committed[account, t]
        self.fill_funds(t)
        shifts = self.doc.get("shifts", [])
        fed = {s["pool"] for s in shifts if s.get("rule", "release_then_invest") in RELEASING}
        funded = {row["pool"] for row in self.primed()}
        for row in [s for s in shifts if s not in self.primed()] if t else []:
            account, amount = self.shifted(row, t)
            self.moved[row["id"], t] = amount
            self.balance[account] += amount
            self.into[account, t] = self.into.get((account, t), 0) + amount
        for g in sorted(
            self.programme,
            key=lambda g: (self.place.get(g, self.programme[g].get("priority", 1)), g),
        ):
            cost, payer = pence(self.cost(g, t)) if t else 0, self.payer(g)
            money = cost
            if payer and payer[0] in fed:
                money = max(0, sum(b for (pool, _), b in self.balance.items() if pool == payer[0]))
            part = (
                1.0
                if money >= cost
                else money / cost
                if self.programme[g].get("divisible", True)
                else 0.0
            )
            self.scale[g, t] = part
            self.paid[g, t] = left = min(cost, money) if part else 0
            if payer:
                last = FUND if payer[0] in funded else payer[1]
                for source in (REINVESTED, MOVED, last):
                    account = payer[0], source
                    take = (
                        left if source == last else max(0, min(left, self.balance.get(account, 0)))
                    )
                    if take:
                        self.balance[account] -= take
                        self.spend[account, t] += take
                        left -= take
        for account in self.accounts:
            self.close[account, t] = self.balance[account]

    def open_accounts(self):
        contributions, schemes = self.doc.get("contributions", []), self.doc.get("schemes", [])
        self.accounts = {(r["pool"], r["source"]) for r in (*contributions, *schemes)}
        self.accounts |= {self.payer(g) for g in self.programme} - {None}
        for row in self.doc.get("shifts", []):
            rule = row.get("rule", "release_then_invest")
            self.accounts.add(
                (
                    row["pool"],
                    REINVESTED if rule in RELEASING else FUND if rule == "pump_prime" else MOVED,
                )
            )
        self.income = {(a, t): 0 for a in self.accounts for t in range(self.T + 1)}
        self.committed = dict(self.income)
        self.balance = dict.fromkeys(self.accounts, 0)
        for row in contributions:
            sign = -1 if row.get("kind") == "deduction" else 1
            for t, amount in enumerate(self.rolled(row)):
                self.income[(row["pool"], row["source"]), t] += sign * amount
        for row in schemes:
            if not row.get("programme"):
                for t, amount in enumerate(self.rolled(row)):
                    self.committed[(row["pool"], row["source"]), t] += amount

    def go(self):
        self.do_nothing()
        self.V, self.Vg, self.U, self.X, self.K, self.G = ({} for _ in range(6))
        self.pay_dn, self.pay_plan, self.moved, self.into, self.spend, self.close, self.paid = (
            {} for _ in range(7)
        )
        for k in self.line:
            self.V[k, 0] = self.U[k, 0] = self.K[k, 0] = self.G[k, 0] = 0.0
            self.X[k, 0] = self.A[k, 0]
            self.Vg.update({(g, k, 0): 0.0 for g in self.programme})
            for t in range(self.T + 1):
                self.pay_dn[k, t] = self.pay(k, t, self.A)
            self.pay_plan[k, 0] = self.pay(k, 0, self.X)
        self.open_accounts()
        self.out_of, self.place = {}, {}
        for pool in {
            s["pool"] for s in self.doc.get("shifts", []) if s.get("rule") == "marginal_rank"
        }:
            self.place |= {g: n - len(self.programme) for n, g in enumerate(self.ranking(pool))}
        self.fund(0)
        for t in range(1, self.T + 1):
            self.fund(t)
            self.avoid(t)
            for k in self.line:
                self.pay_plan[k, t] = self.pay(k, t, self.X)
                self.K[k, t] = self.pay_dn[k, t] - self.pay_plan[k, t]
                self.G[k, t] = self.release(k, t)
            self.repay_funds(t)
        return self
