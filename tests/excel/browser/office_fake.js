// A FAKE of Office.js, so that the add-in's real pages and scripts run in a real browser without Excel.
//
// Real: everything the server sends, its generated code of the custom functions, xlwings' own scripts, the task pane; the browser;
// HTTP. Fake: this file. It holds a workbook as plain cells (window.fakeBook), answers only the calls those scripts make, and
// calculates only formulas of one function over whole tables, cells, names, plain numbers and texts: it calls the function that was associated,
// puts the answer down as a spill, and an error as #VALUE! with its message. A blank cell is 0 to a function, or null. Limits: other formulas keep their last value; loads
// are not needed and never refused; sync waits a moment and keeps no batch; nothing is shown of Excel's own registration, ribbon,
// prompts, #NAME? recovery beyond `stuck`, spill conflicts, undo, or speed.
(() => {
  const book = window.fakeBook;
  const functions = {};
  const letters = (n) => (n < 26 ? "" : letters(Math.floor(n / 26) - 1)) + String.fromCharCode(65 + (n % 26));
  const sheetOf = (name) => book.sheets.find((sheet) => sheet.name === name);
  const key = (r, c) => `${r},${c}`;

  class CustomFunctionsError extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }

  function nothing() {
    const proxy = new Proxy(function () {}, {
      get: (target, name) => {
        if (name === "isNullObject") return true;
        if (name === "items") return [];
        if (name === "then") return undefined;
        if (name === Symbol.toPrimitive) return () => "";
        return proxy;
      },
      apply: () => proxy,
      set: () => true,
    });
    return proxy;
  }

  function parse(address) {
    const [first, last = first] = address.replaceAll("$", "").split("!").pop().split(":");
    const at = (cell) => {
      const [, column, row] = /^([A-Z]+)(\d+)$/.exec(cell);
      return [Number(row) - 1, [...column].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1];
    };
    const [r1, c1] = at(first);
    const [r2, c2] = at(last);
    return [r1, c1, r2 - r1 + 1, c2 - c1 + 1];
  }

  class Range {
    constructor(sheet, row, column, rows, columns) {
      Object.assign(this, { sheet, rowIndex: row, columnIndex: column, rowCount: rows, columnCount: columns, isNullObject: false });
    }
    get address() {
      const corner = (r, c) => letters(c) + (r + 1);
      const last = corner(this.rowIndex + this.rowCount - 1, this.columnIndex + this.columnCount - 1);
      const first = corner(this.rowIndex, this.columnIndex);
      const name = /^\w+$/.test(this.sheet.name) ? this.sheet.name : `'${this.sheet.name}'`;
      return `${name}!${first === last ? first : `${first}:${last}`}`;
    }
    get worksheet() { return new Worksheet(this.sheet); }
    load() { return this; }
    _map(pick) {
      return Array.from({ length: this.rowCount }, (_, r) =>
        Array.from({ length: this.columnCount }, (_, c) => pick(this.sheet.cells[key(this.rowIndex + r, this.columnIndex + c)])),
      );
    }
    get values() { return this._map((cell) => cell?.v ?? ""); }
    get valueTypes() { return this.values.map((row) => row.map((v) => (v === "" ? "Empty" : typeof v === "number" ? "Double" : "String"))); }
    get formulas() { return this._map((cell) => cell?.f ?? cell?.v ?? ""); }
    get numberFormat() { return this._map((cell) => cell?.n ?? "General"); }
    set numberFormat(told) {}
    _each(told, put) {
      if (this.sheet.protected) throw new Error("This operation is not permitted for the current object: the sheet is protected.");
      for (let r = 0; r < this.rowCount; r++) {
        for (let c = 0; c < this.columnCount; c++) {
          const value = Array.isArray(told) ? told[r][c] : told;
          put(this.rowIndex + r, this.columnIndex + c, value);
        }
      }
    }
    set values(told) {
      this._each(told, (r, c, value) => {
        const before = this.sheet.cells[key(r, c)];
        if (before?.f) clearSpill(this.sheet, r, c);
        this.sheet.cells[key(r, c)] = { v: value, n: before?.n };
      });
      changed();
    }
    set formulas(told) {
      this._each(told, (r, c, value) => {
        if (typeof value === "string" && value.startsWith("=")) {
          this.sheet.cells[key(r, c)] = { ...this.sheet.cells[key(r, c)], f: value, stuck: false };
          calculate(this.sheet, r, c);
        } else this.sheet.cells[key(r, c)] = { v: value };
      });
    }
    clear() {
      this._each(null, (r, c) => {
        if (this.sheet.cells[key(r, c)]?.f) clearSpill(this.sheet, r, c);
        delete this.sheet.cells[key(r, c)];
      });
    }
    getCell(r, c) { return new Range(this.sheet, this.rowIndex + r, this.columnIndex + c, 1, 1); }
    select() { book.selection = this.address; }
    getSurroundingRegion() { return this; }
  }

  class Table {
    constructor(sheet, told) { Object.assign(this, { sheet, told, isNullObject: false, showHeaders: true, showTotals: false, style: "" }); }
    get name() { return this.told.name; }
    load() { return this; }
    getRange() { return new Range(this.sheet, ...this.told.range); }
    getDataBodyRange() { const [r, c, n, m] = this.told.range; return new Range(this.sheet, r + 1, c, n - 1, m); }
    getHeaderRowRange() { const [r, c, , m] = this.told.range; return new Range(this.sheet, r, c, 1, m); }
    get rows() {
      const add = (index, lines) => {
        if (index !== null) throw new Error("This fake adds rows at the end only.");
        const [r, c, n, m] = this.told.range;
        this.told.range = [r, c, n + lines.length, m];
        new Range(this.sheet, r + n, c, lines.length, m).values = lines;
      };
      return { add };
    }
    get columns() { return { load: () => ({ items: this.getHeaderRowRange().values[0].map((name) => ({ name })) }) }; }
  }

  class Worksheet {
    constructor(sheet) { this.sheet = sheet; this.isNullObject = false; }
    load() { return this; }
    get name() { return this.sheet.name; }
    set name(told) { this.sheet.name = told; }
    get position() { return book.sheets.indexOf(this.sheet); }
    set position(at) { book.sheets.splice(this.position, 1); book.sheets.splice(at, 0, this.sheet); }
    get visibility() { return "Visible"; }
    get showGridlines() { return false; }
    get names() { return nothing(); }
    get shapes() { return nothing(); }
    get charts() { return nothing(); }
    get pivotTables() { return nothing(); }
    get notes() { return nothing(); }
    get pageLayout() { return nothing(); }
    get autoFilter() { return nothing(); }
    get protection() { return { load: () => this, protected: Boolean(this.sheet.protected) }; }
    get tables() {
      const items = this.sheet.tables.map((table) => new Table(this.sheet, table));
      return { items, load: () => ({ items }) };
    }
    activate() { book.active = this.sheet.name; }
    calculate() {
      for (const [at, cell] of Object.entries(this.sheet.cells)) if (cell.f) calculate(this.sheet, ...at.split(",").map(Number));
    }
    getRange(address) { return address ? new Range(this.sheet, ...parse(address)) : this.getUsedRangeOrNullObject(); }
    getRangeByIndexes(...where) { return new Range(this.sheet, ...where); }
    getCell(r, c) { return new Range(this.sheet, r, c, 1, 1); }
    getUsedRangeOrNullObject() {
      const spots = Object.keys(this.sheet.cells).map((at) => at.split(",").map(Number));
      if (!spots.length) return nothing();
      const [top, left] = [0, 1].map((axis) => Math.min(...spots.map((spot) => spot[axis])));
      const [bottom, right] = [0, 1].map((axis) => Math.max(...spots.map((spot) => spot[axis])));
      return new Range(this.sheet, top, left, bottom - top + 1, right - left + 1);
    }
    getUsedRange() { return this.getUsedRangeOrNullObject(); }
  }

  function clearSpill(sheet, r, c) {
    const cell = sheet.cells[key(r, c)];
    for (const at of cell?.spill ?? []) delete sheet.cells[at];
    if (cell) cell.spill = [];
  }

  const cellOf = (sheet, address) => new Range(sheet, ...parse(address));
  const named = (name) => {
    const place = book.names?.[name];
    return place && cellOf(sheetOf(place.sheet), place.cell);
  };

  function argument(told, sheet) {
    const known = named(told) ?? (/^\$?[A-Z]+\$?\d+(:\$?[A-Z]+\$?\d+)?$/.test(told) ? cellOf(sheet, told) : null);
    if (known) return { given: known.values.map((row) => row.map((v) => (v === "" ? window.fakeBlank : v))), address: known.address };
    const table = /^(\w+)\[\[#All\]\]$/.exec(told);
    if (table) {
      for (const sheet of book.sheets) {
        const found = sheet.tables.find((one) => one.name === table[1]);
        if (found) {
          const range = new Table(sheet, found).getRange();
          return { given: range.values.map((row) => row.map((v) => (v === "" ? window.fakeBlank : v))), address: range.address };
        }
      }
    }
    return { given: [[told === "" ? 0 : Number.isNaN(Number(told)) ? told.replaceAll('"', "") : Number(told)]], address: undefined };
  }

  function dependents(name, all) {
    for (const sheet of book.sheets)
      for (const [at, cell] of Object.entries(sheet.cells))
        if (cell.f && new RegExp(`\\b${name}\\b`).test(cell.f) && (all || cell.v === "#VALUE!")) calculate(sheet, ...at.split(",").map(Number));
  }

  async function calculate(sheet, r, c) {
    const cell = sheet.cells[key(r, c)];
    const told = /^=(ICB_\w+)\((.*)\)$/.exec(cell.f);
    if (!told || cell.stuck) return;
    if (!functions[told[1]]) {
      Object.assign(cell, { v: "#NAME?", stuck: true });
      return;
    }
    clearSpill(sheet, r, c);
    cell.v = "#BUSY!";
    window.fakeCalls.push(told[1]);
    try {
      const parts = told[2].split(",").map((one) => argument(one, sheet));
      const invocation = { address: `${sheet.name}!${letters(c)}${r + 1}`, parameterAddresses: parts.map((one) => one.address) };
      const given = parts.map((one) => one.given);
      const fixed = window.fakeRepeats[told[1]]; // what repeats is passed as one list
      const rows = await functions[told[1]](...(fixed === undefined ? given : [...given.slice(0, fixed), given.slice(fixed)]), invocation);
      cell.spill = [];
      rows.forEach((row, i) =>
        row.forEach((value, j) => {
          if (i || j) {
            sheet.cells[key(r + i, c + j)] = { v: value };
            cell.spill.push(key(r + i, c + j));
          }
        }),
      );
      const before = cell.shown;
      Object.assign(cell, { v: rows[0][0], shown: rows[0][0], message: "" });
      // Excel works out all that depends on the cell; this fake only what must: where it is another plan now, or an error stands.
      const name = Object.keys(book.names ?? {}).find((one) => named(one).sheet === sheet && named(one).rowIndex === r && named(one).columnIndex === c);
      if (name) dependents(name, before !== undefined && before !== cell.v);
    } catch (fault) {
      Object.assign(cell, { v: fault instanceof CustomFunctionsError ? fault.code : `broken: ${fault}`, message: fault.message });
    }
  }

  function changed() {
    window.fakeChanges += 1;
  }

  const worksheets = {
    load: () => worksheets,
    get items() { return book.sheets.map((sheet) => new Worksheet(sheet)); },
    getItem: (name) => new Worksheet(sheetOf(name)),
    getItemOrNullObject: (name) => (sheetOf(name) ? new Worksheet(sheetOf(name)) : nothing()),
    getActiveWorksheet: () => new Worksheet(sheetOf(book.active)),
    add: (name) => {
      book.sheets.push({ name, cells: {}, tables: [] });
      return new Worksheet(book.sheets.at(-1));
    },
    onCalculated: { add: () => {} },
  };
  const tables = {
    getItem: (name) => tables.getItemOrNullObject(name),
    getItemOrNullObject: (name) => {
      for (const sheet of book.sheets) {
        const found = sheet.tables.find((table) => table.name === name);
        if (found) return new Table(sheet, found);
      }
      return nothing();
    },
  };
  const workbook = {
    load: () => workbook,
    name: book.name,
    worksheets,
    tables,
    names: {
      getItemOrNullObject: (name) => (named(name) ? { isNullObject: false, name, load: () => {}, getRange: () => named(name) } : nothing()),
      getItem: (name) => ({ getRange: () => named(name) }),
      load() { return this; },
      get items() {
        return Object.entries(book.names ?? {}).map(([name, place]) => {
          const range = named(name);
          const sheet = /^\w+$/.test(place.sheet) ? place.sheet : `'${place.sheet}'`;
          return { name, type: "Range", formula: `=${sheet}!${place.cell}`, getRangeOrNullObject: () => range };
        });
      },
    },
    application: { load: () => workbook.application, calculationMode: "Automatic", cultureInfo: {
      load: () => {}, name: "en-GB", datetimeFormat: { load: () => {}, shortDatePattern: "dd/MM/yyyy" } } },
    getSelectedRange: () => new Range(sheetOf(book.active), ...parse(book.selection || "A1")),
  };
  class RequestContext {
    constructor() { this.workbook = workbook; this.application = workbook.application; }
    sync() { return new Promise((done) => setTimeout(done, 1)); }
  }

  // The workbook as the file that a test gave, in slices of 64 kB.
  function getFileAsync(type, options, done) {
    const bytes = Uint8Array.from(atob(window.fakeFile), (letter) => letter.charCodeAt(0));
    const size = 65536;
    const file = {
      sliceCount: Math.ceil(bytes.length / size),
      getSliceAsync: (n, then) => then({ status: "succeeded", value: { data: Array.from(bytes.slice(n * size, (n + 1) * size)) } }),
      closeAsync: () => (window.fakeClosed = true),
    };
    done({ status: "succeeded", value: file });
  }

  window.fakeActions = {};
  window.fakeShown = 0;
  window.fakeRepeats = { ICB_PLAN: 0, ICB_FIGURE: 2 };
  window.fakeCalls = [];
  window.fakeBlank ??= 0; // what a blank cell is to a function: 0 as in Excel for Windows and Mac, null as on the web
  window.fakeChanges = 0;
  window.fakeFunctions = functions;
  window.fakeCalculate = (name) => worksheets.getItem(name).calculate();
  window.CustomFunctions = {
    associate: (id, call) => (functions[id] = call),
    Error: CustomFunctionsError,
    ErrorCode: { invalidValue: "#VALUE!", notAvailable: "#N/A" },
  };
  window.Excel = { run: async (work) => work(new RequestContext()), RequestContext, ClearApplyTo: { contents: "Contents", all: "All", formats: "Formats" }, ShapeType: { image: "Image" } };
  window.Office = {
    onReady: async (then) => { const info = { host: "Excel", platform: "Fake" }; if (then) then(info); return info; },
    actions: { associate: (id, call) => (window.fakeActions[id] = call) },
    addin: { showAsTaskpane: async () => { window.fakeShown += 1; } },
    FileType: { Compressed: "compressed" },
    auth: { getAccessToken: async () => window.fakeToken },
    context: { requirements: { isSetSupported: (name) => name !== "OpenBrowserWindowApi" }, ui: {}, document: { getFileAsync }, diagnostics: { version: "0", platform: "Fake" } },
  };
})();
