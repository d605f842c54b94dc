//! PostgreSQL.

mod ddl;
mod functions;
mod keywords;
mod literal;
mod operators;
mod select;
pub(super) mod types;

use super::{
    AutoIncrement, Capabilities, ConstraintWords, DeferralSupport, Dialect, IdentityStyle, IndexExpressions,
    IndexWords, Placeholder, SequenceSupport, common_literal,
};
use crate::ast::{BinaryOperator, CustomOperation, Expr, Function, JsonAccess, Lock, Match, Regexp};
use crate::compiler::{CompileError, Compiler, RowLimit};
use crate::schema::{Column, Constraint, Index, Table, TableName, View};
use crate::types::Type;
use crate::value::Value;

/// PostgreSQL's way of writing SQL.
#[derive(Clone, Debug)]
pub struct Postgres {
    capabilities: Capabilities,
}

impl Postgres {
    /// The dialect of a server's major version (`15`).
    pub fn of_version(major: u32) -> Self {
        let mut capabilities = Capabilities::standard();
        capabilities.placeholder = Placeholder::Dollar;
        capabilities.max_parameters = 65_535;
        capabilities.ilike = true;
        capabilities.string_aggregate = Some("string_agg");
        capabilities.subscripts = true;
        capabilities.document_subscripts = major >= 14;
        capabilities.limit_for_offset = Some("ALL");
        capabilities.hint_before_source = true;
        capabilities.empty_select = true;
        capabilities.distinct_on = true;
        capabilities.cte_materialized = major >= 12;
        capabilities.write_alias = true;
        capabilities.change_alias = true;
        capabilities.delete_alias = true;
        capabilities.update_from = true;
        capabilities.delete_using = Some(" USING ");
        // Earlier versions only store generated columns.
        let ddl = &mut capabilities.ddl;
        ddl.virtual_columns = major >= 18;
        ddl.deferrable = DeferralSupport::Keys;
        ddl.on_delete_columns = major >= 15;
        ddl.constraint_comments = true;
        ddl.index_expressions = IndexExpressions::ParenthesisedUnlessCall;
        ddl.boolean_type = true;
        ddl.enum_type = true;
        ddl.sequences = ddl.sequences.map(|sequences| SequenceSupport { typed: true, ..sequences });
        ddl.named_types = true;
        ddl.exclusions = true;
        ddl.empty_tables = true;
        capabilities.native_enum = true;
        capabilities.native_uuid = true;
        Postgres { capabilities }
    }

    /// The same with rows numbered by `SERIAL` columns rather than identity columns, as SQLAlchemy makes them.
    #[must_use]
    pub fn with_serial(mut self) -> Self {
        self.capabilities.ddl.autoincrement = AutoIncrement::Serial;
        self
    }

    /// Gives generic types the plain names of SQLAlchemy ([`Capabilities::plain_types`]): `JSON` rather than `JSONB`.
    #[must_use]
    pub fn plain_types(mut self) -> Self {
        self.capabilities.plain_types = true;
        self
    }
}

/// The newest version of which every supported server understands the SQL.
impl Default for Postgres {
    fn default() -> Self {
        Postgres::of_version(17)
    }
}

impl Postgres {
    /// The same with other facts, for a server that is unlike those of its kind. Mirrors the keyword arguments of
    /// SQLAlchemy's dialects.
    #[must_use]
    pub fn with_capabilities(mut self, change: impl FnOnce(&mut Capabilities)) -> Self {
        change(&mut self.capabilities);
        self
    }
}

impl Dialect for Postgres {
    fn name(&self) -> &'static str {
        "postgres"
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn type_name(&self, ty: &Type) -> Result<String, CompileError> {
        types::name(self, ty)
    }

    fn canonical_type(&self, name: String) -> String {
        types::canonical(name)
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

    fn view_words(&self, view: &View) -> Result<String, CompileError> {
        ddl::view_words(self, view)
    }

    fn column_type(&self, table: &Table, column: &Column) -> Result<String, CompileError> {
        let numbered = self.capabilities.ddl.autoincrement == AutoIncrement::Serial
            && (column.identity.is_none() || self.capabilities.ddl.identity == IdentityStyle::Unsupported)
            && table.autoincrement_column().is_some_and(|numbered| numbered.name == column.name);
        if numbered { Ok(ddl::serial(&column.ty).into()) } else { self.type_name(&column.ty) }
    }

    fn other_names(&self) -> &'static [&'static str] {
        &["postgresql"]
    }

    fn implicit_name(&self, table: &TableName, constraint: &Constraint) -> Option<String> {
        ddl::implicit_name(table, constraint)
    }

    fn is_reserved(&self, word: &str) -> bool {
        keywords::RESERVED.contains(word)
    }

    fn typed_literal(&self, value: &Value, ty: &Type, out: &mut String) -> Result<(), CompileError> {
        match (value, ty.on(self.name())) {
            (Value::Array(ranges), Type::Postgres(ty)) if ty.is_multirange() => {
                let text = literal::multirange(ranges)?;
                self.literal(&Value::Text(text), out)
            }
            _ => self.literal(value, out),
        }
    }

    fn literal(&self, value: &Value, out: &mut String) -> Result<(), CompileError> {
        match value {
            Value::Text(text) if text.contains('\0') => {
                Err(CompileError::unsupported(self.name(), "a text with a NUL character"))
            }
            Value::Bytes(bytes) => {
                let mut hex = String::new();
                super::hex_literal(bytes, &mut hex);
                out.push_str("'\\x");
                out.push_str(hex.trim_start_matches("X'"));
                out.push_str("::bytea");
                Ok(())
            }
            Value::Decimal(text) if matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity") => {
                out.push_str(&format!("'{text}'::numeric"));
                Ok(())
            }
            Value::Interval(interval) => {
                out.push_str(&format!("INTERVAL '{}'", interval.to_sql_words()));
                Ok(())
            }
            Value::Array(elements) => {
                let text = literal::array(elements)?;
                self.literal(&Value::Text(text), out)
            }
            Value::Range(range) => {
                let text = literal::range(range)?;
                self.literal(&Value::Text(text), out)
            }
            _ => common_literal(self, value, out),
        }
    }

    fn answers_to(&self, name: &str) -> bool {
        matches!(name, "postgres" | "postgresql")
    }

    fn binary(
        &self,
        out: &mut Compiler<'_>,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
    ) -> Result<bool, CompileError> {
        operators::binary(out, operator, left, right)
    }

    fn custom_operator(
        &self,
        out: &mut Compiler<'_>,
        operation: &CustomOperation,
    ) -> Result<bool, CompileError> {
        operators::custom(self, out, operation)
    }

    fn regexp(&self, out: &mut Compiler<'_>, regexp: &Regexp) -> Result<bool, CompileError> {
        operators::regexp(self, out, regexp)
    }

    fn full_text(&self, out: &mut Compiler<'_>, search: &Match) -> Result<bool, CompileError> {
        operators::full_text(self, out, search)
    }

    fn json(&self, out: &mut Compiler<'_>, access: &JsonAccess) -> Result<bool, CompileError> {
        operators::json(self, out, access)
    }

    fn array(
        &self,
        out: &mut Compiler<'_>,
        values: &[Expr],
        element: Option<&Type>,
    ) -> Result<bool, CompileError> {
        operators::array(self, out, values, element)
    }

    fn function(&self, out: &mut Compiler<'_>, function: &Function) -> Result<bool, CompileError> {
        functions::call(out, function)
    }

    fn next_value(
        &self,
        out: &mut Compiler<'_>,
        schema: Option<&str>,
        name: &str,
    ) -> Result<bool, CompileError> {
        functions::next_value(out, schema, name);
        Ok(true)
    }

    fn row_limit(&self, out: &mut Compiler<'_>, limit: &RowLimit<'_>) -> Result<(), CompileError> {
        select::row_limit(out, limit)
    }

    fn lock(&self, out: &mut Compiler<'_>, lock: &Lock) -> Result<(), CompileError> {
        select::lock(out, lock)
    }

    fn source_hint(&self, out: &mut Compiler<'_>, words: &str) {
        out.push(words);
        out.push(" ");
    }
}
