import { CalendarDate, daysInMonth, daysOf, floorDivide, padded } from "./calendar";

/** What `parseIsoDate` gives for a text that is no date. */
export const NO_DATE: i64 = i64.MIN_VALUE;

/** Beyond these years `Date` has no times. */
const MAX_MILLISECONDS: i64 = 8_640_000_000_000_000;

/**
 * A time in milliseconds since 1970 (UTC) as JavaScript's `toISOString` writes it: `2026-11-21T14:00:00.000Z`. Empty for
 * one more than 100,000,000 days from 1970, for which `Date` has no text either.
 */
export function formatIsoDate(milliseconds: i64): string {
  if (milliseconds < -MAX_MILLISECONDS || milliseconds > MAX_MILLISECONDS) return "";
  const days = floorDivide(milliseconds, 86_400_000);
  const date = new CalendarDate(days);
  const time = milliseconds - days * 86_400_000;
  const isPlain = date.year >= 0 && date.year <= 9999;
  const year = isPlain ? padded(date.year, 4) : (date.year < 0 ? "-" : "+") + padded(abs(date.year), 6);
  const clock =
    padded(time / 3_600_000, 2) + ":" + padded((time / 60_000) % 60, 2) + ":" + padded((time / 1000) % 60, 2);
  return (
    year +
    "-" +
    padded(date.month, 2) +
    "-" +
    padded(date.day, 2) +
    "T" +
    clock +
    "." +
    padded(time % 1000, 3) +
    "Z"
  );
}

/**
 * Reads a date (`2026-11-21`, midnight UTC) or a time with its offset (RFC 3339: `2026-11-21T14:00:00.5+01:00`, seconds
 * and fraction may be missing) as milliseconds since 1970; digits behind the third of a fraction are dropped. `NO_DATE`
 * for everything else: a day that the month does not have, a leap second, a time without an offset.
 */
export function parseIsoDate(text: string): i64 {
  const year = number(text, 0, 4);
  const month = number(text, 5, 2);
  const day = number(text, 8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return NO_DATE;
  if (text.charCodeAt(4) != 0x2d || text.charCodeAt(7) != 0x2d) return NO_DATE;
  const midnight = daysOf(year, month, day) * 86_400_000;
  if (text.length == 10) return midnight;
  const hour = number(text, 11, 2);
  const minute = number(text, 14, 2);
  if ((text.charCodeAt(10) | 0x20) != 0x74 || hour < 0 || hour > 23 || minute < 0 || minute > 59)
    return NO_DATE;
  if (text.charCodeAt(13) != 0x3a) return NO_DATE;
  let time: i64 = hour * 3_600_000 + minute * 60_000;
  let at = 16;
  if (at < text.length && text.charCodeAt(at) == 0x3a) {
    const second = number(text, 17, 2);
    if (second < 0 || second > 59) return NO_DATE;
    time += second * 1000;
    at = 19;
    if (at < text.length && text.charCodeAt(at) == 0x2e) {
      let weight = 100;
      const first = ++at;
      for (; number(text, at, 1) >= 0; at++, weight /= 10) time += number(text, at, 1) * weight;
      if (at == first) return NO_DATE;
    }
  }
  const offset = offsetAt(text, at);
  return offset == NO_DATE ? NO_DATE : midnight + time - offset;
}

/** `Z`, or hours and minutes from UTC, in milliseconds; the text must end behind it. */
function offsetAt(text: string, at: i32): i64 {
  if (at + 1 == text.length && (text.charCodeAt(at) | 0x20) == 0x7a) return 0;
  if (at + 6 != text.length || text.charCodeAt(at + 3) != 0x3a) return NO_DATE;
  const hour = number(text, at + 1, 2);
  const minute = number(text, at + 4, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return NO_DATE;
  const offset: i64 = hour * 3_600_000 + minute * 60_000;
  const sign = text.charCodeAt(at);
  return sign == 0x2b ? offset : sign == 0x2d ? -offset : NO_DATE;
}

/** The number of `length` digits at a place; -1 where they are not. */
function number(text: string, at: i32, length: i32): i32 {
  if (at + length > text.length) return -1;
  let value = 0;
  for (let i = at; i < at + length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
