//! Constraints and indexes, with all their options, as the builder calls that make them.

use aludel_sql::schema::{
    Check, CheckedType, Constraint, ConstraintTraits, Exclude, ForeignKey, Index, IndexElement, IndexKey,
    Initially, Match, ObjectName, OptionValue, Options, PrimaryKey, ReferentialAction, UniqueConstraint,
};

use super::code::{Code, atom, call, text, texts};
use super::schema::table_name;

fn named(code: Code, name: Option<&ObjectName>) -> Code {
    match name {
        Some(name) => code.then("named", [text(name)]),
        None => code,
    }
}

pub(super) fn primary_key(key: &PrimaryKey) -> Code {
    traits(named(call("primary_key", [texts(&key.columns)]), key.name.as_ref()), &key.traits)
}

pub(super) fn unique(constraint: &UniqueConstraint) -> Code {
    let code = named(call("unique", [texts(&constraint.columns)]), constraint.name.as_ref());
    traits(code, &constraint.traits)
}

pub(super) fn check(check: &Check) -> Code {
    let mut code = named(call("check", [text(&check.condition)]), check.name.as_ref());
    if let Some(ty) = check.stands_for {
        let ty = match ty {
            CheckedType::Boolean => "CheckedType::Boolean",
            CheckedType::Enum => "CheckedType::Enum",
        };
        code = code.then("stands_for", [atom(ty)]);
    }
    traits(code, &check.traits)
}

/// `foreign_key(…).references(…)…`, with its name where it has one.
pub(super) fn foreign_key(key: &ForeignKey) -> Code {
    let code = call("foreign_key", [texts(&key.columns)])
        .then("references", [table_name(&key.target), texts(&key.target_columns)]);
    let mut code = actions(named(code, key.name.as_ref()), key);
    if !key.on_delete_columns.is_empty() {
        code = code.then("on_delete_columns", [texts(&key.on_delete_columns)]);
    }
    if let Some(kind) = key.match_ {
        let kind = match kind {
            Match::Simple => "Match::Simple",
            Match::Partial => "Match::Partial",
            Match::Full => "Match::Full",
        };
        code = code.then("match_", [atom(kind)]);
    }
    if key.use_alter {
        code = code.then("use_alter", []);
    }
    traits(code, &key.traits)
}

pub(super) fn actions(mut code: Code, key: &ForeignKey) -> Code {
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

pub(super) fn exclude(exclude: &Exclude) -> Code {
    let mut code = call("exclude", []);
    for element in &exclude.elements {
        let operator = text(&element.operator);
        code = match &element.key {
            IndexKey::Column(name) => code.then("column", [text(name), operator]),
            IndexKey::Expression(sql) => code.then("expression", [text(sql), operator]),
        };
        if let Some(class) = &element.operator_class {
            code = code.then("operator_class", [text(class)]);
        }
    }
    if exclude.using != "gist" {
        code = code.then("using", [text(&exclude.using)]);
    }
    if let Some(condition) = &exclude.condition {
        code = code.then("filter", [text(condition)]);
    }
    traits(named(code, exclude.name.as_ref()), &exclude.traits)
}

/// A constraint of any kind by its builder.
pub(super) fn constraint(constraint: &Constraint) -> Code {
    match constraint {
        Constraint::PrimaryKey(key) => primary_key(key),
        Constraint::Unique(constraint) => unique(constraint),
        Constraint::ForeignKey(key) => foreign_key(key),
        Constraint::Check(constraint) => check(constraint),
        Constraint::Exclude(constraint) => exclude(constraint),
    }
}

fn traits(mut code: Code, traits: &ConstraintTraits) -> Code {
    let waits = traits.initially == Some(Initially::Deferred) && traits.deferrable == Some(true);
    if waits {
        code = code.then("initially_deferred", []);
    } else {
        if let Some(deferrable) = traits.deferrable {
            code = code.then("deferrable", [atom(deferrable.to_string())]);
        }
        if let Some(initially) = traits.initially {
            let initially = match initially {
                Initially::Deferred => "Initially::Deferred",
                Initially::Immediate => "Initially::Immediate",
            };
            code = code.then("initially", [atom(initially)]);
        }
    }
    if let Some(comment) = &traits.comment {
        code = code.then("comment", [text(comment)]);
    }
    if !traits.only_on.is_empty() {
        code = code.then("only_on", [texts(&traits.only_on)]);
    }
    options(code, &traits.options)
}

/// `.option(name, value)…`
pub(super) fn options(mut code: Code, options: &Options) -> Code {
    for (name, value) in options.iter() {
        code = code.then("option", [text(name), option_value(value)]);
    }
    code
}

fn option_value(value: &OptionValue) -> Code {
    match value {
        OptionValue::Flag(flag) => atom(flag.to_string()),
        OptionValue::Number(number) => atom(number.to_string()),
        OptionValue::Text(words) => text(words),
        OptionValue::List(names) if names.is_empty() => call("OptionValue::List", [atom("Vec::new()")]),
        OptionValue::List(names) => texts(names),
        OptionValue::Settings(settings) => {
            let each = settings.iter().map(|(name, value)| {
                // A tuple is a call without a name.
                call("", [text(name), call("OptionValue::from", [option_value(value)])])
            });
            call("OptionValue::settings", [Code::Array(each.collect())])
        }
        OptionValue::Sql(sql) => call("Sql::words", [text(sql)]),
    }
}

/// `index(…).on(…)…`
pub(super) fn index(index: &Index) -> Code {
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
    if !index.only_on.is_empty() {
        code = code.then("only_on", [texts(&index.only_on)]);
    }
    options(code, &index.options)
}

fn plain_element(element: &IndexElement) -> Option<Code> {
    match &element.key {
        IndexKey::Column(name) if *element == IndexElement::column(name) => Some(text(name)),
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
    if let Some(first) = element.nulls_first {
        code = code.then(if first { "nulls_first" } else { "nulls_last" }, []);
    }
    if let Some(collation) = &element.collation {
        code = code.then("collate", [text(collation)]);
    }
    code
}
