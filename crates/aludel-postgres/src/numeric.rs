//! Exact decimals: the server's groups of four digits, and text.

use std::fmt::Write;

use aludel_sql::decimal::Digits;
use bytes::BytesMut;

const NEGATIVE: u16 = 0x4000;

/// The text of a `numeric` in its binary form, as the server would write it; `None` where the bytes are no such form.
///
/// The form is: the number of groups, the weight of the first one (a power of 10,000), the sign, the number of decimal
/// digits behind the point, and the groups.
pub(crate) fn to_text(bytes: &[u8]) -> Option<String> {
    let (head, groups) = bytes.split_at_checked(8)?;
    let word = |at: usize| head.get(at..at + 2).and_then(|pair| pair.try_into().ok()).map(u16::from_be_bytes);
    let (count, weight, sign, scale) = (word(0)?, word(2)?.cast_signed(), word(4)?, word(6)?);
    match sign {
        0xC000 => return Some("NaN".to_owned()),
        0xD000 => return Some("Infinity".to_owned()),
        0xF000 => return Some("-Infinity".to_owned()),
        0 | NEGATIVE => {}
        _ => return None,
    }
    if groups.len() != usize::from(count) * 2 {
        return None;
    }
    let weight = i32::from(weight);
    // The group that is worth 10,000 to the power of `power`; those that are not sent are zero.
    let group = |power: i32| {
        let at = usize::try_from(weight - power).ok().and_then(|index| groups.get(index * 2..index * 2 + 2));
        at.and_then(|pair| pair.try_into().ok()).map_or(0, u16::from_be_bytes)
    };
    let mut text = String::with_capacity(usize::from(count) * 4 + usize::from(scale) + 8);
    if sign == NEGATIVE {
        text.push('-');
    }
    for power in (0..=weight.max(0)).rev() {
        let leading = power == weight.max(0);
        let written =
            if leading { write!(text, "{}", group(power)) } else { write!(text, "{:04}", group(power)) };
        written.ok()?;
    }
    if scale > 0 {
        text.push('.');
        let end = text.len() + usize::from(scale);
        let mut power = -1;
        while text.len() < end {
            write!(text, "{:04}", group(power)).ok()?;
            power -= 1;
        }
        text.truncate(end);
    }
    Some(text)
}

/// Writes a decimal in its binary form; `false` where the text is no number, or has more digits than the server takes.
pub(crate) fn from_text(text: &str, out: &mut BytesMut) -> bool {
    let special = match text {
        "NaN" => Some(0xC000_u16),
        "Infinity" => Some(0xD000),
        "-Infinity" => Some(0xF000),
        _ => None,
    };
    if let Some(sign) = special {
        words(&[0, 0, sign, 0], out);
        return true;
    }
    let Some(Digits { negative, whole, fraction }) = Digits::parse(text) else { return false };
    // The server keeps 14 bits for the digits behind the point.
    let (Ok(scale @ ..=0x3FFF), true) = (u16::try_from(fraction.len()), whole.len() <= 131_072) else {
        return false;
    };
    let mut groups: Vec<u16> = Vec::with_capacity(whole.len() / 4 + fraction.len() / 4 + 2);
    let (first, rest) = whole.as_bytes().split_at(whole.len() % 4);
    let value = |digits: &[u8]| digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    if !first.is_empty() {
        groups.push(value(first));
    }
    groups.extend(rest.chunks(4).map(value));
    let before = groups.len();
    groups.extend(
        fraction.as_bytes().chunks(4).map(|digits| value(digits) * 10_u16.pow(4 - digits.len() as u32)),
    );
    // Groups of zeros at either end are not sent.
    let leading = groups.iter().take_while(|group| **group == 0).count();
    let end = groups.iter().rposition(|group| *group != 0).map_or(leading, |last| last + 1);
    let sent = groups.get(leading..end).unwrap_or_default();
    let Ok(weight) = i16::try_from(before as i64 - 1 - leading as i64) else { return false };
    let weight = if sent.is_empty() { 0 } else { weight };
    let sign = if negative && !sent.is_empty() { NEGATIVE } else { 0 };
    words(&[sent.len() as u16, weight.cast_unsigned(), sign, scale], out);
    words(sent, out);
    true
}

fn words(words: &[u16], out: &mut BytesMut) {
    for word in words {
        out.extend_from_slice(&word.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;

    use super::{from_text, to_text};

    #[test]
    fn digits_come_back() {
        for text in [
            "0",
            "0.00",
            "1.50",
            "-1.50",
            "10002",
            "100000000",
            "0.0012",
            "0.0000001200",
            "9999.99999",
            "NaN",
            "Infinity",
            "-Infinity",
            "12345678901234567890.00001",
            "-0.00010000",
            "10000",
            "0.1",
        ] {
            let mut bytes = BytesMut::new();
            assert!(from_text(text, &mut bytes), "{text}");
            assert_eq!(to_text(&bytes).as_deref(), Some(text));
        }
        let mut bytes = BytesMut::new();
        assert!(from_text("-0.0", &mut bytes) && from_text("+007", &mut BytesMut::new()));
        assert_eq!(to_text(&bytes).as_deref(), Some("0.0"));
        for text in ["", "1e5", "nan", "x", &format!("0.{}", "1".repeat(16_384))] {
            assert!(!from_text(text, &mut BytesMut::new()), "{text}");
        }
    }

    fn numeric(weight: i16, sign: u16, scale: u16, groups: &[u16]) -> Vec<u8> {
        let head = [groups.len() as u16, weight.cast_unsigned(), sign, scale];
        head.iter().chain(groups).flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn digits_stand_where_they_belong() {
        for (bytes, expected) in [
            (numeric(0, 0, 0, &[]), "0"),
            (numeric(0, 0, 2, &[]), "0.00"),
            (numeric(0, 0, 2, &[1, 5000]), "1.50"),
            (numeric(0, 0x4000, 2, &[1, 5000]), "-1.50"),
            (numeric(1, 0, 0, &[1, 2]), "10002"),
            (numeric(2, 0, 0, &[1]), "100000000"),
            (numeric(-1, 0, 4, &[12]), "0.0012"),
            (numeric(-2, 0, 10, &[12]), "0.0000001200"),
            (numeric(0, 0, 5, &[9999, 9999, 9000]), "9999.99999"),
            (numeric(0, 0xC000, 0, &[]), "NaN"),
            (numeric(0, 0xD000, 0, &[]), "Infinity"),
            (numeric(0, 0xF000, 0, &[]), "-Infinity"),
        ] {
            assert_eq!(to_text(&bytes).as_deref(), Some(expected));
        }
    }

    #[test]
    fn bytes_that_are_no_number_are_refused() {
        for bytes in [&[][..], &[0; 7], &[0, 1, 0, 0, 0, 0, 0, 0], &[0, 0, 0, 0, 0x12, 0, 0, 0]] {
            assert_eq!(to_text(bytes), None);
        }
    }
}
