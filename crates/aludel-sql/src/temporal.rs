//! Dates and times as plain numbers, with a fast text form.
//!
//! These types are the neutral ground between the databases and the date libraries that a program may use. They
//! check ranges but do no calendar arithmetic. The text form is ISO 8601 with a space: `2026-11-22 12:50:16.250000`.

use std::fmt;

/// A calendar date in the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year; 0 is 1 BC.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59, or 60 in a leap second.
    pub second: u8,
    /// 0 to 999,999,999.
    pub nanosecond: u32,
}

/// A date with a time of day. With an offset it is a point in time; without one it is what a wall clock showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timestamp {
    /// The date, in local time where there is an offset.
    pub date: Date,
    /// The time of day, in local time where there is an offset.
    pub time: Time,
    /// Seconds east of UTC, where known.
    pub offset: Option<i32>,
}

/// A fixed buffer that a date or time is written into, so that binding one allocates nothing.
#[derive(Clone, Copy, Debug)]
pub struct TextBuffer {
    bytes: [u8; 48],
    length: usize,
}

impl TextBuffer {
    fn new() -> Self {
        TextBuffer { bytes: [0; 48], length: 0 }
    }

    fn byte(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.length) {
            *slot = byte;
            self.length += 1;
        }
    }

    fn digits(&mut self, number: u32, width: u32) {
        let mut scale = 10u32.pow(width - 1);
        while scale > 0 {
            self.byte(b'0' + (number / scale % 10) as u8);
            scale /= 10;
        }
    }

    /// The text written so far.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl Date {
    fn write(self, out: &mut TextBuffer) {
        let (negative, year) = (self.year < 0, self.year.unsigned_abs());
        if negative {
            out.byte(b'-');
        }
        out.digits(year, if year > 9999 { 9 } else { 4 });
        out.byte(b'-');
        out.digits(self.month.into(), 2);
        out.byte(b'-');
        out.digits(self.day.into(), 2);
    }

    /// `2026-11-22`.
    pub fn to_text(self) -> TextBuffer {
        let mut out = TextBuffer::new();
        self.write(&mut out);
        out
    }

    /// Reads `2026-11-22`; `None` where the text is anything else.
    pub fn parse(text: &str) -> Option<Date> {
        let (date, rest) = Date::take(text.as_bytes())?;
        rest.is_empty().then_some(date)
    }

    fn take(bytes: &[u8]) -> Option<(Date, &[u8])> {
        let (negative, digits) = match bytes.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, bytes),
        };
        let width = digits.iter().position(|byte| *byte == b'-')?;
        if !(4..=9).contains(&width) {
            return None;
        }
        let (year, rest) = number(digits, width)?;
        let (month, rest) = number(rest.strip_prefix(b"-")?, 2)?;
        let (day, rest) = number(rest.strip_prefix(b"-")?, 2)?;
        let year = i32::try_from(year).ok()?;
        let valid = (1..=12).contains(&month) && (1..=31).contains(&day);
        valid.then_some((
            Date { year: if negative { -year } else { year }, month: month as u8, day: day as u8 },
            rest,
        ))
    }
}

impl Time {
    fn write(self, out: &mut TextBuffer) {
        out.digits(self.hour.into(), 2);
        out.byte(b':');
        out.digits(self.minute.into(), 2);
        out.byte(b':');
        out.digits(self.second.into(), 2);
        // Microseconds as every database keeps them; nanoseconds only where there are any, so that none are lost.
        if self.nanosecond != 0 {
            out.byte(b'.');
            if self.nanosecond.is_multiple_of(1_000) {
                out.digits(self.nanosecond / 1_000, 6);
            } else {
                out.digits(self.nanosecond, 9);
            }
        }
    }

    /// `12:50:16`, with a fraction where there is one.
    pub fn to_text(self) -> TextBuffer {
        let mut out = TextBuffer::new();
        self.write(&mut out);
        out
    }

    /// Reads `12:50`, `12:50:16` or `12:50:16.25`; `None` where the text is anything else.
    pub fn parse(text: &str) -> Option<Time> {
        let (time, rest) = Time::take(text.as_bytes())?;
        rest.is_empty().then_some(time)
    }

    fn take(bytes: &[u8]) -> Option<(Time, &[u8])> {
        let (hour, rest) = number(bytes, 2)?;
        let (minute, mut rest) = number(rest.strip_prefix(b":")?, 2)?;
        let (mut second, mut nanosecond) = (0, 0);
        if let Some(after) = rest.strip_prefix(b":") {
            (second, rest) = number(after, 2)?;
            if let Some(after) = rest.strip_prefix(b".") {
                let width = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
                if width == 0 || width > 9 {
                    return None;
                }
                let (fraction, after) = number(after, width)?;
                nanosecond = fraction * 10u32.pow(9 - width as u32);
                rest = after;
            }
        }
        let valid = hour < 24 && minute < 60 && second <= 60;
        valid.then_some((
            Time { hour: hour as u8, minute: minute as u8, second: second as u8, nanosecond },
            rest,
        ))
    }
}

impl Timestamp {
    /// `2026-11-22 12:50:16`, with a fraction and an offset (`+02:00`) where there are any.
    pub fn to_text(self) -> TextBuffer {
        let mut out = TextBuffer::new();
        self.date.write(&mut out);
        out.byte(b' ');
        self.time.write(&mut out);
        if let Some(offset) = self.offset {
            out.byte(if offset < 0 { b'-' } else { b'+' });
            let minutes = offset.unsigned_abs() / 60;
            out.digits(minutes / 60 % 100, 2);
            out.byte(b':');
            out.digits(minutes % 60, 2);
        }
        out
    }

    /// Reads a date and a time with a space or `T` between, and `Z` or an offset behind where there is one. A date
    /// alone is midnight.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let (date, rest) = Date::take(text.as_bytes())?;
        let midnight = Time { hour: 0, minute: 0, second: 0, nanosecond: 0 };
        let Some((separator, rest)) = rest.split_first() else {
            return Some(Timestamp { date, time: midnight, offset: None });
        };
        if !matches!(separator, b' ' | b'T' | b't') {
            return None;
        }
        let (time, rest) = Time::take(rest)?;
        Some(Timestamp { date, time, offset: offset(rest)? })
    }
}

impl Timestamp {
    /// The same point in time with offset zero; a timestamp without an offset is returned as it is.
    #[must_use]
    pub fn to_utc(self) -> Timestamp {
        let Some(offset @ (i32::MIN..=-1 | 1..)) = self.offset else { return self };
        let seconds = i64::from(self.time.hour) * 3600 + i64::from(self.time.minute) * 60 - i64::from(offset);
        let days = self.date.to_days() + seconds.div_euclid(86_400);
        let seconds = seconds.rem_euclid(86_400);
        let time = Time { hour: (seconds / 3600) as u8, minute: (seconds / 60 % 60) as u8, ..self.time };
        // Only at the very ends of what a `Date` holds is there no day before or after.
        Timestamp { date: Date::from_days(days).unwrap_or(self.date), time, offset: Some(0) }
    }
}

impl Date {
    /// Days since 1970-01-01, for databases that count them. A day beyond the end of its month counts into the next one.
    pub fn to_days(self) -> i64 {
        // The usual count in eras of 400 years that begin in March.
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// The date so many days after 1970-01-01; `None` where its year is none that a `Date` holds.
    pub fn from_days(days: i64) -> Option<Date> {
        let days = days.checked_add(719_468)?;
        let era = days.div_euclid(146_097);
        let day = days.rem_euclid(146_097);
        let year_of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Some(Date { year: i32::try_from(year).ok()?, month: month as u8, day: day as u8 })
    }
}

/// `Some(None)` for no offset at all, `None` for one that can't be read.
fn offset(bytes: &[u8]) -> Option<Option<i32>> {
    let Some((sign, rest)) = bytes.split_first() else { return Some(None) };
    let sign = match sign {
        b'Z' | b'z' if rest.is_empty() => return Some(Some(0)),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = number(rest, 2)?;
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let (minutes, rest) = if rest.is_empty() { (0, rest) } else { number(rest, 2)? };
    let valid = rest.is_empty() && hours < 24 && minutes < 60;
    valid.then_some(Some(sign * (hours * 3600 + minutes * 60) as i32))
}

fn number(bytes: &[u8], width: usize) -> Option<(u32, &[u8])> {
    let digits = bytes.get(..width)?;
    let mut number = 0u32;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u32::from(digit);
    }
    Some((number, &bytes[width..]))
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_text().as_str())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_text().as_str())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_text().as_str())
    }
}
