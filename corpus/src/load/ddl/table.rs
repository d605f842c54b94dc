//! Tables.

use aludel_sql::schema::{Constraint, Table, table};

use super::{Target, column, constraint, names, options};
use crate::json::Json;
use crate::unsayable::Unsayable;

/// A table with all that it consists of.
pub(super) fn load<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<Table, Unsayable> {
    let node = target.ctx.node(json)?;
    if node.kind != "table" {
        return Err(node.unknown("a table"));
    }
    // Statements of their own, and what queries make of it.
    node.passes_over(&["indexes", "lightweight", "no_implicit_returning", "clone_of", "columns"]);
    let mut made = table(names::load(&node, target)?);
    let keys = keys(target.ctx.follow(json)?);
    for json in node.list("columns")? {
        made.columns.extend(column::load(json, &keys, target)?);
    }
    let mut implicit = false;
    for json in node.list("constraints")? {
        let flag = |name: &str| json.get(name) == Some(&Json::Bool(true));
        if flag("omit_from_create_table") {
            continue;
        }
        match constraint::load(json, &keys, target)? {
            None => {}
            Some(Constraint::PrimaryKey(key)) => {
                made.primary_key = Some(key);
                implicit = flag("implicit");
            }
            Some(Constraint::Unique(unique)) => made.unique_constraints.push(unique),
            Some(Constraint::ForeignKey(key)) => made.foreign_keys.push(key),
            Some(Constraint::Check(check)) => made.checks.push(check),
            Some(Constraint::Exclude(exclude)) => made.excludes.push(exclude),
        }
    }
    // A key that is made of its columns begins with the one that is numbered.
    if let Some(numbered) = made.autoincrement_column().map(|column| column.name.clone()).filter(|_| implicit)
        && let Some(key) = &mut made.primary_key
        && let Some(position) = key.columns.iter().position(|name| *name == numbered)
        && let Some(front) = key.columns.get_mut(..=position)
    {
        front.rotate_right(1);
    }
    for json in node.list("prefixes")? {
        let word = json.as_text().ok_or_else(|| node.wrong("prefixes", "should hold strings"))?;
        made.prefixes.push(word.to_owned());
    }
    made.comment = node.text_or_none("comment")?.map(str::to_owned);
    made.options = options::load(node.members("options")?, target)?;
    node.done()?;
    Ok(made)
}

/// What constraints of a table call columns whose key is another than their name.
pub(super) type Keys<'c> = Vec<(&'c str, &'c str)>;

/// The keys of a table's columns with their names.
pub(super) fn keys(table: &Json) -> Keys<'_> {
    fn pair(column: &Json) -> Option<(&str, &str)> {
        Some((column.get("key")?.as_text()?, column.get("name")?.as_text()?))
    }
    let columns = table.get("columns").and_then(Json::as_list).unwrap_or_default();
    columns.iter().filter_map(pair).collect()
}

/// The name of the column with a key.
pub(super) fn name_of<'c>(table: &'c Json, key: &str) -> Option<&'c str> {
    let columns = table.get("columns")?.as_list()?;
    let keyed = columns.iter().find(|column| column.get("key").and_then(Json::as_text) == Some(key));
    keyed?.get("name")?.as_text()
}

/// The key of the column with a name.
pub(super) fn key_of<'c>(table: &'c Json, name: &'c Json) -> Option<&'c str> {
    let column = column_json(table, name.as_text()?)?;
    column.get("key").and_then(Json::as_text).or(name.as_text())
}

/// The column with a name.
pub(super) fn column_json<'c>(table: &'c Json, name: &str) -> Option<&'c Json> {
    let columns = table.get("columns")?.as_list()?;
    columns.iter().find(|column| column.get("name").and_then(Json::as_text) == Some(name))
}
