//! From the tree to a database's text.
//!
//! Three steps, each of which can be looked at by itself: *resolve* (which tables a query reads, what anonymous
//! aliases are called, whether every column's table is in reach), *write* (the text), and *bind* (which value goes
//! to which placeholder).

mod error;
mod expr;
mod query;
mod scope;
mod write;

use std::collections::HashMap;

pub use error::CompileError;

use crate::ast::Statement;
use crate::ast::key::StatementKey;
use crate::dialect::{Dialect, Placeholder};
use crate::value::Value;
use scope::Scopes;

/// A statement's text for one database, and which of its values goes where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// The text.
    pub sql: String,
    /// For each placeholder in the text, the index of its value among those that [`StatementKey::binds`] collects.
    pub binds: Vec<usize>,
    /// Whether the statement yields rows.
    pub returns_rows: bool,
}

/// Compiles a statement.
///
/// # Errors
/// Where the dialect cannot say it, or where it names a table that is not in reach.
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
    let mut compiler = Compiler::new(dialect);
    compiler.statement(statement)?;
    compiler.finish(key)
}

/// Renders a statement with its values written into the text, for people to read.
///
/// # Errors
/// As for [`compile`], and for values that have no literal form.
pub fn render_literal(statement: &Statement, dialect: &dyn Dialect) -> Result<String, CompileError> {
    let mut compiler = Compiler::new(dialect);
    compiler.inline_binds = true;
    compiler.statement(statement)?;
    Ok(compiler.sql)
}

/// Renders one expression with its values written into the text: a server default, a check.
///
/// # Errors
/// As for [`compile`], and for values that have no literal form.
pub fn render_expr(expr: &crate::ast::Expr, dialect: &dyn Dialect) -> Result<String, CompileError> {
    let mut compiler = Compiler::new(dialect);
    compiler.inline_binds = true;
    compiler.scopes.open_world();
    compiler.expr(expr)?;
    Ok(compiler.sql)
}

struct Compiler<'d> {
    dialect: &'d dyn Dialect,
    sql: String,
    binds: Vec<Bind>,
    scopes: Scopes,
    inline_binds: bool,
    returns_rows: bool,
}

/// What a placeholder stands for.
enum Bind {
    /// The bound value at this address of the tree. The tree does not move while it is compiled.
    Value(usize),
    /// The n-th value of a row that is given when the statement runs.
    Row(usize),
}

impl<'d> Compiler<'d> {
    fn new(dialect: &'d dyn Dialect) -> Self {
        Compiler {
            dialect,
            sql: String::with_capacity(160),
            binds: Vec::new(),
            scopes: Scopes::default(),
            inline_binds: false,
            returns_rows: false,
        }
    }

    fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    fn quote(&mut self, name: &str) {
        self.dialect.quote(name, &mut self.sql);
    }

    fn list<T>(
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

    fn bind(&mut self, value: &Value) -> Result<(), CompileError> {
        if self.inline_binds {
            return self.dialect.literal(value, &mut self.sql);
        }
        self.placeholder(Bind::Value(std::ptr::from_ref(value) as usize));
        Ok(())
    }

    fn placeholder(&mut self, bind: Bind) {
        self.binds.push(bind);
        match self.dialect.capabilities().placeholder {
            Placeholder::Question => self.push("?"),
            Placeholder::Dollar => {
                let number = self.binds.len().to_string();
                self.push("$");
                self.push(&number);
            }
            Placeholder::Named => {
                let number = self.binds.len().to_string();
                self.push(":param_");
                self.push(&number);
            }
        }
    }

    fn unsupported(&self, what: &str) -> CompileError {
        CompileError::unsupported(self.dialect.name(), what)
    }

    fn finish(self, key: &StatementKey<'_>) -> Result<Compiled, CompileError> {
        let most = self.dialect.capabilities().max_parameters;
        if self.binds.len() > most {
            return Err(CompileError::too_many_parameters(self.dialect.name(), self.binds.len(), most));
        }
        // A value that the key repeats (to fill up an IN list) has several indexes, used one after another.
        let mut places: HashMap<usize, std::collections::VecDeque<usize>> = HashMap::new();
        for (index, value) in key.binds().iter().enumerate() {
            places.entry(std::ptr::from_ref::<Value>(value) as usize).or_default().push_back(index);
        }
        let mut binds = Vec::with_capacity(self.binds.len());
        for bind in &self.binds {
            match bind {
                Bind::Row(index) => binds.push(*index),
                Bind::Value(address) => {
                    let Some(queue) = places.get_mut(address) else {
                        return Err(CompileError::internal(
                            "a bound value is not part of the statement's key",
                        ));
                    };
                    let index = match queue.len() {
                        0 => {
                            return Err(CompileError::internal(
                                "a bound value is written more often than it is kept",
                            ));
                        }
                        1 => queue[0],
                        _ => queue.pop_front().unwrap_or_default(),
                    };
                    binds.push(index);
                }
            }
        }
        Ok(Compiled { sql: self.sql, binds, returns_rows: self.returns_rows })
    }
}
