import { type IReporter, TestContext, type TestNode } from "@as-pect/core";
import { instantiateSync } from "@assemblyscript/loader";
import { SourcePlaces } from "@meshwasm/sdk/host";
import type { CompiledSpec } from "./compile-spec.js";
import type { SpecImports } from "./host-imports.js";

/** One `it` of a spec. */
export interface SpecTest {
  /** The groups around it and its own name. */
  path: string[];
  passed: boolean;
  millis: number;
  /** Why it failed: the message, what was there and what was expected. */
  failure?: string;
  /** `FILE:LINE:COLUMN` of the failure, where it is known. */
  place?: string;
}

const silent: IReporter = {
  stdout: null,
  stderr: null,
  onEnter: () => {},
  onExit: () => {},
  onFinish: () => {},
};

class SpecContext extends TestContext {
  /** What the spec was aborted with last; empty: nothing. */
  get abortMessage(): string {
    return this.message;
  }
}

/** Between a spec's own frame and the error are those of the host that it drives; V8 keeps 10 by itself. */
const stackFrames = 100;

/** Runs a compiled spec. `imports` are what it may import beside as-pect's own. */
export function runSpec(file: string, spec: CompiledSpec, imports: SpecImports): SpecTest[] {
  const places = new SourcePlaces(spec.sourceMap, spec.wasm);
  const context = new SpecContext({ fileName: file, reporter: silent });
  const failed = (failure: string, stack: string): SpecTest => ({
    path: [file],
    passed: false,
    millis: 0,
    failure,
    ...optional("place", places.ofStack(stack)),
  });
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = stackFrames;
  try {
    const instance = instantiateSync(spec.wasm, context.createImports(imports.modules));
    imports.attach(instance.exports);
    context.run(instance as unknown as Parameters<TestContext["run"]>[0]);
  } catch (error) {
    // A spec that imports what nobody gives, for one.
    const { message, stack = "" } = error as Error;
    return [failed(message, stack)];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  const tests: SpecTest[] = [];
  for (const node of context.rootNode.children) collect(node, [node.name], tests, places);
  for (const { message, stackTrace } of context.errors) {
    // Of a spec that ended at its top level as-pect tells only that it did; the reason is what it was aborted with.
    const [reason = ""] = stackTrace.split("\n");
    tests.push(failed([message, context.abortMessage || reason].filter(Boolean).join(" "), stackTrace));
  }
  if (tests.length === 0 && !context.rootNode.pass)
    tests.push(failed("the spec failed outside of its tests", ""));
  return tests;
}

/** A group that failed before its tests ran (in `beforeAll`, say) stands for them. */
function collect(node: TestNode, path: string[], tests: SpecTest[], places: SourcePlaces): void {
  const isGroup = Number(node.type) === 1;
  const brokenGroup =
    isGroup && node.ran && !node.pass && node.children.every((child) => child.pass || !child.ran);
  if (node.ran && (!isGroup || brokenGroup)) tests.push(describe(node, path, places));
  for (const child of node.children) collect(child, [...path, child.name], tests, places);
}

function describe(node: TestNode, path: string[], places: SourcePlaces): SpecTest {
  const millis = Math.max(0, node.end - node.start);
  if (node.pass) return { path, passed: true, millis };
  const stack = node.stackTrace ?? "";
  const { actual, expected } = node;
  const values = [
    actual && `actual: ${actual.stringify({ indent: 0 })}`,
    expected && `expected: ${expected.negated ? "not " : ""}${expected.stringify({ indent: 0 })}`,
  ].filter(Boolean);
  // A failed expectation is a trap in the module: the values say more than that.
  const reason = node.message || (values.length > 0 ? "" : stack.split("\n")[0] || "failed");
  return {
    path,
    passed: false,
    millis,
    failure: [reason, ...values].filter(Boolean).join("\n"),
    ...optional("place", places.ofStack(stack)),
  };
}

function optional<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: string });
}
