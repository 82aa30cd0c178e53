// What-if in the task pane: a slider for each figure that the sheet What-if names, which answers while it is dragged. What is tried is
// written into the sheet when a slider is let go, so that sheet and pane agree. The plan itself stays as it is.

import { KNOWN, count, doing, element, facts, part, planHere, table } from "./pane.js";

const HEADLINES = "Headline figures";
const GAIN = "Better (+) or worse (−) off than do nothing";
const PAUSE = 80; // milliseconds after which a slider that rests is answered
let state = null; // the plan, its headlines, and the figures to try
let asked = 0; // how many times a setting was asked about; only the latest answer is shown

const money = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const shown = (value, unit) => (unit.startsWith("£") ? `£${money.format(value)}` : new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 }).format(value)).replace("£-", "−£").replace(/^-/, "−");
const change = (value, unit) => (Math.abs(value) < 0.005 ? "no change" : `${value > 0 ? "+" : ""}${shown(value, unit)}`);

// The rows of the sheet's table that name a figure: where each stands, what it is in the plan, and what is tried.
async function readFigures() {
  return Excel.run(async (context) => {
    const named = context.workbook.tables.getItemOrNullObject(facts.what_if.table);
    named.load("name");
    await context.sync();
    if (named.isNullObject) throw new Error("This workbook has no sheet What-if. Make it anew from the template.");
    const range = named.getRange().load("values");
    await context.sync();
    const [headings, ...rows] = range.values;
    const at = Object.fromEntries(headings.map((heading, column) => [heading, column]));
    return rows.flatMap((row, n) =>
      row[at.Figure] === "" ? [] : [{ row: n + 1, column: at.Try, name: row[at.Figure], unit: row[at.Unit], plan: Number(row[at["In the plan"]]), tried: row[at.Try] === "" ? null : Number(row[at.Try]) }],
    );
  });
}

const used = (figure) => figure.tried ?? figure.plan;

async function triedPlan() {
  const figures = state.figures;
  if (!figures.length) return state.plan;
  const names = figures.map((figure) => [figure.name]);
  const values = figures.map((figure) => [used(figure)]);
  return (await globalThis.ICB_WITH([[state.plan]], names, values, KNOWN))[0][0];
}

// The headlines, each by its figure and whose it is: names may be alike, ids are not.
function byRow([headings, ...rows]) {
  const at = Object.fromEntries(headings.map((heading, column) => [heading, column]));
  const lines = rows.map((row) => ({
    key: `${row[at.Figure]}|${row[at["Who or what id"]] || row[at["Who or what"]]}`,
    figure: row[at.Figure],
    who: row[at["Who or what"]],
    unit: row[at.Unit],
    value: row[at.Value],
  }));
  return new Map(lines.map((line) => [line.key, line]));
}

async function answer() {
  const mine = ++asked;
  const tried = await triedPlan();
  const after = byRow(await table(tried, HEADLINES));
  if (mine === asked) draw(after); // an older setting's answer would overtake this one
  return tried;
}

function draw(after) {
  const lines = [...state.before.values()].filter(({ key, figure, value }) => figure !== GAIN || value || after.get(key)?.value);
  const wanted = lines.filter(({ figure }) => figure === GAIN || /^(Net release|Gap of the last year|Goals met)/.test(figure));
  const differences = wanted.map((line) => (after.get(line.key)?.value ?? 0) - line.value);
  const widest = Math.max(1, ...wanted.map((line, n) => (line.figure === GAIN ? Math.abs(differences[n]) : 0)));
  const rows = wanted.map((line, n) => {
    const row = document.createElement("tr");
    const label = line.figure === GAIN ? line.who : `${line.figure}, ${line.who}`;
    const bar = element("td");
    if (line.figure === GAIN) {
      const width = Math.round((100 * Math.abs(differences[n])) / widest);
      bar.append(element("meter", "", { min: 0, max: 100, value: width, class: differences[n] < 0 ? "worse" : "better", "aria-hidden": "true" }));
    }
    row.append(element("th", label, { scope: "row" }), element("td", shown(line.value, line.unit)), element("td", change(differences[n], line.unit)), bar);
    return row;
  });
  const head = document.createElement("tr");
  head.append(...["Figure", "In the plan", "Difference", "Better or worse"].map((words) => element("th", words, { scope: "col" })));
  part("what-if-table").replaceChildren(head, ...rows);
}

function slider(figure, n) {
  const line = element("div", "", { class: "slider" });
  const top = figure.unit === "%" ? 1 : 2 * Math.abs(figure.plan) || 1;
  const id = `what-if-${n}`;
  const told = element("output", "", { for: id });
  const input = element("input", "", { type: "range", id, min: 0, max: top, step: top / 100, value: used(figure) });
  const say = () => {
    const percent = figure.unit === "%";
    told.textContent = `${percent ? `${(100 * used(figure)).toFixed(1)}%` : shown(used(figure), "")} (in the plan ${percent ? `${(100 * figure.plan).toFixed(1)}%` : shown(figure.plan, "")})`;
    input.setAttribute("aria-valuetext", told.textContent);
  };
  let resting = null;
  input.addEventListener("input", () => {
    figure.tried = Number(input.value);
    say();
    clearTimeout(resting);
    resting = setTimeout(() => answer().catch((fault) => (part("what-if-fault").textContent = fault.message)), PAUSE);
  });
  input.addEventListener("change", () => writeTried([figure]));
  say();
  line.append(element("label", figure.name, { for: id }), input, told);
  return line;
}

async function writeTried(figures) {
  await Excel.run(async (context) => {
    const whole = context.workbook.tables.getItem(facts.what_if.table).getRange();
    figures.forEach((figure) => (whole.getCell(figure.row, figure.column).values = [[figure.tried ?? ""]]));
    await context.sync();
  });
}

async function open() {
  const figures = await readFigures();
  const plan = await planHere();
  state = { figures, plan, before: byRow(await table(plan, HEADLINES)) };
  part("what-if-fault").textContent = "";
  part("what-if-sliders").replaceChildren(...figures.map(slider));
  part("what-if").hidden = false;
  await answer();
  return figures.length ? `${count(figures.length, "figure")} to try.` : "Choose figures on the sheet What-if first.";
}

async function reset() {
  state.figures.forEach((figure) => (figure.tried = null));
  await writeTried(state.figures);
  return open();
}

// A figure's path, which a scenario names it by.
async function pathOf(name) {
  const rows = await globalThis.ICB_EXPLAIN([[state.plan]], [[name]], KNOWN);
  const found = rows.find((row) => row[0] === "Figure of the plan");
  if (!found) throw new Error(`${name} is no figure of the plan.`);
  return found[2];
}

async function keep() {
  const name = part("what-if-name").value.trim();
  const reason = part("what-if-reason").value.trim();
  if (!name || !reason) throw new Error("Give the scenario a name and a reason.");
  const figures = state.figures.filter((figure) => figure.tried !== null && figure.tried !== figure.plan);
  if (!figures.length) throw new Error("Nothing is tried: move a slider first.");
  const paths = await Promise.all(figures.map((figure) => pathOf(figure.name)));
  return keepScenario(name, figures.map((figure, n) => [paths[n], String(figure.tried), reason]));
}

// Writes a scenario into the table Scenarios: path, value and reason of each change, first into its blank rows.
export async function keepScenario(name, changes) {
  await Excel.run(async (context) => {
    const scenarios = context.workbook.tables.getItemOrNullObject(facts.scenarios.table);
    scenarios.load("name");
    await context.sync();
    if (scenarios.isNullObject) throw new Error("This workbook has no sheet Scenarios. Add it first.");
    const whole = scenarios.getRange().load("values");
    await context.sync();
    const [headings, ...rows] = whole.values;
    const at = Object.fromEntries(headings.map((heading, column) => [heading, column]));
    if (rows.some((row) => row[at.Scenario] === name)) throw new Error(`There is a scenario ${name} already. Choose another name.`);
    const blank = rows.flatMap((row, n) => (row.every((cell) => cell === "") ? [n + 1] : []));
    const lines = changes.map(([path, value, reason], n) => ({ Scenario: name, Order: n + 1, Path: path, Value: value, Reason: reason }));
    const further = lines.slice(blank.length).map((line) => headings.map((heading) => line[heading] ?? ""));
    lines.slice(0, blank.length).forEach((line, n) =>
      Object.entries(line).forEach(([heading, value]) => (whole.getCell(blank[n], at[heading]).values = [[value]])),
    );
    if (further.length) scenarios.rows.add(null, further);
    await context.sync();
  });
  return `Kept as scenario ${name}: ${count(changes.length, "change")} on the sheet Scenarios.`;
}

part("what-if-open").addEventListener("click", () => doing("Reading what is tried.", open));
part("what-if-reset").addEventListener("click", () => doing("Taking the plan's own figures.", reset));
part("what-if-keep").addEventListener("click", () => doing("Keeping the setting as a scenario.", keep));
