//! Functions, and the clauses behind their calls.

use aludel_sql::Name;
use aludel_sql::ast::{
    Aggregate, Expr, Frame, FrameBound, FrameExclusion, FrameUnit, Function, Over, Window,
};

use super::{Context, expr, name, operator, types};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// A call with its clauses.
///
/// # Errors
/// Where one of its parts cannot be said.
pub(super) fn load<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    // The type of an aggregate is that of its function.
    let element = |node: &Node<'c>| -> Result<Aggregate, Unsayable> {
        node.passes_over(&["type"]);
        Ok(match expr::load(node.part("element")?, ctx)? {
            Expr::Aggregate(aggregate) => *aggregate,
            call => Aggregate::new(call),
        })
    };
    let expr = match node.kind {
        "function" => return call(node, ctx),
        "over" => {
            let mut aggregate = element(node)?;
            if aggregate.over.is_some() {
                aggregate = Aggregate::new(Expr::Aggregate(Box::new(aggregate)));
            }
            aggregate.over = Some(Over::Window(window(node, ctx)?));
            Expr::Aggregate(Box::new(aggregate))
        }
        "funcfilter" => {
            let mut aggregate = element(node)?;
            aggregate.filter.push(expr::load(node.part("criterion")?, ctx)?);
            Expr::Aggregate(Box::new(aggregate))
        }
        "withingroup" => {
            let mut aggregate = element(node)?;
            // The clauses are written in the order in which they were asked for.
            if !aggregate.filter.is_empty() || aggregate.over.is_some() {
                aggregate = Aggregate::new(Expr::Aggregate(Box::new(aggregate)));
            }
            aggregate.within_group = operator::orders(std::slice::from_ref(node.part("order_by")?), ctx)?;
            Expr::Aggregate(Box::new(aggregate))
        }
        "aggregateorderby" => {
            let mut aggregate = element(node)?;
            aggregate.order_by = operator::orders(std::slice::from_ref(node.part("order_by")?), ctx)?;
            Expr::Aggregate(Box::new(aggregate))
        }
        "function_as_binary" => {
            node.passes_over(&["left_index", "right_index", "type"]);
            expr::load(node.part("function")?, ctx)?
        }
        "scalar_function_column" => {
            node.passes_over(&["type"]);
            let function = Box::new(expr::load(node.part("function")?, ctx)?);
            Expr::FunctionColumn(function, name::given(node.part("name")?, ctx)?)
        }
        "next_value" => {
            node.passes_over(&["type"]);
            let sequence = Node::named(ctx.follow(node.part("sequence")?)?, "a sequence")?;
            let schema = sequence.get("schema").map(|schema| name::given(schema, ctx)).transpose()?;
            Expr::NextValue { schema, name: name::given(sequence.part("name")?, ctx)? }
        }
        _ => return Err(node.unknown("a function")),
    };
    node.done()?;
    Ok(expr)
}

fn call<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    // A clone counts as the same, and what a function returns as a table is asked for where it is read.
    node.passes_over(&["clone_of", "table_columns", "with_ordinality"]);
    let arguments = node.list("args")?;
    let mut function = Function::new(name::given(node.part("name")?, ctx)?, Vec::new());
    function.package = name::list(node.list("package")?, ctx)?;
    function.generic = node.flag("generic")?;
    function.ty = types::if_known(node.get("type"), ctx);
    let mut order_by = Vec::new();
    for argument in arguments {
        let ordered = ctx.node(argument)?;
        // PostgreSQL's older form: the order stands at the last argument.
        if ordered.kind == "aggregate_order_by" {
            function.arguments.push(expr::load(ordered.part("element")?, ctx)?);
            order_by = operator::orders(std::slice::from_ref(ordered.part("order_by")?), ctx)?;
        } else {
            function.arguments.push(expr::load(argument, ctx)?);
        }
    }
    node.done()?;
    let call = Expr::Function(function);
    if order_by.is_empty() {
        return Ok(call);
    }
    Ok(Expr::Aggregate(Box::new(Aggregate { order_by, ..Aggregate::new(call) })))
}

fn window<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Window, Unsayable> {
    let list = |key: &str| node.get(key).map(std::slice::from_ref).unwrap_or_default();
    let mut window = Window {
        base: None,
        partition_by: expr::flat(list("partition_by"), ctx)?,
        order_by: operator::orders(list("order_by"), ctx)?,
        frame: None,
    };
    let units = [("range", FrameUnit::Range), ("rows", FrameUnit::Rows), ("groups", FrameUnit::Groups)];
    let exclude = node.text_or_none("exclude")?.map(str::to_uppercase);
    let exclude = match exclude.as_deref() {
        None => None,
        Some("CURRENT ROW") => Some(FrameExclusion::CurrentRow),
        Some("GROUP") => Some(FrameExclusion::Group),
        Some("TIES") => Some(FrameExclusion::Ties),
        Some("NO OTHERS") => Some(FrameExclusion::NoOthers),
        Some(exclude) => return Err(Unsayable::new(format!("EXCLUDE {exclude}"))),
    };
    for (key, unit) in units {
        let [start, end] = node.list(key)? else { continue };
        let (start, end) = (bound(start, ctx)?, bound(end, ctx)?);
        window.frame = Some(Frame { unit, start, end, exclude });
    }
    Ok(window)
}

fn bound<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<FrameBound, Unsayable> {
    let node = Node::tagged(json, "bound")?;
    let bound = match node.kind {
        "unbounded" => FrameBound::Unbounded,
        "current" => FrameBound::CurrentRow,
        "preceding" => FrameBound::Preceding(expr::load(node.part("value")?, ctx)?),
        "following" => FrameBound::Following(expr::load(node.part("value")?, ctx)?),
        _ => return Err(node.unknown("a bound")),
    };
    node.done()?;
    Ok(bound)
}

/// Words of the user's own: a text, or a node.
///
/// # Errors
/// Where it cannot be said.
pub(super) fn words<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    match json {
        Json::Text(text) => Ok(Expr::Text(Name::Owned(text.clone()))),
        _ => expr::load(json, ctx),
    }
}
