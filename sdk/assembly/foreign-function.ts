import { Status } from "./abi";
import { foreignFunction } from "./hostcalls/foreign-function";
import { copyBytes } from "./memory/bytes";
import { returnedLength, returnedPtr } from "./memory/returned";

/** Functions that Envoy, or a build of it, offers by name beyond the ABI. */
export namespace foreignFunctions {
  /** How the last call went; `NotFound`: this proxy has no such function. */
  export let status: Status = Status.Ok;

  /** Calls `name` with `argument`; null when it failed. */
  export function call(name: string, argument: Uint8Array): Uint8Array | null {
    status = foreignFunction(name, argument.dataStart, argument.length);
    return status == Status.Ok ? copyBytes(returnedPtr(), returnedLength()) : null;
  }

  /** Makes Envoy choose the route again, after a change of request headers that decide it. */
  export function clearRouteCache(): Status {
    status = foreignFunction("clear_route_cache", 0, 0);
    return status;
  }
}
