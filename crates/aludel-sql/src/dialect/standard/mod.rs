//! No database in particular: standard SQL with named parameters, for text that people read.

mod ddl;
mod keywords;
pub(super) mod types;

use super::{
    AutoIncrement, Capabilities, ConstraintWords, Dialect, IdentityStyle, IndexExpressions, IndexWords,
    Placeholder, common_literal,
};
use crate::ast::{Expr, JsonAccess, Regexp};
use crate::compiler::{CompileError, Compiler, Precedence, level};
use crate::schema::{Constraint, Index, Table};
use crate::types::Type;
use crate::value::Value;

/// A neutral way of writing SQL. Mirrors SQLAlchemy's `DefaultDialect`, and the one that `str(statement)` uses.
#[derive(Clone, Debug)]
pub struct Standard {
    capabilities: Capabilities,
    /// Whether what no database has to have is written in some way that people understand.
    printing: bool,
}

impl Standard {
    /// What most databases have in common. What only some have is refused.
    pub fn new() -> Self {
        let mut capabilities = Capabilities::standard();
        capabilities.placeholder = Placeholder::Named;
        capabilities.max_parameters = usize::MAX;
        capabilities.boolean_literals = false;
        capabilities.boolean_values = false;
        capabilities.on_conflict = false;
        capabilities.max_identifier = 9_999;
        capabilities.limit_for_offset = Some("-1");
        capabilities.empty_select = true;
        capabilities.write_alias = true;
        capabilities.change_alias = true;
        capabilities.delete_alias = true;
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
        dialect.printing = true;
        dialect.capabilities.string_aggregate = Some("aggregate_strings");
        dialect.capabilities.boolean_literals = true;
        dialect.capabilities.boolean_values = true;
        dialect.capabilities.default_values = false;
        dialect.capabilities.on_conflict = true;
        dialect.capabilities.subscripts = true;
        dialect.capabilities.update_from = true;
        dialect.capabilities.delete_using = Some(" , ");
        dialect.capabilities.ddl.identity = IdentityStyle::Standard;
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
        keywords::RESERVED.contains(word)
    }

    fn regexp(&self, out: &mut Compiler<'_>, regexp: &Regexp) -> Result<bool, CompileError> {
        if !self.printing {
            return Ok(false);
        }
        if let Some(replacement) = &regexp.replacement {
            out.push("<regexp replace>(");
            out.list([&regexp.operand, &regexp.pattern, replacement], ", ", Compiler::expr)?;
            out.push(")");
            return Ok(true);
        }
        let words = if regexp.negated { " <not regexp> " } else { " <regexp> " };
        out.infix(&regexp.operand, words, &regexp.pattern, Precedence::level(level::COMPARISON))?;
        Ok(true)
    }

    fn json(&self, out: &mut Compiler<'_>, access: &JsonAccess) -> Result<bool, CompileError> {
        if !self.printing {
            return Ok(false);
        }
        out.operand(&access.operand, Precedence { level: level::INDEX, chain: Some("[]") })?;
        out.push("[");
        out.expr(&access.key)?;
        out.push("]");
        Ok(true)
    }

    fn try_cast(&self, out: &mut Compiler<'_>, operand: &Expr, ty: &Type) -> Result<bool, CompileError> {
        if self.printing {
            out.standard_cast("TRY_CAST", operand, ty)?;
        }
        Ok(self.printing)
    }

    fn next_value(
        &self,
        out: &mut Compiler<'_>,
        schema: Option<&str>,
        name: &str,
    ) -> Result<bool, CompileError> {
        if self.printing {
            out.push("<next sequence value: ");
            super::qualified(out, schema, name);
            out.push(">");
        }
        Ok(self.printing)
    }

    fn literal(&self, value: &Value, out: &mut String) -> Result<(), CompileError> {
        common_literal(self, value, out)
    }
}
