//! Tables, columns, constraints and indexes as the builder calls that make them.

use aludel_sql::ast::Expr;
use aludel_sql::compiler::render_expr;
use aludel_sql::schema::{
    Column, Counting, DdlEvent, DdlText, ForeignKey, Identity, Inline, ServerDefault, Table, TableName,
    foreign_key,
};
use aludel_sql::{Dialect, Value};

use super::code::{Code, atom, call, text, texts};
use super::types::type_code;
use super::{RenderError, constraints};

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
        code = code.then("primary_key", [constraints::primary_key(key)]);
    }
    for (column, inline) in table.columns.iter().zip(&inline) {
        code = code.then("column", [column_code(column, inline, dialect)?]);
    }
    if let Some(key) = key.filter(|_| key_first.is_none()) {
        code = code.then("primary_key", [constraints::primary_key(key)]);
    }
    let uniques = inline.iter().filter(|inline| inline.unique).count();
    let foreign = inline.iter().filter(|inline| inline.references.is_some()).count();
    let indexes = inline.iter().filter(|inline| inline.index.is_some()).count();
    for constraint in table.unique_constraints.iter().skip(uniques) {
        code = code.then("unique", [constraints::unique(constraint)]);
    }
    for key in table.foreign_keys.iter().skip(foreign) {
        code = code.then("foreign_key", [constraints::foreign_key(key)]);
    }
    for check in &table.checks {
        code = code.then("check", [constraints::check(check)]);
    }
    for exclude in &table.excludes {
        code = code.then("exclude", [constraints::exclude(exclude)]);
    }
    for index in table.indexes.iter().skip(indexes) {
        code = code.then("index", [constraints::index(index)]);
    }
    if let Some(comment) = &table.comment {
        code = code.then("comment", [text(comment)]);
    }
    for word in &table.prefixes {
        code = code.then("prefix", [text(word)]);
    }
    code = constraints::options(code, &table.options);
    for (when, statement) in &table.events {
        code = event(code, *when, statement);
    }
    Ok(code)
}

/// What of a table's constraints can stand on its columns and still come out in the same order.
fn written_inline(table: &Table) -> Vec<Inline> {
    let mut inline = vec![Inline::default(); table.columns.len()];
    let place = |name: &str| table.columns.iter().position(|column| column.name == name);
    if let Some(key) = &table.primary_key {
        let places: Option<Vec<usize>> = key.columns.iter().map(|name| place(name)).collect();
        let plain = key.name.is_none() && key.traits.is_plain() && !key.columns.is_empty();
        if let Some(places) = places.filter(|places| plain && places.is_sorted_by(|a, b| a < b))
            && places.iter().all(|place| !table.columns[*place].nullable)
        {
            places.iter().for_each(|place| inline[*place].primary_key = true);
        }
    }
    // Only a beginning of each list whose columns come in the table's order: the rest follows behind the columns.
    let mut last = None;
    for constraint in &table.unique_constraints {
        let ([name], None, true) =
            (constraint.columns.as_slice(), &constraint.name, constraint.traits.is_plain())
        else {
            break;
        };
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
    let mut code = call("column", [text(&column.name), type_code(&column.ty, dialect)?]);
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
                code = constraints::actions(code.then("references", [text(&target)]), key);
            }
            None => code = code.then("foreign_key", [constraints::foreign_key(key)]),
        }
    }
    if let Some(default) = &column.server_default {
        code = code.then("server_default", [server_default(default, dialect)?]);
    }
    if let Some(computed) = &column.computed {
        let expression = text(&computed.expression);
        code = match computed.stored {
            Some(true) => code.then("computed_stored", [expression]),
            Some(false) => code.then("computed", [expression]),
            None => code.then("generated", [call("Computed::new", [expression])]),
        };
    }
    if let Some(own) = &column.identity {
        code = code.then("identity", [identity(own)]);
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
    for check in &column.checks {
        code = code.then("check", [constraints::check(check)]);
    }
    Ok(constraints::options(code, &column.options))
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

/// `Identity::always().start(…)…`
fn identity(identity: &Identity) -> Code {
    let mut code = call(
        match identity.always {
            Some(true) => "Identity::always",
            Some(false) => "Identity::by_default",
            None => "Identity::default",
        },
        [],
    );
    let Counting { start, increment, min, max, cache, cycle } = &identity.counting;
    let number = |number: i64| [atom(number.to_string())];
    for (name, value) in [("start", start), ("increment", increment), ("cache", cache)] {
        if let Some(value) = value {
            code = code.then(name, number(*value));
        }
    }
    for (name, none, bound) in [("min", "no_min", min), ("max", "no_max", max)] {
        code = match bound {
            Some(Some(value)) => code.then(name, number(*value)),
            Some(None) => code.then(none, []),
            None => code,
        };
    }
    if let Some(cycle) = cycle {
        code = code.then("cycle", [atom(cycle.to_string())]);
    }
    constraints::options(code, &identity.options)
}

/// `.on(event, statement)`
fn event(code: Code, event: DdlEvent, statement: &DdlText) -> Code {
    let event = match event {
        DdlEvent::BeforeCreate => "DdlEvent::BeforeCreate",
        DdlEvent::AfterCreate => "DdlEvent::AfterCreate",
        DdlEvent::BeforeDrop => "DdlEvent::BeforeDrop",
        DdlEvent::AfterDrop => "DdlEvent::AfterDrop",
    };
    let (words, context) = statement.parts();
    let mut made = text(words);
    if !context.is_empty() || !statement.dialects().is_empty() {
        made = call("DdlText::new", [made]);
    }
    for (name, value) in context {
        made = made.then("set", [text(name), text(value)]);
    }
    if !statement.dialects().is_empty() {
        made = made.then("only_on", [texts(statement.dialects())]);
    }
    code.then("on", [atom(event), made])
}
