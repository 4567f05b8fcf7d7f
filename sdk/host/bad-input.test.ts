import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { HostErrorCode } from "./errors.js";
import { Host } from "./host.js";
import { messages, throwsCode } from "./testing/assertions.js";
import { findEnvoy, type RunningEnvoy, startEnvoy } from "./testing/envoy.js";
import { probeModule } from "./testing/probe.js";
import { wat } from "./testing/wat.js";
import { type WireUpstream, wireUpstream } from "./testing/wire.js";

const ABI = '(func (export "proxy_abi_version_0_2_1"))';
const MALLOC = '(func (export "malloc") (param i32) (result i32) (i32.const 1024))';
const MEMORY = '(memory (export "memory") 1)';
const FINE = probeModule({ request_headers: {} });

/** Modules that are refused before anything of them runs. */
const REFUSED: Readonly<Record<string, readonly [Uint8Array, HostErrorCode, RegExp]>> = {
  "bytes that are no module": [
    Buffer.from("no wasm at all"),
    "MODULE_INVALID",
    /Failed to parse corrupted Wasm module/,
  ],
  "a module that is cut short": [
    FINE.subarray(0, -100),
    "MODULE_INVALID",
    /Failed to parse corrupted Wasm module/,
  ],
  "a module without an ABI marker": [
    wat(`(module ${MEMORY} ${MALLOC})`),
    "ABI_UNSUPPORTED",
    /Missing or unknown Proxy-Wasm ABI version/,
  ],
  "a module with an import that is not there": [
    wat(`(module (import "env" "no_such_call" (func)) ${MEMORY} ${ABI} ${MALLOC})`),
    "IMPORT_MISSING",
    /Failed to load Wasm module due to a missing import: env\.no_such_call/,
  ],
  "a module whose code the engine does not take": [
    wat(`(module ${MEMORY} ${ABI} ${MALLOC})`).map((byte, index, all) =>
      index === all.length - 4 ? 0x43 : byte,
    ),
    "MODULE_INVALID",
    /Failed to load Wasm bytecode/,
  ],
  "a module without an allocator": [
    wat(`(module ${MEMORY} ${ABI})`),
    "MODULE_INVALID",
    /Wasm module is missing malloc function/,
  ],
  "a module that begins with more memory than there is": [
    wat(`(module (memory (export "memory") 16385) ${ABI} ${MALLOC})`),
    "MODULE_INVALID",
    /Failed to initialize Wasm code/,
  ],
};

/** Grows as far as it may, and answers with the number of MiB / 4 as its status. */
const GROWS = wat(`(module
  (import "env" "proxy_send_local_response"
    (func $answer (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 64) ${ABI} ${MALLOC}
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (loop $more (br_if $more (i32.ne (memory.grow (i32.const 64)) (i32.const -1))))
    (call $answer (i32.div_u (memory.size) (i32.const 64)) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const -1))))`);

/** Grows and traps when it gets no more, as compilers' allocators do. */
const GREEDY = wat(`(module ${MEMORY} ${ABI} ${MALLOC}
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
    unreachable))`);

/** Its allocator gives what it is told; each answer of the hostcalls is logged. */
const allocating = (pointer: number) =>
  wat(`(module
    (import "env" "proxy_get_property" (func $get (param i32 i32 i32 i32) (result i32)))
    (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
    ${MEMORY} (data (i32.const 64) "plugin_name") ${ABI}
    (func (export "malloc") (param i32) (result i32) (i32.const ${pointer}))
    (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
      (i32.store8 (i32.const 80) (i32.add (i32.const 48)
        (call $get (i32.const 64) (i32.const 11) (i32.const 0) (i32.const 4))))
      (drop (call $log (i32.const 2) (i32.const 80) (i32.const 1)))
      (i32.store8 (i32.const 80) (i32.add (i32.const 48)
        (call $log (i32.const 2) (i32.const 65530) (i32.const 100))))
      (drop (call $log (i32.const 2) (i32.const 80) (i32.const 1)))
      (i32.const 0)))`);

const isFine = () => assert.equal(new Host(FINE).exchange().response.status, 200);

describe("bad input is a clear error of the test that used it, and the next test runs", () => {
  for (const [name, [module, code, message]] of Object.entries(REFUSED))
    it(name, () => {
      throwsCode(() => new Host(module), code, message);
      isFine();
    });

  it("a module that loops for ever", () => {
    const module = wat(`(module ${MEMORY} ${ABI} ${MALLOC}
      (func (export "proxy_on_log") (param i32) (loop $again (br $again))))`);
    throwsCode(
      () => new Host(module, { loopLimit: 1000 }).exchange(),
      "ENDLESS_LOOP",
      /^proxy_on_log does not end/,
    );
    isFine();
  });

  it("a module that traps", () => {
    const trapping = probeModule({ configure: { steps: [{ do: "trap" }] } });
    throwsCode(
      () => new Host(trapping).start(),
      "TRAP",
      /^Function: proxy_on_configure failed: .*unreachable/,
    );
    const host = new Host(probeModule({ request_headers: { steps: [{ do: "trap" }] } }));
    assert.equal(host.exchange().response.status, 503);
    assert.match(host.failure?.message ?? "", /^Function: proxy_on_request_headers failed/);
    isFine();
  });

  it("a module that gives pointers outside its memory", () => {
    const { warnings, logs } = new Host(allocating(65_532), { pluginName: "plugin" }).exchange();
    assert.deepEqual(messages(logs), ["6", "6"]);
    assert.deepEqual(warnings, [
      "proxy_get_property: the module's allocator gave 65532 for 6 bytes, outside the module's memory of 65536 bytes",
      "proxy_log: it was given a pointer or size outside the module's memory of 65536 bytes",
    ]);
    assert.match(
      new Host(allocating(0), { pluginName: "plugin" }).exchange().warnings[0] ?? "",
      /the module's allocator gave no memory for 6 bytes/,
    );
    isFine();
  });

  it("a module that grows its memory without end", () => {
    const host = new Host(GREEDY);
    assert.equal(host.exchange().response.status, 503);
    assert.match(
      host.failure?.hint ?? "",
      /its memory has grown to 10\d\d MiB, and Envoy gives no more than 1024/,
    );
    isFine();
  });

  it("a module that lives with all the memory there is", () => {
    assert.equal(new Host(GROWS).exchange().response.status, 256);
  });
});

const binary = findEnvoy();
const skip =
  binary === undefined && process.env.CI !== "true" ? "no Envoy: set ENVOY_BIN, or npm run setup" : false;

describe("bad input in Envoy", { skip }, () => {
  let envoy: RunningEnvoy;
  let upstream: WireUpstream;
  const running = { grows: GROWS, greedy: GREEDY, outside: allocating(65_532) };

  before(async () => {
    assert.ok(binary !== undefined, "CI=true needs an Envoy: set ENVOY_BIN, or npm run setup");
    upstream = await wireUpstream(() => "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    const plugins = Object.entries(running).map(([name, wasm]) => ({ name, wasm, kind: "http" }) as const);
    envoy = await startEnvoy(binary, plugins, upstream.port);
  });

  after(async () => {
    await envoy?.stop();
    await upstream?.close();
  });

  const status = async (name: keyof typeof running) =>
    (await fetch(`http://127.0.0.1:${envoy.ports[Object.keys(running).indexOf(name)]}/`)).status;

  for (const [name, [wasm, , message]] of Object.entries(REFUSED))
    it(`${name}: the same words`, async () => {
      const started = async () =>
        (await startEnvoy(binary!, [{ name: "refused", kind: "http", wasm }], 1)).stop();
      await assert.rejects(started, message);
    });

  it("memory ends at the same size", async () => {
    assert.equal(await status("grows"), 256);
  });

  it("a module that wants more traps", async () => {
    assert.equal(await status("greedy"), 503);
  });

  it("pointers outside the memory are an answer to the module alone", async () => {
    assert.equal(await status("outside"), 200);
    const said = () => envoy.log().match(/wasm log outside[^\n]*: 6$/gm)?.length;
    for (let tries = 0; tries < 80 && said() !== 2; tries++)
      await new Promise((later) => setTimeout(later, 25));
    assert.equal(said(), 2);
  });
});
