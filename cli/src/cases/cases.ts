/** The shapes of test/*.yaml after `loadCases` has checked them; schemas/cases.schema.json says what each means. */

/** A text that must be equal, null for absent, or a test of it. */
export type TextTest =
  | string
  | number
  | boolean
  | null
  | { contains: string }
  | { matches: string }
  | { present: boolean }
  | { json: unknown };

/** Headers to send: one value, or a list of them. */
export type CaseHeaders = Record<string, Scalar | Scalar[]>;

/** What YAML gives for a plain value. */
export type Scalar = string | number | boolean;

/** Headers that must be there: a test of the first value, or the list of all values. */
export type SeenHeadersTest = Record<string, TextTest | (string | number)[]>;

/** A message to send. */
export interface CaseMessage {
  headers?: CaseHeaders;
  body?: string | string[];
  trailers?: CaseHeaders;
  protocol?: "HTTP/1.1" | "HTTP/2";
}

/** A client's request. */
export interface CaseRequest extends CaseMessage {
  method?: string;
  path?: string;
  authority?: string;
  scheme?: string;
}

/** An upstream's response. */
export interface CaseResponse extends CaseMessage {
  status?: number;
}

/** What a cluster answers to callouts. */
export type CaseCluster =
  | "timeout"
  | "reset"
  | "unreachable"
  | "down"
  | (CaseResponse & { afterMs?: number });

/** A TCP conversation. */
export interface CaseConnection {
  send: string | string[];
  upstream?: "echo" | string[];
  finish?: "end" | "reset" | "open";
}

/** Tests of a message that arrived. */
export interface SeenMessageTest {
  headers?: SeenHeadersTest;
  body?: TextTest;
  trailers?: SeenHeadersTest;
}

/** Tests of a request that arrived. */
export interface SeenRequestTest extends SeenMessageTest {
  cluster?: string;
  method?: TextTest;
  path?: TextTest;
  authority?: TextTest;
}

/** What must be so after a step. */
export interface Expectation {
  response?: SeenMessageTest & { status?: number };
  request?: SeenRequestTest | null;
  local?: boolean;
  paused?: "request" | "response" | null;
  reset?: string | null;
  callouts?: SeenRequestTest[];
  logs?: { level?: string; message: TextTest }[];
  metrics?: Record<string, number>;
  trap?: TextTest;
  warnings?: boolean;
  received?: TextTest;
  forwarded?: TextTest;
  closed?: "local" | "remote" | null;
}

/** Something happens, and then something must be so. */
export interface CaseStep {
  configure?: unknown;
  request?: CaseRequest;
  upstream?: CaseResponse;
  connection?: CaseConnection;
  advance?: number;
  expect?: Expectation;
}

/** A case as it is written: one step, or several. */
export interface Case extends Omit<CaseStep, "configure"> {
  name: string;
  config?: unknown;
  clusters?: Record<string, CaseCluster>;
  properties?: Record<string, Scalar>;
  rejected?: TextTest;
  steps?: CaseStep[];
}

/** A file of cases. */
export interface CaseFile {
  config?: unknown;
  clusters?: Record<string, CaseCluster>;
  properties?: Record<string, Scalar>;
  cases: Case[];
}
