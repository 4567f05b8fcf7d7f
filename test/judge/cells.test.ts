import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cellKey, coverageOf, coverageTable } from "./cells.js";
import { CALL_NAMES } from "./probe/calls.js";
import { readRecorded } from "./recorded.js";
import { SCRIPTS } from "./scripts/all.js";
import { REASONS, reasonFor } from "./unreached.js";

const coverage = coverageOf(readRecorded());

describe("the judge's cells: hostcall, callback and status as seen on Envoy", () => {
  it("there are 150 scripts at least", (test) => {
    assert.ok(SCRIPTS.length >= 150);
    test.diagnostic(
      `${SCRIPTS.length} scripts, ${coverage.reached.length} cells, ${coverage.phases.length} callbacks, ${coverage.adding.size} scripts that add a cell\n${coverageTable(coverage)}`,
    );
  });

  it("every hostcall is there, in every callback", () => {
    const names = CALL_NAMES.map((name) => name.replace(/^proxy_/, "")).sort();
    assert.deepEqual(coverage.calls, names);
    const pairs = new Set(coverage.reached.map(({ call, phase }) => `${call} ${phase}`));
    const missing = names.flatMap((call) =>
      coverage.phases.filter((phase) => !pairs.has(`${call} ${phase}`)).map((phase) => `${call} ${phase}`),
    );
    assert.deepEqual(missing, []);
  });

  it("a cell that is not reached has a reason from Envoy's source", () => {
    assert.deepEqual(coverage.unreached.filter((cell) => reasonFor(cell) === undefined).map(cellKey), []);
  });

  it("a reason that is given is needed", () => {
    const used = new Set(coverage.unreached.map(reasonFor));
    assert.deepEqual(
      REASONS.filter((reason) => !used.has(reason)),
      [],
    );
  });
});
