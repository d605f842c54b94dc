//! Which of the known names a mistyped one may have meant.

/// Up to three of `known` that look like `given`, the most alike first.
pub(super) fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let allowed = (given.chars().count() / 3).max(1);
    let mut found: Vec<(usize, &str)> = known
        .filter_map(|name| {
            let distance = distance(given, name);
            let begins_alike = given.len() >= 4 && (name.starts_with(given) || given.starts_with(name));
            (distance <= allowed || begins_alike).then_some((distance, name))
        })
        .collect();
    found.sort();
    found.truncate(3);
    found.into_iter().map(|(_, name)| name.to_string()).collect()
}

/// How many letters must be inserted, deleted or replaced to make `a` of `b` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last = b.len();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (above, to) in row.iter_mut().skip(1).zip(&b) {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = *above;
            left = replaced.min(left + 1).min(*above + 1);
            *above = left;
        }
        last = left;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_edits() {
        for (a, b, edits) in
            [("", "", 0), ("abc", "", 3), ("", "ab", 2), ("abc", "abd", 1), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(a, b), edits, "{a} {b}");
        }
    }

    #[test]
    fn the_most_alike_come_first() {
        let known = ["1975ea83b712", "1975ea83b721", "ae1027a6acf"];
        assert_eq!(nearest("1975ea83b711", known.into_iter()), ["1975ea83b712", "1975ea83b721"]);
        assert!(nearest("zzzz", known.into_iter()).is_empty());
    }
}
