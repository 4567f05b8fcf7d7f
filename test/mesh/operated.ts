import { after, afterEach, before } from "node:test";
import { testFailed } from "../parts/test-failed.js";
import { pushHello } from "./filters.js";
import { type Mesh, startMesh } from "./mesh.js";
import { type OperatorSetup, type RunningOperator, startOperator } from "./operator.js";
import { requireMesh } from "./require-mesh.js";

/** A mesh with the operator, and two versions of a filter in its registry. */
export interface Operated {
  mesh: Mesh;
  operator: RunningOperator;
  /** Its header begins with `one `. */
  v1: string;
  /** Its header begins with `two `. */
  v2: string;
}

/** Starts all of it: about half a minute. */
export async function startOperated(setup?: OperatorSetup): Promise<Operated> {
  const mesh = await startMesh({ nodes: 2 });
  try {
    const operator = await startOperator(mesh, setup);
    const v1 = await pushHello(mesh, { version: "1.0.0", prefix: "one " });
    const v2 = await pushHello(mesh, { version: "2.0.0", prefix: "two " });
    return { mesh, operator, v1, v2 };
  } catch (error) {
    await mesh.stop({ keepLogs: true });
    throw error;
  }
}

/**
 * One mesh for all tests of the file that calls this: started before the first, stopped after the last. What a failed test
 * killed runs again for the next one, and the logs stay.
 *
 * @returns why the tests are skipped, false: they run; and what is filled when the first one begins
 */
export async function operatedForTests(
  setup?: OperatorSetup,
): Promise<{ skip: string | false; all: Operated }> {
  const skip = await requireMesh();
  const all: Partial<Operated> = {};
  let failed = false;
  before(async () => {
    if (!skip) Object.assign(all, await startOperated(setup));
  });
  afterEach(async (t) => {
    if (!testFailed(t)) return;
    failed = true;
    await all.operator?.revive();
  });
  after(() => all.mesh?.stop({ keepLogs: failed }));
  return { skip, all: all as Operated };
}
