//! The present moment, for the ledger and for new revision files, and random ids for the latter.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use aludel_sql::temporal::{Date, Time, Timestamp};

/// The present moment in UTC, to the second.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    from_unix(since.as_secs())
}

fn from_unix(seconds: u64) -> Timestamp {
    let (mut day, second) = (seconds / 86_400, seconds % 86_400);
    let mut year = 1970;
    while day >= days_of_year(year) {
        day -= days_of_year(year);
        year += 1;
    }
    let february = if days_of_year(year) == 366 { 29 } else { 28 };
    let mut month = 1;
    for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    Timestamp {
        date: Date { year, month, day: (day + 1) as u8 },
        time: Time {
            hour: (second / 3600) as u8,
            minute: (second / 60 % 60) as u8,
            second: (second % 60) as u8,
            nanosecond: 0,
        },
        offset: Some(0),
    }
}

fn days_of_year(year: i32) -> u64 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if leap { 366 } else { 365 }
}

/// A new revision id: 12 hexadecimal digits, as Alembic's are.
pub(crate) fn new_id() -> String {
    // The keys of a `RandomState` are random; the time keeps ids apart that are drawn in one process.
    let mut hasher = RandomState::new().build_hasher();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    hasher.write_u128(since.as_nanos());
    format!("{:012x}", hasher.finish() & 0xffff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::{from_unix, new_id};

    #[test]
    fn the_calendar_is_right() {
        let text = |seconds| from_unix(seconds).to_text().as_str().to_owned();
        assert_eq!(text(0), "1970-01-01 00:00:00+00:00");
        assert_eq!(text(951_782_399), "2000-02-28 23:59:59+00:00");
        assert_eq!(text(951_782_400), "2000-02-29 00:00:00+00:00");
        assert_eq!(text(1_795_351_816), "2026-11-22 12:50:16+00:00");
        assert_eq!(text(4_102_444_799), "2099-12-31 23:59:59+00:00");
    }

    #[test]
    fn ids_are_twelve_hexadecimal_digits_and_differ() {
        let (one, other) = (new_id(), new_id());
        assert_eq!(one.len(), 12);
        assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, other);
    }
}
