/** One test that has ended, whatever ran it. */
export interface TestEnd {
  /** The suites around it and its own name; of a file that did not load, the file's. */
  path: string[];
  passed: boolean;
  skipped: boolean;
  /** Absent: not measured. */
  millis?: number;
  /** Why it failed. */
  message?: string;
  /** `FILE:LINE:COLUMN` of the failure, from the filter's folder, where it is known. */
  place?: string;
}
