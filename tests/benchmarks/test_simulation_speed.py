"""The simulation against its floors, in one run. Ratios are recorded, never asserted: the machine
may be shared.

- 10,000 draws × 60 activity lines × 30 programmes × 10 years, in blocks of 1,000: all of it (made, and
  told in an answer) against all of it in bare numpy (`whole_floor`, the same draws to the penny, so
  many at once as take it the least time), against all of it compiled for one thread
  (`compiled_floor`, the same draws to the penny; only where numba is there), and against the
  engine's arithmetic alone with the random numbers it needs (`floor.compute`).
  Processor time, medians of one run, in turn forwards and backwards; memory by what Python traces.
  Run it with OPENBLAS_NUM_THREADS=1: with more, threads of the matrix products that wait for one
  another on a busy machine slow the floors most and flatter the ratios.

  What was tried to come nearer to compiled code, and what it gave of processor time on two cores:
  - kept: no array that is not filled, parts that no line has take no memory, one set of indices for
    all lines is a view, sums of whole pence are products, rounding is in parts that stay in the
    cache (a third less): together from 1.06 to 0.91 of `whole_floor`, and from 4.3 to 3.9 times
    `compiled_floor`;
  - kept: figures by year that are drawn by a factor are multiplied for all rows at once, a price
    level once for an index, amounts are put into pence where they are rounded: on a busy machine
    from 0.90 to 0.85 of `whole_floor`, and from 3.7 or 3.8 to 3.5 or 3.8 times `compiled_floor`;
    128 MB instead of 140 for a block;
  - not kept: numexpr 2.14, on one thread 1.8 times as long as numpy to round to pence and 3 times
    to work out what is released at once;
  - not kept: threads over the blocks, 3 to 18 % more with two and 10 to 37 % more with four; how
    much sooner they are done could not be told, as others used the cores. `--workers` has processes
    already, which take longer to start than 10,000 draws to make: they are for more;
  - not kept: 150 to 380 draws at once instead of 500, 3 to 12 % more; 760 as many;
  - not kept: what lines come to by partner and together as one product of each amount, without an
    array of what follows from amounts: about 4 % less of this plan and more of GE-1, as roughly
    measured, and partners that end would need a way of their own;
  - not kept: parts of only those amounts that are not zero (`split`): no gain could be told;
  - not kept: numba 0.68 where it is installed, for pieces alone. Rounding, as one expression that
    numpy works out too, takes about as long. With release, contract payments and what programmes
    get in turn as loops, which numpy could not run, it is 14 % less, for 1.1 s of compiling and
    0.2 s of import in every process. What is between the pieces still goes through memory: the
    compiled floor is quick because it has no arrays between its steps at all;
  - not wanted: a second engine, compiled, which alone would do that; numba and llvmlite weigh
    208 MB.
- cost from 1,000 draws to 1,000,000 and from 1 plan to 150, processor time; memory beyond what is
  kept is that of one block;
- two workers of a Dask cluster against one;
- the same uncertainty as people do it today: a workbook of ordinary formulas
  (`spreadsheet.write_model`) recalculated for every draw in LibreOffice Calc, by a data table
  inside it, and by a loop that puts in the draw's number from outside and reads the answer. Every
  amount it gives is the simulation's, to the penny, draw by draw.

By default each runs once, small. With `--benchmark-enable` or ICBUDGET_BENCHMARK=full it runs in
full and prints its ratio.
"""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest

from icbudget import glossary, tasks
from icbudget.answers.simulated_ranges import ranges
from icbudget.engine.projection.projection import project
from icbudget.engine.uncertainty.drivers import BLOCK
from icbudget.engine.uncertainty.outcomes import BLOCKS, NET_CASH, PAID, SYSTEM
from icbudget.engine.uncertainty.sampling import put_in, sampler_of
from icbudget.engine.uncertainty.simulate import runner_of, simulate
from icbudget.plan.plan_text import from_yaml
from icbudget.tasks.memory import keep_memory
from tests.benchmarks import whole_floor
from tests.benchmarks.floor import compute
from tests.benchmarks.large import arrays, large_plan
from tests.benchmarks.national import BOROUGH, write_plans
from tests.benchmarks.spreadsheet import ANSWERS, write_model
from tests.engine.uncertainty.test_sampling import with_rows
from tests.places import EXAMPLES
from tests.test_batch import Cluster

SMALL = {"lines": 10, "programmes": 6, "horizon": 4}
GE1 = EXAMPLES / "ge1" / "plan.yaml"


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def told(benchmark, full, words, **figures):
    benchmark.extra_info |= figures
    benchmark.pedantic(lambda: None, rounds=1)
    if full:
        print(f"\n{words}: " + ", ".join(f"{name} {value:,.3f}" for name, value in figures.items()))


def processor_seconds(call):
    start = time.process_time()
    call()
    return time.process_time() - start


def with_numba():
    """The module of the compiled floor; None where numba is not installed, which the report says."""
    try:
        from tests.benchmarks import compiled_floor
    except ModuleNotFoundError as missing:
        if missing.name != "numba":
            raise
        return None
    return compiled_floor


def test_many_draws_against_bare_numpy_with_its_random_numbers(benchmark, full):
    keep_memory()
    plan = large_plan(**({} if full else SMALL))
    blocks, size = (10, BLOCK) if full else (1, 50)
    given, prepared, numbers = (
        arrays(plan, size),
        whole_floor.prepare(plan),
        sum(whole_floor.prepare(plan).steps),
    )

    def simulation():
        ranges(simulate(plan, blocks * size))

    def whole():
        values = [whole_floor.block(prepared, block, size) for block in range(blocks)]
        whole_floor.statistics(np.concatenate(values, axis=-1))

    def compiled():
        values = [compiled_floor.block(ready, block, size) for block in range(blocks)]
        whole_floor.statistics(np.concatenate(values, axis=-1))

    def engine(run):
        rng = np.random.default_rng(1)
        for _ in range(blocks):
            rng.standard_normal((size, numbers))
            run(*given)

    calls = {
        "simulation_s": simulation,
        "whole_floor_s": whole,
        "engine_s": lambda: engine(project),
        "engine_floor_s": lambda: engine(compute),
    }
    compiled_floor = with_numba()
    if compiled_floor:
        ready = compiled_floor.prepare(prepared)
        calls["compiled_floor_s"] = compiled
    for call in calls.values() if full else ():
        call()
    took = {name: [] for name in calls}
    for turn in range(6 if full else 1):
        # In turn forwards and backwards, so that neither is always first.
        for name in list(calls)[:: 1 if turn % 2 else -1]:
            took[name].append(processor_seconds(calls[name]))
    tracemalloc.start()
    runner_of(plan).block(0, size)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    figures = {name: np.median(seconds) for name, seconds in took.items()}
    for ratio, one, other in (
        ("to_whole_floor", "simulation_s", "whole_floor_s"),
        ("to_compiled_floor", "simulation_s", "compiled_floor_s"),
        ("whole_floor_to_compiled", "whole_floor_s", "compiled_floor_s"),
        ("to_engine_floor", "simulation_s", "engine_floor_s"),
        ("engine_to_its_floor", "engine_s", "engine_floor_s"),
    ):
        if other in took:
            figures[ratio] = np.median(np.divide(took[one], took[other]))
    told(
        benchmark,
        full,
        f"{blocks * size:,} draws, {numbers} random numbers a draw",
        **figures,
        peak_of_a_block_mb=peak,
    )


def test_the_bare_simulation_comes_to_the_same_to_the_penny():
    plan, draws = large_plan(**SMALL), 300
    made, bare = simulate(plan, draws), whole_floor.block(whole_floor.prepare(plan), 0, draws)
    assert len(made.outcomes) == len(bare)
    for n, outcome in enumerate(made.outcomes):
        np.testing.assert_array_equal(made.kept.of(n), bare[n], str(outcome))
    names = [outcome.name for outcome in made.outcomes]
    net_cash, blocks = names.index(NET_CASH), names.index(BLOCKS)
    assert np.unique(bare[net_cash, -1]).size == draws, "every draw differs"
    assert bare[blocks].any(), "blocks close"
    told = {row.labels: row.values for row in ranges(made).rows}
    mean, percentiles, lowest, chances = whole_floor.statistics(bare)
    for n, outcome in enumerate(made.outcomes):
        theirs = {
            "Mean": mean[n],
            "P10": percentiles[0, n],
            "P50": percentiles[1, n],
            "P90": percentiles[2, n],
        }
        if outcome.money and outcome.good == "higher":
            theirs["Mean of the worst tenth"] = lowest[n]
        for measure, values in theirs.items():
            mine = [
                np.nan if v is None else v for v in told[outcome.subject, outcome.name, measure]
            ]
            unit, atol = (100.0, 0.0051) if outcome.money else (1.0, 1e-4)
            np.testing.assert_allclose(
                mine, values / unit, rtol=0, atol=atol, err_msg=f"{outcome} {measure}"
            )
        mine = told.get((outcome.subject, outcome.name, "Chance of zero or more"))
        if mine is not None and outcome.over_plan != "only":
            np.testing.assert_allclose(mine, chances[n], rtol=0, atol=1e-6)


@pytest.mark.parametrize("sizes", [SMALL, {}], ids=["small", "large"])
def test_the_compiled_simulation_comes_to_the_same_to_the_penny(sizes):
    compiled_floor = with_numba()
    if not compiled_floor:
        pytest.skip("numba is not installed: pip install 'icbudget[compiled]'; .ci/run does so")
    prepared, draws = whole_floor.prepare(large_plan(**sizes)), 300
    compiled = compiled_floor.block(compiled_floor.prepare(prepared), 0, draws)
    np.testing.assert_array_equal(compiled, whole_floor.block(prepared, 0, draws))


@pytest.mark.parametrize("path", [GE1, BOROUGH], ids=["ge1", "borough"])
def test_cost_grows_no_faster_than_draws(benchmark, full, path):
    import resource  # not on Windows

    keep_memory()
    plan = from_yaml(path.read_text(encoding="utf-8")).plan
    simulate(plan, 50)
    each = {
        f"us_a_draw_at_{n:,}": processor_seconds(lambda n=n: simulate(plan, n)) / n * 1e6
        for n in ((1_000, 10_000, 100_000, 1_000_000) if full else (50, 100))
    }
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    told(benchmark, full, f"{path.stem} draws", **each, peak_rss_gb=most)


def test_beyond_what_is_kept_memory_is_that_of_one_block_however_many_draws():
    plan = from_yaml(GE1.read_text(encoding="utf-8")).plan
    simulate(plan, BLOCK)

    def working(draws):
        tracemalloc.start()
        kept = sum(row.nbytes for outcome in simulate(plan, draws).kept.rows for row in outcome)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak - kept

    assert working(20 * BLOCK) == pytest.approx(working(4 * BLOCK), rel=0.05)


def test_cost_grows_no_faster_than_plans(benchmark, full, tmp_path):
    counts = (1, 10, 150) if full else (1, 2)
    each = {}
    for count in counts:
        write_plans(tmp_path / str(count), count)
        took = processor_seconds(
            lambda count=count: tasks.batch(
                tmp_path / str(count), tmp_path / f"out{count}", draws=1000 if full else 20
            )
        )
        each[f"s_a_plan_of_{count}"] = took / count
    told(benchmark, full, "plans", **each)


def test_two_dask_workers_against_one(benchmark, full, tmp_path):
    count, draws = (150, 1000) if full else (2, 20)
    write_plans(tmp_path / "plans", count)
    took = {}
    for workers in (1, 2):
        (tmp_path / f"cluster{workers}").mkdir()
        running = Cluster(tmp_path / f"cluster{workers}", workers)
        try:
            running.await_workers(workers)
            tasks.batch(
                tmp_path / "plans", tmp_path / f"warm{workers}", draws=2, scheduler=running.address
            )
            out = tmp_path / f"out{workers}"
            took[workers] = seconds(
                lambda out=out, at=running.address: tasks.batch(
                    tmp_path / "plans", out, draws=draws, scheduler=at
                )
            )
        finally:
            running.end()
    told(
        benchmark,
        full,
        f"{count} plans on Dask",
        one_s=took[1],
        two_s=took[2],
        speed_up=took[1] / took[2],
    )


UNCERTAIN = (
    {"path": "programmes/P1/effect", "low": 0.1, "mode": 0.2, "high": 0.3, "null_chance": 0.3},
    {
        "path": "programmes/P2/effect",
        "distribution": "lognormal",
        "low": 0.1,
        "mode": 0.3,
        "high": 0.45,
    },
    {"path": "programmes/P1/fixed_cost", "distribution": "gamma", "low": 0.8, "high": 1.3},
    {"path": "programmes/P2/fixed_cost", "distribution": "gamma", "low": 0.8, "high": 1.3},
    {"path": "acute_lines/nel/closes", "distribution": "bernoulli", "chance": 0.5},
    {"path": "indices/uplift/rates", "distribution": "normal", "low": -0.01, "high": 0.01},
)


@pytest.mark.program("libreoffice")
def test_a_spreadsheet_recalculated_for_every_draw_gives_the_same_figures(
    benchmark, full, calc, tmp_path
):
    plan = with_rows(from_yaml(GE1.read_text(encoding="utf-8")).plan, *UNCERTAIN)
    draws, many = (1000, 100_000) if full else (100, 2_000)
    made, sampler = simulate(plan, draws), sampler_of(plan)
    theirs = np.stack(
        [
            made.of(SYSTEM, name)
            for name in (
                glossary.CONTRACT_SAVING_NET,
                glossary.NET_RELEASE,
                glossary.PROVIDERS_LOSE,
                PAID,
                NET_CASH,
            )
        ]
    )
    write_model(
        tmp_path / "ge1.xlsx", put_in(plan, sampler.uncertain, sampler.scores(0, draws)), draws
    )
    book = calc.open(tmp_path / "ge1.xlsx")

    def of_draw(draw):
        book.set("Inputs", "B1", draw + 1)
        return book.value("Model", "B1")

    loop = 0.0
    for draw in range(draws // 5):
        loop += seconds(lambda draw=draw: of_draw(draw))
        shown = np.array(book.values("Model", ANSWERS)) * 100
        np.testing.assert_allclose(shown, theirs[:, 1:-1, draw], rtol=0, atol=0.01)
    for draw in range(draws):
        book.set("Draws", f"Z{draw + 1}", draw + 1)
        book.set_formula("Draws", f"AA{draw + 1}", f"=TABLE($Model.$B$1;$Inputs.$B$1;Z{draw + 1})")
    table = seconds(book.recalculate)
    shown = np.array(book.values("Draws", f"AA1:AA{draws}"))[:, 0] * 100
    np.testing.assert_allclose(shown, theirs[-1, -1], rtol=0, atol=0.01)
    book.close()
    assert (theirs[1] < 0).any() and np.unique(theirs[-1, -1]).size == draws, (
        "some programmes do harm, and every draw differs"
    )
    engine = seconds(lambda: simulate(plan, many)) / many
    each = {
        "loop_us_a_draw": loop / (draws // 5) * 1e6,
        "table_us_a_draw": table / draws * 1e6,
        "engine_us_a_draw": engine * 1e6,
    }
    told(
        benchmark,
        full,
        f"GE-1 in Calc, {draws:,} draws",
        **each,
        table_to_engine=table / draws / engine,
    )
