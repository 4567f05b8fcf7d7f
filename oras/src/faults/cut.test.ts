import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { packCompat } from "../artifact/pack-compat.js";
import { copy } from "../copy.js";
import { MeshwasmError } from "../errors.js";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { type Registry, startRegistry } from "../registry/index.js";
import { type CuttingProxy, startCuttingProxy } from "../testing/cutting-proxy.js";
import { emptyWasm } from "../testing/hostile.js";
import { withTempFolder } from "../testing/temp-folder.js";
import { expectNothingIncomplete, expectNothingNamed } from "./expect-refused.js";

// Incompressible, so that a transfer has a length worth cutting.
const wasm = Buffer.concat([
  emptyWasm,
  Buffer.from([0, 0x82, 0x80, 2, 1, 0x78]),
  crypto.getRandomValues(new Uint8Array(32 * 1024)),
]);
const artifact = packCompat({ wasm });
const samples = 40;

async function withProxy(work: (registry: Registry, proxy: CuttingProxy) => Promise<void>): Promise<void> {
  const registry = await startRegistry();
  const proxy = await startCuttingProxy(registry.port);
  try {
    await work(registry, proxy);
  } finally {
    await proxy.close();
    await registry.close();
  }
}

/** Byte positions over a whole transfer: both ends, and evenly between them. */
function positions(total: number): number[] {
  return Array.from({ length: samples }, (_, index) => Math.round((index * (total - 1)) / (samples - 1)));
}

test("a pull cut at any byte: a named error, nothing incomplete, and the next run ends it", () =>
  withProxy((registry, proxy) =>
    withTempFolder(async (folder) => {
      await push(artifact, [`${registry.host}/a:1`]);
      await pull(`${proxy.host}/a:1`);
      for (const at of positions(proxy.passed.toClient)) {
        const layout = join(folder, `cut-${at}`);
        proxy.cutAfter("toClient", at);
        await assert.rejects(
          copy(`${proxy.host}/a:1`, `oci:${layout}`, { retries: 0 }),
          isNamed,
          `byte ${at}`,
        );
        expectNothingNamed(layout);
        await copy(`${proxy.host}/a:1`, `oci:${layout}`);
        assert.deepEqual((await pull(`oci:${layout}:1`)).wasm, Uint8Array.from(wasm));
        // With its retries a pull survives the same cut.
        proxy.cutAfter("toClient", at);
        assert.equal((await pull(`${proxy.host}/a:1`, { retryDelayMs: 1 })).digest, artifact.digest);
      }
    }),
  ));

test("a push cut at any byte: a named error, no tag, and the next run ends it", () =>
  withProxy(async (registry, proxy) => {
    await push(artifact, [`${proxy.host}/whole:1`]);
    for (const [index, at] of positions(proxy.passed.toServer).entries()) {
      const repository = `cut-${index}`;
      proxy.cutAfter("toServer", at);
      await assert.rejects(
        push(artifact, [`${proxy.host}/${repository}:1`], { retries: 0 }),
        isNamed,
        `byte ${at}`,
      );
      await assert.rejects(pull(`${registry.host}/${repository}:1`), { code: "NOT_FOUND" });
      await push(artifact, [`${proxy.host}/${repository}:1`]);
      assert.equal((await pull(`${registry.host}/${repository}:1`)).digest, artifact.digest);
      proxy.cutAfter("toServer", at);
      await push(artifact, [`${proxy.host}/again-${index}:1`], { retryDelayMs: 1 });
      assert.equal((await pull(`${registry.host}/again-${index}:1`)).digest, artifact.digest);
    }
  }));

test("two copies into one layout at once, one of them cut, leave it whole", () =>
  withProxy((registry, proxy) =>
    withTempFolder(async (folder) => {
      await push(artifact, [`${registry.host}/a:1`]);
      const layout = join(folder, "shared");
      proxy.cutAfter("toClient", 20_000);
      let isCut = false;
      const cutCopy = copy(`${proxy.host}/a:1`, `oci:${layout}:cut`, { retries: 0 });
      // Once its layer is on the way, so that it does not find the other's in the layout.
      const isOnTheWay = async () => {
        while (proxy.passed.toClient < 10_000 && !isCut) await sleep(1);
      };
      const ended = cutCopy.catch(() => {
        isCut = true;
      });
      await Promise.race([ended, isOnTheWay()]);
      const [cut, whole] = await Promise.allSettled([
        cutCopy,
        copy(`${registry.host}/a:1`, `oci:${layout}:whole`),
      ]);
      assert.equal(whole.status, "fulfilled");
      assert.ok(cut.status === "rejected" && isNamed(cut.reason));
      expectNothingIncomplete(layout);
      assert.equal((await pull(`oci:${layout}:whole`)).digest, artifact.digest);
    }),
  ));

function isNamed(error: unknown): true {
  assert.ok(error instanceof MeshwasmError, String(error));
  assert.equal(error.code, "REGISTRY_UNREACHABLE", error.message);
  assert.ok(error.hint);
  return true;
}
