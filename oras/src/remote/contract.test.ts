import { test } from "node:test";
import { startRegistry } from "../registry/index.js";
import { authContract, contract, registryContract } from "../testing/registry-contract.js";

const credentials = { username: "tester", password: "testpass123" };
const users = { tester: "testpass123" };

test("the contract on the embedded registry", async (t) => {
  const registry = await startRegistry();
  for (const [index, [name, step]] of [...contract, ...registryContract].entries()) {
    await t.test(name, () => step({ host: registry.host, options: {} }, `contract/r${index}`));
  }
  await registry.close();
});

for (const type of ["basic", "token"] as const) {
  test(`the contract on the embedded registry with ${type} authentication`, async (t) => {
    const registry = await startRegistry({ auth: { type, users } });
    for (const [index, [name, step]] of [...contract, ...registryContract, ...authContract].entries()) {
      await t.test(name, () => step({ host: registry.host, options: { credentials } }, `contract/r${index}`));
    }
    await registry.close();
  });
}
