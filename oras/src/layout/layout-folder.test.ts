import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { withTempFolder } from "../testing/temp-folder.js";
import { isLayout, makeLayout } from "./layout-folder.js";

test("a folder in which another one is just making a layout is no foreign one", () =>
  withTempFolder(async (folder) => {
    for (let round = 0; round < 400; round++) {
      const path = join(folder, String(round));
      let isMade = false;
      const looks = async () => {
        while (!isMade) await isLayout(path);
      };
      const making = makeLayout(path).finally(() => {
        isMade = true;
      });
      await Promise.all([making, ...Array.from({ length: 6 }, looks)]);
      assert.equal(await isLayout(path), true);
    }
  }));
