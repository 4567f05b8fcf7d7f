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

/** A test of a body, which may be no text. */
export type BodyTest = TextTest | { base64: string };

/** Headers to send: one value, or a list of them. */
export type CaseHeaders = Record<string, Scalar | Scalar[]>;

/** What YAML gives for a plain value. */
export type Scalar = string | number | boolean;

/** Headers that must be there: a test of the first value, or the list of all values. */
export type SeenHeadersTest = Record<string, TextTest | (string | number)[]>;

/** A body: text, bytes, or a list of pieces that arrive one after another. */
export type CaseBody = CasePiece | CasePiece[];

/** Text, or bytes that are no text. */
export type CasePiece = string | { base64: string };

/** A message to send. */
export interface CaseMessage {
  headers?: CaseHeaders;
  body?: CaseBody;
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

/** What a cluster answers to callouts: always the same, or one answer after another, of which the last one stays. */
export type CaseCluster = "down" | CaseAnswer | CaseAnswer[];

/** An answer to a callout. */
export type CaseAnswer = "timeout" | "reset" | "unreachable" | (CaseResponse & { afterMs?: number });

/** A TCP conversation. */
export interface CaseConnection {
  send: CaseBody;
  upstream?: "echo" | CasePiece[];
  finish?: "end" | "reset" | "open";
}

/** Tests of a message that arrived. */
export interface SeenMessageTest {
  headers?: SeenHeadersTest;
  body?: BodyTest;
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
  received?: BodyTest;
  forwarded?: BodyTest;
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
