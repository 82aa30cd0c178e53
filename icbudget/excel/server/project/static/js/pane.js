// The task pane. It reads and writes the open workbook through Office.js, and asks the server through the same functions and
// scripts that cells and buttons use. What it knows of the template comes from the definitions, as JSON in the page.

export const facts = JSON.parse(document.getElementById("pane-facts").textContent);
export const part = (id) => document.getElementById(id);
const BUSY_SECONDS = 120;

function say(words, kind = "good") {
  const status = part("status");
  status.dataset.kind = kind;
  status.textContent = words;
}

export const count = (n, name) => `${n} ${name}${n === 1 ? "" : "s"}`;

// What a person can do about a fault; the browser's own words for a server that does not answer help nobody.
function inPlainWords(fault) {
  const words = fault?.message || String(fault);
  return /network error|no response|timed out/i.test(words)
    ? "The icbudget server does not answer. Check your connection, or ask whoever runs it. Nothing was changed."
    : words;
}

// One thing at a time: every button waits until the one pressed has ended.
export async function doing(words, work) {
  const buttons = [...document.querySelectorAll("main button")].filter((button) => !button.disabled);
  const pressed = document.activeElement;
  buttons.forEach((button) => (button.disabled = true));
  say(words);
  try {
    say(await work());
  } catch (fault) {
    say(inPlainWords(fault), "bad");
  } finally {
    buttons.forEach((button) => (button.disabled = false));
    if (pressed?.isConnected && document.activeElement === document.body) pressed.focus();
  }
}

export function element(name, content = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = content;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// Every plan table that the workbook has, with its headings.
export async function readTables() {
  return Excel.run(async (context) => {
    const found = facts.tables.map((place) => context.workbook.tables.getItemOrNullObject(place.name));
    found.forEach((table) => table.load("name"));
    await context.sync();
    const ranges = found.filter((table) => !table.isNullObject).map((table) => table.getRange().load("values"));
    await context.sync();
    return ranges.map((range) => range.values);
  });
}

export const KNOWN = { address: null, blanksAreKnown: true };

// The plan of the open workbook as it stands, made from its tables.
export async function planHere() {
  return (await globalThis.ICB_PLAN(await readTables(), KNOWN))[0][0];
}

export async function table(plan, title, other = null) {
  return globalThis.ICB_TABLE([[plan]], [[title]], other && [[other]], KNOWN);
}

// Where a finding says it is, such as "Funding, row 3, column Partner", as a table, a row and a column.
function placeOf(where) {
  const told = /^(.*?)(?:, row (\d+))?(?:, column (.*))?$/.exec(where);
  const table = told && facts.tables.find((place) => place.label === told[1]);
  return table && { table: table.name, row: told[2] ? Number(told[2]) : 0, column: told[3] || "" };
}

async function goTo(place) {
  await Excel.run(async (context) => {
    const table = context.workbook.tables.getItem(place.table);
    const whole = table.getRange().load("values");
    await context.sync();
    let row = place.row;
    let column = Math.max(0, whole.values[0].indexOf(place.column));
    if (place.table === facts.settings.table && place.column) {
      const settings = whole.values[0].indexOf(facts.settings.setting);
      row = Math.max(0, whole.values.findIndex((line) => line[settings] === place.column));
      column = whole.values[0].indexOf(facts.settings.value);
    }
    const cell = whole.getCell(row, column);
    cell.worksheet.activate();
    cell.select();
    await context.sync();
  });
}

// A formula of the template's own: what stops it is a finding of the plan already.
const OF_THE_TEMPLATE = /^=(?:ICB_PLAN\(|ICB_TABLE\(Plan,\$[A-Z]\$\d+)/;

function letters(column) {
  return (column >= 26 ? letters(Math.floor(column / 26) - 1) : "") + String.fromCharCode(65 + (column % 26));
}

// Cells of a person's own that call a function of icbudget and show an error.
async function ownCellsInError() {
  return Excel.run(async (context) => {
    const sheets = context.workbook.worksheets.load("items/name");
    await context.sync();
    const wrong = [];
    for (const sheet of sheets.items) {
      for (const cell of await ourCells(context, sheet)) {
        if (!/^#(?!BUSY!)/.test(cell.shows) || OF_THE_TEMPLATE.test(cell.formula)) continue;
        wrong.push({ ...cell, sheet: sheet.name, where: `${sheet.name}!${letters(cell.column)}${cell.row + 1}` });
      }
    }
    return wrong;
  });
}

async function selectCell({ sheet, row, column, where }) {
  await Excel.run(async (context) => {
    const cell = context.workbook.worksheets.getItem(sheet).getCell(row, column);
    cell.worksheet.activate();
    cell.select();
    await context.sync();
  });
  return `${where} is selected.`;
}

function lineOf(cell) {
  const line = element("li", "", { class: "Warning" });
  line.append(element("strong", `Warning: ${cell.where}`), element("span", `The cell shows ${cell.shows}: ${cell.formula}`));
  const fix = cell.shows === "#SPILL!" ? "Clear what stands where its rows go." : "Hold the pointer over the cell: it says why.";
  line.append(element("p", `Fix: ${fix}`));
  const link = element("button", `Go to ${cell.where}`, { type: "button" });
  link.addEventListener("click", () => doing(`Going to ${cell.where}.`, () => selectCell(cell)));
  line.append(link);
  return line;
}

async function check() {
  const [headings, ...rows] = await table(await planHere(), "Checks");
  const at = Object.fromEntries(headings.map((heading, column) => [heading, column]));
  const list = part("findings");
  list.replaceChildren();
  const found = rows.filter((row) => row[at.Severity] !== "Made of");
  for (const row of found) {
    const [severity, where, finding, fix] = ["Severity", "Where", "Finding", "Fix"].map((heading) => row[at[heading]]);
    const line = element("li", "", { class: severity });
    line.append(element("strong", `${severity}${where ? `: ${where}` : ""}`), element("span", finding));
    if (fix) line.append(element("p", `Fix: ${fix}`));
    const place = placeOf(where);
    if (place) {
      const link = element("button", `Go to ${where}`, { type: "button" });
      link.addEventListener("click", () => doing(`Going to ${where}.`, () => goTo(place).then(() => `${where} is selected.`)));
      line.append(link);
    }
    list.append(line);
  }
  const own = await ownCellsInError();
  list.append(...own.map(lineOf));
  const errors = found.filter((row) => row[at.Severity] === "Error").length;
  const all = found.length + own.length;
  const told = all ? `${count(all, "finding")}, ${count(errors, "error")} among them.` : "No findings.";
  part("check-count").textContent = told;
  return told;
}

// The cells of a sheet that hold our functions, with what they show.
async function ourCells(context, sheet) {
  const used = sheet.getUsedRangeOrNullObject().load("formulas,values,rowIndex,columnIndex");
  await context.sync();
  if (used.isNullObject) return [];
  return used.formulas.flatMap((row, r) =>
    row.flatMap((formula, c) =>
      typeof formula === "string" && formula.startsWith("=") && formula.includes("ICB_")
        ? [{ row: used.rowIndex + r, column: used.columnIndex + c, formula, shows: used.values[r][c] }]
        : [],
    ),
  );
}

const some = (names) => (names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more sheets` : names.join(", "));

// Waits until the cell of the plan is worked out: what depends on it has nothing to take before.
async function planReady() {
  const until = Date.now() + 1000 * BUSY_SECONDS;
  await Excel.run(async (context) => {
    const plan = context.workbook.names.getItemOrNullObject(facts.plan);
    plan.load("name");
    await context.sync();
    if (plan.isNullObject) return;
    let cell = plan.getRange().load("values");
    await context.sync();
    while (cell.values[0][0] === "#BUSY!" && Date.now() < until) {
      await new Promise((wake) => setTimeout(wake, 100));
      cell = plan.getRange().load("values");
      await context.sync();
    }
  });
}

// The answer sheets that the workbook has.
async function answerSheets() {
  return Excel.run(async (context) => {
    const sheets = context.workbook.worksheets.load("items/name");
    await context.sync();
    const titles = new Set(facts.answers.map((answer) => answer.title));
    return sheets.items.map((sheet) => sheet.name).filter((name) => titles.has(name));
  });
}

async function runAll() {
  const faults = part("run-faults");
  const bar = part("run-bar");
  faults.replaceChildren();
  part("run-progress").hidden = false;
  const answers = await answerSheets();
  bar.max = answers.length;
  const wrong = { "#NAME?": [], other: [] };
  let frozen = 0;
  await globalThis.renewPlan();
  await planReady();
  for (const [done, answer] of answers.entries()) {
    bar.value = done;
    part("run-step").textContent = `${done + 1} of ${answers.length}: ${answer}`;
    await Excel.run(async (context) => {
      const sheet = context.workbook.worksheets.getItem(answer);
      sheet.calculate(true);
      await context.sync();
      const until = Date.now() + 1000 * BUSY_SECONDS;
      let cells = await ourCells(context, sheet);
      while (cells.some((cell) => cell.shows === "#BUSY!") && Date.now() < until) {
        await new Promise((wake) => setTimeout(wake, 150));
        cells = await ourCells(context, sheet);
      }
      if (!cells.length) frozen += 1;
      const shows = cells.map((cell) => String(cell.shows)).find((told) => told.startsWith("#"));
      if (shows) (wrong[shows] || wrong.other).push(answer);
    });
  }
  bar.value = answers.length;
  part("run-step").textContent = `${answers.length} of ${answers.length}`;
  if (wrong["#NAME?"].length) faults.append(element("li", `Press Repair formulas: #NAME? on ${some(wrong["#NAME?"])}.`));
  if (wrong.other.length) faults.append(element("li", `Press Check the plan to see why there is an error on ${some(wrong.other)}.`));
  const bad = wrong["#NAME?"].length + wrong.other.length;
  const values = frozen ? ` On ${count(frozen, "sheet")} the answer is a value, not a formula.` : "";
  if (bad || faults.children.length) throw new Error(`${bad} of ${answers.length} answers are missing; see Run.${values}`);
  return `Every answer is worked out.${values}`;
}

async function repair() {
  return Excel.run(async (context) => {
    const sheets = context.workbook.worksheets.load("items/name");
    await context.sync();
    let entered = 0;
    const locked = [];
    for (const sheet of sheets.items) {
      const broken = (await ourCells(context, sheet)).filter((cell) => cell.shows === "#NAME?");
      if (!broken.length) continue;
      sheet.protection.load("protected");
      await context.sync();
      if (sheet.protection.protected) {
        locked.push(sheet.name);
        continue;
      }
      for (const cell of broken) {
        sheet.getCell(cell.row, cell.column).formulas = [[cell.formula]];
        entered += 1;
      }
      await context.sync();
    }
    const held = locked.length ? ` Protected, so not entered: ${locked.join(", ")}. Unprotect them (Review) and try again.` : "";
    if (held) throw new Error(`${count(entered, "formula")} entered again.${held}`);
    return entered ? `${count(entered, "formula")} entered again.` : "No formula shows #NAME?.";
  });
}

async function press(name, given = []) {
  const alert = part("global-error-alert");
  alert.classList.add("d-none");
  const { token, provider } = await globalThis.getAuth();
  const base = `${window.location.origin}${globalThis.config.appPath}`;
  const scripts = await globalThis.xwRequest.get(`${base}/xlwings/custom-scripts-meta.json`);
  const script = scripts.data.find((told) => told.function_name === name);
  await globalThis.xlwings.runPython({
    scriptName: script.function_name,
    include: script.include,
    args: given,
    auth: token,
    headers: { "Auth-Provider": provider },
    errorDisplayMode: "taskpane",
  });
  if (!alert.classList.contains("d-none")) {
    alert.classList.add("d-none");
    throw new Error(alert.querySelector("span").textContent);
  }
}

async function freeze() {
  await press("run_and_freeze");
  return "Frozen: the answers are values now.";
}

async function compare() {
  const [file] = part("other-plan").files;
  if (!file) throw new Error("Choose the other plan first.");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  await press("compare", [file.name.split(".").at(-1), btoa(text)]);
  return "Compared: see the sheet Comparison.";
}

// Asks the server for one of its tasks; xlwings Server's own request takes an answer for text.
export async function asked(task, args) {
  const { token } = await globalThis.getAuth();
  return fetched(`${window.location.origin}${globalThis.config.appPath}/icbudget/${task}`, { args }, token);
}

function fetched(url, asked, token) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "blob";
    request.setRequestHeader("Content-Type", "application/json");
    if (token) request.setRequestHeader("Authorization", token);
    request.onload = async () => {
      if (request.status === 200) return resolve(request.response);
      const told = JSON.parse((await request.response.text()) || "{}");
      return reject(new Error(told.detail || `The server answered ${request.status}.`));
    };
    request.onerror = () => reject(new Error("Network error"));
    request.send(JSON.stringify(asked));
  });
}

async function reports() {
  const zip = await asked("report", await readTables());
  const link = element("a", "", { download: "icbudget-reports.zip", href: URL.createObjectURL(zip) });
  link.click();
  URL.revokeObjectURL(link.href);
  return "The reports are in your downloads: icbudget-reports.zip.";
}

async function readScenarios() {
  await Excel.run(async (context) => {
    const [settings, scenarios] = [facts.settings.table, facts.scenarios.table].map((name) =>
      context.workbook.tables.getItemOrNullObject(name),
    );
    settings.load("name");
    scenarios.load("name");
    await context.sync();
    if (settings.isNullObject) throw new Error("This workbook is not an icbudget plan: it has no table of settings.");
    const told = settings.getRange().load("values");
    const listed = scenarios.isNullObject ? null : scenarios.getRange().load("values");
    await context.sync();
    const [setting, value] = [facts.settings.setting, facts.settings.value].map((name) => told.values[0].indexOf(name));
    const of = (name) => told.values.find((row) => row[setting] === name)?.[value] || "";
    const column = listed ? listed.values[0].indexOf(facts.scenarios.heading) : -1;
    const names = column < 0 ? [] : [...new Set(listed.values.slice(1).map((row) => row[column]).filter((name) => name !== ""))];
    part("plan-title").textContent = of("Title");
    const active = of(facts.settings.scenario);
    const group = (label, named) => {
      const made = element("optgroup", "", { label });
      made.append(...named.map((name) => new Option(name, name, false, name === active)));
      return named.length ? [made] : [];
    };
    part("scenario").replaceChildren(
      new Option("None: the plan as it stands", "", false, active === ""),
      ...group("On the Scenarios sheet", names),
      ...group("Ready-made", facts.scenarios.ready_made.filter((name) => !names.includes(name))),
    );
  });
}

// A workbook shows the settings that its plan uses, so the row of the active scenario may not be there yet.
async function useScenario() {
  const name = part("scenario").value;
  await Excel.run(async (context) => {
    const settings = context.workbook.tables.getItem(facts.settings.table);
    const whole = settings.getRange().load("values");
    await context.sync();
    const [headings] = whole.values;
    const [setting, value] = [facts.settings.setting, facts.settings.value].map((heading) => headings.indexOf(heading));
    const row = whole.values.findIndex((line) => line[setting] === facts.settings.scenario);
    const line = { [facts.settings.setting]: facts.settings.scenario, [facts.settings.value]: name };
    if (row >= 0) whole.getCell(row, value).values = [[name]];
    else if (name) settings.rows.add(null, [headings.map((heading) => line[heading] ?? "")]);
    await context.sync();
  });
  return name ? `Scenario ${name} is laid over the plan. Excel works the answers out again.` : "The plan as it stands.";
}

// Every figure of the simulation with a range, by whose and which it is: its years, and its rows by measure.
let ranges = [];

async function simulate() {
  const [headings, ...rows] = await globalThis.ICB_SIMULATE([[await planHere()]], null, null, KNOWN);
  const at = Object.fromEntries(headings.map((heading, column) => [heading, column]));
  const first = at.Unit + 1;
  const found = new Map();
  for (const row of rows) {
    const name = `${row[at.Whose]}: ${row[at.Figure]}`;
    if (!found.has(name)) found.set(name, { name, units: {}, measures: {} });
    found.get(name).measures[row[at.Measure]] = row.slice(first);
    found.get(name).units[row[at.Measure]] = row[at.Unit];
  }
  const columns = headings.slice(first);
  ranges = [...found.values()].filter((range) => ["P10", "P50", "P90"].every((measure) => range.measures[measure]));
  for (const range of ranges) {
    const kept = columns.map((_, n) => n).filter((n) => /^\d{4}\/\d{2}$/.test(columns[n]) && typeof range.measures.P50[n] === "number");
    range.years = kept.map((n) => columns[n]);
    range.lines = Object.fromEntries(Object.entries(range.measures).map(([measure, row]) => [measure, kept.map((n) => row[n])]));
  }
  ranges = ranges.filter((range) => range.years.length > 1);
  if (!ranges.length) return "The plan has no figures with a range by year.";
  part("fan-measure").replaceChildren(...ranges.map((range, n) => new Option(range.name, String(n))));
  part("fan-measure").value = String(Math.max(0, ranges.findIndex((range) => range.name.startsWith("Whole system: Net cash"))));
  part("fan").hidden = false;
  drawFan();
  return `Simulated: ${ranges.length} figures have a range.`;
}

function svg(name, attributes, content = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = content;
  return made;
}

// A band from P10 to P90, the middle as a line, and the plan as a dashed one; the same figures stand in the table below.
function drawFan() {
  const range = ranges[Number(part("fan-measure").value)];
  const [width, height, left, bottom, top] = [296, 190, 64, 26, 10];
  const { P10, P50, P90, "As planned": planned } = range.lines;
  const all = [...P10, ...P90, ...(planned || [])].filter((value) => typeof value === "number");
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
  const x = (n) => left + (n * (width - left - 8)) / (range.years.length - 1);
  const y = (value) => top + ((high - value) * (height - top - bottom)) / (high - low || 1);
  const points = (line) => line.map((value, n) => `${x(n).toFixed(1)},${y(value).toFixed(1)}`);
  const told = new Intl.NumberFormat("en-GB", { notation: "compact", maximumSignificantDigits: 3 });
  const shown = { "£": (value) => `£${told.format(value)}`.replace("£-", "−\u2060£"), "%": (value) => `${told.format(100 * value)}%` };
  const show = (value, measure = "P50") => (shown[range.units[measure]] || told.format)(value);
  const last = range.years.length - 1;
  const words = `${range.name}. In ${range.years[last]}: P10 ${show(P10[last])}, P50 ${show(P50[last])}, P90 ${show(P90[last])}.`;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words });
  for (const value of new Set([low, 0, high])) {
    picture.append(svg("line", { x1: left, x2: width - 8, y1: y(value), y2: y(value), stroke: "#8a939c" }));
    picture.append(svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end", "font-size": 11, fill: "#1b1f23" }, show(value)));
  }
  for (const n of [0, last]) {
    const anchor = n ? "end" : "start";
    const year = { x: n ? width - 8 : left, y: height - 8, "text-anchor": anchor, "font-size": 11, fill: "#1b1f23" };
    picture.append(svg("text", year, range.years[n]));
  }
  picture.append(svg("polygon", { points: [...points(P90), ...points(P10).reverse()].join(" "), fill: "#bfe0cf", stroke: "#0b5c3b" }));
  picture.append(svg("polyline", { points: points(P50).join(" "), fill: "none", stroke: "#0b5c3b", "stroke-width": 3 }));
  if (planned) {
    const dashed = { fill: "none", stroke: "#1b1f23", "stroke-width": 2, "stroke-dasharray": "5 4" };
    picture.append(svg("polyline", { points: points(planned).join(" "), ...dashed }));
  }
  part("fan-picture").replaceChildren(
    picture,
    element("p", "Band: P10 to P90. Line: P50, the middle. Dashed: as planned."),
    element("p", words),
  );
  const head = document.createElement("tr");
  head.append(...["Measure", ...range.years].map((heading) => element("th", heading, { scope: "col" })));
  const body = Object.entries(range.lines).map(([measure, line]) => {
    const row = document.createElement("tr");
    row.append(element("th", measure, { scope: "row" }), ...line.map((value) => element("td", typeof value === "number" ? show(value, measure) : value)));
    return row;
  });
  part("fan-table").replaceChildren(head, ...body);
}

function sure(asked) {
  part("freeze-sure").hidden = !asked;
  part("freeze").setAttribute("aria-expanded", String(asked));
  part(asked ? "freeze-yes" : "freeze").focus();
}

document.title = "icbudget";
part("version").textContent = facts.version;
document.querySelectorAll(".btn-close").forEach((close) =>
  close.addEventListener("click", () => close.parentElement.classList.add("d-none")),
);
part("check").addEventListener("click", () => doing("Checking the plan.", check));
part("run").addEventListener("click", () => doing("Working out the answers.", runAll));
part("use-scenario").addEventListener("click", () => doing("Changing the scenario.", useScenario));
part("simulate").addEventListener("click", () => doing("Drawing the uncertain figures.", simulate));
part("fan-measure").addEventListener("change", drawFan);
part("repair").addEventListener("click", () => doing("Looking for formulas that show #NAME?.", repair));
part("compare").addEventListener("click", () => doing("Comparing the two plans.", compare));
part("report").addEventListener("click", () => doing("Building the reports. This takes some seconds.", reports));
part("freeze").addEventListener("click", () => sure(part("freeze-sure").hidden));
part("freeze-no").addEventListener("click", () => sure(false));
part("freeze-yes").addEventListener("click", () => {
  sure(false);
  doing("Working out every answer and writing the values.", freeze);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !part("freeze-sure").hidden) sure(false);
});

Office.onReady().then(() =>
  doing("Reading the workbook.", async () => {
    await readScenarios();
    globalThis.renewPlan().catch(() => {}); // what a saved workbook holds is made again before anything asks for it
    return "Ready.";
  }),
);
