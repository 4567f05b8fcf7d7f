import { type Cluster, type ConfigInput, Host, MeshwasmError } from "@meshwasm/sdk/host";
import type { TestedModule } from "../test/tested-module.js";
import type {
  Case,
  CaseFile,
  CaseHeaders,
  CaseMessage,
  CaseRequest,
  CaseResponse,
  CaseStep,
  Scalar,
} from "./cases.js";
import type { Mismatch } from "./check-message.js";
import { checkStep, type Outcome } from "./check-step.js";
import { failsText } from "./text-test.js";

/** A case that went wrong. */
export interface CaseFailure {
  /** Keys from the case to what is not as expected. */
  path: (string | number)[];
  /** Everything that is not as expected, and the transcript of the exchange. */
  message: string;
}

/** Runs one case in a host of its own; undefined when all is as expected. */
export function runCase(module: TestedModule, file: CaseFile, each: Case): CaseFailure | undefined {
  const host = new Host(module.wasm, {
    rootId: module.rootId,
    ...(module.sourceMap !== undefined && { sourceMap: module.sourceMap }),
    pluginName: module.name,
    pluginConfig: (each.config ?? file.config ?? "") as ConfigInput,
    clusters: clusters({ ...file.clusters, ...each.clusters }),
    properties: properties({ ...file.properties, ...each.properties }),
    logLevel: "trace",
  });
  const refused = startFailure(host);
  if (each.rejected !== undefined) return checkRejected(each, host, refused);
  if (refused) return { path: [], message: refused.message };
  try {
    return runSteps(each, host);
  } catch (error) {
    // Of the host, on what the case asks for: it is the case that fails, and the next one runs.
    if (!(error instanceof MeshwasmError)) throw error;
    return { path: [], message: error.message };
  } finally {
    if (!host.failure) host.close();
  }
}

function startFailure(host: Host): MeshwasmError | undefined {
  try {
    host.start();
    return undefined;
  } catch (error) {
    if (error instanceof MeshwasmError) return error;
    throw error;
  }
}

function checkRejected(
  { rejected }: Case,
  host: Host,
  refused: MeshwasmError | undefined,
): CaseFailure | undefined {
  const path = ["rejected"];
  if (refused?.code === "TRAP")
    return { path, message: `should refuse its configuration, traps: ${refused.message}` };
  if (!refused) return { path, message: "rejected: the filter took its configuration" };
  const logged = host.logs.map(({ message }) => message).join("\n");
  const test = typeof rejected === "string" ? { contains: rejected } : rejected;
  const words = test === true || test === undefined ? undefined : failsText(test, logged);
  return words === undefined ? undefined : { path, message: `rejected: what the filter logged ${words}` };
}

function runSteps(each: Case, host: Host): CaseFailure | undefined {
  const outcome: Outcome = { host };
  for (const [index, step] of (each.steps ?? [each]).entries()) {
    const wrong = runStep(step, outcome);
    const first = wrong[0];
    if (!first) continue;
    const where = each.steps ? ["steps", index] : [];
    const words = wrong.map((mismatch) => mismatch.words);
    const transcript = String(outcome.connection ?? outcome.exchange ?? "");
    return {
      path: [...where, ...(first.path.length > 0 ? ["expect", ...first.path] : [])],
      message: [...words, ...(transcript ? ["", transcript] : [])].join("\n"),
    };
  }
  return undefined;
}

function runStep(step: CaseStep, outcome: Outcome): Mismatch[] {
  const { host } = outcome;
  if (step.configure !== undefined && !host.configure(step.configure as ConfigInput)) {
    const logged = host.logs.at(-1)?.message ?? "nothing";
    return [{ path: [], words: `the filter refused the new configuration, it logged: ${logged}` }];
  }
  if (step.request) {
    delete outcome.connection;
    outcome.exchange = host.exchange(request(step.request), response(step.upstream ?? {}));
  }
  if (step.connection) {
    delete outcome.exchange;
    outcome.connection = host.connection(step.connection);
  }
  if (step.advance !== undefined) host.advance(step.advance);
  const wrong = step.expect ? checkStep(step.expect, outcome) : [];
  // A trap that nobody expected fails also where nothing was asked about it.
  if (!step.expect && host.failure) return [{ path: [], words: `the VM died: ${host.failure.message}` }];
  return wrong;
}

function request({ headers, trailers, ...rest }: CaseRequest) {
  return { ...rest, ...fields({ headers, trailers }) };
}

function response({ headers, trailers, ...rest }: CaseResponse) {
  return { ...rest, ...fields({ headers, trailers }) };
}

function fields({ headers, trailers }: { [Key in "headers" | "trailers"]: CaseMessage[Key] | undefined }) {
  return {
    ...(headers && { headers: texts(headers) }),
    ...(trailers && { trailers: texts(trailers) }),
  };
}

function texts(headers: CaseHeaders): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(String) : String(value),
    ]),
  );
}

function clusters(all: NonNullable<CaseFile["clusters"]>): Record<string, Cluster> {
  return Object.fromEntries(
    Object.entries(all).map(([name, answer]) => [
      name,
      typeof answer === "string" ? answer : response(answer),
    ]),
  );
}

/** YAML's whole numbers are ints to Envoy, others doubles. */
function properties(all: Record<string, Scalar>): Record<string, string | bigint | number | boolean> {
  return Object.fromEntries(
    Object.entries(all).map(([path, value]) => [path, Number.isInteger(value) ? BigInt(value) : value]),
  );
}
