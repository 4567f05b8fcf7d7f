import assert from "node:assert/strict";
import { test } from "node:test";
import { MeshwasmError } from "./errors.js";
import { formatReference, parseReference, referenceTarget } from "./reference.js";

const sha256 = `sha256:${"a".repeat(64)}`;
const sha512 = `sha512:${"0".repeat(128)}`;

test("valid references", async (t) => {
  const table: [string, ReturnType<typeof parseReference>][] = [
    ["localhost/a", { host: "localhost", repository: "a" }],
    ["localhost:5000/a/b:1", { host: "localhost:5000", repository: "a/b", tag: "1" }],
    ["127.0.0.1:65535/a:_x.Y-z", { host: "127.0.0.1:65535", repository: "a", tag: "_x.Y-z" }],
    ["[::1]/a", { host: "[::1]", repository: "a" }],
    ["[2001:db8::1]:443/a:1", { host: "[2001:db8::1]:443", repository: "a", tag: "1" }],
    ["Registry.Example.com/a", { host: "Registry.Example.com", repository: "a" }],
    ["r.example.com/a__b/c-d/e--f/g.h", { host: "r.example.com", repository: "a__b/c-d/e--f/g.h" }],
    [`r.example.com/a@${sha256}`, { host: "r.example.com", repository: "a", digest: sha256 }],
    [`r.example.com/a:1@${sha512}`, { host: "r.example.com", repository: "a", tag: "1", digest: sha512 }],
  ];
  for (const [text, expected] of table) {
    await t.test(text.slice(0, 60), () => {
      assert.deepEqual(parseReference(text), expected);
      assert.equal(formatReference(expected), text);
    });
  }
});

test("what is wrong with a reference is said", async (t) => {
  const table: [string, RegExp][] = [
    ["", /is empty/],
    ["hello", /names no registry host/],
    ["hello:1.0", /names no registry host/],
    ["filters/hello:1.0", /names no registry host/],
    ["Foo/bar", /names no registry host/],
    ["/a", /names no registry host/],
    ["https://r.example.com/a", /starts with a scheme/],
    ["r.example.com/", /repository is empty/],
    ["r.example.com/Foo/bar", /repository 'Foo\/bar' has the upper-case letter 'F' at position 1/],
    ["r.example.com/a b", /repository 'a b' has the character ' ' at position 2/],
    ["r.example.com/a//b", /has an empty component/],
    ["r.example.com/a/", /has an empty component/],
    ["r.example.com/a..b", /has the component 'a\.\.b'/],
    ["r.example.com/a___b", /has the component 'a___b'/],
    ["r.example.com/-a", /has the component '-a'/],
    ["r.example.com/../a", /has the component '\.\.'/],
    [`r.example.com/${"a".repeat(256)}`, /more than 255 characters/],
    ["r.example.com/a:", /the tag is empty/],
    ["r.example.com/a:a b", /tag 'a b' has the character ' ' at position 2/],
    ["r.example.com/a:1:2", /tag '1:2' has the character ':' at position 2/],
    ["r.example.com/a:-1", /tag '-1' starts with '-'/],
    ["r.example.com/a:\n", /tag '\\n' has the character '\\n' at position 1/],
    [`r.example.com/a:${"a".repeat(129)}`, /tag has more than 128 characters/],
    ["r.example.com/a@", /has no algorithm/],
    ["r.example.com/a@md5:00", /unknown algorithm "md5"/],
    ["r.example.com/a@sha256:00", /has 2 hexadecimal digits, sha256 has 64/],
    [`r.example.com/a@sha256:${"A".repeat(64)}`, /has the character "A"/],
    [`r.example.com/a@${sha256}@${sha256}`, /hexadecimal digits/],
    ["r.example.com:0/a", /port that is no number from 1 to 65535/],
    ["r.example.com:99999/a", /port that is no number/],
    ["r.example.com:/a", /port that is no number/],
    ["-r.example.com/a", /host '-r\.example\.com' is not valid/],
    ["r..com/a", /host 'r\.\.com' is not valid/],
    ["[::1/a", /is not valid/],
    ["[zz::1]/a", /is not valid/],
    ["user@r.example.com/a", /names no registry host/],
    ["x".repeat(3000), /more than 2048 characters/],
  ];
  for (const [text, message] of table) {
    await t.test(JSON.stringify(text).slice(0, 60), () => {
      assert.throws(() => parseReference(text), {
        name: "MeshwasmError",
        code: "REFERENCE_INVALID",
        message,
      });
    });
  }
});

test("a message is one line and the exit code is 2", () => {
  const error = caught(() => parseReference("r.example.com/a:\u0000\r\n\u001b[31m"));
  assert.equal(error.exitCode, 2);
  assert.doesNotMatch(error.message, /[\u0000-\u001f]/);
});

test("the digest decides, then the tag, then latest", () => {
  assert.equal(referenceTarget(parseReference(`r.example.com/a:1@${sha256}`)), sha256);
  assert.equal(referenceTarget(parseReference("r.example.com/a:1")), "1");
  assert.equal(referenceTarget(parseReference("r.example.com/a")), "latest");
});

test("random texts parse or throw a MeshwasmError, and what parses round-trips", () => {
  const parts = [
    "localhost",
    "r.example.com",
    ":5000",
    "[::1]",
    "/",
    "a",
    "b-c",
    ":",
    "1",
    "@",
    sha256,
    "A",
    " ",
    "..",
    "é",
    "\ud800",
    "-",
    "_",
  ];
  const random = generator(7);
  let parsed = 0;
  for (let round = 0; round < 20_000; round++) {
    const start = random(2) === 0 ? "r.example.com/" : "";
    const text = start + Array.from({ length: 1 + random(7) }, () => parts[random(parts.length)]).join("");
    try {
      const reference = parseReference(text);
      assert.equal(formatReference(reference), text);
      assert.deepEqual(parseReference(formatReference(reference)), reference);
      parsed++;
    } catch (error) {
      if (!(error instanceof MeshwasmError))
        throw new Error(`${JSON.stringify(text)}: ${error}`, { cause: error });
    }
  }
  assert.ok(parsed > 50, `only ${parsed} random references were valid`);
});

function caught(work: () => unknown): MeshwasmError {
  try {
    work();
  } catch (error) {
    if (error instanceof MeshwasmError) return error;
  }
  throw new Error("no MeshwasmError was thrown");
}

// A small linear congruential generator, so that a failure repeats.
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("a layout on disk", () => {
  const hex = "a".repeat(64);
  const table: [string, unknown][] = [
    ["oci:mirror", { path: "mirror" }],
    ["oci:mirror:1.0.0", { path: "mirror", tag: "1.0.0" }],
    ["oci:/srv/mirror:1.0.0", { path: "/srv/mirror", tag: "1.0.0" }],
    [`oci:./m@sha256:${hex}`, { path: "./m", digest: `sha256:${hex}` }],
    [`oci:m:1@sha256:${hex}`, { path: "m", tag: "1", digest: `sha256:${hex}` }],
    ["oci:a:b/c", { path: "a:b/c" }],
    ["oci:@scope/pkg:1", { path: "@scope/pkg", tag: "1" }],
    ["oci:a:b/:1", { path: "a:b/", tag: "1" }],
    ["oci:.", { path: "." }],
  ];
  for (const [text, expected] of table) {
    assert.deepEqual(parseReference(text), expected, text);
    assert.equal(formatReference(parseReference(text)), text);
  }
  const wrong: [string, RegExp][] = [
    ["oci:", /names no folder/],
    ["oci::1", /names no folder/],
    ["oci:m:", /tag is empty/],
    ["oci:m:a b", /character ' '/],
    ["oci:m@sha256:1", /has 1 hexadecimal/],
    ["oci:m@", /has no algorithm/],
    ["oci:m\0:1", /NUL/],
    ["oci://m", /scheme/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => parseReference(text), { code: "REFERENCE_INVALID", exitCode: 2, message }, text);
  }
});
