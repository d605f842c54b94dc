//! A small tree of Rust expressions: what a revision's steps are made of.

/// A Rust expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Code {
    /// A literal or a path.
    Atom(String),
    /// `name(arguments)`
    Call(String, Vec<Code>),
    /// `root.name(arguments)…`
    Chain(Box<Code>, Vec<(String, Vec<Code>)>),
    /// `[items]`
    Array(Vec<Code>),
    /// `&expression`
    Borrow(Box<Code>),
}

/// `name(arguments)`
pub(super) fn call(name: &str, arguments: impl IntoIterator<Item = Code>) -> Code {
    Code::Call(name.to_owned(), arguments.into_iter().collect())
}

/// A path or a number.
pub(super) fn atom(text: impl Into<String>) -> Code {
    Code::Atom(text.into())
}

/// A text as a literal that means the same text.
pub(super) fn text(text: &str) -> Code {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            character if is_unreadable(character) => out.extend(character.escape_unicode()),
            character => out.push(character),
        }
    }
    out.push('"');
    Code::Atom(out)
}

/// Texts as an array of literals.
pub(super) fn texts<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> Code {
    Code::Array(items.into_iter().map(|item| text(item.as_ref())).collect())
}

impl Code {
    /// `self.name(arguments)`
    pub(super) fn then(self, name: &str, arguments: impl IntoIterator<Item = Code>) -> Code {
        let step = (name.to_owned(), arguments.into_iter().collect());
        match self {
            Code::Chain(root, mut steps) => {
                steps.push(step);
                Code::Chain(root, steps)
            }
            root => Code::Chain(Box::new(root), vec![step]),
        }
    }
}

/// Control characters, and those that take no room or turn the direction of what is read.
pub(super) fn is_unreadable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}
