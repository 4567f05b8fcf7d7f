import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { temporaryFolder } from "../cli/filter-folder.js";
import type { ClientKind } from "./clients/client.js";
import { crane } from "./clients/crane.js";
import { orasGo } from "./clients/oras-go.js";
import { orasPython } from "./clients/oras-python.js";
import { regctl } from "./clients/regctl.js";
import { skopeo } from "./clients/skopeo.js";
import { clientEnvironment, writeMaterials } from "./materials.js";
import { Matrix } from "./matrix.js";
import { registries } from "./registries/start.js";
import { rows } from "./rows.js";

const kinds: readonly ClientKind[] = [crane, regctl, skopeo, orasPython, orasGo];
const matrix = new Matrix(
  rows.map(({ name }) => name),
  kinds.map(({ name }) => name),
  registries.map(({ name }) => name),
);
const howToGet = "node scripts/setup/interop.mjs";
const isCi = process.env.CI === "true";

after(() => console.log(`\n${matrix}\n`));

for (const { name, start } of registries) {
  test(name, async (t) => {
    const place = await start(t);
    if (place === undefined) return absent(t, name);
    const folder = await temporaryFolder(t);
    const materials = await writeMaterials(join(folder, "materials"));
    const env = await clientEnvironment(join(folder, "home"), place);
    const { credentials, caFile } = place;
    const options = { credentials, ...(caFile === undefined ? {} : { caFile, plainHttp: false }) };
    for (const [column, kind] of kinds.entries()) {
      await t.test(kind.name, async (t) => {
        const client = await kind.open({ place, materials, env });
        if (client === undefined) return absent(t, kind.name);
        for (const [index, row] of rows.entries()) {
          const without = kind.without(place)[row.name];
          if (without !== undefined) {
            matrix.set(name, row.name, kind.name, { without });
            continue;
          }
          await t.test(row.name, async () => {
            matrix.set(name, row.name, kind.name, "no");
            const id = `${column}-${index}`;
            const repository = `${place.host}/interop/r${id}`;
            await row.run({ place, client, options, repository, env, path: join(folder, `p${id}`) });
            matrix.set(name, row.name, kind.name, "yes");
          });
        }
      });
    }
  });
}

test("every cell was run", (t) => {
  if (!isCi && matrix.open.length > 0) return t.skip(`some are not installed here: ${howToGet}`);
  assert.deepEqual(matrix.open, []);
});

function absent(t: { skip(reason: string): void }, what: string): void {
  const reason = `${what} is not installed: ${howToGet}`;
  if (isCi) throw new Error(reason);
  t.skip(reason);
}
