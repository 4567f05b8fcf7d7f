import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { findEnvoy } from "../../sdk/host/testing/envoy.js";
import { long } from "../sdk/random.js";
import { playInEnvoyTwice } from "./engines/envoy-twice.js";
import type { Result } from "./engines/result.js";
import { randomScript } from "./fuzz/random-script.js";
import { worthPlaying } from "./fuzz/worth-playing.js";
import { masked } from "./masks.js";
import type { Script } from "./script.js";
import { scriptId } from "./scripts/all.js";

// MESHWASM_FUZZ=2000 plays as many; MESHWASM_FUZZ_SEED=N begins with the script of that seed, by default always the same.
const count = Number(process.env.MESHWASM_FUZZ ?? 60 * long);
const firstSeed = Number(process.env.MESHWASM_FUZZ_SEED ?? 1);
const AT_ONCE = 200;

const binary = findEnvoy();
const skip =
  binary === undefined && process.env.CI !== "true" ? "no Envoy: set ENVOY_BIN, or npm run setup" : false;

describe("random scripts are the same in the host and in the real Envoy", { skip }, () => {
  it("a seed gives its script again", () => {
    assert.deepEqual(randomScript(firstSeed), randomScript(firstSeed));
  });

  it(`${count} scripts from seed ${firstSeed} on`, async (test) => {
    assert.ok(binary !== undefined, "CI=true needs an Envoy: set ENVOY_BIN, or npm run setup");
    const chosen: { seed: number; script: Script; host: Result }[] = [];
    for (let seed = firstSeed; chosen.length < count; seed++) {
      const script = randomScript(seed);
      const host = worthPlaying(script);
      if (host !== undefined) chosen.push({ seed, script, host });
    }
    const differing: string[] = [];
    for (let from = 0; from < count; from += AT_ONCE) {
      const batch = chosen.slice(from, from + AT_ONCE);
      const scripts = batch.map(({ script }) => script);
      const results = await playInEnvoyTwice(binary, scripts, scripts.map(scriptId), (index, result) =>
        isDeepStrictEqual(masked(batch[index]!.host), masked(result)),
      );
      for (const [index, { seed, script, host }] of batch.entries())
        if (!isDeepStrictEqual(masked(host), masked(results[index]!)))
          differing.push(
            `MESHWASM_FUZZ=1 MESHWASM_FUZZ_SEED=${seed} plays it again: ${JSON.stringify(script)}\n` +
              `host: ${JSON.stringify(masked(host), null, 1)}\nEnvoy: ${JSON.stringify(masked(results[index]!), null, 1)}`,
          );
    }
    test.diagnostic(`seeds ${firstSeed} to ${chosen.at(-1)!.seed}`);
    assert.ok(differing.length === 0, `${differing.length} differ\n${differing.slice(0, 5).join("\n\n")}`);
  });
});
