import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileFilter } from "./compile-snippet.js";
import { imports } from "./filters.js";

const build = (registration: string) =>
  compileFilter(
    `${imports}
class Root extends RootContext { limit: i32 = 7; }
class LargerRoot extends Root {}
class Other extends RootContext { text: string = ""; }
class Tested extends HttpFilter<Root> { onLog(): void { log.info(this.root.limit.toString()); } }
class Derived extends Tested {}
class Generic<R extends RootContext> extends HttpFilter<R> {}
class Plain extends HttpFilter {}
class Tcp extends NetworkFilter<Root> {}
${registration}`,
    { args: ["--optimizeLevel", "0", "--shrinkLevel", "0"] },
  );

describe("a filter is registered with the root context that it is made for", () => {
  for (const registration of [
    'registerHttpFilter<Tested, Root>("tested");',
    'registerHttpFilter<Derived, LargerRoot>("tested");',
    'registerHttpFilter<Generic<Root>, Root>("tested");',
    'registerHttpFilter<Plain>("tested");',
    'registerHttpFilter<Plain, Other>("tested");',
    'registerNetworkFilter<Tcp, Root>("tested");',
  ]) {
    test(registration, async () => {
      await build(registration);
    });
  }
});

describe("a wrong registration fails the build, since it would read foreign memory", () => {
  const line = (number: number) => `assembly/index\\.ts:${number}:7: `;
  for (const [registration, message] of [
    [
      'registerHttpFilter<Tested>("tested");',
      `${line(8)}Tested is made for Root: registerHttpFilter<Tested, Root>`,
    ],
    [
      'registerHttpFilter<Derived, Other>("tested");',
      `${line(9)}Derived is made for Root: registerHttpFilter<Derived, Root>`,
    ],
    [
      'registerHttpFilter<Tcp, Root>("tested");',
      `${line(12)}Tcp is no HttpFilter: registerHttpFilter cannot register it`,
    ],
    ['registerNetworkFilter<Tested, Root>("tested");', `${line(8)}Tested is no NetworkFilter`],
  ] as const) {
    test(registration, () => assert.rejects(build(registration), new RegExp(message)));
  }
});
