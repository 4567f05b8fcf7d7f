import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CASE_TABLES, splitCase } from "./claims/tables.js";
import { CLAIMS } from "./claims.js";

const claims = CLAIMS.flatMap((group) => group.claims);
const cases = claims.flatMap(({ says, cases }) =>
  Object.entries(cases).map(([called, lines]) => ({ says, called, lines })),
);

/** The first line that does not come after those before it; undefined: all do. */
function outOfPlace(wanted: readonly string[], lines: readonly string[]): string | undefined {
  let from = 0;
  return wanted.find((line) => {
    const at = lines.indexOf(line, from);
    from = at + 1;
    return at === -1;
  });
}

describe("what Envoy does where hosts are mostly wrong", () => {
  it("every claim has cases, and every case that it names is there", (test) => {
    assert.deepEqual(
      claims.filter((claim) => Object.keys(claim.cases).length === 0),
      [],
    );
    const gone = cases.filter(({ called }) => splitCase(called)?.table.has(splitCase(called)!.name) !== true);
    assert.deepEqual(
      gone.map(({ says, called }) => `${called} (${says})`),
      [],
    );
    const counts = CASE_TABLES.map(({ name }) => {
      const own = cases.filter(({ called }) => splitCase(called)?.table.name === name);
      return `${name}: ${new Set(own.map(({ called }) => called)).size}`;
    });
    test.diagnostic(
      `${claims.length} claims, shown by ${new Set(cases.map(({ called }) => called)).size} cases (${counts.join(", ")})`,
    );
  });

  it("no claim is made twice", () => {
    assert.equal(new Set(claims.map(({ says }) => says)).size, claims.length);
  });

  for (const { says, called, lines } of cases)
    if (lines.length > 0)
      it(`${says} (${called})`, () => {
        const found = splitCase(called);
        const recorded = found?.table.lines(found.name);
        assert.ok(recorded !== undefined, "nothing is recorded of it");
        assert.equal(outOfPlace(lines, recorded), undefined, recorded.join("\n"));
      });
});
