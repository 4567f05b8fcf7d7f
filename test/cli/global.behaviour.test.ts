import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { filterFolder, temporaryFolder } from "./filter-folder.js";
import { assertFailed, bin, type ErrorDocument, root, runCli, runJson } from "./run-cli.js";

const verbs = ["init", "build", "test", "run", "push", "pull", "inspect", "doctor"];
const { version } = JSON.parse(await readFile(`${root}/cli/package.json`, "utf8")) as { version: string };

test("--version prints the version and nothing else", async () => {
  const ended = await runCli(["--version"]);
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, `${version}\n`, ""], ended.all);
});

test("the general help names every verb and the exit codes", async () => {
  for (const args of [["--help"], ["-h"], ["help"]]) {
    const { code, stdout, stderr, all } = await runCli(args);
    assert.deepEqual([code, stderr], [0, ""], all);
    for (const verb of verbs) assert.match(stdout, new RegExp(`^  ${verb} `, "m"), all);
    assert.match(stdout, /^Examples:\n {2}meshwasm init/m, all);
    assert.match(stdout, /^Exit codes: 0 done; 1 .*; 2 .*; 3 /m, all);
  }
});

for (const verb of verbs) {
  test(`help ${verb} has examples and the global flags`, async () => {
    const asked = await runCli(["help", verb]);
    assert.deepEqual([asked.code, asked.stderr], [0, ""], asked.all);
    assert.match(asked.stdout, new RegExp(`^Usage: meshwasm ${verb} `), asked.all);
    assert.match(asked.stdout, new RegExp(`^Examples:\n  meshwasm ${verb}`, "m"), asked.all);
    for (const flag of ["--json", "--quiet", "--verbose", "--debug", "--no-color", "--help"]) {
      assert.match(asked.stdout, new RegExp(`^  .*${flag} `, "m"), asked.all);
    }
    assert.equal((await runCli([verb, "--help"])).stdout, asked.stdout);
  });
}

const usages: { args: string[]; message: RegExp; hint: RegExp }[] = [
  { args: ["biuld"], message: /unknown command 'biuld'/, hint: /did you mean build\?/ },
  { args: ["help", "biuld"], message: /unknown command 'biuld'/, hint: /did you mean build\?/ },
  { args: ["zzzzzz"], message: /unknown command 'zzzzzz'/, hint: /meshwasm help COMMAND shows/ },
  { args: ["build", "--wacth"], message: /unknown option '--wacth'/, hint: /did you mean --watch\?/ },
  { args: ["--jsn", "build"], message: /unknown option '--jsn'/, hint: /did you mean --json\?/ },
  { args: ["pull"], message: /missing required argument 'ref'/, hint: /meshwasm help pull shows/ },
  { args: ["build", "a", "b"], message: /too many arguments/, hint: /meshwasm help build shows/ },
  {
    args: ["init", "x", "--kind", "tcp"],
    message: /choices are http, network/,
    hint: /meshwasm help init shows/,
  },
];

for (const { args, message, hint } of usages) {
  test(`meshwasm ${args.join(" ")}: exit 2 with a next step`, async () => {
    assertFailed(await runCli(args), { code: 2, message, hint });
    const { error } = await runJson<ErrorDocument>(args, { code: 2 });
    assert.equal(error.code, "USAGE");
    assert.match(error.message, message);
    assert.match(error.hint ?? "", hint);
  });
}

test("no verb: the help on stderr, exit 2", async () => {
  const { code, stdout, stderr, all } = await runCli([]);
  assert.deepEqual([code, stdout], [2, ""], all);
  assert.match(stderr, /^Usage: meshwasm /, all);
});

test("--json before or after the verb; an error is one document with code, message and hint", async (t) => {
  const folder = await temporaryFolder(t);
  for (const args of [
    ["--json", "build", folder],
    ["build", "--json", folder],
    ["build", folder, "--json"],
  ]) {
    const ended = await runCli(args);
    assert.equal(ended.code, 2, ended.all);
    const document = JSON.parse(ended.stdout) as ErrorDocument;
    assert.deepEqual(Object.keys(document), ["error"], ended.all);
    assert.deepEqual(Object.keys(document.error), ["code", "message", "hint"], ended.all);
    assert.equal(document.error.code, "FILE_NOT_FOUND", ended.all);
    assert.match(ended.stderr, /^error: .*\nhint: .*\n$/, ended.all);
  }
});

test("--debug before or after the verb prints the stack", async (t) => {
  const folder = await temporaryFolder(t);
  for (const args of [
    ["--debug", "build", folder],
    ["build", folder, "--debug"],
  ]) {
    const ended = await runCli(args);
    assert.match(ended.stderr, /^\s+at .*:\d+:\d+\)?$/m, ended.all);
  }
  assertFailed(await runCli(["build", folder]), { code: 2, message: /there is no filter\.yaml/ });
});

test("--quiet leaves the result and takes the progress", async (t) => {
  const folder = await filterFolder(t, { files: { test: null } });
  const loud = await runCli(["test", folder]);
  const quiet = await runCli(["--quiet", "test", folder]);
  assert.deepEqual([loud.code, quiet.code, quiet.stderr], [0, 0, ""], quiet.all);
  assert.notEqual(loud.stderr, "", loud.all);
  assert.equal(quiet.stdout, loud.stdout);
});

test("no colours without a terminal, nor with NO_COLOR or --no-color", async () => {
  const runs = [
    await runCli(["biuld"]),
    await runCli(["biuld"], { env: { NO_COLOR: "1" } }),
    await runCli(["--no-color", "biuld"]),
  ];
  for (const ended of runs) assert.ok(!ended.all.includes("\u001b"), ended.all);
});

test("a reader that goes away is no failure and no stack", async (t) => {
  const folder = await temporaryFolder(t);
  const cases = [`help`, `help build`, `--json build '${folder}'`, `doctor --json`];
  for (const args of cases) {
    const script = `{ '${process.execPath}' '${bin}' ${args}; echo "code $?" >&2; } | head -c 1 >/dev/null`;
    const { stderr } = spawnSync("sh", ["-c", script], { encoding: "utf8", cwd: root });
    assert.match(stderr, args.includes("build '") ? /code 2\n$/ : /code \d\n$/, `${args}\n${stderr}`);
    assert.doesNotMatch(stderr, /EPIPE|^\s+at .*:\d+:\d+/m, `${args}\n${stderr}`);
  }
});

test("a stdout that is closed from the start is no failure either", async () => {
  const script = `{ sleep 0.3; '${process.execPath}' '${bin}' help; echo "code $?" >&2; } | true`;
  const { stderr } = spawnSync("sh", ["-c", script], { encoding: "utf8", cwd: root });
  assert.equal(stderr, "code 0\n");
});
