//! Schema statements: `create_table`, `create_index`, … The schema objects in them become ours, and our own functions
//! write the text.

mod column;
mod constraint;
mod index;
mod names;
mod options;
mod sequence;
mod table;
mod types;

use aludel_sql::ddl::{
    self, CreateIndex, CreateSchema, CreateSequence, CreateTable, CreateTableAs, CreateView, DropConstraint,
    DropIndex, DropSchema, DropSequence, DropTable, DropView,
};
use aludel_sql::schema::{DdlText, SchemaMap, Sql, ViewQuery, view};
use aludel_sql::{CompileError, Dialect};

use super::{Context, Loaded};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// What a schema statement is loaded for.
pub(super) struct Target<'c, 'x> {
    pub(super) ctx: &'x Context<'c>,
    pub(super) dialect: &'x dyn Dialect,
    pub(super) schemas: &'x SchemaMap,
}

/// The text of a schema statement.
///
/// # Errors
/// Where our schema model has no place for it, or the dialect cannot say it.
pub(crate) fn compile<'c>(
    statement: &'c Json,
    ctx: &Context<'c>,
    dialect: &dyn Dialect,
    schemas: &SchemaMap,
) -> Result<String, Unsayable> {
    let target = Target { ctx, dialect, schemas };
    let node = ctx.node(statement)?;
    let sql = text(&node, &target)?;
    node.done()?;
    Ok(sql)
}

fn text<'c>(node: &Node<'c>, target: &Target<'c, '_>) -> Result<String, Unsayable> {
    let dialect = target.dialect;
    let said = match node.kind {
        "create_table" => return create_table(node, target),
        "drop_table" => {
            let name = names::of_table(node.part("table")?, target)?;
            when(node, "if_exists", DropTable::of(&name), DropTable::if_exists)?.sql(dialect)
        }
        "create_index" => {
            let index = index::load(node.part("index")?, target)?;
            when(node, "if_not_exists", CreateIndex::of(&index), CreateIndex::if_not_exists)?.sql(dialect)
        }
        "drop_index" => {
            let index = index::load(node.part("index")?, target)?;
            when(node, "if_exists", DropIndex::of(&index), DropIndex::if_exists)?.sql(dialect)
        }
        "create_column" => {
            let column = Node::new(node.part("column")?)?;
            let table = table::load(target.ctx.def(column.text("of")?)?, target)?;
            let name = column.text("name")?;
            let found = table.get_column(name).ok_or_else(|| column.wrong("name", "is no column"))?;
            ddl::column_definition(&table, found, dialect)
        }
        "add_constraint" => {
            let table = table::load(node.part("table")?, target)?;
            let constraint = constraint::load(node.part("constraint")?, &keys(node, target)?, target)?;
            let constraint = constraint.ok_or_else(|| node.wrong("constraint", "has no columns"))?;
            ddl::add_constraint(&table.name, &constraint, dialect)
        }
        "drop_constraint" => {
            let table = table::load(node.part("table")?, target)?;
            let constraint = constraint::load(node.part("constraint")?, &keys(node, target)?, target)?;
            let constraint = constraint.ok_or_else(|| node.wrong("constraint", "has no columns"))?;
            let name = constraint.name().ok_or_else(|| node.wrong("constraint", "has no name"))?;
            let drop = DropConstraint::of(&table.name, name, constraint.kind());
            let drop = when(node, "if_exists", drop, DropConstraint::if_exists)?;
            when(node, "cascade", drop, DropConstraint::cascade)?.sql(dialect)
        }
        "create_sequence" => {
            let sequence = sequence::load(node.part("sequence")?, target)?;
            let create = CreateSequence::of(&sequence);
            when(node, "if_not_exists", create, CreateSequence::if_not_exists)?.sql(dialect)
        }
        "drop_sequence" => {
            let sequence = sequence::load(node.part("sequence")?, target)?;
            let drop = DropSequence::of(&sequence.name);
            when(node, "if_exists", drop, DropSequence::if_exists)?.sql(dialect)
        }
        "create_schema" => {
            let create = CreateSchema::of(node.text("schema")?);
            when(node, "if_not_exists", create, CreateSchema::if_not_exists)?.sql(dialect)
        }
        "drop_schema" => {
            let drop = DropSchema::of(node.text("schema")?);
            let drop = when(node, "if_exists", drop, DropSchema::if_exists)?;
            when(node, "cascade", drop, DropSchema::cascade)?.sql(dialect)
        }
        "create_view" => return create_view(node, target),
        "drop_view" => {
            let name = names::of_table(node.part("table")?, target)?;
            let drop = when(node, "if_exists", DropView::of(&name), DropView::if_exists)?;
            when(node, "materialized", drop, DropView::materialized)?.sql(dialect)
        }
        "create_table_as" => {
            let create = CreateTableAs::of(names::load(node, target)?, query(node, target.ctx)?);
            let create = when(node, "if_not_exists", create, CreateTableAs::if_not_exists)?;
            when(node, "temporary", create, CreateTableAs::temporary)?.sql(dialect)
        }
        "create_enum_type" | "create_domain_type" => {
            ddl::create_type(&types::named(node.part("type")?, target)?, dialect)
        }
        "drop_enum_type" | "drop_domain_type" => {
            ddl::drop_type(&types::named(node.part("type")?, target)?, dialect)
        }
        "ddl" => return words(node, target),
        _ => return comment(node, target),
    };
    Ok(said?)
}

/// The keys of the columns of the table that the statement is about.
fn keys<'c>(node: &Node<'c>, target: &Target<'c, '_>) -> Result<table::Keys<'c>, Unsayable> {
    Ok(table::keys(target.ctx.follow(node.part("table")?)?))
}

/// Says something more where a flag is set.
fn when<T>(node: &Node<'_>, flag: &str, what: T, more: impl FnOnce(T) -> T) -> Result<T, Unsayable> {
    Ok(if node.flag(flag)? { more(what) } else { what })
}

fn create_table<'c>(node: &Node<'c>, target: &Target<'c, '_>) -> Result<String, Unsayable> {
    let json = node.part("table")?;
    let mut table = table::load(json, target)?;
    if let Some(included) = node.get("include_foreign_keys") {
        let positions: Vec<Option<i64>> =
            included.as_list().unwrap_or_default().iter().map(Json::as_int).collect();
        let mut position = -1;
        table.foreign_keys.retain(|_| {
            position += 1;
            positions.contains(&Some(position))
        });
    }
    let create = when(node, "if_not_exists", CreateTable::of(&table), CreateTable::if_not_exists)?;
    Ok(create.sql(target.dialect)?)
}

fn query<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<ViewQuery, Unsayable> {
    Ok(match super::load(node.part("select")?, ctx)? {
        Loaded::Statement(statement) => ViewQuery::Statement(statement),
        Loaded::Expr(expr) => ViewQuery::Words(Sql::expr(expr)),
    })
}

fn create_view<'c>(node: &Node<'c>, target: &Target<'c, '_>) -> Result<String, Unsayable> {
    let mut made = view(names::load(node, target)?, query(node, target.ctx)?);
    made.materialized = node.flag("materialized")?;
    made.temporary = node.flag("temporary")?;
    made.options = options::load(node.members("options")?, target)?;
    // What this dialect can say as an option is a part of the statement for us.
    let option = made.options.remove("sqlite_if_not_exists");
    let by_option =
        option.and_then(|value| value.as_flag()) == Some(true) && target.dialect.name() == "sqlite";
    let create = when(node, "or_replace", CreateView::of(&made), CreateView::or_replace)?;
    let create = when(node, "if_not_exists", create, CreateView::if_not_exists)?;
    let create = if by_option { create.if_not_exists() } else { create };
    Ok(create.sql(target.dialect)?)
}

fn words<'c>(node: &Node<'c>, target: &Target<'c, '_>) -> Result<String, Unsayable> {
    let mut statement = DdlText::new(node.text("text")?);
    for (name, value) in node.members("context")? {
        let value = value.as_text().ok_or_else(|| node.wrong("context", "should hold strings"))?;
        statement = statement.set(name, value);
    }
    let name = node.get("target").map(|table| names::of_table(table, target)).transpose()?;
    let sql = statement.sql(name.as_ref(), target.dialect)?;
    sql.ok_or_else(|| Unsayable::new("a statement for another dialect"))
}

/// Comments that are statements of their own.
fn comment<'c>(node: &Node<'c>, target: &Target<'c, '_>) -> Result<String, Unsayable> {
    let dialect = target.dialect;
    let set = node.kind.starts_with("set_");
    let none = |kind: &str| CompileError::unsupported(dialect.name(), &format!("a comment on a {kind}"));
    let json = match node.get("table") {
        Some(json) => json,
        None => return Err(node.unknown("a schema statement")),
    };
    let table = table::load(json, target)?;
    let sql = match node.kind {
        "set_table_comment" | "drop_table_comment" => {
            let comment = table.comment.as_deref().filter(|_| set);
            ddl::comment_on_table(&table.name, comment, dialect)?.ok_or_else(|| none("table"))?
        }
        "set_column_comment" | "drop_column_comment" => {
            let column = node.part("column")?;
            let name = column.as_text().or_else(|| column.get("name").and_then(Json::as_text));
            let found = name.and_then(|name| table.get_column(name));
            let found = found.ok_or_else(|| node.wrong("column", "is no column"))?;
            let comment = found.comment.as_deref().filter(|_| set);
            ddl::comment_on_column(&table.name, &found.name, comment, dialect)?
                .ok_or_else(|| none("column"))?
        }
        "set_constraint_comment" | "drop_constraint_comment" => {
            let constraint = constraint::load(node.part("constraint")?, &keys(node, target)?, target)?;
            let constraint = constraint.ok_or_else(|| node.wrong("constraint", "has no columns"))?;
            let name = constraint.name().ok_or_else(|| node.wrong("constraint", "has no name"))?;
            let comment = constraint.traits().comment.as_deref().filter(|_| set);
            ddl::comment_on_constraint(&table.name, name, comment, dialect)?
                .ok_or_else(|| none("constraint"))?
        }
        _ => return Err(node.unknown("a schema statement")),
    };
    Ok(sql)
}
