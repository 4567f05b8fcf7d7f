import type { RecordedRequest, RecordedResponse } from "../record/recorded.js";

/** An exchange that stands in a file of another tool. */
export interface Imported {
  /** How messages name it: method and path. */
  what: string;
  /** `FILE:LINE:COLUMN`; it takes a look through the file. */
  place: () => string;
  /** From 1, in the file. */
  number: number;
  /** Why it cannot become a case; absent: it can. */
  skipped?: string;
  request?: RecordedRequest;
  response?: RecordedResponse;
}
