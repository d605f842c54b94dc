//! No database in particular: standard SQL with named parameters, for text that people read.

mod ddl;
mod keywords;
pub(super) mod types;

use super::{
    AutoIncrement, Capabilities, ConstraintWords, Dialect, IdentityStyle, IndexExpressions, IndexWords,
    Placeholder, common_literal,
};
use crate::compiler::CompileError;
use crate::schema::{Constraint, Index, Table};
use crate::types::Type;
use crate::value::Value;

/// A neutral way of writing SQL. Mirrors SQLAlchemy's `DefaultDialect`, and the one that `str(statement)` uses.
#[derive(Clone, Debug)]
pub struct Standard {
    capabilities: Capabilities,
    printing: bool,
}

impl Standard {
    /// What most databases have in common. What only some have is refused.
    pub fn new() -> Self {
        let mut capabilities = Capabilities::standard();
        capabilities.placeholder = Placeholder::Named;
        capabilities.max_parameters = usize::MAX;
        capabilities.boolean_literals = false;
        capabilities.insert_returning = false;
        capabilities.update_returning = false;
        capabilities.on_conflict = false;
        capabilities.max_identifier = 9_999;
        capabilities.limit_for_offset = Some("-1");
        capabilities.empty_select = true;
        capabilities.write_alias = true;
        capabilities.update_from = false;
        capabilities.ddl.autoincrement = AutoIncrement::Nothing;
        capabilities.ddl.index_expressions = IndexExpressions::Bare;
        capabilities.ddl.identity = IdentityStyle::Unsupported;
        capabilities.ddl.empty_tables = true;
        Standard { capabilities, printing: false }
    }

    /// For printing what has no dialect yet: what a database may have is written, whichever it is. A type that only
    /// one database has keeps its name.
    pub fn for_printing() -> Self {
        let mut dialect = Standard::new();
        dialect.capabilities.boolean_literals = true;
        dialect.capabilities.insert_returning = true;
        dialect.capabilities.update_returning = true;
        dialect.capabilities.on_conflict = true;
        dialect.capabilities.subscripts = true;
        dialect.capabilities.update_from = true;
        dialect.capabilities.delete_using = Some(", ");
        dialect.capabilities.ddl.identity = IdentityStyle::Standard;
        dialect.printing = true;
        dialect
    }
}

impl Default for Standard {
    fn default() -> Self {
        Standard::new()
    }
}

impl Standard {
    /// The same with other facts, for a server that is unlike those of its kind. Mirrors the keyword arguments of
    /// SQLAlchemy's dialects.
    ///
    /// ```
    /// use aludel_sql::Dialect;
    /// use aludel_sql::dialect::standard::Standard;
    ///
    /// let short = Standard::new().with_capabilities(|facts| facts.max_identifier = 30);
    /// assert_eq!(short.capabilities().max_identifier, 30);
    /// ```
    #[must_use]
    pub fn with_capabilities(mut self, change: impl FnOnce(&mut Capabilities)) -> Self {
        change(&mut self.capabilities);
        self
    }
}

impl Dialect for Standard {
    fn name(&self) -> &'static str {
        "standard"
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn type_name(&self, ty: &Type) -> Result<String, CompileError> {
        types::name(self, ty)
    }

    fn table_options(&self, table: &Table) -> Result<String, CompileError> {
        ddl::table_options(self, table)
    }

    fn index_words(&self, index: &Index) -> Result<IndexWords, CompileError> {
        ddl::index_words(self, index)
    }

    fn constraint_words(
        &self,
        table: Option<&Table>,
        constraint: &Constraint,
    ) -> Result<ConstraintWords, CompileError> {
        let _ = table;
        ddl::constraint_words(self, constraint)
    }

    fn is_reserved(&self, word: &str) -> bool {
        keywords::RESERVED.binary_search(&word).is_ok()
    }

    fn literal(&self, value: &Value, out: &mut String) -> Result<(), CompileError> {
        common_literal(self, value, out)
    }
}
