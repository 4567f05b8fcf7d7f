import { CalendarDate, floorDivide, padded } from "./calendar";

/** A time as HTTP headers have it (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`. */
export function formatHttpDate(milliseconds: i64): string {
  const seconds = floorDivide(milliseconds, 1000);
  const days = floorDivide(seconds, 86400);
  const time = <i32>(seconds - days * 86400);
  const date = new CalendarDate(days);
  const weekday = <i32>(((days % 7) + 11) % 7);
  const names = "SunMonTueWedThuFriSat";
  const months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const month = (date.month - 1) * 3;
  const day = names.substring(weekday * 3, weekday * 3 + 3) + ", " + padded(date.day, 2);
  const clock = padded(time / 3600, 2) + ":" + padded((time / 60) % 60, 2) + ":" + padded(time % 60, 2);
  return day + " " + months.substring(month, month + 3) + " " + padded(date.year, 4) + " " + clock + " GMT";
}
