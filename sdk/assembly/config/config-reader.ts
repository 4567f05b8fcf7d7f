import { decimal } from "../decimal";
import { JsonCursor } from "../json/cursor";
import { Json } from "../json/json";
import { JsonKind } from "../json/kind";
import { log } from "../log";
import { Regex } from "../matching/regex";
import { Place } from "./place";

/**
 * Reads a JSON document into classes and checks it on the way. The classes that `meshwasm generate` makes from a
 * `config.schema.json` are written with it. It stands on one value at a time; the first thing that does not fit is
 * kept in `error`, and whatever is read after that is of no use. Nothing traps.
 *
 * The keywords mean what JSON Schema 2020-12 says (https://json-schema.org/draft/2020-12/json-schema-validation).
 */
export class ConfigReader {
  /** What does not fit and where, for example `$.limits.perSecond: must be at least 1`; empty: nothing. */
  error: string = "";
  private place: Place | null = null;
  /** What the last of the reading methods found, for the checks behind it. */
  private lastNumber: f64 = 0;
  private lastText: string = "";
  private lastCount: i32 = 0;
  /** The patterns that were met, compiled. */
  private patterns: Map<string, Regex> | null = null;

  /** @param json the document; one that is no JSON is an error with the line and column that it names */
  constructor(private json: Json) {
    if (json.isInvalid) this.error = json.error;
  }

  /** Logs what does not fit, in one line; whether everything does. */
  report(): bool {
    if (this.error.length == 0) return true;
    // `PluginConfiguration.json` has logged a text that is no JSON.
    if (!this.document.isInvalid) log.error("configuration: " + this.error);
    return false;
  }

  /** The value that it stands on. */
  get value(): Json {
    return this.json;
  }

  /** Whether the value is null. */
  get isNull(): bool {
    return this.json.kind == JsonKind.Null;
  }

  /** Keeps `words` as what is wrong with the value, unless something was wrong before. */
  fail(words: string): void {
    if (this.error.length > 0) return;
    const place = this.place;
    this.error = "$" + (place ? place.path : "") + ": " + words;
  }

  /** Steps into the member `name`; false, and no step, when there is none. That is an error when it is required. */
  enter(name: string, required: bool): bool {
    const member = this.json.get(name);
    if (member.isAbsent) {
      if (required) this.fail("'" + name + "' is missing");
      return false;
    }
    this.into(name, -1, member);
    return true;
  }

  /** Steps into the element `index` of an array. */
  enterItem(index: i32, item: Json): void {
    this.into("", index, item);
  }

  /** Steps into a member that is there. */
  enterMember(name: string, member: Json): void {
    this.into(name, -1, member);
  }

  /** Steps back to where it came from. */
  leave(): void {
    const place = this.place;
    if (!place) return;
    this.json = place.around;
    this.place = place.outer;
  }

  /** `type: object`: whether the value is one. */
  object(): bool {
    return this.expect(this.json.kind == JsonKind.Object, "an object");
  }

  /** `additionalProperties: false`: no member has another name than these. */
  only(names: StaticArray<string>): void {
    for (const each = this.json.each(); each.next();) {
      if (!isAmong(each, names)) this.fail("'" + each.name + "' is not known");
    }
  }

  /** The members of an object that have another name than these; of repeated ones the last. */
  others(names: StaticArray<string>): Map<string, Json> {
    const found = new Map<string, Json>();
    for (const each = this.json.each(); each.next();) {
      if (!isAmong(each, names)) found.set(each.name, each.value);
    }
    this.lastCount = found.size;
    return found;
  }

  /** `type: array`: the elements; none of a value that is no array. */
  items(): Json[] {
    const found: Json[] = [];
    if (this.expect(this.json.kind == JsonKind.Array, "an array")) {
      for (const each = this.json.each(); each.next();) found.push(each.value);
    }
    this.lastCount = found.length;
    return found;
  }

  /** `minItems` and `maxItems`, `minProperties` and `maxProperties`; `most` below 0: no limit. */
  entries(least: i32, most: i32): void {
    this.limit(this.lastCount, least, most, " entries");
  }

  /** `uniqueItems` of strings. */
  distinctTexts(list: string[]): void {
    if (setOf(list).size != list.length) this.fail("must not have an entry twice");
  }

  /** `uniqueItems` of numbers, compared as doubles. */
  distinctNumbers<T extends number>(list: T[]): void {
    const seen = new Set<f64>();
    // Adding zero makes minus zero zero.
    for (let i = 0; i < list.length; i++) seen.add(<f64>list[i] + 0);
    if (seen.size != list.length) this.fail("must not have an entry twice");
  }

  /** `type: boolean`. */
  boolean(): bool {
    this.expect(this.json.kind == JsonKind.True || this.json.kind == JsonKind.False, "true or false");
    return this.json.asBool();
  }

  /** `type: string`. */
  text(): string {
    this.expect(this.json.kind == JsonKind.String, "a string");
    return (this.lastText = this.json.asString());
  }

  /** `minLength` and `maxLength`, in code points; `most` below 0: no limit. */
  characters(least: i32, most: i32): void {
    this.limit(codePoints(this.lastText), least, most, " characters");
  }

  /** `pattern`: whether it is found in the string, as `Regex` finds it. */
  pattern(pattern: string): void {
    let known = this.patterns;
    if (!known) known = this.patterns = new Map<string, Regex>();
    if (!known.has(pattern)) known.set(pattern, Regex.compile(pattern));
    const regex = known.get(pattern);
    if (!regex.isValid) this.fail("has a pattern that is none here: " + regex.error);
    else if (!regex.test(this.lastText)) this.fail("must match " + pattern);
  }

  /** `enum` of strings: the index of the one that it is; 0 when it is none of them. */
  oneOf(texts: StaticArray<string>): i32 {
    let words = "must be one of ";
    for (let i = 0; i < texts.length; i++) {
      if (this.json.isString(unchecked(texts[i]))) return i;
    }
    for (let i = 0; i < texts.length; i++) words += (i ? ", " : "") + unchecked(texts[i]);
    this.fail(words);
    return 0;
  }

  /** `type: number`. One that no double can hold, such as 1e999, is none. */
  number(): f64 {
    this.lastNumber = this.json.asFloat();
    this.expect(this.json.kind == JsonKind.Number && isFinite(this.lastNumber), "a number");
    return this.lastNumber;
  }

  /** `type: integer`, of 64 bits. `2.0` and `2e3` are integers. */
  integer(): i64 {
    const value = this.json.asFloat(NaN);
    this.lastNumber = value;
    if (!this.expect(value == Math.floor(value) && isFinite(value), "an integer")) return 0;
    const exact = this.json.asInt(i64.MIN_VALUE);
    if (exact != i64.MIN_VALUE) return exact;
    // Written with a point or an exponent, or the one value that was taken for "none", or too large.
    if (value >= -9223372036854775808.0 && value < 9223372036854775808.0) return <i64>value;
    this.fail("must be an integer of 64 bits");
    return 0;
  }

  /** `minimum`. Here and below: `words` is the limit as the message has it. */
  atLeast(limit: f64, words: string): void {
    if (this.lastNumber < limit) this.fail("must be at least " + words);
  }

  /** `maximum`. */
  atMost(limit: f64, words: string): void {
    if (this.lastNumber > limit) this.fail("must be at most " + words);
  }

  /** `exclusiveMinimum`. */
  above(limit: f64, words: string): void {
    if (this.lastNumber <= limit) this.fail("must be above " + words);
  }

  /** `exclusiveMaximum`. */
  below(limit: f64, words: string): void {
    if (this.lastNumber >= limit) this.fail("must be below " + words);
  }

  /** `multipleOf`: whether the quotient of the doubles is an integer. */
  multipleOf(factor: f64, words: string): void {
    const quotient = this.lastNumber / factor;
    // Quotients of 1e21 and more are refused by the validators for JavaScript, so that they are refused here too.
    if (quotient != Math.trunc(quotient) || abs(quotient) >= 1e21)
      this.fail("must be a multiple of " + words);
  }

  /** `enum` of numbers. */
  among(numbers: StaticArray<f64>, words: string): void {
    for (let i = 0; i < numbers.length; i++) {
      if (unchecked(numbers[i]) == this.lastNumber) return;
    }
    this.fail("must be one of " + words);
  }

  private get document(): Json {
    let json = this.json;
    let place: Place | null = this.place;
    while (place) {
      json = place.around;
      place = place.outer;
    }
    return json;
  }

  private limit(count: i32, least: i32, most: i32, what: string): void {
    const few = count < least;
    if (!few && (most < 0 || count <= most)) return;
    this.fail((few ? "must have at least " : "must have at most ") + decimal(few ? least : most) + what);
  }

  private expect(fits: bool, what: string): bool {
    if (!fits) this.fail("must be " + what);
    return fits;
  }

  private into(name: string, index: i32, json: Json): void {
    this.place = new Place(this.place, this.json, name, index);
    this.json = json;
  }
}

function isAmong(member: JsonCursor, names: StaticArray<string>): bool {
  for (let i = 0; i < names.length; i++) {
    if (member.isNamed(unchecked(names[i]))) return true;
  }
  return false;
}

function setOf(list: string[]): Set<string> {
  const seen = new Set<string>();
  for (let i = 0; i < list.length; i++) seen.add(list[i]);
  return seen;
}

function codePoints(text: string): i32 {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const pair = (text.charCodeAt(i - 1) & 0xfc00) == 0xd800 && (text.charCodeAt(i) & 0xfc00) == 0xdc00;
    if (pair) count--;
  }
  return count;
}
