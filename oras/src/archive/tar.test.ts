import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { digestOf } from "../digest.js";
import { MeshwasmError } from "../errors.js";
import { readTar } from "./tar-read.js";
import { type TarFile, writeTar } from "./tar-write.js";

const text = (value: string) => new TextEncoder().encode(value);

test("the bytes of an archive are fixed", () => {
  const archive = writeTar([
    { name: "plugin.wasm", bytes: text("module") },
    { name: "filter.yaml", bytes: text("name: hello\n") },
  ]);
  assert.equal(archive.length, 6 * 512);
  assert.equal(digestOf(archive), "sha256:f461984074dfa12a700dbd402919167f8ec928d6f2ca699003d6eabaca183270");
});

test("what is written is read back", () => {
  const random = generator(11);
  for (let round = 0; round < 200; round++) {
    const files: TarFile[] = Array.from({ length: random(6) }, (_, index) => ({
      name: `${"d/".repeat(random(3))}f${index}${"x".repeat(random(60))}`,
      bytes: Uint8Array.from({ length: random(1400) }, () => random(256)),
    }));
    assert.deepEqual(readTar(writeTar(files)), files);
  }
});

test("the system's tar reads it", (t) => {
  const archive = writeTar([{ name: "plugin.wasm", bytes: text("x") }]);
  const listed = spawnSync("tar", ["-tvf", "-"], {
    input: archive,
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC" },
  });
  if (listed.error) return t.skip("no tar command on this machine");
  assert.match(listed.stdout, /^-rw-r--r-- 0\/0 +1 1970-01-01 00:00 plugin\.wasm\n$/);
});

test("a name that does not fit is refused", () => {
  for (const name of ["", "a b", "é", "x".repeat(101)]) {
    assert.throws(() => writeTar([{ name, bytes: text("") }]), { code: "INPUT_INVALID" });
  }
});

test("entries that a filter never holds are refused", async (t) => {
  const table: [string, Uint8Array, RegExp][] = [
    ["hard link", entry({ type: "1" }), /a hard link/],
    ["symbolic link", entry({ type: "2" }), /a symbolic link/],
    ["character device", entry({ type: "3" }), /a character device/],
    ["block device", entry({ type: "4" }), /a block device/],
    ["named pipe", entry({ type: "6" }), /a named pipe/],
    ["GNU sparse file", entry({ type: "S" }), /a sparse file/],
    ["GNU long name", entry({ type: "L" }), /an entry of type "L"/],
    ["pax sparse file", entry({ type: "x", bytes: pax("GNU.sparse.major", "1") }), /a sparse file/],
    ["pax link", entry({ type: "x", bytes: pax("linkpath", "/etc") }), /a link/],
    ["pax without entry", entry({ type: "x", bytes: pax("path", "a") }), /no entry/],
    ["pax with a wrong length", entry({ type: "x", bytes: text("99 path=a\n") }), /wrong length/],
    ["pax with length 0", entry({ type: "x", bytes: text("0 path=a\n") }), /wrong length/],
    [
      "pax with a lying size",
      joined(entry({ type: "x", bytes: pax("size", "99999999999") }), entry({})),
      /longer than the archive/,
    ],
    [
      "pax path that leaves",
      joined(entry({ type: "x", bytes: pax("path", "../a") }), entry({})),
      /'\.\.' component/,
    ],
    ["global pax path", entry({ type: "g", bytes: pax("path", "a") }), /global pax header/],
    ["absolute path", entry({ name: "/a" }), /is absolute/],
    ["parent path", entry({ name: "a/../b" }), /'\.\.' component/],
    ["empty component", entry({ name: "a//b" }), /empty/],
    ["backslash", entry({ name: "a\\b" }), /forbidden character/],
    ["control character", entry({ name: "a\u0001" }), /forbidden character/],
    ["empty name", entry({ name: "" }), /empty or too long/],
    ["directory that leaves", entry({ name: "../a/", type: "5" }), /'\.\.' component/],
    ["directory with content", entry({ name: "a/", type: "5", bytes: text("x") }), /directory has content/],
    ["duplicate", joined(entry({ name: "a" }), entry({ name: "a" })), /"a" twice/],
    ["duplicate by ./", joined(entry({ name: "a" }), entry({ name: "./a" })), /"a" twice/],
    ["wrong checksum", entry({ checksum: 1 }), /wrong checksum/],
    ["size that is no number", entry({ size: "zzzzzzzzzzz" }), /not octal/],
    ["base-256 size", entry({ size: "\u0080\0\0\0\0\0\0\0\0\0\u0001" }), /not octal/],
    ["declared 8 GiB", entry({ size: "77777777777" }), /longer than the archive/],
    ["old header", entry({ magic: "\0\0\0\0\0\0\0\0" }), /unknown kind/],
    ["data after the end", joined(entry({}), new Uint8Array(1024), text("x")), /data follows/],
    ["no end", entry({}).subarray(0, 1024), /ends within an entry/],
    ["nothing", new Uint8Array(), /ends within an entry/],
  ];
  for (const [name, archive, message] of table) {
    await t.test(name, () => {
      assert.throws(() => readTar(withEnd(archive, name)), {
        name: "MeshwasmError",
        code: "ARCHIVE_INVALID",
        message,
      });
    });
  }
});

test("directories are skipped, ./ and pax paths are understood", () => {
  const archive = joined(
    entry({ name: "./", type: "5" }),
    entry({ name: "dir/", type: "5" }),
    entry({ type: "g", bytes: pax("comment", "x") }),
    entry({ name: "./dir/plugin.wasm", bytes: text("1") }),
    entry({ type: "x", bytes: joined(pax("mtime", "1.5"), pax("path", "é")) }),
    entry({ name: "short", bytes: text("2") }),
    new Uint8Array(1024),
  );
  assert.deepEqual(readTar(archive), [
    { name: "dir/plugin.wasm", bytes: text("1") },
    { name: "é", bytes: text("2") },
  ]);
});

test("entries are counted", () => {
  const files = Array.from({ length: 5 }, (_, index) => ({ name: `f${index}`, bytes: text("") }));
  assert.throws(() => readTar(writeTar(files), { maxEntries: 4 }), { code: "SIZE_LIMIT" });
});

test("a mutated archive is read or refused, nothing else", () => {
  const random = generator(23);
  const valid = joined(
    entry({ type: "x", bytes: pax("path", "long") }),
    entry({ bytes: text("1") }),
    writeTar([{ name: "plugin.wasm", bytes: text("module") }]),
  );
  let refused = 0;
  for (let round = 0; round < 5_000; round++) {
    const archive = Uint8Array.from(
      valid.subarray(0, random(20) === 0 ? random(valid.length) : valid.length),
    );
    for (let change = 0; change <= random(3); change++) archive[random(2048)] = random(256);
    if (random(2) === 0)
      for (let at = 0; at + 512 <= archive.length; at += 512) fixChecksum(archive.subarray(at, at + 512));
    try {
      for (const { name } of readTar(archive)) assert.doesNotMatch(name, /^\/|(^|\/)\.\.(\/|$)/);
    } catch (error) {
      if (!(error instanceof MeshwasmError)) throw error;
      refused++;
    }
  }
  assert.ok(refused > 1000, `only ${refused} were refused`);
});

interface Entry {
  name?: string;
  type?: string;
  bytes?: Uint8Array;
  size?: string;
  magic?: string;
  checksum?: number;
}

function entry({ name = "f", type = "0", bytes = text(""), size, magic, checksum = 0 }: Entry): Uint8Array {
  const [header] = [writeTar([{ name: "placeholder", bytes }])];
  const block = header.subarray(0, 512);
  const put = (offset: number, width: number, value: string) => {
    block.fill(0, offset, offset + width);
    block.set(Buffer.from(value, "latin1"), offset);
  };
  put(0, 100, name);
  put(156, 1, type);
  if (size !== undefined) put(124, 12, size);
  if (magic !== undefined) put(257, 8, magic);
  fixChecksum(block, checksum);
  return header.subarray(0, header.length - 1024);
}

function fixChecksum(block: Uint8Array, off = 0): void {
  if (block[257] === 0) return;
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, off);
  block.set(text(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
}

function pax(key: string, value: string): Uint8Array {
  const rest = text(` ${key}=${value}\n`).length;
  const length = rest + String(rest + String(rest).length).length;
  return text(`${length} ${key}=${value}\n`);
}

function withEnd(archive: Uint8Array, name: string): Uint8Array {
  return ["no end", "nothing", "data after the end"].includes(name)
    ? archive
    : joined(archive, new Uint8Array(1024));
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
