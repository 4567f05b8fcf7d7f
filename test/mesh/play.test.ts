import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { requireMesh } from "./require-mesh.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("npm run mesh: enabled, upgraded under load, broken, rolled back, disabled", {
  skip: await requireMesh(),
}, async () => {
  // Without scripts/mesh.mjs, which builds `dist/` anew while other tests use it.
  const args = ["--conditions=meshwasm:source", "--import", "tsx", "scripts/mesh/main.ts"];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  child.stderr.on("data", (chunk) => (text += chunk));
  const [code] = await once(child, "close");
  assert.equal(code, 0, text);
  const titles = [...text.matchAll(/^ ?\d+\. (\w+(?: \w+)?) +\d/gm)].map(([, title]) => title);
  assert.deepEqual(
    titles,
    ["mesh", "operator", "workload", "push", "enable", "upgrade", "break", "roll back", "disable"],
    text,
  );
  const says = [...text.matchAll(/x-hello: (.+)$/gm)].map(([, value]) => value);
  const expected = ["(none)", "one world", "two world", "two world", "one world", "(none)"];
  assert.deepEqual(says, expected, text);
  assert.match(text, /^ +meanwhile: [1-9]\d+ requests, 0 failed, 0 connections closed$/m);
  assert.match(text, /^everything that was started is stopped\n$/m);
});
