//! What only one database knows: options of schema objects under names that begin with the dialect's.

use super::Sql;

/// Options of one dialect each, by names that begin with it: `mysql_engine`, `postgres_using`, `sqlite_strict`.
///
/// A dialect reads those that bear its name, refuses the ones that it doesn't know, and passes the others over; so one
/// table can be declared for every database. The order in which they were set is kept; two sets with the same options
/// are equal in any order. Mirrors SQLAlchemy's dialect-specific keyword arguments.
#[derive(Clone, Debug, Default)]
pub struct Options(Vec<(String, OptionValue)>);

/// The value of an option.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// A switch.
    Flag(bool),
    /// A number.
    Number(i64),
    /// A text; an empty one is a switch that is on.
    Text(String),
    /// Names or texts in order: the columns of `INCLUDE`, the tables of `INHERITS`.
    List(Vec<String>),
    /// Settings by name, in order: storage parameters, operator classes or lengths by column.
    Settings(Vec<(String, OptionValue)>),
    /// A condition or another expression.
    Sql(Sql),
}

impl Options {
    /// No options.
    pub const fn new() -> Self {
        Options(Vec::new())
    }

    /// Sets an option; one that is there already keeps its place.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<OptionValue>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name, value)),
        }
    }

    /// The option of that name.
    pub fn get(&self, name: &str) -> Option<&OptionValue> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The option of that name, where it is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            OptionValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Takes an option out.
    pub fn remove(&mut self, name: &str) -> Option<OptionValue> {
        let position = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(position).1)
    }

    /// The options in the order in which they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &OptionValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for Options {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}

impl<N: Into<String>, V: Into<OptionValue>> FromIterator<(N, V)> for Options {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(options: I) -> Self {
        let mut all = Options::new();
        for (name, value) in options {
            all.insert(name, value);
        }
        all
    }
}

impl<N: Into<String>, V: Into<OptionValue>> Extend<(N, V)> for Options {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, options: I) {
        for (name, value) in options {
            self.insert(name, value);
        }
    }
}

impl OptionValue {
    /// Settings by name: `settings([("fillfactor", 50)])`. An empty text stands for a name without a value.
    pub fn settings<N: Into<String>, V: Into<OptionValue>>(
        settings: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        OptionValue::Settings(settings.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// Whether a switch is on; `None` where this is no switch.
    pub fn as_flag(&self) -> Option<bool> {
        match self {
            OptionValue::Flag(flag) => Some(*flag),
            OptionValue::Text(text) if text.is_empty() || text == "true" => Some(true),
            OptionValue::Text(text) if text == "false" => Some(false),
            _ => None,
        }
    }

    /// The value as one word or phrase, where it is a text, a number or a switch.
    pub fn as_word(&self) -> Option<String> {
        match self {
            OptionValue::Flag(flag) => Some(flag.to_string()),
            OptionValue::Number(number) => Some(number.to_string()),
            OptionValue::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl From<&str> for OptionValue {
    fn from(text: &str) -> Self {
        OptionValue::Text(text.to_owned())
    }
}

impl From<String> for OptionValue {
    fn from(text: String) -> Self {
        OptionValue::Text(text)
    }
}

impl From<&String> for OptionValue {
    fn from(text: &String) -> Self {
        OptionValue::Text(text.clone())
    }
}

impl From<bool> for OptionValue {
    fn from(flag: bool) -> Self {
        OptionValue::Flag(flag)
    }
}

impl From<i64> for OptionValue {
    fn from(number: i64) -> Self {
        OptionValue::Number(number)
    }
}

impl<const N: usize> From<[&str; N]> for OptionValue {
    fn from(names: [&str; N]) -> Self {
        OptionValue::List(names.into_iter().map(str::to_owned).collect())
    }
}

impl From<Vec<String>> for OptionValue {
    fn from(names: Vec<String>) -> Self {
        OptionValue::List(names)
    }
}

impl From<Sql> for OptionValue {
    fn from(sql: Sql) -> Self {
        OptionValue::Sql(sql)
    }
}

impl std::fmt::Display for OptionValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OptionValue::Flag(flag) => write!(f, "{flag}"),
            OptionValue::Number(number) => write!(f, "{number}"),
            OptionValue::Text(text) => f.write_str(text),
            OptionValue::List(names) => f.write_str(&names.join(", ")),
            OptionValue::Settings(settings) => {
                let settings: Vec<String> =
                    settings.iter().map(|(name, value)| format!("{name} = {value}")).collect();
                f.write_str(&settings.join(", "))
            }
            OptionValue::Sql(sql) => write!(f, "{sql}"),
        }
    }
}
