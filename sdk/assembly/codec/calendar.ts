/** Days since 1970-01-01 of a date in the Gregorian calendar; `month` from 1. */
export function daysOf(year: i64, month: i32, day: i32): i64 {
  // Years that begin in March, so that the leap day is their last.
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

/** How many days a month has; `month` from 1. */
export function daysInMonth(year: i64, month: i32): i32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** A date of the Gregorian calendar. */
export class CalendarDate {
  year: i64;
  /** From 1. */
  month: i32;
  /** From 1. */
  day: i32;

  /** @param days since 1970-01-01 */
  constructor(days: i64) {
    const shifted = days + 719468;
    const era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const dayOfEra = shifted - era * 146097;
    const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const dayOfYear = <i32>(dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100));
    const shiftedMonth = (5 * dayOfYear + 2) / 153;
    this.day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
    this.month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
    this.year = yearOfEra + era * 400 + (this.month <= 2 ? 1 : 0);
  }
}

/** A number with as many digits as it must have. */
export function padded(value: i64, digits: i32): string {
  let text = "";
  for (let i = 0; i < digits || value > 0; i++, value /= 10)
    text = String.fromCharCode(0x30 + <i32>(value % 10)) + text;
  return text;
}

/** Rounds down, below zero too. */
export function floorDivide(value: i64, by: i64): i64 {
  const quotient = value / by;
  return value % by < 0 ? quotient - 1 : quotient;
}
