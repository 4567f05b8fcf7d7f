import { Agent, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What a load has seen. */
export interface LoadResult {
  /** Requests, and messages on streams. */
  requests: number;
  /** Requests without an answer, or with another status than 200; why the first ten of them failed. */
  failed: number;
  failures: string[];
  /** Connections that the other side closed, or asked to be closed. */
  closed: number;
}

/** A running load. */
export interface Load {
  /** Ends it and returns what it saw. */
  stop(): Promise<LoadResult>;
}

/** Where a load goes, and how hard. */
export interface LoadOptions {
  host: string;
  port: number;
  /** Kept-alive connections, each with one request after the other. */
  connections: number;
  /** Milliseconds between two requests of a connection. */
  pause: number;
  /** Headers of the next request. Absent: none of its own. */
  headers?: (() => Record<string, string>) | undefined;
}

/** Starts a load of kept-alive connections against one address. */
export function startLoad(options: LoadOptions): Load {
  const result: LoadResult = { requests: 0, failed: 0, failures: [], closed: 0 };
  const ended = new AbortController();
  const agents = Array.from({ length: options.connections }, () => keptAlive(result, ended.signal));
  const running = agents.map((agent) => oneConnection(agent, options, result, ended.signal));
  return {
    async stop() {
      ended.abort();
      await Promise.all(running);
      for (const agent of agents) agent.destroy();
      return result;
    },
  };
}

/** Several loads as one. */
export function together(loads: readonly Load[]): Load {
  return {
    async stop() {
      const results = await Promise.all(loads.map((load) => load.stop()));
      const sum = (of: "requests" | "failed" | "closed") => results.reduce((all, each) => all + each[of], 0);
      const failures = results.flatMap((each) => each.failures);
      return { requests: sum("requests"), failed: sum("failed"), failures, closed: sum("closed") };
    },
  };
}

function keptAlive(result: LoadResult, ended: AbortSignal): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  // Every connection that ends before the load does was ended by the other side.
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (...args) => {
    const socket = connect(...args) as Socket;
    socket.once("close", () => {
      if (!ended.aborted) result.closed++;
    });
    return socket;
  };
  return agent;
}

async function oneConnection(
  agent: Agent,
  { host, port, pause, headers }: LoadOptions,
  result: LoadResult,
  ended: AbortSignal,
): Promise<void> {
  while (!ended.aborted) {
    result.requests++;
    try {
      const status = await statusOf(agent, host, port, headers?.() ?? {});
      if (status !== 200) throw new Error(`status ${status}`);
    } catch (error) {
      result.failed++;
      if (result.failures.length < 10) result.failures.push(String(error));
    }
    await sleep(pause);
  }
}

function statusOf(
  agent: Agent,
  host: string,
  port: number,
  headers: Record<string, string>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage) => {
      response.once("error", reject).once("end", () => resolve(response.statusCode ?? 0));
      response.resume();
    };
    const sent = request({ agent, host, port, headers, path: "/load", timeout: 30_000 }, answered);
    sent.once("timeout", () => sent.destroy(new Error("no answer in 30 s")));
    sent.once("error", reject).end();
  });
}
