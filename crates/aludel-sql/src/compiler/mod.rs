//! From the tree to a database's text.
//!
//! Three steps, each of which can be looked at by itself: *resolve* (which sources a query reads, what anonymous
//! names become, whether every column's source is in reach), *write* (the text), and *bind* (which value goes to
//! which placeholder). One file per construct; what a database says in its own way is a fact of its
//! [`Capabilities`](crate::Capabilities) or a method of its [`Dialect`], which writes through the same [`Compiler`].

mod bind;
mod columns;
mod compound;
mod cte;
mod error;
mod expr;
mod form;
mod from;
mod function;
mod limit;
mod listed;
mod names;
mod operator;
mod precedence;
mod scope;
mod select;
mod write;

pub use error::{CompileError, CompileErrorKind};
pub use form::{Around, Part, PartOf, SelectForm};
pub use limit::RowLimit;
pub use operator::Like;
pub(crate) use precedence::is_operation;
pub use precedence::{Precedence, level};

use std::ops::Range;

use crate::ast::key::StatementKey;
use crate::ast::{Expr, Query, Select, Statement};
use crate::dialect::Dialect;
use crate::name::Name;
use crate::value::Value;
use bind::Bind;
use cte::Ctes;
use names::Names;
use scope::Scopes;

/// A statement's text for one database, and which of its values goes where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// The text.
    pub sql: String,
    /// For each placeholder in the text, the index of its value among those that [`StatementKey::binds`] collects.
    pub binds: Vec<usize>,
    /// The placeholders, as indexes of [`binds`](Self::binds), whose values come with each row of parameters rather than
    /// with the statement; `binds` has the value's index in such a row there.
    pub given: Vec<usize>,
    /// Where an insert of one such row has its values: ` VALUES ($1, $2)` with the blank in front. Who inserts many rows
    /// at once puts something else there.
    pub values: Option<Range<usize>>,
    /// Whether the statement yields rows.
    pub returns_rows: bool,
}

/// What a text is made for, other than the dialect.
#[derive(Clone, Debug, Default)]
pub struct CompileOptions {
    /// Whether values are written into the text rather than bound.
    pub literal_values: bool,
    /// Schemas that take the place of others; `None` is "no schema". Mirrors SQLAlchemy's `schema_translate_map`.
    pub schemas: Vec<(Option<String>, Option<String>)>,
    /// Names that are always in quotes (`true`) or never (`false`), whatever they look like: for a schema whose names
    /// differ only in case, say. Mirrors SQLAlchemy's `quoted_name`.
    pub quoting: Vec<(String, bool)>,
}

/// Compiles a statement.
///
/// # Errors
/// Where the dialect cannot say it, or where it names a source that is not in reach.
///
/// ```
/// use aludel_sql::dialect::sqlite::Sqlite;
/// use aludel_sql::statement::sql;
///
/// let compiled = aludel_sql::compile(&sql("SELECT ?").bind(1_i64).into(), &Sqlite::default())?;
/// assert_eq!(compiled.sql, "SELECT ?");
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
pub fn compile(statement: &Statement, dialect: &dyn Dialect) -> Result<Compiled, CompileError> {
    compile_keyed(statement, &StatementKey::of(statement), dialect)
}

/// The same where the key is already known.
///
/// # Errors
/// As for [`compile`].
pub fn compile_keyed(
    statement: &Statement,
    key: &StatementKey<'_>,
    dialect: &dyn Dialect,
) -> Result<Compiled, CompileError> {
    compile_with(statement, key, dialect, &CompileOptions::default())
}

/// The same with options.
///
/// # Errors
/// As for [`compile`].
pub fn compile_with(
    statement: &Statement,
    key: &StatementKey<'_>,
    dialect: &dyn Dialect,
    options: &CompileOptions,
) -> Result<Compiled, CompileError> {
    let mut compiler = Compiler::new(dialect, options);
    compiler.statement(statement)?;
    compiler.finish(key)
}

/// Renders a statement with its values written into the text, for people to read.
///
/// # Errors
/// As for [`compile`], and for values that have no literal form.
pub fn render_literal(statement: &Statement, dialect: &dyn Dialect) -> Result<String, CompileError> {
    let options = CompileOptions { literal_values: true, ..CompileOptions::default() };
    let mut compiler = Compiler::new(dialect, &options);
    compiler.statement(statement)?;
    Ok(compiler.sql)
}

/// Renders one expression with its values written into the text: a server default, a check. Columns are taken as
/// they are, whatever they belong to.
///
/// # Errors
/// As for [`compile`], and for values that have no literal form.
pub fn render_expr(expr: &Expr, dialect: &dyn Dialect) -> Result<String, CompileError> {
    let options = CompileOptions { literal_values: true, ..CompileOptions::default() };
    render_expr_with(expr, dialect, &options, true)
}

/// The same with options; `qualified` tells whether columns have the names of their sources in front.
///
/// # Errors
/// As for [`compile`], and for values that have no literal form.
pub fn render_expr_with(
    expr: &Expr,
    dialect: &dyn Dialect,
    options: &CompileOptions,
    qualified: bool,
) -> Result<String, CompileError> {
    let mut compiler = Compiler::new(dialect, options);
    compiler.scopes.open_world();
    compiler.qualified = qualified;
    compiler.expr(expr)?;
    Ok(compiler.sql)
}

/// Renders one element of a `FROM` list by itself: a join, a subquery with its alias.
///
/// # Errors
/// As for [`compile`].
pub fn render_from(
    item: &crate::ast::FromItem,
    dialect: &dyn Dialect,
    options: &CompileOptions,
) -> Result<String, CompileError> {
    let mut compiler = Compiler::new(dialect, options);
    compiler.scopes.open_world();
    compiler.from_item(item)?;
    Ok(compiler.sql)
}

/// Writes one statement for one dialect. Dialects and constructs of the user's own write through it.
#[derive(Debug)]
pub struct Compiler<'d> {
    dialect: &'d dyn Dialect,
    options: &'d CompileOptions,
    sql: String,
    binds: Vec<Bind>,
    placeholders: usize,
    scopes: Scopes,
    names: Names,
    ctes: Ctes,
    /// Whether values are written into the text at this point.
    literal: bool,
    /// Whether columns have the names of their sources in front at this point.
    qualified: bool,
    /// Whether an operator's operand is being written.
    inside_operator: bool,
    returns_rows: bool,
    /// Where the values of an insert of one row stand that is given when the statement runs.
    values: Option<Range<usize>>,
    /// The name of the row that an insert proposes, where it has one at this point.
    proposed: Option<Name>,
}

impl<'d> Compiler<'d> {
    fn new(dialect: &'d dyn Dialect, options: &'d CompileOptions) -> Self {
        Compiler {
            dialect,
            options,
            sql: String::with_capacity(256),
            binds: Vec::new(),
            placeholders: 0,
            scopes: Scopes::default(),
            names: Names::default(),
            ctes: Ctes::default(),
            literal: options.literal_values,
            qualified: true,
            inside_operator: false,
            returns_rows: false,
            values: None,
            proposed: None,
        }
    }

    /// The dialect that is written for.
    pub fn dialect(&self) -> &'d dyn Dialect {
        self.dialect
    }

    /// Writes SQL as it is.
    pub fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// Writes an identifier, quoted where it has to be.
    pub fn quote(&mut self, name: &str) {
        let flag = self.quoting(name);
        self.quote_as(name, flag);
    }

    /// Whether a name is always or never in quotes.
    fn quoting(&self, name: &str) -> Option<bool> {
        self.options.quoting.iter().find(|(known, _)| known == name).map(|(_, flag)| *flag)
    }

    fn quote_as(&mut self, name: &str, flag: Option<bool>) {
        match flag {
            None => self.dialect.quote(name, &mut self.sql),
            Some(true) => self.dialect.quote_always(name, &mut self.sql),
            Some(false) => self.sql.push_str(name),
        }
    }

    /// Writes a value into the text.
    ///
    /// # Errors
    /// Where the database has no way to write it.
    pub fn literal(&mut self, value: &Value) -> Result<(), CompileError> {
        self.dialect.literal(value, &mut self.sql)
    }

    /// Writes the name of a schema. One that is always or never in quotes is a single name, whatever it holds.
    pub fn quote_schema(&mut self, name: &str) {
        match self.quoting(name) {
            None => self.dialect.quote_schema(name, &mut self.sql),
            flag => self.quote_as(name, flag),
        }
    }

    /// Whether values are written into the text at this point.
    pub fn writes_literals(&self) -> bool {
        self.literal
    }

    /// Whether an expression is a single value that is written into the text, rather than bound.
    pub fn is_written(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Literal(_) => true,
            Expr::Bind(_) => self.literal,
            Expr::Param(param) => self.literal || param.literal,
            _ => false,
        }
    }

    /// Writes a part with its values in the text, whatever holds around it.
    ///
    /// # Errors
    /// As what is written.
    pub fn with_literals<T>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        let before = std::mem::replace(&mut self.literal, true);
        let written = write(self);
        self.literal = before;
        written
    }

    /// Writes a part in which columns stand without the names of their sources.
    ///
    /// # Errors
    /// As what is written.
    pub fn unqualified<T>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        let before = std::mem::replace(&mut self.qualified, false);
        let written = write(self);
        self.qualified = before;
        written
    }

    /// Writes a part that sees the row which an insert proposes under this name.
    ///
    /// # Errors
    /// As what is written.
    pub fn proposing<T>(
        &mut self,
        row: Option<Name>,
        write: impl FnOnce(&mut Self) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        let before = std::mem::replace(&mut self.proposed, row);
        let written = write(self);
        self.proposed = before;
        written
    }

    /// The name of the row that an insert proposes, where it has one at this point.
    pub fn proposed_row(&self) -> Option<&Name> {
        self.proposed.as_ref()
    }

    /// Writes things with a separator between.
    ///
    /// # Errors
    /// As what is written.
    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &str,
        mut write: impl FnMut(&mut Self, T) -> Result<(), CompileError>,
    ) -> Result<(), CompileError> {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            write(self, item)?;
        }
        Ok(())
    }

    /// Writes expressions with commas between.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn exprs(&mut self, exprs: &[Expr]) -> Result<(), CompileError> {
        self.list(exprs, ", ", Self::expr)
    }

    /// The error that this dialect lacks a construct.
    pub fn unsupported(&self, what: &str) -> CompileError {
        CompileError::unsupported(self.dialect.name(), what)
    }

    /// Writes a query in parentheses, as a value or the right side of an operator.
    ///
    /// # Errors
    /// As for [`compile`].
    pub fn subquery(&mut self, query: &Query) -> Result<(), CompileError> {
        self.push("(");
        self.query(query, Position::Value)?;
        self.push(")");
        Ok(())
    }

    fn select(&mut self, select: &Select, position: Position) -> Result<(), CompileError> {
        if !self.dialect.select(self, select, position)? {
            self.standard_select(select, position, &SelectForm::default())?;
        }
        Ok(())
    }
}

/// Where a query stands in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// By itself.
    Top,
    /// As a value, or behind an operator.
    Value,
    /// In `FROM`, or as a common table expression; with the number of what it defines.
    From(u32),
    /// The same behind `LATERAL`.
    Lateral(u32),
    /// A member of a compound, behind the first one where the flag is set, inside of the position's owner.
    Member {
        /// Which member.
        index: usize,
        /// The number of what the compound defines, where it does.
        owner: Option<u32>,
    },
    /// The source of an insert's rows.
    Insert,
}

impl Position {
    /// The number of the source whose columns the query's columns are.
    pub(crate) fn owner(self) -> Option<u32> {
        match self {
            Position::From(id) | Position::Lateral(id) => Some(id),
            Position::Member { index: 0, owner } => owner,
            _ => None,
        }
    }

    /// Whether the query's columns are named for somebody who reads it by name.
    pub(crate) fn names_columns(self) -> bool {
        matches!(self, Position::From(_) | Position::Lateral(_) | Position::Member { owner: Some(_), .. })
    }
}
