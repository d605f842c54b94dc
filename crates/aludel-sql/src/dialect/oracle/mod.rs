//! Oracle Database: its SQL can be written, but no driver here runs it.

mod ddl;
mod keywords;
mod select;
mod statement;
pub(super) mod types;

use super::{
    AggregateOrder, AutoIncrement, Capabilities, ConstraintWords, Dialect, ExistenceSupport,
    IndexExpressions, IndexWords, Placeholder, SequenceSupport, common_literal,
};
use crate::ast::{BinaryOperator, Expr, Function, JsonAccess, Lock, Match, Regexp, Select, SelectItem};
use crate::compiler::{CompileError, Compiler, Position, RowLimit, level};
use crate::schema::{Constraint, Identity, Index, Sequence, Table};
use crate::temporal::Timestamp;
use crate::types::Type;
use crate::value::Value;

/// Oracle's way of writing SQL. Mirrors SQLAlchemy's `oracle` dialect as far as text goes.
#[derive(Clone, Debug)]
pub struct Oracle {
    capabilities: Capabilities,
    major: u32,
    national_text: bool,
    limit_hints: bool,
}

impl Oracle {
    /// The dialect of a major version: 19, 21, 23.
    pub fn of_version(major: u32) -> Self {
        let mut capabilities = Capabilities::standard();
        capabilities.placeholder = Placeholder::Named;
        capabilities.max_parameters = 65_535;
        capabilities.hint_comments = true;
        capabilities.boolean_literals = major >= 23;
        capabilities.boolean_values = major >= 23;
        capabilities.condition_values = major >= 23;
        capabilities.concat_level = level::SUM;
        capabilities.string_aggregate = Some("LISTAGG");
        capabilities.aggregate_order = AggregateOrder::WithinGroup;
        capabilities.offset_fetch = major >= 12;
        capabilities.ansi_joins = major >= 9;
        capabilities.row_column = Some("COLUMN_VALUE");
        capabilities.default_values = false;
        capabilities.on_conflict = false;
        capabilities.transactional_ddl = false;
        capabilities.alias_keyword = false;
        capabilities.integer_division = false;
        capabilities.order_by_label = false;
        capabilities.empty_from = " FROM DUAL";
        capabilities.cte_recursive_word = false;
        capabilities.cte_follows_insert = true;
        capabilities.except_words = (" MINUS ", " EXCEPT ALL ");
        capabilities.max_identifier = if major >= 13 { 128 } else { 30 };
        let ddl = &mut capabilities.ddl;
        ddl.autoincrement = AutoIncrement::Nothing;
        ddl.partial_indexes = false;
        ddl.index_collations = false;
        ddl.set_default = false;
        ddl.on_update = false;
        ddl.match_ = false;
        ddl.index_expressions = IndexExpressions::Bare;
        ddl.schema_on_index = true;
        ddl.schema_on_indexed_table = true;
        ddl.stored_columns = None;
        ddl.boolean_type = major >= 23;
        ddl.sequences = Some(SequenceSupport {
            no_min: "NOMINVALUE",
            no_max: "NOMAXVALUE",
            no_cycle: "NOCYCLE",
            typed: false,
        });
        ddl.views.temporary = false;
        let exists = major >= 23;
        ddl.existence = ExistenceSupport {
            create: exists,
            drop: exists,
            create_index: exists,
            drop_index: exists,
            drop_constraint: exists,
        };
        ddl.schemas = false;
        Oracle { capabilities, major, national_text: false, limit_hints: false }
    }

    /// Keeps [`Type::Unicode`] and [`Type::UnicodeText`] in the national character set (`NVARCHAR2`, `NCLOB`), for a
    /// database whose own cannot hold every character.
    #[must_use]
    pub fn national_text(mut self) -> Self {
        self.national_text = true;
        self
    }

    /// Tells the server how many rows are wanted (`/*+ FIRST_ROWS(…) */`) where limits are counted by `ROWNUM`. Mirrors
    /// `optimize_limits`.
    #[must_use]
    pub fn limit_hints(mut self) -> Self {
        self.limit_hints = true;
        self
    }

    /// Gives generic types the plain names of SQLAlchemy ([`Capabilities::plain_types`]): `DATE` for points in time, too.
    #[must_use]
    pub fn plain_types(mut self) -> Self {
        self.capabilities.plain_types = true;
        self
    }

    /// Lengths can be counted in characters since Oracle 9.
    fn has_character_lengths(&self) -> bool {
        self.major >= 9
    }

    /// Documents have a type of their own since Oracle 21.
    fn has_documents(&self) -> bool {
        self.major >= 21
    }
}

/// Oracle Database 23.
impl Default for Oracle {
    fn default() -> Self {
        Oracle::of_version(23)
    }
}

impl Oracle {
    /// The same with other facts, for a server that is unlike those of its kind. Mirrors the keyword arguments of
    /// SQLAlchemy's dialects.
    #[must_use]
    pub fn with_capabilities(mut self, change: impl FnOnce(&mut Capabilities)) -> Self {
        change(&mut self.capabilities);
        self
    }
}

impl Dialect for Oracle {
    fn name(&self) -> &'static str {
        "oracle"
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

    fn identity_words(&self, identity: &Identity) -> Result<(String, String), CompileError> {
        ddl::identity_words(self, identity)
    }

    fn sequence_words(&self, sequence: &Sequence) -> Result<String, CompileError> {
        ddl::sequence_words(self, sequence)
    }

    /// Names begin with a letter.
    fn is_plain(&self, name: &str) -> bool {
        let mut bytes = name.bytes();
        bytes.next().is_some_and(|byte| byte.is_ascii_lowercase())
            && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            && !self.is_reserved(name)
    }

    fn is_reserved(&self, word: &str) -> bool {
        keywords::RESERVED.contains(word)
    }

    fn named_parameter(&self, name: &str, out: &mut String) {
        let mut letters = name.bytes();
        let plain = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
            && !self.is_reserved(&name.to_ascii_lowercase());
        out.push(':');
        out.push_str(if plain { "" } else { "\"" });
        out.push_str(name);
        out.push_str(if plain { "" } else { "\"" });
    }

    fn select(
        &self,
        out: &mut Compiler<'_>,
        select: &Select,
        position: Position,
    ) -> Result<bool, CompileError> {
        select::select(out, select, position, self.limit_hints)
    }

    fn row_limit(&self, out: &mut Compiler<'_>, limit: &RowLimit<'_>) -> Result<(), CompileError> {
        if self.capabilities.offset_fetch || limit.fetch.is_some() {
            return out.fetch(limit);
        }
        Err(out.unsupported("a limit on queries that are combined (select from them as a subquery)"))
    }

    fn lock(&self, out: &mut Compiler<'_>, lock: &Lock) -> Result<(), CompileError> {
        select::lock(out, lock)
    }

    fn table_function(&self, out: &mut Compiler<'_>, call: &Expr) -> Result<bool, CompileError> {
        let said = matches!(call, Expr::Function(function) if function.name.eq_ignore_ascii_case("table"));
        out.push(if said { "" } else { "TABLE (" });
        out.expr(call)?;
        out.push(if said { "" } else { ")" });
        Ok(true)
    }

    /// Written rows come back into parameters that the caller hands in: `:ret_0`, `:ret_1`, ….
    fn returning(
        &self,
        out: &mut Compiler<'_>,
        items: &[SelectItem],
        verb: &str,
    ) -> Result<bool, CompileError> {
        let _ = verb;
        out.push(" RETURNING ");
        let width = out.bare_items(items)?;
        out.push(" INTO ");
        let names: Vec<String> = (0..width).map(|index| format!(":ret_{index}")).collect();
        out.push(&names.join(", "));
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

    fn regexp(&self, out: &mut Compiler<'_>, regexp: &Regexp) -> Result<bool, CompileError> {
        statement::regexp(out, regexp)
    }

    fn full_text(&self, out: &mut Compiler<'_>, search: &Match) -> Result<bool, CompileError> {
        super::contains(out, search)
    }

    fn function(&self, out: &mut Compiler<'_>, function: &Function) -> Result<bool, CompileError> {
        statement::function(out, function)
    }

    fn json(&self, out: &mut Compiler<'_>, access: &JsonAccess) -> Result<bool, CompileError> {
        statement::json(out, access)
    }

    fn next_value(
        &self,
        out: &mut Compiler<'_>,
        schema: Option<&str>,
        name: &str,
    ) -> Result<bool, CompileError> {
        super::qualified(out, schema, name);
        out.push(".nextval");
        Ok(true)
    }

    fn literal(&self, value: &Value, out: &mut String) -> Result<(), CompileError> {
        match value {
            Value::Bytes(bytes) => {
                out.push_str("HEXTORAW('");
                super::hex_digits(bytes, out);
                out.push_str("')");
            }
            // A text alone is read by the session's own format, so the format is said.
            Value::Date(date) => out.push_str(&format!("TO_DATE('{date}', 'YYYY-MM-DD')")),
            Value::Timestamp(timestamp) => out.push_str(&point_in_time(timestamp)),
            Value::Time(time) => {
                return Err(CompileError::unsupported(self.name(), &format!("the time of day {time}")));
            }
            Value::Interval(interval) => statement::interval(self, interval, out)?,
            _ => common_literal(self, value, out)?,
        }
        Ok(())
    }
}

fn point_in_time(timestamp: &Timestamp) -> String {
    let text = Timestamp { offset: None, ..*timestamp }.to_string();
    match (timestamp.offset, text.contains('.')) {
        (Some(_), _) => format!("TO_TIMESTAMP_TZ('{timestamp}', 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM')"),
        (None, true) => format!("TO_TIMESTAMP('{text}', 'YYYY-MM-DD HH24:MI:SS.FF')"),
        (None, false) => format!("TO_DATE('{text}', 'YYYY-MM-DD HH24:MI:SS')"),
    }
}
