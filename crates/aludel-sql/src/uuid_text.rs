//! Universally unique identifiers as text, for databases that have no type for them.

/// The text that stands for an identifier where a database has no type of its own: 32 lower-case hexadecimal digits,
/// as SQLAlchemy stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UuidText([u8; 32]);

impl UuidText {
    /// The text of an identifier.
    pub fn new(bytes: [u8; 16]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'0'; 32];
        let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        for (slot, nibble) in text.iter_mut().zip(nibbles) {
            if let Some(digit) = DIGITS.get(usize::from(nibble)) {
                *slot = *digit;
            }
        }
        UuidText(text)
    }

    /// As a string.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_in_order() {
        let bytes = [0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 1, 2, 3, 4, 5, 6, 7, 0xff];
        assert_eq!(UuidText::new(bytes).as_str(), "123456789abcdef001020304050607ff");
    }
}
