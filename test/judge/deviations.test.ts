import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { MeshwasmError } from "../../sdk/host/errors.js";
import { DEVIATIONS } from "./deviations/table.js";
import { playInHost } from "./engines/host.js";
import { masked } from "./masks.js";
import { readRecorded } from "./recorded.js";
import { SCRIPTS, scriptId } from "./scripts/all.js";

const recorded = readRecorded();

/** The first script by which the host, as it is now, is told from Envoy; undefined when there is none. */
function firstCatch(): string | undefined {
  return SCRIPTS.find((script) => {
    try {
      return !isDeepStrictEqual(masked(playInHost(script, scriptId(script))), recorded[script.name]);
    } catch (error) {
      // What else is thrown is a fault of the deviation itself.
      if (error instanceof MeshwasmError) return true;
      throw error;
    }
  })?.name;
}

describe("a deviation that is planted in the host is caught", () => {
  it("there are 40 of them at least, and without one nothing is caught", () => {
    assert.ok(DEVIATIONS.length >= 40);
    assert.equal(firstCatch(), undefined);
  });

  for (const deviation of DEVIATIONS)
    it(deviation.name, (test) => {
      const undo = deviation.plant();
      try {
        const caught = firstCatch();
        assert.ok(caught !== undefined, "no script shows it");
        test.diagnostic(`caught by: ${caught}`);
      } finally {
        undo();
      }
    });
});
