//! Tables, columns, constraints and indexes as the builder calls that make them.

use aludel_sql::ast::Expr;
use aludel_sql::compiler::render_expr;
use aludel_sql::schema::{
    Check, Column, Constraint, ForeignKey, Index, IndexElement, IndexKey, Inline, PrimaryKey,
    ReferentialAction, ServerDefault, Table, TableName, UniqueConstraint, foreign_key,
};
use aludel_sql::{Dialect, Type, Value};

use super::RenderError;
use super::code::{Code, atom, call, text, texts};

/// A table's name; one with a dot in it must not be taken apart.
pub(super) fn table_name(name: &TableName) -> Code {
    let dotted = name.name.contains('.') || name.schema.as_ref().is_some_and(|schema| schema.contains('.'));
    match &name.schema {
        _ if !dotted => text(&name.to_string()),
        None => call("TableName::new", [text(&name.name)]),
        Some(schema) => call("TableName::in_schema", [text(schema), text(&name.name)]),
    }
}

/// `table(…).column(…)…`
pub(super) fn table(table: &Table, dialect: &dyn Dialect) -> Result<Code, RenderError> {
    let inline = written_inline(table);
    let mut code = call("table", [table_name(&table.name)]);
    let key_inline = inline.iter().any(|inline| inline.primary_key);
    let key = table.primary_key.as_ref().filter(|_| !key_inline);
    // A key that is named behind the columns makes them NOT NULL; those that take NULL come behind the key.
    let key_first = key.filter(|key| {
        table.columns.iter().any(|column| column.nullable && key.columns.contains(&column.name))
    });
    if let Some(key) = key_first {
        code = code.then("primary_key", [primary_key(key)]);
    }
    for (column, inline) in table.columns.iter().zip(&inline) {
        code = code.then("column", [column_code(column, inline, dialect)?]);
    }
    if let Some(key) = key.filter(|_| key_first.is_none()) {
        code = code.then("primary_key", [primary_key(key)]);
    }
    let uniques = inline.iter().filter(|inline| inline.unique).count();
    let foreign = inline.iter().filter(|inline| inline.references.is_some()).count();
    let indexes = inline.iter().filter(|inline| inline.index.is_some()).count();
    for constraint in table.unique_constraints.iter().skip(uniques) {
        code = code.then("unique", [unique(constraint)]);
    }
    for key in table.foreign_keys.iter().skip(foreign) {
        code = code.then("foreign_key", [foreign_key_code(key)]);
    }
    for check in &table.checks {
        code = code.then("check", [check_code(check)]);
    }
    for index in table.indexes.iter().skip(indexes) {
        code = code.then("index", [index_code(index)]);
    }
    if let Some(comment) = &table.comment {
        code = code.then("comment", [text(comment)]);
    }
    for (name, value) in &table.options {
        code = code.then("option", [text(name), text(value)]);
    }
    Ok(code)
}

/// What of a table's constraints can stand on its columns and still come out in the same order.
fn written_inline(table: &Table) -> Vec<Inline> {
    let mut inline = vec![Inline::default(); table.columns.len()];
    let place = |name: &str| table.columns.iter().position(|column| column.name == name);
    if let Some(key) = &table.primary_key {
        let places: Option<Vec<usize>> = key.columns.iter().map(|name| place(name)).collect();
        let plain = key.name.is_none() && !key.columns.is_empty();
        if let Some(places) = places.filter(|places| plain && places.is_sorted_by(|a, b| a < b))
            && places.iter().all(|place| !table.columns[*place].nullable)
        {
            places.iter().for_each(|place| inline[*place].primary_key = true);
        }
    }
    // Only a beginning of each list whose columns come in the table's order: the rest follows behind the columns.
    let mut last = None;
    for constraint in &table.unique_constraints {
        let ([name], None) = (constraint.columns.as_slice(), &constraint.name) else { break };
        let Some(place) = place(name).filter(|place| Some(*place) > last) else { break };
        inline[place].unique = true;
        last = Some(place);
    }
    last = None;
    for key in &table.foreign_keys {
        let [name] = key.columns.as_slice() else { break };
        let Some(place) = place(name).filter(|place| Some(*place) > last) else { break };
        if short_reference(key).is_none() {
            break;
        }
        inline[place].references = Some(key.clone());
        last = Some(place);
    }
    last = None;
    for index in &table.indexes {
        let names = index.column_names().unwrap_or_default();
        let [name] = names.as_slice() else { break };
        let Some(place) = place(name).filter(|place| Some(*place) > last) else { break };
        let plain = aludel_sql::schema::index(format!("ix_{}_{name}", table.name.name))
            .on(table.name.clone(), [*name]);
        if *index != plain {
            break;
        }
        inline[place].index = Some(None);
        last = Some(place);
    }
    inline
}

/// A column as it stands by itself, with what is written on it.
pub(super) fn column(column: &Column, dialect: &dyn Dialect) -> Result<Code, RenderError> {
    column_code(column, &column.inline, dialect)
}

fn column_code(column: &Column, inline: &Inline, dialect: &dyn Dialect) -> Result<Code, RenderError> {
    let mut code = call("column", [text(&column.name), type_code(&column.ty)?]);
    if inline.primary_key {
        code = code.then("primary_key", []);
        if column.nullable {
            code = code.then("nullable", []);
        }
    } else if !column.nullable {
        code = code.then("not_null", []);
    }
    if inline.unique {
        code = code.then("unique", []);
    }
    match &inline.index {
        None => {}
        Some(None) => code = code.then("index", []),
        Some(Some(name)) => code = code.then("index_named", [text(name)]),
    }
    if let Some(key) = &inline.references {
        let own = matches!(key.columns.as_slice(), [name] if *name == column.name);
        match short_reference(key).filter(|_| own) {
            Some(target) => {
                code = actions(code.then("references", [text(&target)]), key);
            }
            None => code = code.then("foreign_key", [foreign_key_code(key)]),
        }
    }
    if let Some(default) = &column.server_default {
        code = code.then("server_default", [server_default(default, dialect)?]);
    }
    if let Some(computed) = &column.computed {
        let name = if computed.stored { "computed_stored" } else { "computed" };
        code = code.then(name, [text(&computed.expression)]);
    }
    if let Some(on) = column.autoincrement {
        code = code.then("autoincrement", [atom(on.to_string())]);
    }
    if let Some(collation) = &column.collation {
        code = code.then("collation", [text(collation)]);
    }
    if let Some(comment) = &column.comment {
        code = code.then("comment", [text(comment)]);
    }
    Ok(code)
}

/// `"users.id"` for a foreign key that has no more to say than that and its actions.
fn short_reference(key: &ForeignKey) -> Option<String> {
    let ([_], [target]) = (key.columns.as_slice(), key.target_columns.as_slice()) else { return None };
    let mut plain = foreign_key(key.columns.clone()).references(key.target.clone(), [target.as_str()]);
    (plain.on_delete, plain.on_update) = (key.on_delete, key.on_update);
    let names = [Some(&key.target.name), key.target.schema.as_ref(), Some(target)];
    let dotted = names.into_iter().flatten().any(|name| name.is_empty() || name.contains('.'));
    (plain == *key && !dotted).then(|| format!("{}.{target}", key.target))
}

/// A server default: a literal, `now()`, or the database's words.
pub(super) fn server_default(default: &ServerDefault, dialect: &dyn Dialect) -> Result<Code, RenderError> {
    Ok(match &default.0 {
        Expr::Literal(Value::Text(literal)) => text(literal),
        Expr::Literal(Value::I64(number)) => atom(number.to_string()),
        Expr::Literal(Value::F64(number)) if number.is_finite() => atom(format!("{number:?}")),
        Expr::Literal(Value::Bool(flag)) => atom(flag.to_string()),
        Expr::Now => call("now", []),
        Expr::Text(words) => call("sql", [text(words)]),
        other => call("sql", [text(&render_expr(other, dialect)?)]),
    })
}

/// The function that makes a type.
pub(super) fn type_code(ty: &Type) -> Result<Code, RenderError> {
    let number = |number: &u32| atom(number.to_string());
    Ok(match ty {
        Type::SmallInteger => call("small_integer", []),
        Type::Integer => call("integer", []),
        Type::BigInteger => call("big_integer", []),
        Type::Float => call("float", []),
        Type::Double => call("double", []),
        Type::Numeric { precision: Some(precision), scale: Some(scale) } => {
            call("numeric", [number(precision), number(scale)])
        }
        Type::Numeric { precision: Some(precision), scale: None } => call("numeric_of", [number(precision)]),
        Type::Numeric { precision: None, scale: None } => call("decimal", []),
        Type::Boolean => call("boolean", []),
        Type::String { length: Some(length) } => call("string", [number(length)]),
        Type::String { length: None } => call("unbounded_string", []),
        Type::Text => call("text", []),
        Type::Binary { length: Some(length) } => call("binary_of", [number(length)]),
        Type::Binary { length: None } => call("binary", []),
        Type::Date => call("date", []),
        Type::Time => call("time", []),
        Type::DateTime { timezone: false } => call("date_time", []),
        Type::DateTime { timezone: true } => call("date_time_tz", []),
        Type::Uuid => call("uuid", []),
        Type::Json => call("json", []),
        Type::Interval => call("interval", []),
        Type::Inet => call("inet", []),
        Type::Array(element) => call("array", [type_code(element)?]),
        Type::Range(subtype) => call("range", [type_code(subtype)?]),
        Type::Enum { name, values } if values.is_empty() => {
            return Err(RenderError::new(format!("the enumeration `{name}` has no values")));
        }
        Type::Enum { name, values } => call("enumeration", [text(name), texts(values)]),
        Type::Raw(words) => call("raw", [text(words)]),
        other => {
            return Err(RenderError::new(format!("the type {other:?} cannot be written in a revision file")));
        }
    })
}

fn named(code: Code, name: Option<&String>) -> Code {
    match name {
        Some(name) => code.then("named", [text(name)]),
        None => code,
    }
}

fn primary_key(key: &PrimaryKey) -> Code {
    named(call("primary_key", [texts(&key.columns)]), key.name.as_ref())
}

fn unique(constraint: &UniqueConstraint) -> Code {
    named(call("unique", [texts(&constraint.columns)]), constraint.name.as_ref())
}

fn check_code(check: &Check) -> Code {
    named(call("check", [text(&check.condition)]), check.name.as_ref())
}

/// `foreign_key(…).references(…)…`, with its name where it has one.
pub(super) fn foreign_key_code(key: &ForeignKey) -> Code {
    let code = call("foreign_key", [texts(&key.columns)])
        .then("references", [table_name(&key.target), texts(&key.target_columns)]);
    let mut code = actions(named(code, key.name.as_ref()), key);
    if key.initially_deferred {
        code = code.then("initially_deferred", []);
    }
    if let Some(deferrable) = key.deferrable.filter(|deferrable| !(key.initially_deferred && *deferrable)) {
        code = code.then("deferrable", [atom(deferrable.to_string())]);
    }
    code
}

fn actions(mut code: Code, key: &ForeignKey) -> Code {
    for (name, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
        let Some(action) = action else { continue };
        let action = match action {
            ReferentialAction::NoAction => "NoAction",
            ReferentialAction::Restrict => "Restrict",
            ReferentialAction::Cascade => "Cascade",
            ReferentialAction::SetNull => "SetNull",
            ReferentialAction::SetDefault => "SetDefault",
        };
        code = code.then(name, [atom(action)]);
    }
    code
}

/// A constraint of any kind by its builder.
pub(super) fn constraint(constraint: &Constraint) -> Code {
    match constraint {
        Constraint::PrimaryKey(key) => primary_key(key),
        Constraint::Unique(constraint) => unique(constraint),
        Constraint::ForeignKey(key) => foreign_key_code(key),
        Constraint::Check(check) => check_code(check),
    }
}

/// `index(…).on(…)…`
pub(super) fn index_code(index: &Index) -> Code {
    let plain: Option<Vec<Code>> = index.elements.iter().map(plain_element).collect();
    let elements = plain.unwrap_or_else(|| index.elements.iter().map(element).collect());
    let mut code =
        call("index", [text(&index.name)]).then("on", [table_name(&index.table), Code::Array(elements)]);
    if index.unique {
        code = code.then("unique", []);
    }
    if let Some(condition) = &index.condition {
        code = code.then("filter", [text(condition)]);
    }
    code
}

fn plain_element(element: &IndexElement) -> Option<Code> {
    match &element.key {
        IndexKey::Column(name) if !element.descending && element.collation.is_none() => Some(text(name)),
        _ => None,
    }
}

fn element(element: &IndexElement) -> Code {
    let mut code = match &element.key {
        IndexKey::Column(name) => call("IndexElement::column", [text(name)]),
        IndexKey::Expression(sql) => call("IndexElement::expression", [text(sql)]),
    };
    if element.descending {
        code = code.then("desc", []);
    }
    if let Some(collation) = &element.collation {
        code = code.then("collate", [text(collation)]);
    }
    code
}
