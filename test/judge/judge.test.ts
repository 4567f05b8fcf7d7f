import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { findEnvoy } from "../../sdk/host/testing/envoy.js";
import { playInEnvoyTwice } from "./engines/envoy-twice.js";
import { playInHost } from "./engines/host.js";
import type { Result } from "./engines/result.js";
import { masked } from "./masks.js";
import { readRecorded, writeRecorded } from "./recorded.js";
import type { Script } from "./script.js";
import { SCRIPTS, scriptId } from "./scripts/all.js";

const binary = findEnvoy();
const skip =
  binary === undefined && process.env.CI !== "true" ? "no Envoy: set ENVOY_BIN, or npm run setup" : false;
const update = process.env.MESHWASM_UPDATE === "1";

// A script that the host cannot play fails by itself, in its own test.
function hostPlays(script: Script): Result | undefined {
  try {
    return masked(playInHost(script, scriptId(script)));
  } catch {
    return undefined;
  }
}

describe("the judge: every script is the same in the host and in the real Envoy", { skip }, () => {
  const envoy = new Map<string, Result>();

  before(async () => {
    assert.ok(binary !== undefined, "CI=true needs an Envoy: set ENVOY_BIN, or npm run setup");
    const host = SCRIPTS.map(hostPlays);
    const results = await playInEnvoyTwice(binary, SCRIPTS, SCRIPTS.map(scriptId), (index, result) =>
      isDeepStrictEqual(host[index], masked(result)),
    );
    for (const [index, script] of SCRIPTS.entries()) envoy.set(script.name, masked(results[index]!));
    if (update) writeRecorded(Object.fromEntries(envoy));
  });

  for (const script of SCRIPTS)
    it(script.name, () => {
      const seen = envoy.get(script.name);
      assert.deepEqual(masked(playInHost(script, scriptId(script))), seen);
      assert.deepEqual(
        readRecorded()[script.name],
        seen,
        "testdata is old: MESHWASM_UPDATE=1 on this test renews it",
      );
    });
});
