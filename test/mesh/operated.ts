import { pushHello } from "./filters.js";
import { type Mesh, startMesh } from "./mesh.js";
import { type RunningOperator, startOperator } from "./operator.js";

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
export async function startOperated(): Promise<Operated> {
  const mesh = await startMesh({ nodes: 2 });
  try {
    const operator = await startOperator(mesh);
    const v1 = await pushHello(mesh, { version: "1.0.0", prefix: "one " });
    const v2 = await pushHello(mesh, { version: "2.0.0", prefix: "two " });
    return { mesh, operator, v1, v2 };
  } catch (error) {
    await mesh.stop({ keepLogs: true });
    throw error;
  }
}
