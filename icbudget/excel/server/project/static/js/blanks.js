// Excel for Windows and Mac gives a custom function 0 for a blank cell of a range, Excel on the web gives null (OfficeDev/office-js
// issues 1951, 4702, 5262). In a plan a blank amount and an amount of 0 are not the same. So before a function over whole tables
// is called, its ranges are asked once more which of their cells are empty, and those become null. All calls of one calculation
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

  async function withBlanks(given, invocation) {
    if (invocation.blanksAreKnown) return given; // the task pane has read the cells itself
    const asked = given.map((value, n) => (doubtful(value) ? invocation.parameterAddresses?.[n] : null));
    if (given.some((value, n) => doubtful(value) && !asked[n])) {
      throw new CustomFunctions.Error(
        CustomFunctions.ErrorCode.invalidValue,
        "This Excel does not tell a blank cell from 0. Give whole tables, as in Table[#All], or use a newer Excel.",
      );
    }
    if (!asked.some(Boolean)) return given;
    const types = await typesOf(asked.filter(Boolean));
    return given.map((value, n) =>
      asked[n] ? value.map((row, r) => row.map((cell, c) => (cell === 0 && types.get(asked[n])[r][c] === "Empty" ? null : cell))) : value,
    );
  }

  const wholeTables = new Set(JSON.parse(document.getElementById("pane-facts").textContent).whole_tables);
  const associate = CustomFunctions.associate.bind(CustomFunctions);
  CustomFunctions.associate = (id, call) =>
    associate(
      id,
      wholeTables.has(id)
        ? async (...told) => call(...(await withBlanks(told.slice(0, -1), told.at(-1))), told.at(-1))
        : call,
    );
})();
