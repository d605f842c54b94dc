//! Indexes.

use aludel_sql::schema::{Index, IndexElement, IndexKey, OptionValue, Sql, TableName, index};

use super::{Target, constraint, names, options, table};
use crate::json::Json;
use crate::load::{expr, name};
use crate::node::Node;
use crate::unsayable::Unsayable;

pub(super) fn load<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<Index, Unsayable> {
    let node = Node::named(target.ctx.follow(json)?, "index")?;
    node.passes_over(&["node"]);
    let name = names::of_object(node.part("name")?, target)?;
    // Without one it can only be dropped.
    let table = node.get("table");
    let (mut elements, mut labels) = (Vec::new(), Vec::new());
    for json in node.list("expressions")? {
        labels.push(label(json, target)?);
        elements.push(element(json, target)?);
    }
    let own = table.map(|table| names::of_table(table, target)).transpose()?;
    let mut made = index(name).on(own.unwrap_or_else(|| TableName::new("")), elements);
    made.unique = node.flag("unique")?;
    made.only_on = constraint::only_on(&node)?;
    made.options = options::load(node.members("options")?, target)?;
    by_position(&mut made, "postgresql_ops", &labels);
    for option in ["mysql_length", "mariadb_length", "postgresql_include", "mssql_include"] {
        if let Some(table) = table {
            by_name(&mut made, option, table, target)?;
        }
    }
    node.done()?;
    Ok(made)
}

/// One element, out of the signs of its direction.
fn element<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<IndexElement, Unsayable> {
    let node = target.ctx.node(json)?;
    if node.kind == "unary"
        && let Some(modifier) = node.text_or_none("modifier")?
    {
        let inner = element(node.part("element")?, target)?;
        return Ok(match modifier {
            "desc_op" => inner.desc(),
            "nulls_first_op" => inner.nulls_first(),
            "nulls_last_op" => inner.nulls_last(),
            _ => return Err(Unsayable::new(format!("the modifier {modifier}"))),
        });
    }
    Ok(match key(json, target)? {
        IndexKey::Column(name) => IndexElement::column(name),
        IndexKey::Expression(sql) => IndexElement::expression(sql),
    })
}

/// What is indexed: a column, or an expression under no name.
pub(super) fn key<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<IndexKey, Unsayable> {
    let node = target.ctx.node(json)?;
    Ok(match node.kind {
        "column" => IndexKey::Column(name::given(node.part("name")?, target.ctx)?.to_string()),
        "label" | "grouping" => return key(node.part("element")?, target),
        _ => IndexKey::Expression(Sql::expr(expr::load(json, target.ctx)?)),
    })
}

/// What options call an element.
fn label<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<Option<&'c str>, Unsayable> {
    let node = target.ctx.node(json)?;
    let column = || node.get("of").and_then(Json::as_text).zip(node.get("name"));
    Ok(match node.kind {
        "label" => node.get("name").and_then(Json::as_text),
        "column" => match column() {
            Some((of, name)) => table::key_of(target.ctx.def(of)?, name),
            None => node.get("name").and_then(Json::as_text),
        },
        _ => None,
    })
}

/// Operator classes are told by what elements are called; ours by column or position.
fn by_position(index: &mut Index, option: &str, labels: &[Option<&str>]) {
    let Some(OptionValue::Settings(settings)) = index.options.get(option) else { return };
    let placed = settings.iter().filter_map(|(name, value)| {
        let position = labels.iter().position(|label| *label == Some(name.as_str()))?;
        Some((position.to_string(), value.clone()))
    });
    let placed: Vec<_> = placed.collect();
    index.options.insert(option, OptionValue::Settings(placed));
}

/// Columns are named by their keys in some options.
fn by_name<'c>(
    index: &mut Index,
    option: &str,
    table: &'c Json,
    target: &Target<'c, '_>,
) -> Result<(), Unsayable> {
    let table = target.ctx.follow(table)?;
    let named = |name: &str| table::name_of(table, name).unwrap_or(name).to_owned();
    let value = match index.options.get(option) {
        Some(OptionValue::List(names)) => OptionValue::List(names.iter().map(|name| named(name)).collect()),
        Some(OptionValue::Settings(settings)) => {
            OptionValue::Settings(settings.iter().map(|(name, value)| (named(name), value.clone())).collect())
        }
        _ => return Ok(()),
    };
    index.options.insert(option, value);
    Ok(())
}
