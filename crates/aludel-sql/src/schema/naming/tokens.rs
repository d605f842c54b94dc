//! What the tokens of a naming template stand for.

use super::super::{Constraint, Index, IndexKey, Table};
use super::Subject;
use crate::ast;

pub(super) fn of_constraint<'t>(table: &'t Table, constraint: &'t Constraint) -> Subject<'t> {
    let columns = match constraint {
        Constraint::PrimaryKey(key) => key.columns.iter().map(String::as_str).collect(),
        Constraint::Unique(unique) => unique.columns.iter().map(String::as_str).collect(),
        Constraint::ForeignKey(key) => key.columns.iter().map(String::as_str).collect(),
        Constraint::Check(check) => check.condition.as_expr().and_then(first_column).into_iter().collect(),
        Constraint::Exclude(exclude) => {
            exclude.elements.iter().filter_map(|element| column(&element.key)).collect()
        }
    };
    let referred = match constraint {
        Constraint::ForeignKey(key) => Some((key.target.name.as_str(), key.target_columns.as_slice())),
        _ => None,
    };
    Subject { table, columns, referred, name: constraint.name() }
}

pub(super) fn of_index<'t>(table: &'t Table, index: &'t Index) -> Subject<'t> {
    let columns = index.elements.iter().filter_map(|element| column(&element.key)).collect();
    Subject { table, columns, referred: None, name: None }
}

fn column(key: &IndexKey) -> Option<&str> {
    match key {
        IndexKey::Column(name) => Some(name),
        IndexKey::Expression(_) => None,
    }
}

/// The column that a condition begins with.
fn first_column(expr: &ast::Expr) -> Option<&str> {
    match expr {
        ast::Expr::Column(column) => Some(&column.name),
        ast::Expr::In { operand, .. } | ast::Expr::IsNull { operand, .. } => first_column(operand),
        ast::Expr::Binary(_, left, _) => first_column(left),
        _ => None,
    }
}

/// The text of a token; `None` where it means nothing here.
pub(super) fn expand(token: &str, subject: &Subject<'_>) -> Option<String> {
    match token {
        "table_name" => return Some(subject.table.name.name.clone()),
        "constraint_name" => return subject.name.map(str::to_owned),
        "referred_table_name" => return subject.referred.map(|(table, _)| table.to_owned()),
        _ => {}
    }
    if let Some(rest) = token.strip_prefix("referred_column_") {
        let (_, columns) = subject.referred?;
        return each(rest, |index| columns.get(index).cloned(), |attribute| attribute == "name");
    }
    let rest = token.strip_prefix("column_")?;
    let label = rest.ends_with("_label");
    let text = |index: usize| {
        let name = subject.columns.get(index)?;
        Some(if label { self::label(subject.table, name) } else { (*name).to_owned() })
    };
    each(rest, text, |attribute| matches!(attribute, "name" | "key" | "label"))
}

/// `0_name` is the first one, `0N_name` are all, `0_N_name` are all with `_` between. What isn't there is empty.
fn each(token: &str, text: impl Fn(usize) -> Option<String>, known: impl Fn(&str) -> bool) -> Option<String> {
    let digits = token.find(|next: char| !next.is_ascii_digit())?;
    let (number, rest) = token.split_at_checked(digits)?;
    let (several, attribute) = match rest.strip_prefix("N_") {
        Some(attribute) => (Some(""), attribute),
        None => match rest.strip_prefix("_N_") {
            Some(attribute) => (Some("_"), attribute),
            None => (None, rest.strip_prefix('_')?),
        },
    };
    let number: usize = number.parse().ok()?;
    if !known(attribute) {
        return None;
    }
    match several {
        None => Some(text(number).unwrap_or_default()),
        Some(between) => Some((0..).map_while(text).collect::<Vec<_>>().join(between)),
    }
}

fn label(table: &Table, column: &str) -> String {
    match &table.name.schema {
        Some(schema) => format!("{}_{}_{column}", schema.replace('.', "_"), table.name.name),
        None => format!("{}_{column}", table.name.name),
    }
}
