import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunningEnvoy } from "../../cli/src/envoy/process.js";
import { buildWith } from "../e2e/compilers.js";
import { runProgram } from "../interop/run-program.js";
import { buildRust, requireRust } from "../parts/rust.js";
import { type Chain, type ChainedEnvoy, copies, startChain } from "./chained-envoy.js";
import { cpuMillis } from "./cpu.js";
import { type Spread, spreadOf } from "./statistics.js";
import { sendPieces, startSink } from "./tcp-load.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const compiler = here("../../node_modules/assemblyscript/bin/asc.js");
const resultFile = here("../../build/bench-chains.json");
const rounds = 7;
const seconds = 2;
const piecesARound = 16_000;

/** What is sent and answered, and what each ratio is to be at most. */
interface Scenario {
  name: string;
  /** Absent: `http`; else the figures are for each 64 KiB. */
  kind?: "network";
  /** Bytes that the module may have. Absent: it is not looked at. */
  mostBytes?: number;
  /** What wrk sends. */
  path?: string;
  headers?: Record<string, string>;
  /** What the route answers. */
  body?: string;
  lua?: string;
  /** Whether G-Core's SDK can do it. */
  gcore?: boolean;
  /** Our cost against that of others. */
  targets: Partial<Record<"floor" | "rust", number>>;
}

const thirty = Object.fromEntries(
  Array.from({ length: 27 }, (_, index) => [`x-header-${index + 1}`, `value ${index}`]),
);
const document = {
  id: "5f2b8c1e",
  count: 41,
  items: Array.from({ length: 24 }, (_, index) => ({
    id: index,
    name: `item ${index}`,
    price: index * 1.25,
    tags: ["a", "b"],
  })),
};

const scenarios: Scenario[] = [
  {
    name: "header",
    headers: { "x-in": "a value" },
    lua: `function envoy_on_request(handle)
      local headers = handle:headers()
      headers:replace("x-out", headers:get("x-in") or "none")
      headers:add("x-more", "1")
    end`,
    gcore: true,
    mostBytes: 10_000,
    targets: { floor: 1.1, rust: 1.05 },
  },
  {
    name: "all-headers",
    headers: thirty,
    lua: `function envoy_on_request(handle)
      local found = {}
      for name, value in pairs(handle:headers()) do found[name] = value end
      if not (found["x-header-3"] and found["x-header-15"] and found["x-header-27"]) then
        handle:respond({[":status"] = "400"}, "")
      end
    end`,
    gcore: true,
    targets: { rust: 1.05 },
  },
  { name: "json", body: JSON.stringify(document), mostBytes: 40_000, targets: { rust: 1.2 } },
  {
    name: "regex",
    path: "/api/v2/users/0b6f2c1a-9d3e-4c55-8f10-2a7be1c0d9f4/items",
    targets: { rust: 1.5 },
  },
  { name: "network", kind: "network", targets: { floor: 1.1 } },
];

/**
 * What one copy of a filter costs a request, in microseconds of an Envoy worker's CPU: that of 16 copies in a chain less
 * that of none, by sixteen; by turns. Ours beside hand-written hostcalls, the Rust SDK, G-Core's
 * AssemblyScript SDK and Envoy's Lua.
 *
 * @param only names of scenarios; none: all.
 */
export async function* measureChains(only: readonly string[]): AsyncGenerator<string, void, undefined> {
  const results: Record<string, Record<string, Spread>> = {};
  for (const scenario of scenarios.filter(({ name }) => only.length === 0 || only.includes(name))) {
    const { costs, bytes } = await measureScenario(scenario);
    results[scenario.name] = costs;
    const { mostBytes = Number.POSITIVE_INFINITY } = scenario;
    const most = Number.isFinite(mostBytes) ? `, at most ${mostBytes}` : "";
    yield `${scenario.name.padEnd(12)} module of ${bytes} bytes${most}${bytes > mostBytes ? "  MISSED" : ""}`;
    for (const [
      name,
      {
        median,
        quartiles: [low, high],
      },
    ] of Object.entries(costs)) {
      const range = `(${low.toFixed(2)} to ${high.toFixed(2)})`;
      yield `${scenario.name.padEnd(12)} ${name.padEnd(9)} ${median.toFixed(2).padStart(7)} µs a copy ${range}`;
    }
    for (const [other, most] of Object.entries(scenario.targets)) {
      const [ours, theirs] = [costs.meshwasm?.median, costs[other]?.median];
      if (ours === undefined || theirs === undefined) continue;
      const ratio = ours / theirs;
      const missed = ratio > most ? "  MISSED" : "";
      yield `${scenario.name.padEnd(12)} meshwasm / ${other} = ${ratio.toFixed(2)}, at most ${most}${missed}`;
    }
  }
  await mkdir(dirname(resultFile), { recursive: true });
  await writeFile(resultFile, `${JSON.stringify(results, null, 2)}\n`);
}

async function measureScenario(
  scenario: Scenario,
): Promise<{ costs: Record<string, Spread>; bytes: number }> {
  const { name, lua, kind, gcore } = scenario;
  const sink = kind === "network" ? await startSink() : undefined;
  const base: Chain = { body: sink?.url ?? scenario.body ?? "fine", ...(kind ? { kind } : {}) };
  const built = await buildWith("assemblyscript", `test/bench/filters/${name}`);
  const subjects: Record<string, Chain> = {
    none: base,
    meshwasm: { ...base, filter: built.wasm, rootId: built.rootId },
    ...(scenario.targets.floor ? { floor: { ...base, filter: await compile("floor", name) } } : {}),
    ...(scenario.targets.rust && !(await requireRust())
      ? { rust: { ...base, filter: await rust(), config: name } }
      : {}),
    ...(gcore ? { gcore: { ...base, filter: await compile("gcore", name), rootId: name } } : {}),
    ...(lua ? { lua: { ...base, filter: lua } } : {}),
  };
  const running = new Map<string, ChainedEnvoy>();
  const costs = new Map<string, number[]>(Object.keys(subjects).map((each) => [each, []]));
  try {
    for (const [each, chain] of Object.entries(subjects)) running.set(each, await startChain(chain));
    for (let round = 0; round <= rounds; round++) {
      let none = 0;
      for (const [each, { envoy }] of running) {
        const cost = await cpuOfOne(envoy, scenario);
        if (each === "none") none = cost;
        else if (round > 0) costs.get(each)?.push((cost - none) / copies);
      }
    }
  } finally {
    for (const chained of running.values()) await chained.stop();
    sink?.close();
  }
  costs.delete("none");
  const spreads = [...costs].map(([each, values]) => [each, spreadOf(values)]);
  return { costs: Object.fromEntries(spreads), bytes: built.wasm.length };
}

/** Microseconds of an Envoy's CPU for one request, or one piece. */
async function cpuOfOne(envoy: RunningEnvoy, scenario: Scenario): Promise<number> {
  const before = await cpuMillis(envoy.pid);
  const count = scenario.kind === "network" ? await sendAll(envoy) : await request(envoy, scenario);
  return (((await cpuMillis(envoy.pid)) - before) * 1000) / count;
}

async function sendAll({ listen }: RunningEnvoy): Promise<number> {
  await sendPieces(listen, piecesARound);
  return piecesARound;
}

async function request({ url }: RunningEnvoy, { path = "/", headers = {} }: Scenario): Promise<number> {
  const flags = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const said = (
    await runProgram("wrk", ["-t1", "-c4", `-d${seconds}s`, ...flags, `${url}${path}`])
  ).toString();
  const requests = Number(/(\d+) requests in/.exec(said)?.[1]);
  if (/Non-2xx/.test(said) || !(requests > 0)) throw new Error(`wrk: ${said}`);
  return requests;
}

const rust = () => buildRust(here("rust"), "meshwasm-rust-bench");

/** How asc is told to compile what is in a folder of `filters`. */
const compilerOptions = {
  floor: ["--runtime", "stub", "--use", "abort="],
  // As its authors say; its module logs through WASI.
  gcore: [
    ...["--use", "abort=abort_proc_exit", "--lib", "node_modules/@assemblyscript/wasi-shim/assembly"],
    ...["--use", "ASC_WASI=1,seed=wasi_seed,process=wasi_process,console=wasi_console"],
  ],
};

async function compile(folder: keyof typeof compilerOptions, name: string): Promise<Uint8Array> {
  const temporary = await mkdtemp(join(tmpdir(), "meshwasm-bench-"));
  try {
    const out = join(temporary, "filter.wasm");
    const source = `test/bench/filters/${folder}/assembly/${name}.ts`;
    // A process of its own: the compiler keeps a library for all that it compiles later. It finds one only below the folder
    // in which it runs, and would take that folder's asconfig.json.
    const base = ["--baseDir", ".", "--config", "none", "-O3", "-o", out];
    const options = [source, ...base, ...compilerOptions[folder]];
    await runProgram(process.execPath, [compiler, ...options], { cwd: here("../..") });
    return await readFile(out);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
