import assert from "node:assert/strict";
import { test } from "node:test";
import { packCompat } from "../artifact/pack-compat.js";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { type Fault, type Registry, type RegistryRequest, startRegistry } from "../registry/index.js";
import { emptyWasm } from "../testing/hostile.js";

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
