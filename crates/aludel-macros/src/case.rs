//! From the way Rust writes names to the ways that databases and stored values do.

/// The conventions that `rename_all` takes.
pub(crate) const RULES: [&str; 6] =
    ["snake_case", "SCREAMING_SNAKE_CASE", "kebab-case", "camelCase", "lowercase", "UPPERCASE"];

/// `UserGroup` as `user_group`; a run of capitals is one word (`HTTPLog` is `http_log`).
pub(crate) fn snake_case(name: &str) -> String {
    words(name).join("_")
}

/// A name in one of the [`RULES`]; `None` for any other.
pub(crate) fn rename(name: &str, rule: &str) -> Option<String> {
    let words = words(name);
    Some(match rule {
        "snake_case" => words.join("_"),
        "SCREAMING_SNAKE_CASE" => words.join("_").to_uppercase(),
        "kebab-case" => words.join("-"),
        "camelCase" => {
            let rest = words.iter().skip(1).map(|word| capitalised(word));
            words.first().cloned().into_iter().chain(rest).collect()
        }
        "lowercase" => name.to_lowercase(),
        "UPPERCASE" => name.to_uppercase(),
        _ => return None,
    })
}

fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    for (index, character) in characters.iter().enumerate() {
        if *character == '_' {
            if words.last().is_some_and(|word| !word.is_empty()) {
                words.push(String::new());
            }
            continue;
        }
        let before = index.checked_sub(1).map(|index| characters[index]);
        let after_lower = before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit());
        let ends_capitals = before.is_some_and(char::is_uppercase)
            && characters.get(index + 1).is_some_and(|next| next.is_lowercase());
        if character.is_uppercase() && (after_lower || ends_capitals) {
            words.push(String::new());
        }
        if words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_where_capitals_begin() {
        for (name, expected) in [
            ("User", "user"),
            ("UserGroup", "user_group"),
            ("HTTPLog", "http_log"),
            ("Log2Entry", "log2_entry"),
            ("user_group", "user_group"),
            ("A", "a"),
            ("Größe", "größe"),
        ] {
            assert_eq!(snake_case(name), expected);
        }
    }

    #[test]
    fn every_rule_renames() {
        let renamed: Vec<_> = RULES.iter().map(|rule| rename("InProgress", rule).unwrap()).collect();
        assert_eq!(
            renamed,
            ["in_progress", "IN_PROGRESS", "in-progress", "inProgress", "inprogress", "INPROGRESS"]
        );
        assert_eq!(rename("InProgress", "Train-Case"), None);
    }
}
