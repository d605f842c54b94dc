//! SQLite.

mod ddl;
mod keywords;
mod statement;
pub(super) mod types;

use super::{
    AlterSupport, AutoIncrement, Capabilities, ColumnClause, CommentStyle, ConstraintWords, DeferralSupport,
    Dialect, IdentityStyle, IndexExpressions, IndexWords, ValuesColumns, ViewSupport, common_literal,
};
use crate::ast::{BinaryOperator, Expr, Function, JsonAccess, Lock, Regexp};
use crate::compiler::{CompileError, Compiler, level};
use crate::decimal;
use crate::schema::{Column, Constraint, Index, Table};
use crate::types::Type;
use crate::value::Value;

/// SQLite's way of writing SQL.
#[derive(Clone, Debug)]
pub struct Sqlite {
    capabilities: Capabilities,
}

impl Sqlite {
    /// The dialect of a version, as `sqlite3_libversion_number` tells it: 3.45.1 is 3045001.
    pub fn of_version(version: i32) -> Self {
        let mut capabilities = Capabilities::standard();
        capabilities.boolean_literals = version >= 3_023_000;
        capabilities.max_parameters = if version >= 3_032_000 { 32_766 } else { 999 };
        capabilities.insert_returning = version >= 3_035_000;
        capabilities.update_returning = version >= 3_035_000;
        capabilities.nulls_ordering = version >= 3_030_000;
        capabilities.limit_for_offset = Some("-1");
        capabilities.is_distinct_from = Some(("IS NOT", "IS"));
        capabilities.last_insert_id = true;
        capabilities.tuple_in_values = true;
        capabilities.string_aggregate = Some("group_concat");
        capabilities.lateral = false;
        capabilities.tablesample = false;
        capabilities.fetch = false;
        capabilities.cte_materialized = version >= 3_035_000;
        capabilities.compound_parentheses = false;
        capabilities.write_alias = true;
        capabilities.change_alias = true;
        capabilities.delete_alias = true;
        capabilities.update_from = version >= 3_033_000;
        capabilities.returning_qualified = false;
        capabilities.quantifiers = false;
        capabilities.write_ctes = false;
        capabilities.values_columns = ValuesColumns::Numbered;
        capabilities.max_identifier = usize::MAX;
        capabilities.alter = AlterSupport {
            drop_column: version >= 3_035_000,
            rename_column: version >= 3_025_000,
            alter_column: false,
            constraints: false,
        };
        capabilities.ddl.autoincrement = AutoIncrement::RowId;
        capabilities.ddl.comments = CommentStyle::Ignored;
        capabilities.ddl.index_expressions = IndexExpressions::Bare;
        capabilities.ddl.schema_on_index = true;
        let ddl = &mut capabilities.ddl;
        ddl.foreign_schemas = false;
        ddl.deferrable = DeferralSupport::ForeignKeys;
        ddl.column_clauses =
            &[ColumnClause::Default, ColumnClause::Null, ColumnClause::Key, ColumnClause::Computed];
        ddl.identity = IdentityStyle::Unsupported;
        ddl.sequences = None;
        ddl.views = ViewSupport { replace: None, materialized: false, temporary: true, if_not_exists: true };
        ddl.schemas = false;
        ddl.cascade = false;
        // Booleans are numbers in SQLite, and stored schema text is compared as written: numbers are one spelling.
        capabilities.boolean_literals = false;
        capabilities.boolean_values = false;
        capabilities.concat_level = level::PRODUCT;
        Sqlite { capabilities }
    }

    /// Gives generic types the plain names of SQLAlchemy ([`Capabilities::plain_types`]): `DATETIME` for points in time,
    /// too, and `BLOB` without a length.
    #[must_use]
    pub fn plain_types(mut self) -> Self {
        self.capabilities.plain_types = true;
        self
    }
}

/// The newest version that this crate knows facts about; for text that is made without a connection.
impl Default for Sqlite {
    fn default() -> Self {
        Sqlite::of_version(3_050_000)
    }
}

impl Sqlite {
    /// The same with other facts, for a server that is unlike those of its kind. Mirrors the keyword arguments of
    /// SQLAlchemy's dialects.
    #[must_use]
    pub fn with_capabilities(mut self, change: impl FnOnce(&mut Capabilities)) -> Self {
        change(&mut self.capabilities);
        self
    }
}

impl Dialect for Sqlite {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn type_name(&self, ty: &Type) -> Result<String, CompileError> {
        types::name(self, ty)
    }

    fn column_type(&self, table: &Table, column: &Column) -> Result<String, CompileError> {
        ddl::column_type(self, table, column)
    }

    fn server_default(&self, _: &Column, sql: String) -> String {
        ddl::server_default(sql)
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
        ddl::constraint_words(self, table, constraint)
    }

    fn column_words(&self, column: &Column, clause: ColumnClause) -> Result<String, CompileError> {
        ddl::column_words(self, column, clause)
    }

    fn collation(&self, name: &str, out: &mut String) {
        super::caseless_collation(self, name, out);
    }

    fn is_reserved(&self, word: &str) -> bool {
        keywords::RESERVED.contains(word)
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

    fn empty_list(&self, out: &mut Compiler<'_>, width: usize) -> bool {
        statement::empty_list(out, width);
        true
    }

    fn regexp(&self, out: &mut Compiler<'_>, regexp: &Regexp) -> Result<bool, CompileError> {
        statement::regexp(out, regexp)
    }

    fn json(&self, out: &mut Compiler<'_>, access: &JsonAccess) -> Result<bool, CompileError> {
        statement::json(out, access)
    }

    fn function(&self, out: &mut Compiler<'_>, function: &Function) -> Result<bool, CompileError> {
        statement::function(out, function)
    }

    /// SQLite locks whole files, so that a query has nothing to say.
    fn lock(&self, _: &mut Compiler<'_>, _: &Lock) -> Result<(), CompileError> {
        Ok(())
    }

    fn extract(&self, out: &mut Compiler<'_>, field: &str, operand: &Expr) -> Result<bool, CompileError> {
        statement::extract(out, field, operand)
    }

    fn literal(&self, value: &Value, out: &mut String) -> Result<(), CompileError> {
        match value {
            // A NUL character ends the text of a statement, so such a text is written as its bytes.
            Value::Text(text) if text.contains('\0') => {
                out.push_str("CAST(");
                super::hex_literal(text.as_bytes(), out);
                out.push_str(" AS TEXT)");
                Ok(())
            }
            // Points in time are stored in UTC without an offset, as SQLite's own functions write them.
            Value::Timestamp(timestamp) => {
                let utc = crate::temporal::Timestamp { offset: None, ..timestamp.to_utc() };
                common_literal(self, &Value::Timestamp(utc), out)
            }
            // A number of more digits would be rounded without a word.
            Value::Decimal(text) => match decimal::to_number(text) {
                Some(number) => common_literal(self, &number, out),
                None => Err(CompileError::unsupported(
                    self.name(),
                    &format!("the exact decimal {text:?}: it keeps 15 digits of a number"),
                )),
            },
            Value::U64(number) => Err(CompileError::unsupported(
                self.name(),
                &format!("the integer {number}, which it would round: its integers have 64 bits with a sign"),
            )),
            _ => common_literal(self, value, out),
        }
    }
}
