//! MySQL and MariaDB: one dialect, told apart by facts.

mod canonical;
mod ddl;
mod keywords;
pub(super) mod types;

use super::{AutoIncrement, Capabilities, CommentStyle, Dialect, IndexExpressions, common_literal};
use crate::compiler::CompileError;
use crate::schema::{Column, ConstraintKind, Table};
use crate::types::Type;
use crate::value::Value;

/// MySQL's and MariaDB's way of writing SQL.
#[derive(Clone, Debug)]
pub struct Mysql {
    name: &'static str,
    capabilities: Capabilities,
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
        capabilities.max_identifier = 64;
        let ddl = &mut capabilities.ddl;
        ddl.autoincrement = AutoIncrement::Keyword("AUTO_INCREMENT");
        ddl.comments = CommentStyle::Inline;
        ddl.partial_indexes = false;
        ddl.index_prefixes = true;
        ddl.index_collations = false;
        ddl.drop_index_on_table = true;
        ddl.deferrable = false;
        ddl.set_default = false;
        ddl.modify_column = true;
        Mysql { name, capabilities }
    }

    /// MySQL 8.
    pub fn mysql() -> Self {
        Mysql::new("mysql")
    }

    /// MariaDB 10.7 or later, which hands back inserted rows and has a type for UUIDs.
    pub fn mariadb() -> Self {
        let mut dialect = Mysql::new("mariadb");
        dialect.capabilities.insert_returning = true;
        dialect.capabilities.native_uuid = true;
        dialect.capabilities.ddl.index_expressions = IndexExpressions::Unsupported;
        dialect.capabilities.ddl.computed_not_null = false;
        dialect
    }

    /// Says whether there is a type for UUIDs, which MariaDB has since 10.7.
    #[must_use]
    pub fn native_uuid(mut self, on: bool) -> Self {
        self.capabilities.native_uuid = on;
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
        ddl::server_default(column, sql, self.capabilities.plain_types)
    }

    fn table_options(&self, table: &Table) -> Result<String, CompileError> {
        ddl::table_options(self.name, table)
    }

    fn drop_constraint(&self, kind: ConstraintKind, name: &str) -> String {
        ddl::drop_constraint(kind, name)
    }

    fn collation(&self, name: &str, out: &mut String) {
        super::caseless_collation(self, name, out);
    }

    fn is_reserved(&self, word: &str) -> bool {
        keywords::RESERVED.binary_search(&word).is_ok()
    }

    fn literal(&self, value: &Value, out: &mut String) -> Result<(), CompileError> {
        match value {
            // A backslash begins an escape unless the server was told otherwise; bytes have no such doubt.
            Value::Text(text) if text.contains(['\\', '\0']) => {
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
