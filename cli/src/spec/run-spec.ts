import { type IReporter, TestContext, type TestNode } from "@as-pect/core";
import { instantiateSync } from "@assemblyscript/loader";
import type { CompiledSpec } from "./compile-spec.js";
import type { SpecImports } from "./host-imports.js";
import { SourcePlaces } from "./source-place.js";

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

/** Runs a compiled spec. `imports` are what it may import beside as-pect's own. */
export function runSpec(file: string, spec: CompiledSpec, imports: SpecImports): SpecTest[] {
  const places = new SourcePlaces(spec.sourceMap);
  const context = new TestContext({ fileName: file, reporter: silent });
  const instance = instantiateSync(spec.wasm, context.createImports(imports.modules));
  imports.attach(instance.exports);
  context.run(instance as unknown as Parameters<TestContext["run"]>[0]);

  const tests: SpecTest[] = [];
  collect(context.rootNode, [], tests, places);
  for (const { message, stackTrace } of context.errors) {
    tests.push({ path: [file], passed: false, millis: 0, failure: `${message} ${stackTrace}`.trim() });
  }
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
  const values = [
    node.actual && `actual: ${node.actual.stringify({ indent: 0 })}`,
    node.expected && `expected: ${node.expected.stringify({ indent: 0 })}`,
  ].filter(Boolean);
  const failure = [node.message || stack.split("\n")[0] || "failed", ...values].join("\n");
  const place = places.ofStack(stack);
  return { path, passed: false, millis, failure, ...(place !== undefined && { place }) };
}
