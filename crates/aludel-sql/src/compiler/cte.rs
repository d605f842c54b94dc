//! Common table expressions: each is written once, in front of the statement or of the query that owns it.

use std::sync::Arc;

use super::bind::Bind;
use super::{CompileError, Compiler, Position};
use crate::ast::{Cte, Derived, Query};

/// The common table expressions met so far.
#[derive(Debug, Default)]
pub(super) struct Ctes {
    written: Vec<Written>,
    /// Those that are being written, with the numbers of those whose places they take.
    open: Vec<(u32, u32)>,
    /// Whether an `ON CONFLICT` will follow the query that is being written.
    pub(super) conflict_follows: bool,
}

impl Ctes {
    /// Whether some are written that stand in no `WITH` yet.
    pub(super) fn are_left(&self) -> bool {
        !self.written.is_empty()
    }
}

/// One whose text is there.
#[derive(Debug)]
struct Written {
    /// Its number.
    id: u32,
    /// The number of the one that it restates, or its own.
    reference: u32,
    name: String,
    /// The depth at which it is written out.
    depth: usize,
    nesting: bool,
    recursive: bool,
    text: String,
    binds: Vec<Bind>,
}

/// The place at which a statement began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    text: usize,
    binds: usize,
}

impl Ctes {
    /// Whether one is being written.
    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Whether what is being written takes the place of the one of this number.
    pub(super) fn restates(&self, id: u32) -> bool {
        self.open.iter().any(|(own, of)| *own != id && *of == id)
    }
}

impl Compiler<'_> {
    pub(super) fn mark(&self) -> Mark {
        Mark { text: self.sql.len(), binds: self.binds.len() }
    }

    /// Sees to it that a common table expression stands in a `WITH` when its statement is done.
    pub(super) fn common_table(
        &mut self,
        derived: &Arc<Derived>,
        cte: &Cte,
        nest_here: bool,
    ) -> Result<(), CompileError> {
        let reference = cte.restates.unwrap_or(derived.id);
        if self.ctes.open.iter().any(|(id, of)| *id == derived.id || *of == derived.id) {
            return Ok(());
        }
        let nesting = cte.nesting || nest_here;
        let depth = if nesting { self.scopes.stack.len() } else { 1 };
        let Some(name) = self.derived_name(derived) else {
            return Err(CompileError::invalid("a common table expression has no name"));
        };
        if let Some(place) = self.ctes.written.iter().position(|known| known.reference == reference) {
            let known = &mut self.ctes.written[place];
            if nest_here && !known.nesting {
                known.nesting = true;
                known.depth = depth;
            }
            if known.id == derived.id || cte.restates != Some(known.id) {
                return Ok(());
            }
            // It takes the place of the first half that was met before.
            self.ctes.written.remove(place);
        }
        let before = (std::mem::take(&mut self.sql), std::mem::take(&mut self.binds));
        self.ctes.open.push((derived.id, reference));
        let body = self.cte_text(derived, cte, &name);
        self.ctes.open.pop();
        let text = std::mem::replace(&mut self.sql, before.0);
        let binds = std::mem::replace(&mut self.binds, before.1);
        body?;
        let twin = self.ctes.written.iter().find(|known| known.name == name && known.depth == depth);
        if let Some(known) = twin {
            // The same one built twice is one; another one under the name of the first would be read in its place.
            if known.text == text {
                return Ok(());
            }
            return Err(CompileError::invalid(format!(
                "two different common table expressions are called `{name}`: name one of them otherwise"
            )));
        }
        let recursive = cte.recursive;
        self.ctes.written.push(Written {
            id: derived.id,
            reference,
            name,
            depth,
            nesting,
            recursive,
            text,
            binds,
        });
        Ok(())
    }

    fn cte_text(&mut self, derived: &Arc<Derived>, cte: &Cte, name: &str) -> Result<(), CompileError> {
        self.quote(name);
        let named = cte.recursive || !cte.columns.is_empty() || matches!(cte.query, Query::Values(_));
        if named && self.dialect.capabilities().cte_columns {
            let columns = match cte.columns.is_empty() {
                true => self.column_list(&cte.query, reference_of(derived, cte)),
                false => cte.columns.iter().map(ToString::to_string).collect(),
            };
            self.push("(");
            self.list(&columns, ", ", |compiler, column| {
                compiler.quote(column);
                Ok(())
            })?;
            self.push(")");
        }
        self.push(" AS ");
        if let Some(materialized) = cte.materialized {
            if !self.dialect.capabilities().cte_materialized {
                return Err(self.unsupported("MATERIALIZED"));
            }
            self.push(if materialized { "MATERIALIZED " } else { "NOT MATERIALIZED " });
        }
        self.prefixes(&cte.prefixes)?;
        self.push("(");
        self.query(&cte.query, Position::From(reference_of(derived, cte)))?;
        self.push(")");
        if !cte.suffixes.is_empty() {
            self.push(" ");
            self.prefixes(&cte.suffixes)?;
        }
        Ok(())
    }

    /// Puts the `WITH` in front of what was written since the mark: all of it at the outermost statement, what is
    /// nested at this depth elsewhere. `behind` also takes what is nested one deeper, for statements whose parts have
    /// no `WITH` of their own.
    pub(super) fn with_clause(&mut self, mark: Mark, behind: bool) {
        if self.ctes.written.is_empty() {
            return;
        }
        let depth = self.scopes.stack.len();
        let here = |known: &Written| {
            depth <= 1 || (known.nesting && (known.depth == depth || (behind && known.depth == depth + 1)))
        };
        let (here, elsewhere): (Vec<Written>, Vec<Written>) =
            std::mem::take(&mut self.ctes.written).into_iter().partition(here);
        self.ctes.written = elsewhere;
        if here.is_empty() {
            return;
        }
        let recursive =
            here.iter().any(|known| known.recursive) && self.dialect.capabilities().cte_recursive_word;
        let mut text = String::from(if recursive { "WITH RECURSIVE " } else { "WITH " });
        let mut binds = Vec::new();
        for (index, known) in here.into_iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            text.push_str(&known.text);
            binds.extend(known.binds);
        }
        text.push(' ');
        self.sql.insert_str(mark.text, &text);
        self.binds.splice(mark.binds..mark.binds, binds);
    }
}

/// The number by which the columns of a common table expression are known.
fn reference_of(derived: &Derived, cte: &Cte) -> u32 {
    cte.restates.unwrap_or(derived.id)
}
