//! What is particular to a database: facts first, then a few hooks.
//!
//! A dialect is a [`Capabilities`] record that compiler, planner and tests read, and methods for what is no plain
//! fact. The built-in ones have the same files each; another crate can bring its own.

mod capabilities;
mod ddl;
mod keywords;
pub mod mssql;
pub mod mysql;
pub mod oracle;
pub mod postgres;
pub mod sqlite;
pub mod standard;
mod type_names;

use std::fmt;

pub use capabilities::{
    AggregateOrder, AlterSupport, AutoIncrement, Capabilities, ColumnClause, CommentStyle, DdlSupport,
    DeferralSupport, ExistenceSupport, IdentityStyle, IndexExpressions, Placeholder, SequenceSupport,
    ValuesColumns, ViewSupport,
};
pub use ddl::{ConstraintWords, IndexWords, OwnOptions, answers_to};
pub(crate) use ddl::{name_list, quoted};
pub use keywords::Keywords;
pub use type_names::common as common_type_name;

use crate::ast::{
    Aggregate, BinaryOperator, CustomOperation, Expr, Function, Insert, JsonAccess, Lock, Match, OnConflict,
    Regexp, Select, SelectItem,
};
use crate::compiler::{CompileError, Compiler, Like, Position, Precedence, RowLimit, level};
use crate::decimal::Digits;
use crate::json_array;
use crate::schema::{Column, Constraint, ConstraintKind, Identity, Index, Sequence, Table, TableName, View};
use crate::types::Type;
use crate::uuid_text::UuidText;
use crate::value::Value;

/// A database's way of writing SQL. Mirrors SQLAlchemy's `Dialect` with its compilers.
pub trait Dialect: Send + Sync + fmt::Debug {
    /// The name that URLs and messages use: `sqlite`, `postgres`, `mysql`, `mariadb`; `mssql`,
    /// `oracle` and `standard` have no driver here.
    fn name(&self) -> &'static str;

    /// What the database can do.
    fn capabilities(&self) -> &Capabilities;

    /// The name of a type in DDL.
    ///
    /// # Errors
    /// Where the database has no such type.
    fn type_name(&self, ty: &Type) -> Result<String, CompileError>;

    /// The name of a type inside `CAST`, where that differs.
    ///
    /// # Errors
    /// Where the database cannot cast to it.
    fn cast_type_name(&self, ty: &Type) -> Result<String, CompileError> {
        self.type_name(ty)
    }

    /// The one form of a type's name, of those that mean the same to the database: `FLOAT` is `DOUBLE PRECISION` on
    /// PostgreSQL. Types are compared in it.
    fn canonical_type(&self, name: String) -> String {
        name
    }

    /// The name of a column's type, where the table around it may decide. Comparison and DDL both ask here.
    ///
    /// # Errors
    /// Where the database has no such type.
    fn column_type(&self, table: &Table, column: &Column) -> Result<String, CompileError> {
        let _ = table;
        self.type_name(&column.ty)
    }

    /// What stands behind `DEFAULT` for a default that is written as `sql`.
    fn server_default(&self, column: &Column, sql: String) -> String {
        let _ = column;
        sql
    }

    /// Other names that options and restrictions (`only_on`) may call the dialect by.
    fn other_names(&self) -> &'static [&'static str] {
        &[]
    }

    /// What stands behind the closing parenthesis of `CREATE TABLE` for the table's [`options`](Table::options),
    /// with what parts it from the parenthesis.
    ///
    /// # Errors
    /// For an option that bears this dialect's name and that it does not know.
    fn table_options(&self, table: &Table) -> Result<String, CompileError> {
        let _ = table;
        Ok(String::new())
    }

    /// What an index says by its [`options`](Index::options).
    ///
    /// # Errors
    /// For an option that bears this dialect's name and that it does not know.
    fn index_words(&self, index: &Index) -> Result<IndexWords, CompileError>;

    /// What a constraint of a table says by its options.
    ///
    /// # Errors
    /// For an option that bears this dialect's name and that it does not know.
    fn constraint_words(
        &self,
        table: Option<&Table>,
        constraint: &Constraint,
    ) -> Result<ConstraintWords, CompileError>;

    /// What stands behind a part of a column's definition by the column's options, with a space in front.
    ///
    /// # Errors
    /// For an option that bears this dialect's name and that it does not know.
    fn column_words(&self, column: &Column, clause: ColumnClause) -> Result<String, CompileError> {
        let _ = clause;
        ddl::no_options(
            self.name(),
            self.other_names(),
            &column.options,
            &format!("column `{}`", column.name),
        )?;
        Ok(String::new())
    }

    /// What stands between the kind and the options of an identity column, and behind these.
    ///
    /// # Errors
    /// For an option that bears this dialect's name and that it does not know.
    fn identity_words(&self, identity: &Identity) -> Result<(String, String), CompileError> {
        ddl::no_options(self.name(), self.other_names(), &identity.options, "an identity column")?;
        Ok((String::new(), String::new()))
    }

    /// What stands behind the options of a sequence, with a space in front.
    ///
    /// # Errors
    /// For an option that bears this dialect's name and that it does not know.
    fn sequence_words(&self, sequence: &Sequence) -> Result<String, CompileError> {
        ddl::no_options(
            self.name(),
            self.other_names(),
            &sequence.options,
            &format!("sequence `{}`", sequence.name),
        )?;
        Ok(String::new())
    }

    /// What stands between the name of a view and `AS`, with a space in front.
    ///
    /// # Errors
    /// For an option that bears this dialect's name and that it does not know.
    fn view_words(&self, view: &View) -> Result<String, CompileError> {
        ddl::no_options(self.name(), self.other_names(), &view.options, &format!("view `{}`", view.name))?;
        Ok(String::new())
    }

    /// Whether the definition of a column says `NULL` where it takes it.
    fn writes_null(&self, column: &Column) -> bool {
        let _ = column;
        self.capabilities().ddl.null_is_written
    }

    /// The name that the database gives a constraint that was made without one, where that can be told.
    fn implicit_name(&self, table: &TableName, constraint: &Constraint) -> Option<String> {
        let _ = (table, constraint);
        None
    }

    /// What stands behind `ALTER TABLE t` to drop a constraint; `name` is quoted already.
    fn drop_constraint(&self, kind: ConstraintKind, name: &str) -> String {
        let _ = kind;
        format!("DROP CONSTRAINT {name}")
    }

    /// Writes the name of a collation.
    fn collation(&self, name: &str, out: &mut String) {
        self.quote(name, out);
    }

    /// Writes an identifier, quoted where it has to be.
    fn quote(&self, name: &str, out: &mut String) {
        if self.is_plain(name) {
            out.push_str(name);
        } else {
            self.quote_always(name, out);
        }
    }

    /// Writes an identifier in quotes, whether it needs them or not.
    fn quote_always(&self, name: &str, out: &mut String) {
        let quote = self.capabilities().quote;
        out.push(quote);
        for character in name.chars() {
            if character == quote {
                out.push(quote);
            }
            out.push(character);
        }
        out.push(quote);
    }

    /// Writes the name of a schema, which may have several parts (`database.owner`) where the database has such.
    fn quote_schema(&self, name: &str, out: &mut String) {
        self.quote(name, out);
    }

    /// Writes a parameter that has a name.
    fn named_parameter(&self, name: &str, out: &mut String) {
        out.push(':');
        out.extend(name.chars().map(plain_in_name));
    }

    /// Whether an identifier means the same without quotes.
    fn is_plain(&self, name: &str) -> bool {
        let mut bytes = name.bytes();
        let first = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_');
        first
            && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            && !self.is_reserved(name)
    }

    /// Whether a lower-case word is a keyword that cannot be a bare name.
    fn is_reserved(&self, word: &str) -> bool;

    /// Writes a value into the text, safe for any content.
    ///
    /// # Errors
    /// Where the database has no way to write it.
    fn literal(&self, value: &Value, out: &mut String) -> Result<(), CompileError>;

    /// The same for a value that is known to be of a type.
    ///
    /// # Errors
    /// Where the database has no way to write it.
    fn typed_literal(&self, value: &Value, ty: &Type, out: &mut String) -> Result<(), CompileError> {
        let _ = ty;
        self.literal(value, out)
    }

    /// The expression for the current point in time.
    fn now(&self) -> &'static str {
        "CURRENT_TIMESTAMP"
    }

    /// Whether words that are limited to a dialect of this name are meant for this one.
    fn answers_to(&self, name: &str) -> bool {
        name == self.name()
    }

    // What follows writes a construct in the dialect's own way, through the compiler. A method that yields `false` has
    // written nothing, and the standard way is taken, or the construct is refused where there is none.

    /// A whole query.
    ///
    /// # Errors
    /// As for [`compile`](crate::compile), here and below.
    fn select(
        &self,
        out: &mut Compiler<'_>,
        select: &Select,
        position: Position,
    ) -> Result<bool, CompileError> {
        let _ = (out, select, position);
        Ok(false)
    }

    /// An operator with two operands.
    ///
    /// # Errors
    /// As above.
    fn binary(
        &self,
        out: &mut Compiler<'_>,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
    ) -> Result<bool, CompileError> {
        let _ = (out, operator, left, right);
        Ok(false)
    }

    /// The divisor of a quotient that keeps its fraction, where dividing integers would drop it.
    ///
    /// # Errors
    /// As above.
    fn true_divisor(&self, out: &mut Compiler<'_>, right: &Expr) -> Result<bool, CompileError> {
        let _ = (out, right);
        Ok(false)
    }

    /// An operator of the user's own.
    ///
    /// # Errors
    /// As above.
    fn custom_operator(
        &self,
        out: &mut Compiler<'_>,
        operation: &CustomOperation,
    ) -> Result<bool, CompileError> {
        let _ = (out, operation);
        Ok(false)
    }

    /// An empty list behind `IN`, for a database that has a form for one; `width` is the number of the operand's
    /// columns. Stands in parentheses. The method that yields `false` has written nothing.
    fn empty_list(&self, out: &mut Compiler<'_>, width: usize) -> bool {
        let _ = (out, width);
        false
    }

    /// `LIKE`
    ///
    /// # Errors
    /// As above.
    fn like(&self, out: &mut Compiler<'_>, like: &Like<'_>) -> Result<bool, CompileError> {
        let _ = (out, like);
        Ok(false)
    }

    /// A regular expression.
    ///
    /// # Errors
    /// As above.
    fn regexp(&self, out: &mut Compiler<'_>, regexp: &Regexp) -> Result<bool, CompileError> {
        let _ = (out, regexp);
        Ok(false)
    }

    /// A full-text search.
    ///
    /// # Errors
    /// As above.
    fn full_text(&self, out: &mut Compiler<'_>, search: &Match) -> Result<bool, CompileError> {
        let _ = (out, search);
        Ok(false)
    }

    /// An element of a JSON document.
    ///
    /// # Errors
    /// As above.
    fn json(&self, out: &mut Compiler<'_>, access: &JsonAccess) -> Result<bool, CompileError> {
        let _ = (out, access);
        Ok(false)
    }

    /// An array of values.
    ///
    /// # Errors
    /// As above.
    fn array(
        &self,
        out: &mut Compiler<'_>,
        values: &[Expr],
        element: Option<&Type>,
    ) -> Result<bool, CompileError> {
        let _ = (out, values, element);
        Ok(false)
    }

    /// A call of a function, where the database spells a generic one in its own way.
    ///
    /// # Errors
    /// As above.
    fn function(&self, out: &mut Compiler<'_>, function: &Function) -> Result<bool, CompileError> {
        let _ = (out, function);
        Ok(false)
    }

    /// A call of a function in `FROM`, where that is no plain call.
    ///
    /// # Errors
    /// As above.
    fn table_function(&self, out: &mut Compiler<'_>, call: &Expr) -> Result<bool, CompileError> {
        let _ = (out, call);
        Ok(false)
    }

    /// An aggregate with its clauses.
    ///
    /// # Errors
    /// As above.
    fn aggregate(&self, out: &mut Compiler<'_>, aggregate: &Aggregate) -> Result<bool, CompileError> {
        let _ = (out, aggregate);
        Ok(false)
    }

    /// `EXTRACT`
    ///
    /// # Errors
    /// As above.
    fn extract(&self, out: &mut Compiler<'_>, field: &str, operand: &Expr) -> Result<bool, CompileError> {
        let _ = (out, field, operand);
        Ok(false)
    }

    /// `CAST`
    ///
    /// # Errors
    /// As above.
    fn cast(&self, out: &mut Compiler<'_>, operand: &Expr, ty: &Type) -> Result<bool, CompileError> {
        let _ = (out, operand, ty);
        Ok(false)
    }

    /// A cast that yields `NULL` where it fails.
    ///
    /// # Errors
    /// As above.
    fn try_cast(&self, out: &mut Compiler<'_>, operand: &Expr, ty: &Type) -> Result<bool, CompileError> {
        let _ = (out, operand, ty);
        Ok(false)
    }

    /// The next number of a sequence.
    ///
    /// # Errors
    /// As above.
    fn next_value(
        &self,
        out: &mut Compiler<'_>,
        schema: Option<&str>,
        name: &str,
    ) -> Result<bool, CompileError> {
        let _ = (out, schema, name);
        Ok(false)
    }

    /// Limits on the number of rows, with a space in front.
    ///
    /// # Errors
    /// As above.
    fn row_limit(&self, out: &mut Compiler<'_>, limit: &RowLimit<'_>) -> Result<(), CompileError> {
        out.standard_row_limit(limit)
    }

    /// Locks on rows, with a space in front.
    ///
    /// # Errors
    /// As above.
    fn lock(&self, out: &mut Compiler<'_>, lock: &Lock) -> Result<(), CompileError> {
        let _ = lock;
        out.push(" FOR UPDATE");
        Ok(())
    }

    /// Words for the planner beside a source that was just written, or is about to be
    /// ([`Capabilities::hint_before_source`]).
    fn source_hint(&self, out: &mut Compiler<'_>, words: &str) {
        let _ = (out, words);
    }

    /// The words for an inner join, with spaces around.
    fn inner_join(&self) -> &'static str {
        " JOIN "
    }

    /// The words for a full outer join, with spaces around; `None` where there is none.
    fn full_join(&self) -> Option<&'static str> {
        Some(" FULL OUTER JOIN ")
    }

    /// The proposed value of a column, inside `ON CONFLICT DO UPDATE`.
    fn excluded(&self, out: &mut Compiler<'_>, name: &str) {
        out.push("excluded.");
        out.quote(name);
    }

    /// What an insert does where a row is already there, for databases without `ON CONFLICT`; with a space in front.
    ///
    /// # Errors
    /// As above.
    fn on_duplicate_key(
        &self,
        out: &mut Compiler<'_>,
        conflict: &OnConflict,
        insert: &Insert,
    ) -> Result<(), CompileError> {
        let _ = (conflict, insert);
        Err(out.unsupported("ON CONFLICT"))
    }

    /// What a write hands back, with a space in front.
    ///
    /// # Errors
    /// As above.
    fn returning(
        &self,
        out: &mut Compiler<'_>,
        items: &[SelectItem],
        verb: &str,
    ) -> Result<bool, CompileError> {
        let _ = (out, items, verb);
        Ok(false)
    }
}

/// What stands in a parameter's name for a character that has a meaning of its own beside one.
fn plain_in_name(character: char) -> char {
    match character {
        '%' => 'P',
        '(' => 'A',
        ')' => 'Z',
        ':' => 'C',
        '.' | '[' | ']' | ' ' => '_',
        other => other,
    }
}

/// The key of an element of a document, for databases that only take paths: a value that is written into the text
/// becomes a path, one that is bound has to be one.
///
/// # Errors
/// As what is written.
pub fn json_path(out: &mut Compiler<'_>, access: &JsonAccess) -> Result<(), CompileError> {
    let value = match &access.key {
        Expr::Literal(value) => Some(value),
        Expr::Bind(value) if out.writes_literals() => Some(value),
        Expr::Param(param) if out.writes_literals() || param.literal => param.value.as_ref(),
        _ => None,
    };
    let path = match value {
        _ if access.path => None,
        Some(Value::Text(key)) => Some(format!("$.\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""))),
        Some(Value::I64(index)) => Some(format!("$[{index}]")),
        _ => None,
    };
    match path {
        Some(path) => out.expr(&Expr::Literal(Value::Text(path))),
        None => out.operand(&access.key, Precedence { level: level::INDEX, chain: Some("[]") }),
    }
}

/// A name with its schema in front.
pub fn qualified(out: &mut Compiler<'_>, schema: Option<&str>, name: &str) {
    if let Some(schema) = schema {
        out.quote(schema);
        out.push(".");
    }
    out.quote(name);
}

/// A full-text search by `CONTAINS`.
///
/// # Errors
/// As what is written.
pub fn contains(out: &mut Compiler<'_>, search: &Match) -> Result<bool, CompileError> {
    let [column] = search.columns.as_slice() else { return Ok(false) };
    out.push(if search.negated { "NOT CONTAINS (" } else { "CONTAINS (" });
    out.expr(column)?;
    out.push(", ");
    out.expr(&search.against)?;
    out.push(")");
    Ok(true)
}

/// A divisor of which nothing is dropped, as dividing by an integer would.
///
/// # Errors
/// As what is written.
pub fn plus_zero(out: &mut Compiler<'_>, right: &Expr) -> Result<bool, CompileError> {
    out.push("(");
    out.operand(right, Precedence::level(level::PRODUCT))?;
    out.push(" + 0.0)");
    Ok(true)
}

/// The name of a collation for databases that take it in any case: a plain word needs no quotes.
pub fn caseless_collation(dialect: &dyn Dialect, name: &str, out: &mut String) {
    if dialect.is_plain(&name.to_ascii_lowercase()) {
        out.push_str(name);
    } else {
        dialect.quote(name, out);
    }
}

/// A text in single quotes, with quotes inside doubled. For databases that take a backslash as it is.
pub fn quoted_text(text: &str, out: &mut String) {
    out.push('\'');
    for character in text.chars() {
        if character == '\'' {
            out.push('\'');
        }
        out.push(character);
    }
    out.push('\'');
}

/// Bytes as `X'…'`.
pub fn hex_literal(bytes: &[u8], out: &mut String) {
    out.push_str("X'");
    hex_digits(bytes, out);
    out.push('\'');
}

/// Two digits per byte.
pub fn hex_digits(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            out.push(char::from_digit(nibble.into(), 16).unwrap_or('0').to_ascii_uppercase());
        }
    }
}

/// A number, in parentheses where it has a sign: a minus in front of another one would begin a comment.
fn signed(number: &str, out: &mut String) {
    if number.starts_with('-') {
        out.push_str(&format!("({number})"));
    } else {
        out.push_str(number);
    }
}

/// The parts of a literal that are the same everywhere.
///
/// # Errors
/// For numbers that are not finite.
pub fn common_literal(dialect: &dyn Dialect, value: &Value, out: &mut String) -> Result<(), CompileError> {
    match value {
        Value::Null => out.push_str("NULL"),
        Value::I64(number) => out.push_str(&number.to_string()),
        Value::F64(number) if number.is_finite() => out.push_str(&format!("{number:?}")),
        Value::F64(number) => {
            return Err(CompileError::unsupported(dialect.name(), &format!("the literal number {number}")));
        }
        Value::Text(text) => quoted_text(text, out),
        Value::Bytes(bytes) => hex_literal(bytes, out),
        Value::Bool(flag) => out.push_str(match (dialect.capabilities().boolean_literals, flag) {
            (true, true) => "true",
            (true, false) => "false",
            (false, true) => "1",
            (false, false) => "0",
        }),
        Value::Uuid(bytes) if !dialect.capabilities().native_uuid => {
            quoted_text(UuidText::new(*bytes).as_str(), out);
        }
        Value::U64(number) => out.push_str(&number.to_string()),
        Value::Decimal(text) => match Digits::parse(text) {
            Some(_) => signed(text.strip_prefix('+').unwrap_or(text), out),
            None => {
                return Err(CompileError::unsupported(
                    dialect.name(),
                    &format!("the literal number {text:?}"),
                ));
            }
        },
        Value::Json(text) => dialect.literal(&Value::Text(text.clone()), out)?,
        // A number of microseconds, as the column's type has it.
        Value::Interval(interval) => match interval.to_microseconds() {
            Some(number) => signed(&number.to_string(), out),
            None => {
                let what = format!("the interval {interval}, whose months have no length in microseconds");
                return Err(CompileError::unsupported(dialect.name(), &what));
            }
        },
        Value::Array(elements) => {
            let text =
                json_array::to_text(elements).map_err(|error| CompileError::invalid(error.to_string()))?;
            dialect.literal(&Value::Text(text), out)?;
        }
        Value::Range(_) => return Err(CompileError::unsupported(dialect.name(), "ranges")),
        Value::Failed(error) => return Err(CompileError::invalid(error.to_string())),
        Value::Date(_) | Value::Time(_) | Value::Timestamp(_) | Value::Uuid(_) | Value::Network(_) => {
            out.push_str(&format!("'{value}'"));
        }
    }
    Ok(())
}
