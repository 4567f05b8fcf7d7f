import { type ConfigInput, Host, MeshwasmError } from "@meshwasm/sdk/host";
import type { TestedModule } from "../test/tested-module.js";
import type { Case, CaseFile, CaseStep } from "./cases.js";
import type { Mismatch } from "./check-message.js";
import { checkStep, type Outcome } from "./check-step.js";
import { connectionInput, hostOptions, requestInput, responseInput } from "./inputs.js";
import { failsText } from "./text-test.js";

/** A case that went wrong. */
export interface CaseFailure {
  /** Keys from the case to what is not as expected. */
  path: (string | number)[];
  /** Everything that is not as expected, and the transcript of the exchange. */
  message: string;
}

/** A case that went wrong, in parts. */
interface WrongStep {
  /** Absent: the case has one step, or none began. */
  step?: number;
  mismatches: Mismatch[];
  transcript: string;
}

/** Runs one case in a host of its own; undefined when all is as expected. */
export function runCase(module: TestedModule, file: CaseFile, each: Case): CaseFailure | undefined {
  const wrong = playCase(module, file, each);
  if (!wrong) return undefined;
  const { step, mismatches, transcript } = wrong;
  const path = mismatches[0]?.path ?? [];
  const inExpect = path.length > 0 && each.rejected === undefined ? ["expect", ...path] : path;
  return {
    path: [...(step === undefined ? [] : ["steps", step]), ...inExpect],
    message: [...mismatches.map(({ words }) => words), ...(transcript ? ["", transcript] : [])].join("\n"),
  };
}

/**
 * As {@link runCase}, with every difference by its place in the `expect` of the step that went wrong.
 *
 * @param now when the case's virtual time begins, in milliseconds since 1970
 */
export function playCase(
  module: TestedModule,
  file: CaseFile,
  each: Case,
  now = Date.now(),
): WrongStep | undefined {
  const host = new Host(module.wasm, { ...hostOptions(module, file, each), logLevel: "trace", now });
  const refused = startFailure(host);
  if (each.rejected !== undefined) return checkRejected(each, host, refused);
  if (refused) return inWords(refused.message);
  try {
    return runSteps(each, host);
  } catch (error) {
    // Of the host, on what the case asks for: it is the case that fails, and the next one runs.
    if (!(error instanceof MeshwasmError)) throw error;
    return inWords(error.message);
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

function inWords(words: string, path: string[] = []): WrongStep {
  return { mismatches: [{ path, words }], transcript: "" };
}

function checkRejected(
  { rejected }: Case,
  host: Host,
  refused: MeshwasmError | undefined,
): WrongStep | undefined {
  const path = ["rejected"];
  if (refused?.code === "TRAP")
    return inWords(`should refuse its configuration, traps: ${refused.message}`, path);
  if (!refused) return inWords("rejected: the filter took its configuration", path);
  const logged = host.logs.map(({ message }) => message).join("\n");
  const test = typeof rejected === "string" ? { contains: rejected } : rejected;
  const words = test === true || test === undefined ? undefined : failsText(test, logged);
  return words === undefined ? undefined : inWords(`rejected: what the filter logged ${words}`, path);
}

function runSteps(each: Case, host: Host): WrongStep | undefined {
  const outcome: Outcome = { host };
  for (const [index, step] of (each.steps ?? [each]).entries()) {
    const mismatches = runStep(step, outcome);
    if (mismatches.length === 0) continue;
    const transcript = String(outcome.connection ?? outcome.exchange ?? "");
    return { ...(each.steps && { step: index }), mismatches, transcript };
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
    outcome.exchange = host.exchange(requestInput(step.request), responseInput(step.upstream ?? {}));
  }
  if (step.connection) {
    delete outcome.exchange;
    outcome.connection = host.connection(connectionInput(step.connection));
  }
  if (step.advance !== undefined) host.advance(step.advance);
  const wrong = step.expect ? checkStep(step.expect, outcome) : [];
  // A trap that nobody expected fails also where nothing was asked about it.
  if (!step.expect && host.failure) return [{ path: [], words: `the VM died: ${host.failure.message}` }];
  return wrong;
}
