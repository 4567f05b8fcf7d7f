import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { playInHost } from "./engines/host.js";
import { masked } from "./masks.js";
import { readRecorded } from "./recorded.js";
import { SCRIPTS, scriptId } from "./scripts/all.js";

describe("the judge, without an Envoy: the host does what Envoy 1.40.0 was seen to do", () => {
  const recorded = readRecorded();

  it("every script was recorded, under a name and an id of its own, and nothing else was", () => {
    assert.deepEqual(Object.keys(recorded).sort(), SCRIPTS.map(({ name }) => name).sort());
    assert.equal(new Set(SCRIPTS.map(scriptId)).size, SCRIPTS.length);
  });

  for (const script of SCRIPTS)
    it(script.name, () =>
      assert.deepEqual(masked(playInHost(script, scriptId(script))), recorded[script.name]),
    );
});
