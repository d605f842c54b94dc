//! The words of a dialect that cannot be bare names, looked up for every identifier that is written.

/// A list of lower-case words in order, with the place at which each letter begins.
#[derive(Debug)]
pub struct Keywords {
    words: &'static [&'static str],
    /// Where the words of each letter begin, then where the last letter's end.
    starts: [u16; 27],
}

impl Keywords {
    /// Takes words that are in lower case, in order, and begin with a letter.
    pub const fn new(words: &'static [&'static str]) -> Self {
        let mut starts = [0; 27];
        let mut index = 0;
        let mut letter = 0;
        while index < words.len() {
            let first = words[index].as_bytes()[0] - b'a';
            while letter <= first {
                starts[letter as usize] = index as u16;
                letter += 1;
            }
            index += 1;
        }
        while letter < 27 {
            starts[letter as usize] = words.len() as u16;
            letter += 1;
        }
        Keywords { words, starts }
    }

    /// Whether a lower-case word is one of them.
    pub fn contains(&self, word: &str) -> bool {
        let Some(letter) = word.bytes().next().filter(u8::is_ascii_lowercase) else { return false };
        let letter = usize::from(letter - b'a');
        let (Some(start), Some(end)) = (self.starts.get(letter), self.starts.get(letter + 1)) else {
            return false;
        };
        let words = self.words.get(usize::from(*start)..usize::from(*end)).unwrap_or_default();
        words.iter().any(|known| known.len() == word.len() && *known == word)
    }
}

#[cfg(test)]
mod tests {
    use super::Keywords;

    #[test]
    fn words_are_found_by_their_first_letter() {
        let words = Keywords::new(&["all", "and", "by", "zone"]);
        for word in ["all", "and", "by", "zone"] {
            assert!(words.contains(word), "{word}");
        }
        for word in ["", "a", "al", "alls", "b", "c", "zon", "_", "ALL", "é"] {
            assert!(!words.contains(word), "{word}");
        }
        assert!(!Keywords::new(&[]).contains("all"));
    }
}
