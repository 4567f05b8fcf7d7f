import type { Exchange, Host, TcpConnection } from "@meshwasm/sdk/host";
import type { Expectation } from "./cases.js";
import { checkBody, checkMessage, checkRequest, checkText, type Mismatch } from "./check-message.js";
import { failsText } from "./text-test.js";

/** What there is to look at after a step. */
export interface Outcome {
  host: Host;
  /** The case's latest exchange or connection, if it had one. */
  exchange?: Exchange;
  connection?: TcpConnection;
}

/** Everything that is not as expected, in the order of the expectation's keys. */
export function checkStep(expect: Expectation, { host, exchange, connection }: Outcome): Mismatch[] {
  return [
    ...checkTrap(expect, host),
    ...(exchange ? checkExchange(expect, exchange) : missing(expect, exchangeKeys, "request")),
    ...(connection ? checkConnection(expect, connection) : missing(expect, connectionKeys, "connection")),
    ...checkLogs(expect, host),
    ...checkMetrics(expect, host),
  ];
}

const exchangeKeys = ["response", "request", "local", "paused", "reset", "callouts"] as const;
const connectionKeys = ["received", "forwarded", "closed"] as const;

function missing(expect: Expectation, keys: readonly (keyof Expectation)[], needed: string): Mismatch[] {
  return keys
    .filter((key) => expect[key] !== undefined)
    .map((key) => ({ path: [key], words: `${key}: there was no ${needed} before this` }));
}

function checkTrap({ trap }: Expectation, host: Host): Mismatch[] {
  const message = host.failure?.message;
  if (trap !== undefined) return checkText("trap", trap, message);
  return message === undefined ? [] : [{ path: [], words: `the VM died: ${message}` }];
}

function checkExchange(expect: Expectation, exchange: Exchange): Mismatch[] {
  const wrong: Mismatch[] = [];
  const { response, request } = expect;
  if (response) {
    if (!exchange.began)
      wrong.push({ path: ["response"], words: `response: none came (${stateOf(exchange)})` });
    else {
      wrong.push(
        ...checkText("status", response.status, String(exchange.response.status)).map(inside("response")),
      );
      wrong.push(...checkMessage(response, exchange.response).map(inside("response")));
    }
  }
  if (request === null && exchange.request) {
    wrong.push({ path: ["request"], words: "request: reached the upstream, should not" });
  } else if (request) {
    if (exchange.request) wrong.push(...checkRequest(request, exchange.request).map(inside("request")));
    else
      wrong.push({ path: ["request"], words: `request: did not reach the upstream (${stateOf(exchange)})` });
  }
  wrong.push(
    ...checkValue("local", expect.local, exchange.local !== undefined),
    ...checkValue("paused", expect.paused, exchange.paused ?? null),
    ...checkValue("reset", expect.reset, exchange.reset ?? null),
    ...checkCallouts(expect, exchange),
  );
  if (!expect.warnings)
    wrong.push(...exchange.warnings.map((words) => ({ path: [], words: `warning: ${words}` })));
  return wrong;
}

function stateOf(exchange: Exchange): string {
  if (exchange.reset) return `the ${exchange.reset} reset the stream`;
  if (exchange.local) return `local response ${exchange.local.status} ${exchange.local.details}`;
  return exchange.paused ? `the filter holds the ${exchange.paused}` : "nothing holds it";
}

function checkCallouts({ callouts }: Expectation, exchange: Exchange): Mismatch[] {
  if (!callouts) return [];
  const seen = exchange.callouts;
  if (seen.length !== callouts.length) {
    const clusters = seen.map((callout) => callout.cluster).join(", ") || "none";
    return [
      {
        path: ["callouts"],
        words: `callouts: should be ${callouts.length}, are ${seen.length} (${clusters})`,
      },
    ];
  }
  return callouts.flatMap((test, index) => {
    const callout = seen[index];
    return callout ? checkRequest(test, callout.request, callout).map(inside("callouts", index)) : [];
  });
}

function checkConnection(expect: Expectation, connection: TcpConnection): Mismatch[] {
  return [
    ...checkBody("received", expect.received, connection.client.bytes),
    ...checkBody("forwarded", expect.forwarded, connection.upstream.bytes),
    ...checkValue("closed", expect.closed, connection.closed ?? null),
  ];
}

function checkLogs({ logs = [] }: Expectation, host: Host): Mismatch[] {
  return logs.flatMap(({ level, message }, index) => {
    const found = host.logs.some(
      (entry) =>
        (level === undefined || entry.level === level) && failsText(message, entry.message) === undefined,
    );
    if (found) return [];
    const there = host.logs.map((entry) => `\n    ${entry.level}: ${entry.message}`).slice(-20);
    const wanted = `${level ? `${level} ` : ""}${JSON.stringify(message)}`;
    return [
      {
        path: ["logs", index],
        words: `logs: no line ${wanted}; there ${there.length ? "is" : "is none"}${there.join("")}`,
      },
    ];
  });
}

function checkMetrics({ metrics = {} }: Expectation, host: Host): Mismatch[] {
  return Object.entries(metrics).flatMap(([name, expected]) => {
    const metric = host.metrics.get(name);
    if (metric?.value === BigInt(expected)) return [];
    const known = metric
      ? `is ${metric.value}`
      : `is not defined (there: ${[...host.metrics.keys()].join(", ") || "none"})`;
    return [{ path: ["metrics", name], words: `metric ${name} should be ${expected}, ${known}` }];
  });
}

function checkValue<T>(key: string, expected: T | undefined, actual: T): Mismatch[] {
  if (expected === undefined || expected === actual) return [];
  return [{ path: [key], words: `${key} should be ${expected}, is ${actual}` }];
}

function inside(...keys: (string | number)[]): (each: Mismatch) => Mismatch {
  return ({ path, words }) => ({ path: [...keys, ...path], words: `${keys.join(".")}.${words}` });
}
