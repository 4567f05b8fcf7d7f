// What as-pect makes global in a spec, for editors: the part of it that our documentation uses. The package's own
// types cannot be reached through its exports.

/** A group of tests. It is no closure: what it uses must be global or its own. */
declare function describe(name: string, tests: () => void): void;
/** One test. */
declare function it(name: string, test: () => void): void;
/** One test, by another name. */
declare function test(name: string, test: () => void): void;
/** A test that passes when it traps. */
declare function throws(name: string, test: () => void, message?: string): void;
/** A test to be written; it is counted and not run. */
declare function todo(name: string): void;
/** Runs before each test of the group. */
declare function beforeEach(callback: () => void): void;
/** Runs after each test of the group. */
declare function afterEach(callback: () => void): void;
/** Runs before the first test of the group. */
declare function beforeAll(callback: () => void): void;
/** Runs after the last test of the group. */
declare function afterAll(callback: () => void): void;
/** Prints a value beside the running test's result. */
declare function log<T>(value: T): void;
/** A value to be judged. */
declare function expect<T>(actual: T): Expectation<T>;

/** What can be said of a value; `message` explains a failure. */
declare class Expectation<T> {
  /** The contrary of what follows. */
  not: Expectation<T>;
  /** The same number, string (by content) or reference. */
  toBe(expected: T, message?: string): void;
  /** The same value, members compared deeply. */
  toStrictEqual(expected: T, message?: string): void;
  toBeNull(message?: string): void;
  toBeTruthy(message?: string): void;
  toBeFalsy(message?: string): void;
  toBeGreaterThan(expected: T, message?: string): void;
  toBeGreaterThanOrEqual(expected: T, message?: string): void;
  toBeLessThan(expected: T, message?: string): void;
  toBeLessThanOrEqual(expected: T, message?: string): void;
  /** Within `decimalPlaces` (default 2) of a float. */
  toBeCloseTo(expected: T, decimalPlaces?: i32, message?: string): void;
  toBeNaN(message?: string): void;
  toBeFinite(message?: string): void;
  /** The length of an array, a string or a typed array. */
  toHaveLength(expected: i32, message?: string): void;
  /** The function traps when it is called. */
  toThrow(message?: string): void;
}
