import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  attach,
  copy,
  inspect,
  listTags,
  pull,
  push,
  type RemoteOptions,
  referrers,
  tag,
} from "@meshwasm/oras";
import { runCli } from "../cli/run-cli.js";
import type { Client } from "./clients/client.js";
import { sample, wasm } from "./materials.js";
import type { Place } from "./registries/place.js";

/** One cell: our client and another one, on one registry. */
export interface Cell {
  place: Place;
  client: Client;
  /** Our own client's. */
  options: RemoteOptions;
  /** `HOST/REPOSITORY`, that nothing else uses. */
  repository: string;
  /** A path, that nothing else uses and that is not there yet. */
  path: string;
  env: Record<string, string | undefined>;
}

const note = "application/vnd.example.note.v1";

/** What is done in every cell of the matrix, by row. Each fails when the two sides do not agree. */
export const rows: { name: string; run: (cell: Cell) => Promise<void> }[] = [
  {
    name: "push",
    run: async (cell) => {
      const file = `${cell.path}.wasm`;
      await writeFile(file, wasm);
      const { digest } = await ourCommand(cell, "push", file, `${cell.repository}:1.0.0`, "--json");
      assert.equal(digest, sample.digest);
      const pulled = await cell.client.pull(`${cell.repository}:1.0.0`, cell.path);
      assert.equal(pulled.digest, sample.digest);
      const [theirs, ours] =
        "wasm" in pulled.content
          ? [pulled.content.wasm, wasm]
          : [pulled.content.layer, sample.layers[0]?.bytes ?? wasm];
      assert.ok(Buffer.from(theirs).equals(ours), "other bytes");
    },
  },
  {
    name: "pull",
    run: async (cell) => {
      await cell.client.push(`${cell.repository}:theirs`);
      await ourCommand(cell, "pull", `${cell.repository}:theirs`, "-o", cell.path, "--json");
      assert.deepEqual(await readFile(join(cell.path, "plugin.wasm")), Buffer.from(wasm));
    },
  },
  {
    name: "inspect",
    run: async ({ client, repository, options }) => {
      await client.push(`${repository}:theirs`);
      const found = await inspect(`${repository}:theirs`, options);
      assert.equal(found.problem, undefined);
      assert.equal(found.wasm?.size, wasm.length);
    },
  },
  {
    name: "list",
    run: async ({ client, repository, options }) => {
      await push(sample, [`${repository}:1.0.0`], options);
      await client.tag(`${repository}:1.0.0`, "theirs");
      assert.deepEqual(await listTags(repository, options), ["1.0.0", "theirs"]);
    },
  },
  {
    name: "tag",
    run: async ({ client, repository, options }) => {
      await push(sample, [`${repository}:1.0.0`], options);
      await tag(`${repository}:1.0.0`, "ours", options);
      assert.deepEqual((await client.tags(repository)).sort(), ["1.0.0", "ours"]);
    },
  },
  {
    name: "copy to disk",
    run: async ({ client, repository, options, path }) => {
      await push(sample, [`${repository}:1.0.0`], options);
      await copy(`${repository}:1.0.0`, `oci:${path}:1.0.0`, options);
      await client.pushLayout(path, `${repository}/back:1.0.0`);
      assert.equal((await inspect(`${repository}/back:1.0.0`, options)).digest, sample.digest);
    },
  },
  {
    name: "copy from disk",
    run: async ({ client, repository, options, path }) => {
      await push(sample, [`${repository}:1.0.0`], options);
      const layout = await client.pullLayout(`${repository}:1.0.0`, path);
      const { digest } = await copy(layout, `${repository}/back:1.0.0`, options);
      assert.equal(digest, sample.digest);
      assert.deepEqual((await pull(`${repository}/back:1.0.0`, options)).wasm, wasm);
    },
  },
  {
    name: "attach",
    run: async ({ client, repository, options }) => {
      await push(sample, [`${repository}:1.0.0`], options);
      const layers = [{ mediaType: note, bytes: new TextEncoder().encode("read me") }];
      const { digest } = await attach(`${repository}:1.0.0`, { artifactType: note, layers }, options);
      assert.deepEqual(await client.discover?.(`${repository}:1.0.0`), [digest]);
    },
  },
  {
    name: "referrers",
    run: async ({ client, repository, options, path }) => {
      const ref = `${repository}:1.0.0`;
      await push(sample, [ref], options);
      await client.attach?.(ref, note);
      const [found, ...others] = await referrers(ref, options);
      assert.ok(found && others.length === 0);
      // With the copy on disk it is there too.
      await copy(ref, `oci:${path}:1.0.0`, { ...options, recursive: true });
      const [copied] = await referrers(`oci:${path}:1.0.0`);
      assert.equal(copied?.digest, found.digest);
    },
  },
];

async function ourCommand(cell: Cell, ...args: string[]): Promise<{ digest: string }> {
  const { place, env } = cell;
  const flags = place.caFile === undefined ? [] : ["--ca-file", place.caFile];
  const ended = await runCli([...args, ...flags], { env });
  assert.equal(ended.code, 0, ended.all);
  return JSON.parse(ended.stdout) as { digest: string };
}
