//! Expressions: each node of the tree becomes the node of ours that says the same.

use aludel_sql::ast::{Case, Expr, Labelled, Query, Separator, Template, new_id};
use aludel_sql::{Name, Value};

use super::{Context, column, from, function, name, operator, param, select, types};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// Several expressions.
///
/// # Errors
/// Where one of them cannot be said.
pub(crate) fn list<'c>(list: &'c [Json], ctx: &Context<'c>) -> Result<Vec<Expr>, Unsayable> {
    list.iter().map(|json| load(json, ctx)).collect()
}

/// Several conditions. A truth value that is no comparison is asked whether it is true: not every database takes it as
/// it is.
///
/// # Errors
/// Where one of them cannot be said.
pub(super) fn conditions<'c>(list: &'c [Json], ctx: &Context<'c>) -> Result<Vec<Expr>, Unsayable> {
    let condition = |json: &'c Json| {
        let expr = load(json, ctx)?;
        let plain = matches!(
            ctx.node(json)?.kind,
            "column" | "literal_column" | "function" | "cast" | "case" | "scalar_select" | "bindparam"
        );
        if plain && column::type_name(json, ctx).is_some_and(|name| name.eq_ignore_ascii_case("boolean")) {
            return Ok(Expr::Truth { operand: Box::new(expr), negated: false });
        }
        Ok(expr)
    };
    // A list of none is no condition.
    let says_nothing = |json: &&'c Json| {
        ctx.node(json).is_ok_and(|node| {
            node.kind == "expression_clauselist" && node.list("clauses").is_ok_and(<[Json]>::is_empty)
        })
    };
    list.iter().filter(|json| !says_nothing(json)).map(condition).collect()
}

/// Several expressions, out of lists of them.
///
/// # Errors
/// Where one of them cannot be said.
pub(super) fn flat<'c>(list: &'c [Json], ctx: &Context<'c>) -> Result<Vec<Expr>, Unsayable> {
    let mut exprs = Vec::new();
    for json in list {
        let node = ctx.node(json)?;
        match node.kind {
            "clauselist" | "order_by_list" => exprs.extend(flat(node.list("clauses")?, ctx)?),
            "label_reference" => exprs.extend(flat(std::slice::from_ref(node.part("element")?), ctx)?),
            _ => exprs.push(load(json, ctx)?),
        }
    }
    Ok(exprs)
}

/// An expression, if it is there.
///
/// # Errors
/// Where it cannot be said.
pub(super) fn optional<'c>(json: Option<&'c Json>, ctx: &Context<'c>) -> Result<Option<Expr>, Unsayable> {
    json.map(|json| load(json, ctx)).transpose()
}

/// The expression that stands here.
///
/// # Errors
/// Where our tree has no place for it.
pub(crate) fn load<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    if let Some(literal) = json.get("literal").filter(|_| json.get("node").is_none()) {
        return Ok(Expr::Bind(super::value::load(literal)?));
    }
    let node = ctx.node(json)?;
    let expr = match node.kind {
        "column" => return column::load(&node, ctx),
        "bindparam" => return param::load(&node, ctx),
        "binary" => return operator::binary(&node, ctx),
        "unary" => return operator::unary(&node, ctx),
        "expression_clauselist" => return operator::chain(&node, ctx),
        "label" => return labelled(&node, ctx),
        "case" => return case(&node, ctx),
        "text" => return Ok(Expr::Template(Box::new(template(&node, ctx)?))),
        "values" | "scalar_values" => Expr::Select(Query::Values(Box::new(from::values(&node, ctx)?))),
        "select" | "compound_select" | "textual_select" => {
            return Ok(Expr::Select(select::query(json, ctx)?));
        }
        "null" => Expr::Literal(Value::Null),
        "true" => Expr::Literal(Value::Bool(true)),
        "false" => Expr::Literal(Value::Bool(false)),
        "literal_column" => Expr::LiteralColumn(Name::Owned(node.text("name")?.to_owned())),
        "label_reference" => load(node.part("element")?, ctx)?,
        "grouping" => {
            let element = load(node.part("element")?, ctx)?;
            if ctx.explicit_grouping { Expr::Group(Box::new(element)) } else { element }
        }
        "as_boolean" => {
            let negated = match node.text("operator")? {
                "is_true" => false,
                "is_false" => true,
                operator => return Err(Unsayable::new(format!("as_boolean with {operator}"))),
            };
            Expr::Truth { operand: Box::new(load(node.part("element")?, ctx)?), negated }
        }
        "exists" => {
            let element = ctx.node(node.part("element")?)?;
            let select = match element.kind {
                "scalar_select" | "grouping" => select::query(element.part("element")?, ctx)?,
                _ => select::query(node.part("element")?, ctx)?,
            };
            Expr::Exists { select, negated: false }
        }
        "clauselist" => separated(&node, ctx)?,
        "order_by_list" => Expr::List(list(node.list("clauses")?, ctx)?, Separator::Comma),
        "element_list" => Expr::List(list(node.list("clauses")?, ctx)?, Separator::Space),
        "tuple" => Expr::Tuple(list(node.list("clauses")?, ctx)?),
        "array" => {
            let item = node.get("type").and_then(|ty| ty.get("item_type"));
            Expr::Array(list(node.list("clauses")?, ctx)?, types::if_known(item, ctx))
        }
        "cast" | "try_cast" | "type_coerce" => {
            let element = Box::new(load(node.part("element")?, ctx)?);
            let ty = types::load(node.part("type")?, ctx)?;
            match node.kind {
                "cast" => Expr::Cast(element, ty),
                "try_cast" => Expr::TryCast(element, ty),
                _ => Expr::Typed(element, ty),
            }
        }
        "extract" => {
            let field = Name::Owned(node.text("field")?.to_owned());
            Expr::Extract(field, Box::new(load(node.part("element")?, ctx)?))
        }
        "scalar_select" | "select_statement_grouping" => {
            Expr::Select(select::query(node.part("element")?, ctx)?)
        }
        "mysql_match" => {
            let modifiers = node.get("modifiers").map(|one| Node::named(one, "the modifiers of MATCH"));
            let modifiers = modifiers.transpose()?;
            let columns = list(node.list("columns")?, ctx)?;
            let against = load(node.part("against")?, ctx)?;
            let search = operator::search(columns, against, modifiers.as_ref(), false, false)?;
            if let Some(modifiers) = modifiers {
                modifiers.done()?;
            }
            search
        }
        "dmltargetcopy" => {
            let column = ctx.node(node.part("column")?)?;
            Expr::Assigned(name::given(column.part("name")?, ctx)?)
        }
        "table_valued_column" => return from::row(&node, ctx),
        // A name in scope, a label mostly.
        "textual_label_reference" => Expr::Named(Name::Owned(node.text("text")?.to_owned())),
        "function"
        | "over"
        | "funcfilter"
        | "withingroup"
        | "aggregateorderby"
        | "function_as_binary"
        | "scalar_function_column"
        | "next_value" => return function::load(&node, ctx),
        _ => return Err(node.unknown("an expression")),
    };
    // The types of results are asked for where they matter.
    node.passes_over(&["type"]);
    node.done()?;
    Ok(expr)
}

fn separated<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    let separator = match node.text_or_none("operator")? {
        Some("comma_op") => Separator::Comma,
        None => Separator::Space,
        Some(operator) => return Err(Unsayable::new(format!("a clauselist with {operator}"))),
    };
    Ok(Expr::List(list(node.list("clauses")?, ctx)?, separator))
}

fn labelled<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    let name = node.part("name")?;
    let same = name.as_text().zip(original(node.part("element")?, ctx)?);
    let label = ctx.label(node.id, same, || {
        let name = name::label(name, ctx)?;
        let expr = load(node.part("element")?, ctx)?;
        node.passes_over(&["type"]);
        node.done()?;
        Ok(Labelled { id: new_id(), name, expr })
    })?;
    Ok(Expr::Labelled(label))
}

/// The id of the shared object that stands here, or of the one that it is a clone of.
fn original<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Option<&'c str>, Unsayable> {
    let node = ctx.node(json)?;
    match node.kind {
        "grouping" => original(node.part("element")?, ctx),
        _ => Ok(node.text_or_none("clone_of")?.or(node.id)),
    }
}

fn case<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    let mut whens = Vec::new();
    for when in node.list("whens")? {
        let Some([condition, result]) = when.as_list() else {
            return Err(node.wrong("whens", "should be pairs"));
        };
        whens.push((load(condition, ctx)?, load(result, ctx)?));
    }
    let operand = optional(node.get("value"), ctx)?;
    let otherwise = optional(node.get("else"), ctx)?;
    node.passes_over(&["type"]);
    node.done()?;
    Ok(Expr::Case(Box::new(Case { operand, whens, otherwise })))
}

/// A text with its parameters.
///
/// # Errors
/// Where a parameter's value cannot be said.
pub(super) fn template<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Template, Unsayable> {
    let mut template = Template::parse(node.text("text")?);
    for (name, bind) in node.members("binds")? {
        template.set(name, &load(bind, ctx)?);
    }
    for (name, value) in node.members("params")?.iter().chain(ctx.input) {
        let value = Some(super::value::load(value)?);
        let label = aludel_sql::ast::Label::Named(Name::Owned(name.clone()));
        let param = aludel_sql::ast::Param { name: label, value, ty: None, literal: false };
        template.set(name, &Expr::Param(Box::new(param)));
    }
    node.done()?;
    Ok(template)
}
