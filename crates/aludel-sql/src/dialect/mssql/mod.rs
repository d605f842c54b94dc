//! Microsoft SQL Server: its SQL can be written, but no driver here runs it.

mod ddl;
mod keywords;
mod literal;
mod names;
mod select;
mod statement;
pub(super) mod types;

use super::{
    AggregateOrder, AutoIncrement, Capabilities, ColumnClause, CommentStyle, ConstraintWords,
    DeferralSupport, Dialect, IdentityStyle, IndexExpressions, IndexWords, Placeholder, SequenceSupport,
    ViewSupport,
};
use crate::ast::{BinaryOperator, Expr, Function, JsonAccess, Lock, Match, Select, SelectItem};
use crate::compiler::{CompileError, Compiler, Position, RowLimit, level};
use crate::schema::{Column, Constraint, Index, Table};
use crate::types::Type;
use crate::value::Value;

/// SQL Server's way of writing SQL. Mirrors SQLAlchemy's `mssql` dialect as far as text goes.
#[derive(Clone, Debug)]
pub struct Mssql {
    capabilities: Capabilities,
    major: u32,
}

impl Mssql {
    /// The dialect of a major version: 9 is SQL Server 2005, 11 is 2012, 16 is 2022.
    pub fn of_version(major: u32) -> Self {
        let mut capabilities = Capabilities::standard();
        capabilities.quote = '[';
        capabilities.placeholder = Placeholder::Named;
        capabilities.max_parameters = 2_100;
        capabilities.boolean_literals = false;
        capabilities.boolean_values = false;
        capabilities.condition_values = false;
        capabilities.offset_fetch = major >= 11;
        capabilities.order_in_subqueries = false;
        capabilities.on_conflict = false;
        capabilities.nulls_ordering = false;
        capabilities.concat_operator = Some("+");
        capabilities.string_aggregate = Some("string_agg");
        capabilities.aggregate_order = AggregateOrder::WithinGroup;
        capabilities.concat_level = level::SUM;
        capabilities.cte_recursive_word = false;
        capabilities.update_from = true;
        capabilities.update_from_target = true;
        capabilities.delete_using = Some(" FROM ");
        capabilities.delete_using_target = true;
        capabilities.returning_before_values = true;
        capabilities.max_identifier = 128;
        // Columns are renamed by a procedure, and changed by clauses of the server's own.
        capabilities.alter.rename_column = false;
        capabilities.alter.alter_column = false;
        let ddl = &mut capabilities.ddl;
        ddl.autoincrement = AutoIncrement::Keyword("IDENTITY");
        ddl.identity = IdentityStyle::Pair;
        ddl.column_clauses =
            &[ColumnClause::Computed, ColumnClause::Null, ColumnClause::Identity, ColumnClause::Default];
        ddl.null_is_written = true;
        ddl.computed_bare = true;
        ddl.stored_columns = Some("PERSISTED");
        ddl.match_ = false;
        ddl.sequences = ddl.sequences.map(|sequences| SequenceSupport { typed: true, ..sequences });
        ddl.views = ViewSupport {
            replace: Some("OR ALTER"),
            materialized: false,
            temporary: false,
            if_not_exists: false,
        };
        ddl.create_table_as = false;
        ddl.existence.create = false;
        ddl.existence.create_index = false;
        ddl.cascade = false;
        // Kept as extended properties, which a procedure sets.
        ddl.comments = CommentStyle::Ignored;
        ddl.index_expressions = IndexExpressions::Unsupported;
        ddl.index_collations = false;
        ddl.drop_index_on_table = true;
        ddl.deferrable = DeferralSupport::Nothing;
        capabilities.native_uuid = true;
        Mssql { capabilities, major }
    }

    /// Dates and times of day are types of their own since SQL Server 2008.
    fn has_dates(&self) -> bool {
        self.major >= 10
    }

    /// Texts and bytes of any length are `VARCHAR(max)` and the like since SQL Server 2012; before they are `TEXT`,
    /// `NTEXT` and `IMAGE`.
    fn has_large_values(&self) -> bool {
        self.major >= 11
    }
}

/// SQL Server 2022.
impl Default for Mssql {
    fn default() -> Self {
        Mssql::of_version(16)
    }
}

impl Mssql {
    /// The same with other facts, for a server that is unlike those of its kind. Mirrors the keyword arguments of
    /// SQLAlchemy's dialects.
    #[must_use]
    pub fn with_capabilities(mut self, change: impl FnOnce(&mut Capabilities)) -> Self {
        change(&mut self.capabilities);
        self
    }
}

impl Dialect for Mssql {
    fn name(&self) -> &'static str {
        "mssql"
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

    /// A generated column takes its nullability from its expression.
    fn writes_null(&self, column: &Column) -> bool {
        column.computed.is_none()
    }

    fn collation(&self, name: &str, out: &mut String) {
        super::caseless_collation(self, name, out);
    }

    /// The opening and the closing sign differ, and only the closing one has to be doubled.
    fn quote_always(&self, name: &str, out: &mut String) {
        out.push('[');
        out.push_str(&name.replace(']', "]]"));
        out.push(']');
    }

    fn is_reserved(&self, word: &str) -> bool {
        keywords::RESERVED.contains(word)
    }

    fn quote_schema(&self, name: &str, out: &mut String) {
        names::schema(self, name, out);
    }

    fn select(
        &self,
        out: &mut Compiler<'_>,
        select: &Select,
        position: Position,
    ) -> Result<bool, CompileError> {
        select::select(out, select, position)
    }

    fn row_limit(&self, out: &mut Compiler<'_>, limit: &RowLimit<'_>) -> Result<(), CompileError> {
        select::row_limit(out, limit)
    }

    /// Locks are words beside a table here (`WITH (UPDLOCK)`); the clause is left out, as SQLAlchemy does.
    fn lock(&self, out: &mut Compiler<'_>, lock: &Lock) -> Result<(), CompileError> {
        let _ = (out, lock);
        Ok(())
    }

    fn source_hint(&self, out: &mut Compiler<'_>, words: &str) {
        out.push(" ");
        out.push(words);
    }

    /// Written rows come back by `OUTPUT`, from tables of the server's making.
    fn returning(
        &self,
        out: &mut Compiler<'_>,
        items: &[SelectItem],
        verb: &str,
    ) -> Result<bool, CompileError> {
        out.push(" OUTPUT ");
        out.returned_from(items, if verb == "DELETE" { "deleted" } else { "inserted" })?;
        Ok(true)
    }

    fn binary(
        &self,
        out: &mut Compiler<'_>,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
    ) -> Result<bool, CompileError> {
        statement::binary(out, operator, left, right)
    }

    fn true_divisor(&self, out: &mut Compiler<'_>, right: &Expr) -> Result<bool, CompileError> {
        super::plus_zero(out, right)
    }

    fn full_text(&self, out: &mut Compiler<'_>, search: &Match) -> Result<bool, CompileError> {
        super::contains(out, search)
    }

    fn function(&self, out: &mut Compiler<'_>, function: &Function) -> Result<bool, CompileError> {
        statement::function(out, function)
    }

    fn extract(&self, out: &mut Compiler<'_>, field: &str, operand: &Expr) -> Result<bool, CompileError> {
        statement::extract(out, field, operand)
    }

    fn json(&self, out: &mut Compiler<'_>, access: &JsonAccess) -> Result<bool, CompileError> {
        statement::json(out, access)
    }

    fn try_cast(&self, out: &mut Compiler<'_>, operand: &Expr, ty: &Type) -> Result<bool, CompileError> {
        out.standard_cast("TRY_CAST ", operand, ty)?;
        Ok(true)
    }

    fn next_value(
        &self,
        out: &mut Compiler<'_>,
        schema: Option<&str>,
        name: &str,
    ) -> Result<bool, CompileError> {
        out.push("NEXT VALUE FOR ");
        super::qualified(out, schema, name);
        Ok(true)
    }

    fn literal(&self, value: &Value, out: &mut String) -> Result<(), CompileError> {
        literal::literal(self, value, out)
    }

    fn typed_literal(&self, value: &Value, ty: &Type, out: &mut String) -> Result<(), CompileError> {
        literal::typed(self, value, ty, out)
    }
}
