//! Sequences and identity columns.

use super::names::table_name;
use crate::compiler::CompileError;
use crate::dialect::{Dialect, IdentityStyle, SequenceSupport};
use crate::schema::{Counting, Identity, Sequence, TableName};

/// `CREATE SEQUENCE`. Mirrors SQLAlchemy's `CreateSequence`.
#[derive(Clone, Copy, Debug)]
pub struct CreateSequence<'s> {
    sequence: &'s Sequence,
    if_not_exists: bool,
}

impl<'s> CreateSequence<'s> {
    /// Makes a sequence.
    pub fn of(sequence: &'s Sequence) -> Self {
        CreateSequence { sequence, if_not_exists: false }
    }

    /// Passes it over where a sequence of that name is there.
    #[must_use]
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    /// Where the database has no sequences, or none with such options.
    pub fn sql(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        let Sequence { name, ty, counting, .. } = self.sequence;
        let facts = support(name, dialect)?;
        if self.if_not_exists && !dialect.capabilities().ddl.existence.create {
            let what = format!("making a sequence only where there is none of that name (`{name}`)");
            return Err(CompileError::unsupported(dialect.name(), &what));
        }
        let exists = if self.if_not_exists { "IF NOT EXISTS " } else { "" };
        let mut sql = format!("CREATE SEQUENCE {exists}{}", table_name(name, dialect));
        if let Some(ty) = ty {
            if !facts.typed {
                let what = format!("a type of the numbers of a sequence (`{name}`)");
                return Err(CompileError::unsupported(dialect.name(), &what));
            }
            sql.push_str(&format!(" AS {}", dialect.type_name(ty)?));
        }
        for option in options(counting, facts) {
            sql.push(' ');
            sql.push_str(&option);
        }
        sql.push_str(&dialect.sequence_words(self.sequence)?);
        Ok(sql)
    }
}

/// `DROP SEQUENCE`. Mirrors SQLAlchemy's `DropSequence`.
#[derive(Clone, Copy, Debug)]
pub struct DropSequence<'s> {
    name: &'s TableName,
    if_exists: bool,
}

impl<'s> DropSequence<'s> {
    /// Drops a sequence.
    pub fn of(name: &'s TableName) -> Self {
        DropSequence { name, if_exists: false }
    }

    /// Passes it over where it isn't there.
    #[must_use]
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    /// Where the database has no sequences, or no `IF EXISTS`.
    pub fn sql(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        support(self.name, dialect)?;
        if self.if_exists && !dialect.capabilities().ddl.existence.drop {
            let what = format!("dropping a sequence only if it exists (`{}`)", self.name);
            return Err(CompileError::unsupported(dialect.name(), &what));
        }
        let exists = if self.if_exists { "IF EXISTS " } else { "" };
        Ok(format!("DROP SEQUENCE {exists}{}", table_name(self.name, dialect)))
    }
}

fn support(name: &TableName, dialect: &dyn Dialect) -> Result<SequenceSupport, CompileError> {
    let sequences = dialect.capabilities().ddl.sequences;
    sequences.ok_or_else(|| CompileError::unsupported(dialect.name(), &format!("sequences (`{name}`)")))
}

/// What an identity column says of itself: `GENERATED ALWAYS AS IDENTITY (…)`.
///
/// # Errors
/// Where the database has no identity columns, or none with such options.
pub fn identity_definition(identity: &Identity, dialect: &dyn Dialect) -> Result<String, CompileError> {
    let (kind, end) = dialect.identity_words(identity)?;
    let counting = &identity.counting;
    match dialect.capabilities().ddl.identity {
        IdentityStyle::Unsupported => Err(CompileError::unsupported(dialect.name(), "an identity column")),
        IdentityStyle::Pair => {
            let Counting { start, increment, min, max, cache, cycle } = counting;
            if min.is_some() || max.is_some() || cache.is_some() || cycle.is_some() {
                let what = "an identity column with more than a first number and a step";
                return Err(CompileError::unsupported(dialect.name(), what));
            }
            Ok(match (start, increment) {
                (None, None) => "IDENTITY".into(),
                (start, increment) => {
                    format!("IDENTITY({},{})", start.unwrap_or(1), increment.unwrap_or(1))
                }
            })
        }
        IdentityStyle::Standard => {
            let always = match identity.always {
                Some(true) => "ALWAYS",
                Some(false) => "BY DEFAULT",
                None => "",
            };
            let facts = dialect.capabilities().ddl.sequences.unwrap_or(SequenceSupport {
                no_min: "NO MINVALUE",
                no_max: "NO MAXVALUE",
                no_cycle: "NO CYCLE",
                typed: false,
            });
            let mut options = options(counting, facts).join(" ");
            options.push_str(&end);
            let options = match options.trim() {
                "" => String::new(),
                options => format!(" ({options})"),
            };
            let words: Vec<&str> = ["GENERATED", always, kind.trim(), "AS IDENTITY"]
                .into_iter()
                .filter(|word| !word.is_empty())
                .collect();
            Ok(format!("{}{options}", words.join(" ")))
        }
    }
}

fn options(counting: &Counting, facts: SequenceSupport) -> Vec<String> {
    let Counting { start, increment, min, max, cache, cycle } = counting;
    let mut options = Vec::new();
    options.extend(increment.map(|step| format!("INCREMENT BY {step}")));
    options.extend(start.map(|first| format!("START WITH {first}")));
    let bound = |bound: &Option<Option<i64>>, word: &str| match bound {
        Some(Some(number)) => Some(format!("{word} {number}")),
        _ => None,
    };
    options.extend(bound(min, "MINVALUE"));
    options.extend(bound(max, "MAXVALUE"));
    options.extend((*min == Some(None)).then(|| facts.no_min.to_owned()));
    options.extend((*max == Some(None)).then(|| facts.no_max.to_owned()));
    options.extend(cache.map(|numbers| format!("CACHE {numbers}")));
    options.extend(cycle.map(|cycle| if cycle { "CYCLE".to_owned() } else { facts.no_cycle.to_owned() }));
    options
}
