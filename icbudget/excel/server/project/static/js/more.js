// Optimise, Add sheets and Help in the task pane.

import { asked, count, doing, element, facts, part, readTables } from "./pane.js";
import { keepScenario } from "./whatif.js";

const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
let changes = []; // what would make the best plan a scenario: path, value and reason
let chosen = null; // the columns of the sheets of this workbook, by sheet

async function optimise() {
  const told = JSON.parse(await (await asked("optimise", await readTables())).text());
  const [headings, ...rows] = told.rows;
  const head = document.createElement("tr");
  head.append(...headings.map((heading) => element("th", heading, { scope: "col" })));
  const body = rows.map((cells) => {
    const row = document.createElement("tr");
    row.append(...cells.map((cell, n) => element(n ? "td" : "th", typeof cell === "number" ? number.format(cell) : cell, n ? {} : { scope: "row" })));
    return row;
  });
  changes = told.changes;
  part("best-says").textContent = told.says;
  part("best-table").replaceChildren(head, ...body);
  part("best").hidden = false;
  part("best-keep").hidden = !changes.length;
  return changes.length ? `A plan was found: ${count(changes.length, "change")}.` : "No other plan was found: see Optimise.";
}

async function keepBest() {
  const name = part("best-name").value.trim();
  if (!name) throw new Error("Give the scenario a name.");
  return keepScenario(name, changes);
}

// The sheets of the open workbook, and the headings of its plan tables by sheet.
async function held() {
  return Excel.run(async (context) => {
    const sheets = context.workbook.worksheets.load("items/name");
    const tables = facts.tables.map((place) => ({ place, table: context.workbook.tables.getItemOrNullObject(place.name) }));
    tables.forEach(({ table }) => table.load("name"));
    await context.sync();
    const there = tables.filter(({ table }) => !table.isNullObject);
    const ranges = there.map(({ table }) => table.getRange().load("values"));
    await context.sync();
    const headings = {};
    there.forEach(({ place }, n) => {
      const rows = ranges[n].values;
      headings[place.label] = place.name === facts.settings.table ? rows.map((row) => row[0]) : rows[0];
    });
    return { names: new Set(sheets.items.map((sheet) => sheet.name)), headings };
  });
}

// A heading may have its unit in brackets behind the column's name.
const shows = (headings, name) => headings.some((heading) => heading === name || String(heading).startsWith(`${name} (`));

function isThere(offer, { names, headings }) {
  if (offer.kind === "module") return facts.modules[offer.name].length > 0 && facts.modules[offer.name].every((sheet) => names.has(sheet));
  if (offer.kind === "sheet") return names.has(offer.name);
  return !headings[offer.sheet] || shows(headings[offer.sheet], offer.name);
}

function group(words, offers, open) {
  const box = element("details");
  box.open = open;
  box.append(element("summary", words));
  for (const offer of offers) {
    const id = `add-${offer.kind}-${offer.sheet}-${offer.name}`.replace(/[^A-Za-z0-9]+/g, "-");
    const line = element("div", "", { class: "offer" });
    const told = { type: "checkbox", id, "data-kind": offer.kind, "data-name": offer.name, "data-sheet": offer.sheet, "aria-describedby": `${id}-purpose` };
    line.append(element("input", "", told), element("label", offer.name, { for: id }), element("p", offer.purpose, { id: `${id}-purpose` }));
    box.append(line);
  }
  return box;
}

async function openAdd() {
  chosen = await held();
  const offers = facts.offers.filter((offer) => !isThere(offer, chosen));
  const of = (kind) => offers.filter((offer) => offer.kind === kind);
  const boxes = [];
  if (of("module").length) boxes.push(group("Modules", of("module"), true));
  if (of("sheet").length) boxes.push(group("Sheets", of("sheet"), false));
  for (const sheet of new Set(of("column").map((offer) => offer.sheet)))
    boxes.push(group(`Columns of ${sheet}`, of("column").filter((offer) => offer.sheet === sheet), false));
  part("add-choices").replaceChildren(...boxes);
  part("add").hidden = false;
  part("add-open").setAttribute("aria-expanded", "true");
  return `${count(offers.length, "thing")} can be added.`;
}

// The open workbook as a file, in Base64.
async function workbookFile() {
  const file = await new Promise((resolve, reject) =>
    Office.context.document.getFileAsync(Office.FileType.Compressed, { sliceSize: 1 << 20 }, (told) =>
      told.status === "succeeded" ? resolve(told.value) : reject(new Error(`Excel does not give the workbook: ${told.error?.message ?? "unknown"}.`)),
    ),
  );
  try {
    const parts = [];
    for (let n = 0; n < file.sliceCount; n += 1)
      parts.push(
        await new Promise((resolve, reject) =>
          file.getSliceAsync(n, (told) => (told.status === "succeeded" ? resolve(told.value.data) : reject(new Error("Excel does not give the whole workbook.")))),
        ),
      );
    return btoa(parts.map((bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).join(""));
  } finally {
    file.closeAsync();
  }
}

async function makeWorkbook() {
  const boxes = [...document.querySelectorAll("#add-choices input:checked")];
  if (!boxes.length) throw new Error("Choose what to add first.");
  const sheets = boxes.filter((box) => box.dataset.kind !== "column").map((box) => [box.dataset.name]);
  const columns = boxes.filter((box) => box.dataset.kind === "column").map((box) => [box.dataset.sheet, box.dataset.name]);
  const answer = await asked("sheets", [[[await workbookFile()]], sheets.length ? sheets : [[""]], columns.length ? columns : [["", ""]]]);
  const told = JSON.parse(await answer.text());
  const bytes = Uint8Array.from(atob(told.workbook), (letter) => letter.charCodeAt(0));
  const link = part("add-file");
  if (link.href) URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([bytes], { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" }));
  link.hidden = false;
  part("add-says").replaceChildren(...told.says.map((words) => element("li", words)));
  return "The new workbook is ready: download it and open it.";
}

// The guide's page of the sheet that is open; of a sheet of somebody's own its first page of sheets.
async function help() {
  const sheet = await Excel.run(async (context) => {
    const active = context.workbook.worksheets.getActiveWorksheet().load("name");
    await context.sync();
    return active.name;
  });
  const place = facts.guide.sheets[sheet] ?? facts.guide.page;
  const address = `${window.location.origin}${globalThis.config.appPath}${facts.guide.address}#${place}`;
  if (Office.context.requirements.isSetSupported("OpenBrowserWindowApi", "1.1") && Office.context.ui.openBrowserWindow) Office.context.ui.openBrowserWindow(address);
  else window.open(address, "_blank", "noopener");
  return `The guide is open at ${facts.guide.sheets[sheet] ? sheet : "the sheets"}.`;
}

// The buttons of the ribbon: each opens the pane and presses the button of that name there.
for (const id of ["check", "what-if-open", "simulate", "optimise", "add-open", "compare", "report", "freeze", "help"])
  Office.actions.associate(id, async (event) => {
    await Office.addin.showAsTaskpane();
    part(id).scrollIntoView();
    part(id).click();
    event.completed();
  });

part("optimise").addEventListener("click", () => doing("Looking for a better plan. This takes up to a minute.", optimise));
part("best-keep").addEventListener("click", () => doing("Keeping the best plan as a scenario.", keepBest));
part("add-open").addEventListener("click", () => doing("Reading what the workbook holds.", openAdd));
part("add-make").addEventListener("click", () => doing("Making the workbook. This takes some seconds.", makeWorkbook));
part("help").addEventListener("click", () => doing("Opening the guide.", help));
