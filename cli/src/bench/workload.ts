import { relative } from "node:path";
import type {
  CallRecord,
  ConnectionScript,
  Host,
  HostOptions,
  RequestInput,
  ResponseInput,
} from "@meshwasm/sdk/host";
import type { Case, CaseFile, CaseStep } from "../cases/cases.js";
import { connectionInput, hostOptions, requestInput, responseInput } from "../cases/inputs.js";
import { loadCases } from "../cases/load-cases.js";
import type { Filter } from "../filter/manifest.js";
import type { Target } from "../run/target.js";
import { findTests } from "../test/find-tests.js";

/** One exchange, or TCP conversation, that is sent over and over. */
interface Traffic {
  /** @returns its callbacks and hostcalls, when the host keeps them */
  send(host: Host): readonly CallRecord[];
  /** Begins one that stays under way: of a request, its headers. */
  open(host: Host): void;
}

/** What is measured: the traffic of a case, in its order. */
export interface Workload {
  /** A case's name, or what is sent without one. */
  name: string;
  options: HostOptions;
  traffic: Traffic[];
}

/**
 * The cases of a filter's folder that send something, in the order of `meshwasm test`; without one, a GET request, or a
 * connection that sends `ping`.
 *
 * @param config for what has no case
 * @throws MeshwasmError as `loadCases` does
 */
export async function workloads(target: Target, config: string | Uint8Array): Promise<Workload[]> {
  const { bytes: wasm, rootId, pluginName: name, kind } = target;
  const module = { wasm, rootId, name };
  const files = target.filter ? await casesOf(target.filter) : [];
  const found = files.flatMap((file) =>
    file.cases.flatMap((each): Workload[] => {
      const traffic = trafficOf(each);
      const title = `${file.shown}: ${each.name}`;
      return traffic.length === 0 ? [] : [{ name: title, options: hostOptions(module, file, each), traffic }];
    }),
  );
  if (found.length > 0) return found;
  const isHttp = kind === "http";
  return [
    {
      name: isHttp ? "GET /" : "a connection that sends ping",
      options: { rootId, pluginName: name, pluginConfig: config },
      traffic: [isHttp ? exchange({}, {}, 0) : conversation(() => ({ send: "ping" }), 0)],
    },
  ];
}

type ShownCases = CaseFile & { shown: string };

async function casesOf({ dir }: Filter): Promise<ShownCases[]> {
  const { cases } = await findTests(dir);
  return Promise.all(cases.map((path) => loadCases(path, relative(dir, path))));
}

/** A filter that refuses its configuration, or that is to trap, is not measured. */
function trafficOf(each: Case): Traffic[] {
  const steps: CaseStep[] = each.steps ?? [each];
  if (each.rejected !== undefined || steps.some(({ expect }) => expect?.trap !== undefined)) return [];
  return steps.flatMap(({ request, upstream = {}, connection, advance = 0 }) => {
    if (request) return [exchange(requestInput(request), responseInput(upstream), advance)];
    return connection ? [conversation(() => connectionInput(connection), advance)] : [];
  });
}

function exchange(request: RequestInput, upstream: ResponseInput, advance: number): Traffic {
  const { body: _body, trailers: _trailers, ...head } = request;
  return {
    send(host) {
      const { calls } = host.exchange(request, upstream);
      if (advance > 0) host.advance(advance);
      return calls;
    },
    open: (host) => void host.http().requestHeaders(head, false),
  };
}

/** @param script anew for each: one that has answers gives them once */
function conversation(script: () => ConnectionScript, advance: number): Traffic {
  return {
    send(host) {
      const { calls } = host.connection(script());
      if (advance > 0) host.advance(advance);
      return calls;
    },
    open: (host) => void host.tcp().connect(),
  };
}
