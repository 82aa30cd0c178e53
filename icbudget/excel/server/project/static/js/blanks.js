// Excel for Windows and Mac gives a custom function 0 for a blank cell of a range, Excel on the web gives null (OfficeDev/office-js
// issues 1951, 4702, 5262). In a plan a blank amount and an amount of 0 are not the same. So before the function that takes whole
// tables is called, its ranges are asked once more which of their cells are empty, and those become null. All calls of one calculation
// ask together. Loaded just before the functions are associated.
(() => {
  const WAIT = 10; // milliseconds in which the calls of one calculation gather
  let waiting = null;

  const doubtful = (value) => Array.isArray(value) && value.some((row) => Array.isArray(row) && row.includes(0));

  async function read(addresses) {
    const types = new Map();
    await Excel.run(async (context) => {
      const ranges = addresses.map((address) => {
        const at = address.lastIndexOf("!");
        const sheet = address.slice(0, at).replace(/^'|'$/g, "").replaceAll("''", "'");
        return context.workbook.worksheets.getItem(sheet).getRange(address.slice(at + 1)).load("valueTypes");
      });
      await context.sync();
      ranges.forEach((range, n) => types.set(addresses[n], range.valueTypes));
    });
    return types;
  }

  function typesOf(addresses) {
    waiting ??= { addresses: new Set(), types: null };
    const mine = waiting;
    addresses.forEach((address) => mine.addresses.add(address));
    mine.types ??= new Promise((wake) => setTimeout(wake, WAIT)).then(() => {
      waiting = null;
      return read([...mine.addresses]);
    });
    return mine.types;
  }

  // Where the tables are a repeated parameter, Excel gives them, and perhaps their addresses, as one list.
  const addressesOf = (invocation, count) => {
    const told = (invocation.parameterAddresses ?? []).flat();
    return told.length === count ? told : [];
  };

  async function withBlanks(tables, invocation) {
    if (invocation.blanksAreKnown) return tables; // the task pane has read the cells itself
    const addresses = addressesOf(invocation, tables.length);
    const asked = tables.map((value, n) => (doubtful(value) ? addresses[n] : null));
    if (tables.some((value, n) => doubtful(value) && !asked[n])) {
      throw new CustomFunctions.Error(
        CustomFunctions.ErrorCode.invalidValue,
        "This Excel does not tell a blank cell from 0. Give whole tables, as in Table[#All], or use a newer Excel.",
      );
    }
    if (!asked.some(Boolean)) return tables;
    const types = await typesOf(asked.filter(Boolean));
    return tables.map((value, n) =>
      asked[n] ? value.map((row, r) => row.map((cell, c) => (cell === 0 && types.get(asked[n])[r][c] === "Empty" ? null : cell))) : value,
    );
  }

  // A plan that the server no longer keeps is made again: the cell named Plan is entered anew, once for all that missed it, after
  // the calculation, since a function must not change cells. What depends on it is then worked out by Excel.
  const AGAIN = 300; // milliseconds in which those that missed it gather
  const REST = 60000; // milliseconds in which the same miss does not have it entered a second time: it would be missed for ever
  const MISSED = /is not kept any more/;
  const renewedFor = new Map(); // what was missed, and when it was last made again for that
  let renewing = null;

  globalThis.renewPlan = () => {
    renewing ??= new Promise((wake) => setTimeout(wake, AGAIN)).then(() =>
      Excel.run(async (context) => {
        const plan = context.workbook.names.getItemOrNullObject(facts.plan);
        plan.load("name");
        await context.sync();
        if (plan.isNullObject) return;
        const cell = plan.getRange().load("formulas");
        await context.sync();
        cell.formulas = cell.formulas;
        await context.sync();
      }).finally(() => (renewing = null)),
    );
    return renewing;
  };

  async function missedOrNot(call) {
    try {
      return await call();
    } catch (fault) {
      const missed = fault?.message ?? "";
      const rested = performance.now() - (renewedFor.get(missed) ?? -Infinity) > REST;
      if (MISSED.test(missed) && rested) {
        renewedFor.set(missed, performance.now());
        globalThis.renewPlan().catch(() => {});
      }
      throw fault;
    }
  }

  const facts = JSON.parse(document.getElementById("pane-facts").textContent);
  const wholeTables = new Set(facts.whole_tables);
  const associate = CustomFunctions.associate.bind(CustomFunctions);
  CustomFunctions.associate = (id, call) =>
    associate(
      id,
      wholeTables.has(id)
        ? async (tables, invocation) => call(await withBlanks(tables, invocation), invocation)
        : async (...told) => missedOrNot(() => call(...told)),
    );
})();
