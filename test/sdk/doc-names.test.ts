import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Api, readApi } from "../../scripts/api/read.js";
import { codeIn, tableRows } from "./doc-tables.js";

/** The pages of sdk/docs with tables of our names, and the column that has them. */
const pages = { "checklist.md": "API", "porting.md": "meshwasm" };

let api: Api;
before(() => {
  api = readApi();
});

for (const [page, column] of Object.entries(pages)) {
  test(`every name in sdk/docs/${page} is exported`, async () => {
    const rows = await tableRows(page, column);
    assert.ok(rows.length > 30, `${rows.length} rows`);
    for (const row of rows) {
      const names = codeIn(row[column] ?? "");
      assert.ok(names.length > 0 || row[column] === "–", JSON.stringify(row));
      for (const name of names) assert.ok(api.has(name), `${name} in ${JSON.stringify(row)}`);
    }
  });
}
