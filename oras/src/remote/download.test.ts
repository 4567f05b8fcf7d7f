import assert from "node:assert/strict";
import { readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packCompat } from "../artifact/pack-compat.js";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { type Fault, type Registry, type RegistryRequest, startRegistry } from "../registry/index.js";
import { emptyWasm } from "../testing/hostile.js";
import { withTempFolder } from "../testing/temp-folder.js";

// 2 MB that do not compress.
const wasm = Buffer.concat([
  emptyWasm,
  Buffer.from([0, 0x80, 0x80, 0x80, 1, 1, 0x78]),
  crypto.getRandomValues(new Uint8Array(65_536)),
  ...Array.from({ length: 31 }, () => crypto.getRandomValues(new Uint8Array(65_536))),
]);
const artifact = packCompat({ wasm: wasm.subarray(0, 8 + 7 + 2_000_000) });
const layer = artifact.layers[0]?.descriptor ?? { digest: "", size: 0 };
const quick = { retries: 3, retryDelayMs: 1 };

async function withCuts(
  fault: (request: RegistryRequest, count: number) => Fault | undefined,
  work: (registry: Registry, ranges: () => (string | undefined)[]) => Promise<void>,
): Promise<void> {
  let count = 0;
  const isLayer = ({ method, path }: RegistryRequest) => method === "GET" && path.endsWith(layer.digest);
  const registry = await startRegistry({
    faults: (request) => (isLayer(request) ? fault(request, count++) : undefined),
  });
  try {
    await push(artifact, [`${registry.host}/a:1`]);
    await work(registry, () => registry.requests.filter(isLayer).map(({ headers }) => headers.range));
  } finally {
    await registry.close();
  }
}

const cutOnce = (_: RegistryRequest, count: number): Fault | undefined =>
  count === 0 ? { type: "truncate", bytes: 1_500_000 } : undefined;

test("a cut download goes on where it was", () =>
  withCuts(cutOnce, async (registry, ranges) => {
    assert.equal((await pull(`${registry.host}/a:1`, quick)).digest, artifact.digest);
    const [first, second, ...others] = ranges();
    assert.deepEqual([first, others], [undefined, []]);
    const from = Number(/^bytes=(\d+)-$/.exec(second ?? "")?.[1]);
    assert.ok(from > 0 && from <= 1_500_000, `${second}`);
  }));

test("it survives any number of cuts as long as it gets on", () =>
  withCuts(
    (_, count) => (count < 1 ? { type: "truncate", bytes: 1_200_000 } : { type: "truncate", bytes: 300_000 }),
    async (registry) => {
      assert.equal((await pull(`${registry.host}/a:1`, { ...quick, retries: 4 })).digest, artifact.digest);
    },
  ));

test("the digest is that of the whole", () =>
  withCuts(
    (request, count) => cutOnce(request, count) ?? { type: "corrupt" },
    async (registry) => {
      await assert.rejects(pull(`${registry.host}/a:1`, quick), { code: "DIGEST_MISMATCH" });
    },
  ));

const whole = artifact.layers[0]?.bytes ?? new Uint8Array();

test("a registry that ignores ranges is read again", () =>
  withCuts(
    (request, count) => cutOnce(request, count) ?? { type: "status", status: 200, body: whole },
    async (registry, ranges) => {
      assert.equal((await pull(`${registry.host}/a:1`, quick)).digest, artifact.digest);
      assert.equal(ranges().length, 2);
    },
  ));

const wrong: [string, Record<string, string>, number, string][] = [
  [
    "another range",
    { "content-range": `bytes 0-9/${layer.size}`, "content-length": "" },
    206,
    "REGISTRY_ERROR",
  ],
  ["another length", { "content-range": "bytes 5-9/10", "content-length": "5" }, 206, "SIZE_MISMATCH"],
  ["a refusal of the range", {}, 416, "REGISTRY_ERROR"],
];

for (const [name, headers, status, code] of wrong) {
  test(`${name} in place of the rest is refused`, () =>
    withCuts(
      (request, count) =>
        cutOnce(request, count) ?? {
          type: "handle",
          handle: (_, response) => {
            const sent = Object.entries(headers).filter(([, value]) => value !== "");
            response.writeHead(status, Object.fromEntries(sent)).end("12345");
          },
        },
      async (registry) => {
        await assert.rejects(pull(`${registry.host}/a:1`, quick), { code });
      },
    ));
}

// Failed attempts, not cuts that one pull survives.
const once = { retries: 0 };

/** Pulls that are cut after 1,500,000 bytes, into one folder of partial files. */
const withPartial = (
  later: (count: number) => Fault | undefined,
  work: (
    again: () => Promise<unknown>,
    folder: string,
    ranges: () => (string | undefined)[],
  ) => Promise<void>,
) =>
  withTempFolder((partialFolder) =>
    withCuts(
      (request, count) => cutOnce(request, count) ?? later(count),
      async ({ host }, ranges) => {
        const again = () => pull(`${host}/a:1`, { ...once, partialFolder });
        await assert.rejects(again(), { code: "REGISTRY_UNREACHABLE" });
        await work(again, partialFolder, ranges);
      },
    ),
  );
const fine = () => undefined;

test("a pull that failed is finished by the next, which asks for the rest only", () =>
  withPartial(fine, async (again, folder, ranges) => {
    const [name = ""] = readdirSync(folder);
    assert.equal(name, layer.digest.replace(":", "-"));
    const { size } = statSync(join(folder, name));
    assert.ok(size > 0 && size <= 1_500_000, `${size}`);
    await again();
    assert.deepEqual(ranges(), [undefined, `bytes=${size}-`]);
    assert.deepEqual(readdirSync(folder), []);
  }));

test("a kept layer that is whole already is not asked for", () =>
  withPartial(fine, async (again, folder, ranges) => {
    writeFileSync(join(folder, layer.digest.replace(":", "-")), whole);
    await again();
    assert.equal(ranges().length, 1);
  }));

for (const [name, kept] of [
  ["other bytes", () => new Uint8Array(1_000_000)],
  ["more than the layer has", () => new Uint8Array(layer.size + 1)],
  ["nothing", () => new Uint8Array()],
] as const) {
  test(`a partial file with ${name}: all is fetched again`, () =>
    withPartial(fine, async (again, folder, ranges) => {
      writeFileSync(join(folder, layer.digest.replace(":", "-")), kept());
      await again();
      assert.equal(ranges().at(-1), undefined);
      assert.deepEqual(readdirSync(folder), []);
    }));
}

test("of a layer with another digest nothing is kept", () =>
  withPartial(
    () => ({ type: "corrupt" }),
    async (again, folder, ranges) => {
      await assert.rejects(again(), { code: "DIGEST_MISMATCH" });
      assert.equal(ranges().length, 3);
      assert.deepEqual(readdirSync(folder), []);
    },
  ));

test("two at once do not share a partial file", () =>
  withPartial(fine, async (again, folder) => {
    await Promise.all([again(), again(), again()]);
    assert.deepEqual(readdirSync(folder), []);
  }));

test("what nobody came back for in a week is removed", () =>
  withPartial(fine, async (again, folder) => {
    const old = join(folder, "sha256-00");
    writeFileSync(old, "old");
    utimesSync(old, new Date(0), new Date(0));
    await again();
    assert.deepEqual(readdirSync(folder), []);
  }));

test("a partial folder that cannot be one keeps nothing", () =>
  withTempFolder((folder) =>
    withCuts(fine, async ({ host }) => {
      const partialFolder = join(folder, "file");
      writeFileSync(partialFolder, "");
      const pulled = await pull(`${host}/a:1`, { ...once, partialFolder });
      assert.equal(pulled.digest, artifact.digest);
    }),
  ));
