//! MySQL and MariaDB: one dialect, told apart by facts.

mod canonical;
mod casts;
mod ddl;
mod functions;
mod json;
mod keywords;
mod operators;
mod select;
pub(super) mod types;
mod write;

use super::{
    AutoIncrement, Capabilities, ColumnClause, CommentStyle, ConstraintWords, DeferralSupport, Dialect,
    IdentityStyle, IndexExpressions, IndexWords, SequenceSupport, ValuesColumns, common_literal,
};
use crate::ast::{
    Aggregate, BinaryOperator, Expr, Function, Insert, JsonAccess, Lock, Match, OnConflict, Regexp,
};
use crate::compiler::{CompileError, Compiler};
use crate::schema::{Column, Constraint, ConstraintKind, Index, Table};
use crate::types::Type;
use crate::value::Value;

/// MySQL's and MariaDB's way of writing SQL.
#[derive(Clone, Debug)]
pub struct Mysql {
    name: &'static str,
    capabilities: Capabilities,
    /// Whether flags of a regular expression are an argument of `REGEXP_LIKE`; otherwise they stand in the pattern.
    regexp_like: bool,
    /// Whether there are sequences.
    sequences: bool,
    /// `FOR SHARE`; otherwise `LOCK IN SHARE MODE`.
    for_share: bool,
    /// Whether a lock may name tables.
    lock_of: bool,
    /// Whether an insert gives the proposed row a name; otherwise its values are `VALUES(x)`.
    row_alias: bool,
    /// Whether a cast that a server has no type for is left out; with it, whether one to a floating-point number is.
    leaves_out_casts: Option<bool>,
    /// Whether a backslash begins an escape in a text, where that is known.
    backslash_escapes: Option<bool>,
}

impl Mysql {
    fn new(name: &'static str) -> Self {
        let mut capabilities = Capabilities::standard();
        capabilities.quote = '`';
        capabilities.max_parameters = 65_535;
        capabilities.insert_returning = false;
        capabilities.update_returning = false;
        capabilities.default_values = false;
        capabilities.on_conflict = false;
        capabilities.is_distinct_from = None;
        capabilities.nulls_ordering = false;
        capabilities.limit_for_offset = Some("18446744073709551615");
        capabilities.transactional_ddl = false;
        capabilities.last_insert_id = true;
        capabilities.integer_division = false;
        // Booleans are numbers that also have names.
        capabilities.boolean_values = false;
        capabilities.concat_operator = None;
        capabilities.fetch = false;
        capabilities.empty_from = "";
        capabilities.update_several = true;
        capabilities.delete_using = Some(" USING ");
        capabilities.delete_using_target = true;
        capabilities.write_limit = true;
        capabilities.change_alias = true;
        capabilities.delete_alias = true;
        capabilities.aggregate_filter = false;
        capabilities.frame_groups = false;
        capabilities.write_ctes = false;
        capabilities.cte_follows_insert = true;
        capabilities.values_row_word = "ROW";
        capabilities.tablesample = false;
        capabilities.max_identifier = 64;
        let ddl = &mut capabilities.ddl;
        ddl.autoincrement = AutoIncrement::Keyword("AUTO_INCREMENT");
        ddl.comments = CommentStyle::Inline;
        ddl.partial_indexes = false;
        ddl.index_prefixes = true;
        ddl.index_collations = false;
        ddl.drop_index_on_table = true;
        ddl.deferrable = DeferralSupport::Nothing;
        ddl.match_ = false;
        ddl.index_visibility = Some(("VISIBLE", "INVISIBLE"));
        ddl.column_clauses = &[
            ColumnClause::Computed,
            ColumnClause::Null,
            ColumnClause::Comment,
            ColumnClause::Identity,
            ColumnClause::Default,
        ];
        ddl.identity = IdentityStyle::Unsupported;
        ddl.enum_type = true;
        ddl.sequences = None;
        ddl.views.materialized = false;
        ddl.views.temporary = false;
        ddl.existence.create_index = false;
        ddl.existence.drop_index = false;
        ddl.existence.drop_constraint = false;
        ddl.cascade = false;
        ddl.set_default = false;
        ddl.modify_column = true;
        Mysql {
            name,
            capabilities,
            regexp_like: true,
            sequences: false,
            for_share: true,
            lock_of: true,
            row_alias: false,
            leaves_out_casts: None,
            backslash_escapes: None,
        }
    }

    /// MySQL 8.
    pub fn mysql() -> Self {
        Mysql::new("mysql")
    }

    /// MariaDB 10.7 or later, which hands back inserted rows and has a type for UUIDs.
    pub fn mariadb() -> Self {
        let mut dialect = Mysql::new("mariadb");
        dialect.regexp_like = false;
        dialect.sequences = true;
        dialect.for_share = false;
        dialect.lock_of = false;
        dialect.capabilities.delete_alias = false;
        dialect.capabilities.insert_returning = true;
        dialect.capabilities.values_row_word = "";
        dialect.capabilities.values_columns = ValuesColumns::Unsupported;
        dialect.capabilities.lateral = false;
        dialect.capabilities.cte_before_change = false;
        dialect.capabilities.fetch = true;
        dialect.capabilities.native_uuid = true;
        dialect.capabilities.ddl.index_expressions = IndexExpressions::Unsupported;
        let ddl = &mut dialect.capabilities.ddl;
        ddl.computed_not_null = false;
        ddl.named_column_checks = false;
        ddl.index_visibility = Some(("NOT IGNORED", "IGNORED"));
        ddl.sequences = Some(SequenceSupport {
            no_min: "NO MINVALUE",
            no_max: "NO MAXVALUE",
            no_cycle: "NOCYCLE",
            typed: false,
        });
        ddl.views.if_not_exists = true;
        ddl.existence.create_index = true;
        ddl.existence.drop_index = true;
        ddl.existence.drop_constraint = true;
        dialect
    }

    /// Says whether there is a type for UUIDs, which MariaDB has since 10.7.
    #[must_use]
    pub fn native_uuid(mut self, on: bool) -> Self {
        self.capabilities.native_uuid = on;
        self
    }

    /// Says whether there is `FOR SHARE`, which MySQL has since 8.0.1; `LOCK IN SHARE MODE` otherwise.
    #[must_use]
    pub fn for_share(mut self, on: bool) -> Self {
        self.for_share = on;
        self
    }

    /// Says whether a lock may name tables, as in MySQL since 8.0.1. Otherwise every table of the query is locked.
    #[must_use]
    pub fn lock_of(mut self, on: bool) -> Self {
        self.lock_of = on;
        self
    }

    /// Says whether `ON DUPLICATE KEY UPDATE` sees the new row under a name, as in MySQL since 8.0.20, which gives up
    /// `VALUES(x)`.
    #[must_use]
    pub fn row_alias(mut self, on: bool) -> Self {
        self.row_alias = on;
        self
    }

    /// Leaves out a cast to a type that `CAST` has no name for, as SQLAlchemy does; otherwise the cast is to the type
    /// that such values have here, as `BOOLEAN` is a number. `floats` says whether there are casts to `FLOAT` and
    /// `DOUBLE`, which MySQL has since 8.0.17.
    #[must_use]
    pub fn leave_out_casts(mut self, floats: bool) -> Self {
        self.leaves_out_casts = Some(!floats);
        self
    }

    /// Says whether a backslash begins an escape in a text, which a server's `sql_mode` decides. Where it is not known,
    /// texts with one are written in a way that means the same either way.
    #[must_use]
    pub fn backslash_escapes(mut self, on: bool) -> Self {
        self.backslash_escapes = Some(on);
        self
    }

    /// Gives generic types the plain names of SQLAlchemy ([`Capabilities::plain_types`]): `DATETIME` and `TIME` without
    /// digits behind the second, `BLOB`.
    #[must_use]
    pub fn plain_types(mut self) -> Self {
        self.capabilities.plain_types = true;
        self
    }
}

impl Dialect for Mysql {
    /// What is meant for MySQL is meant for MariaDB as well.
    fn answers_to(&self, name: &str) -> bool {
        name == self.name || name == "mysql"
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

    fn regexp(&self, out: &mut Compiler<'_>, regexp: &Regexp) -> Result<bool, CompileError> {
        operators::regexp(out, regexp, self.regexp_like)
    }

    fn full_text(&self, out: &mut Compiler<'_>, search: &Match) -> Result<bool, CompileError> {
        operators::full_text(out, search)
    }

    fn json(&self, out: &mut Compiler<'_>, access: &JsonAccess) -> Result<bool, CompileError> {
        json::element(out, access)
    }

    fn function(&self, out: &mut Compiler<'_>, function: &Function) -> Result<bool, CompileError> {
        functions::call(out, function)
    }

    fn aggregate(&self, out: &mut Compiler<'_>, aggregate: &Aggregate) -> Result<bool, CompileError> {
        functions::aggregate(out, aggregate)
    }

    fn extract(&self, out: &mut Compiler<'_>, field: &str, operand: &Expr) -> Result<bool, CompileError> {
        functions::extract(out, field, operand)
    }

    fn next_value(
        &self,
        out: &mut Compiler<'_>,
        schema: Option<&str>,
        name: &str,
    ) -> Result<bool, CompileError> {
        functions::next_value(out, schema, name, self.sequences)
    }

    /// There is none.
    fn source_hint(&self, out: &mut Compiler<'_>, words: &str) {
        out.push(" ");
        out.push(words);
    }

    fn full_join(&self) -> Option<&'static str> {
        None
    }

    fn inner_join(&self) -> &'static str {
        " INNER JOIN "
    }

    fn lock(&self, out: &mut Compiler<'_>, lock: &Lock) -> Result<(), CompileError> {
        select::lock(self, out, lock)
    }

    fn cast(&self, out: &mut Compiler<'_>, operand: &Expr, ty: &Type) -> Result<bool, CompileError> {
        casts::cast(self, out, operand, ty)
    }

    fn excluded(&self, out: &mut Compiler<'_>, name: &str) {
        write::excluded(out, name);
    }

    fn on_duplicate_key(
        &self,
        out: &mut Compiler<'_>,
        conflict: &OnConflict,
        insert: &Insert,
    ) -> Result<(), CompileError> {
        write::on_duplicate_key(self, out, conflict, insert)
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn type_name(&self, ty: &Type) -> Result<String, CompileError> {
        types::name(self, ty)
    }

    fn canonical_type(&self, name: String) -> String {
        canonical::canonical(name)
    }

    fn cast_type_name(&self, ty: &Type) -> Result<String, CompileError> {
        types::cast_name(self, ty)
    }

    fn server_default(&self, column: &Column, sql: String) -> String {
        if !self.capabilities.ddl.default_expressions {
            return sql;
        }
        ddl::server_default(column, sql, self.capabilities.plain_types)
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

    /// A column of this type would refuse `NULL` otherwise.
    fn writes_null(&self, column: &Column) -> bool {
        self.type_name(&column.ty).is_ok_and(|words| words.to_ascii_uppercase().starts_with("TIMESTAMP"))
    }

    fn other_names(&self) -> &'static [&'static str] {
        if self.name == "mysql" { &[] } else { &["mysql"] }
    }

    fn drop_constraint(&self, kind: ConstraintKind, name: &str) -> String {
        ddl::drop_constraint(kind, name)
    }

    fn is_reserved(&self, word: &str) -> bool {
        keywords::RESERVED.contains(word)
    }

    fn literal(&self, value: &Value, out: &mut String) -> Result<(), CompileError> {
        match value {
            // A backslash begins an escape unless the server was told otherwise; bytes have no such doubt.
            Value::Text(text) if self.backslash_escapes == Some(true) && !text.contains('\0') => {
                super::quoted_text(&text.replace('\\', "\\\\"), out);
                Ok(())
            }
            Value::Text(text)
                if text.contains('\0') || (text.contains('\\') && self.backslash_escapes.is_none()) =>
            {
                out.push_str("CONVERT(");
                super::hex_literal(text.as_bytes(), out);
                out.push_str(" USING utf8mb4)");
                Ok(())
            }
            Value::Timestamp(timestamp) => {
                let utc = crate::temporal::Timestamp { offset: None, ..timestamp.to_utc() };
                common_literal(self, &Value::Timestamp(utc), out)
            }
            _ => common_literal(self, value, out),
        }
    }
}

impl Mysql {
    /// The same with other facts, for a server that is unlike those of its kind. Mirrors the keyword arguments of
    /// SQLAlchemy's dialects.
    #[must_use]
    pub fn with_capabilities(mut self, change: impl FnOnce(&mut Capabilities)) -> Self {
        change(&mut self.capabilities);
        self
    }
}
