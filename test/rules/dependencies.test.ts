import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { allImports, type Import, root } from "./workspaces.js";

/**
 * Which part may import which, beside itself. Data flows one way: source → build → artifact → registry → node → mesh, and
 * only what crosses packages (`test`, `scripts`) may know them all.
 */
const allowed: [part: RegExp, imports: RegExp][] = [
  [/^sdk\/assembly\//, /^sdk\/assembly\//],
  [/^sdk\/host\//, /^sdk\/host\//],
  // What Envoy offers to a module is written down once, in the host.
  [/^sdk\/transform\//, /^sdk\/host\/module\//],
  [/^oras\//, /^oras\//],
  [/^(?:plugins|examples)\/[^/]+\/assembly\/__tests__\//, /^sdk\/assembly\/spec/],
  [/^(?:plugins|examples)\/[^/]+\/assembly\//, /^sdk\/assembly(?!\/spec)/],
  [/^(?:plugins|examples)\/[^/]+\/test\//, /^sdk\/host/],
  [/^cli\//, /^(?:cli|oras|sdk\/host)(?:\/|$)/],
  [/^registry-operator\//, /^(?:registry-operator|oras|sdk\/host)(?:\/|$)/],
  [/^(?:test|scripts)\//, /^/],
];

test("imports follow the dependency direction", async () => {
  const imports = await allImports();
  assert.ok(imports.length > 500, `only ${imports.length} imports were found: is the pattern right?`);
  const wrong = imports.filter((each) => !isAllowed(each)).map(describe);
  assert.deepEqual(wrong, [], "imports against the dependency direction");
});

test("the rules catch what they are for", () => {
  const caught: [file: string, specifier: string][] = [
    ["oras/src/push.ts", "@meshwasm/sdk/host"],
    ["sdk/host/host.ts", "../../oras/src/push.js"],
    ["cli/src/main.ts", "@meshwasm/registry-operator"],
    ["registry-operator/src/main.ts", "@meshwasm/cli"],
    ["examples/hello/assembly/index.ts", "@meshwasm/sdk/assembly/spec"],
    ["examples/hello/assembly/index.ts", "@meshwasm/sdk/host"],
    ["examples/hello/test/hello.test.ts", "@meshwasm/cli"],
    ["sdk/assembly/index.ts", "../host/index.js"],
  ];
  for (const [file, specifier] of caught)
    assert.ok(!isAllowed({ file, line: 1, specifier }), `${file} ${specifier}`);
  assert.ok(isAllowed({ file: "examples/hello/assembly/index.ts", line: 1, specifier: "./greeting" }));
});

test("public parts are reached by package name, and only by what their exports map names", async () => {
  const names = new Map<string, string[]>();
  for (const dir of ["sdk", "oras", "cli"]) {
    const { name, exports } = JSON.parse(await readFile(join(root, dir, "package.json"), "utf8"));
    names.set(name, Object.keys(exports));
  }
  const wrong = (await allImports()).filter(({ specifier }) => {
    const name = /^(@meshwasm\/[^/]+)(.*)$/.exec(specifier);
    if (!name) return false;
    const paths = names.get(name[1] ?? "") ?? [];
    return !paths.some(
      (path) =>
        path === `.${name[2]}` || (path.endsWith("/*") && `.${name[2]}`.startsWith(path.slice(0, -1))),
    );
  });
  assert.deepEqual(wrong.map(describe), []);
});

test("nobody depends on npm's unrelated package `oras`", async () => {
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
  assert.ok(!("node_modules/oras" in lock.packages));
});

test("dependencies are pinned exactly", async () => {
  for (const dir of [".", "sdk", "oras", "cli", "registry-operator", "test", "examples/hello"]) {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      await readFile(join(root, dir, "package.json"), "utf8"),
    );
    for (const [name, spec] of Object.entries<string>({ ...dependencies, ...devDependencies })) {
      assert.match(spec, /^(?:npm:[^@]+@)?\d+\.\d+\.\d+$/, `${dir}/package.json: ${name}`);
    }
  }
});

function isAllowed({ file, specifier }: Import): boolean {
  const target = internalTarget(file, specifier);
  if (target === undefined) return true;
  const rule = allowed.find(([part]) => part.test(file));
  const own = rule?.[0].exec(file)?.[0];
  return own !== undefined && (`${target}/`.startsWith(own) || rule?.[1].test(target) === true);
}

/** Where an import leads, from the checkout's folder; undefined when it leads outside the project. */
function internalTarget(file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return normalize(join(dirname(file), specifier));
  return /^@meshwasm\/(.+)$/.exec(specifier)?.[1];
}

function describe({ file, line, specifier }: Import): string {
  return `${file}:${line} imports ${specifier}`;
}
