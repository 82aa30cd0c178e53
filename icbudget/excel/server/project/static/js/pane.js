// The task pane. It reads and writes the open workbook through Office.js, and asks the server through the same functions and
// scripts that cells and buttons use. What it knows of the template comes from the definitions, as JSON in the page.

const facts = JSON.parse(document.getElementById("pane-facts").textContent);
const part = (id) => document.getElementById(id);
const BUSY_SECONDS = 120;

function say(words, kind = "good") {
  const status = part("status");
  status.dataset.kind = kind;
  status.textContent = words;
}

const count = (n, name) => `${n} ${name}${n === 1 ? "" : "s"}`;

// What a person can do about a fault; the browser's own words for a server that does not answer help nobody.
function mendable(fault) {
  const words = fault?.message || String(fault);
  return /network error|no response|timed out/i.test(words)
    ? "The icbudget server does not answer. Check your connection, or ask whoever runs it. Nothing was changed."
    : words;
}

// One thing at a time: every button waits until the one pressed has ended.
async function doing(words, work) {
  const buttons = [...document.querySelectorAll("main button")].filter((button) => !button.disabled);
  const pressed = document.activeElement;
  buttons.forEach((button) => (button.disabled = true));
  say(words);
  try {
    say(await work());
  } catch (fault) {
    say(mendable(fault), "bad");
  } finally {
    buttons.forEach((button) => (button.disabled = false));
    if (pressed?.isConnected && document.activeElement === document.body) pressed.focus();
  }
}

function element(name, content = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = content;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// Every plan table with its headings, in the order of the functions' arguments; null where the workbook has none.
async function readTables() {
  return Excel.run(async (context) => {
    const found = facts.tables.map((place) => context.workbook.tables.getItemOrNullObject(place.name));
    found.forEach((table) => table.load("name"));
    await context.sync();
    const ranges = found.map((table) => (table.isNullObject ? null : table.getRange().load("values")));
    await context.sync();
    return ranges.map((range) => range && range.values);
  });
}

async function ask(id) {
  return globalThis[id](...(await readTables()), { address: null, blanksAreKnown: true });
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

async function check() {
  const [headings, ...rows] = await ask("ICB_CHECKS");
  const at = Object.fromEntries(headings.map((heading, column) => [heading, column]));
  const list = part("findings");
  list.replaceChildren();
  for (const row of rows) {
    const [severity, where, finding, fix] = ["Severity", "Where", "Finding", "Fix"].map((heading) => row[at[heading]]);
    const line = element("li", "", { class: severity });
    line.append(element("strong", `${severity}${where ? `: ${where}` : ""}`), element("span", finding));
    if (fix) line.append(element("p", `Mend: ${fix}`));
    const place = placeOf(where);
    if (place) {
      const link = element("button", `Go to ${where}`, { type: "button" });
      link.addEventListener("click", () => doing(`Going to ${where}.`, () => goTo(place).then(() => `${where} is selected.`)));
      line.append(link);
    }
    list.append(line);
  }
  const errors = rows.filter((row) => row[at.Severity] === "Error").length;
  const told = rows.length ? `${count(rows.length, "finding")}, ${count(errors, "error")} among them.` : "No findings: the plan is clean.";
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

async function runAll() {
  const faults = part("run-faults");
  const bar = part("run-bar");
  faults.replaceChildren();
  part("run-progress").hidden = false;
  bar.max = facts.answers.length;
  const wrong = { "#NAME?": [], other: [] };
  let frozen = 0;
  for (const [done, answer] of facts.answers.entries()) {
    bar.value = done;
    part("run-step").textContent = `${done + 1} of ${facts.answers.length}: ${answer.sheet}`;
    await Excel.run(async (context) => {
      const sheet = context.workbook.worksheets.getItemOrNullObject(answer.sheet);
      sheet.load("name");
      await context.sync();
      if (sheet.isNullObject) {
        faults.append(element("li", `There is no sheet ${answer.sheet}.`));
        return;
      }
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
      if (shows) (wrong[shows] || wrong.other).push(answer.sheet);
    });
  }
  bar.value = facts.answers.length;
  part("run-step").textContent = `${facts.answers.length} of ${facts.answers.length}`;
  if (wrong["#NAME?"].length) faults.append(element("li", `Press Repair formulas: #NAME? on ${wrong["#NAME?"].join(", ")}.`));
  if (wrong.other.length) faults.append(element("li", `Press Check the plan to see why there is an error on ${wrong.other.join(", ")}.`));
  const bad = wrong["#NAME?"].length + wrong.other.length;
  const values = frozen ? ` On ${count(frozen, "sheet")} the answer is a value, not a formula.` : "";
  if (bad || faults.children.length) throw new Error(`${bad} of ${facts.answers.length} answers are missing; see Run.${values}`);
  return `Every answer is worked out.${values}`;
}

async function repair() {
  return Excel.run(async (context) => {
    const sheets = context.workbook.worksheets.load("items/name");
    await context.sync();
    let mended = 0;
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
        mended += 1;
      }
      await context.sync();
    }
    const held = locked.length ? ` Protected, so not mended: ${locked.join(", ")}. Unprotect them (Review) and try again.` : "";
    return mended || held ? `${count(mended, "formula")} entered again.${held}` : "No formula shows #NAME?.";
  });
}

async function freeze() {
  const alert = part("global-error-alert");
  alert.classList.add("d-none");
  const { token, provider } = await globalThis.getAuth();
  const meta = await globalThis.xwRequest.get(`${window.location.origin}${globalThis.config.appPath}/xlwings/custom-scripts-meta.json`);
  const script = meta.data.find((told) => told.function_name === "run_and_freeze");
  await globalThis.xlwings.runPython({
    scriptName: script.function_name,
    include: script.include,
    auth: token,
    headers: { "Auth-Provider": provider },
    errorDisplayMode: "taskpane",
  });
  if (!alert.classList.contains("d-none")) {
    alert.classList.add("d-none");
    throw new Error(alert.querySelector("span").textContent);
  }
  return "Frozen: the answers are values now.";
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
    part("scenario").replaceChildren(
      new Option("None: the plan as it stands", "", false, of(facts.settings.scenario) === ""),
      ...names.map((name) => new Option(name, name, false, name === of(facts.settings.scenario))),
    );
  });
}

async function useScenario() {
  const name = part("scenario").value;
  await Excel.run(async (context) => {
    const whole = context.workbook.tables.getItem(facts.settings.table).getRange().load("values");
    await context.sync();
    const [setting, value] = [facts.settings.setting, facts.settings.value].map((told) => whole.values[0].indexOf(told));
    const row = whole.values.findIndex((line) => line[setting] === facts.settings.scenario);
    whole.getCell(row, value).values = [[name]];
    await context.sync();
  });
  return name ? `Scenario ${name} is laid over the plan. Excel works the answers out again.` : "The plan as it stands.";
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
part("repair").addEventListener("click", () => doing("Looking for formulas that show #NAME?.", repair));
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
    return "Ready.";
  }),
);
