//! Parameters: `bindparam`.

use aludel_sql::Value;
use aludel_sql::ast::{Expr, InList, Label, Param, new_id};

use super::{Context, name, types, value};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// One parameter.
///
/// # Errors
/// Where we have no such value, and for a list of parameters.
pub(super) fn load<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    let parts = Parts::load(node, ctx)?;
    if parts.expanding {
        return Err(Unsayable::new("a list of parameters somewhere else than behind IN"));
    }
    let value = parts.value.map(value::load).transpose()?;
    // A plain value for a column takes the column's name: it has none of its own.
    match value {
        Some(value) if parts.plain && !matches!(parts.ty, Some(aludel_sql::Type::Custom(_))) => {
            Ok(Expr::Bind(value))
        }
        value => Ok(parts.param(value)),
    }
}

/// The list behind `IN` that a parameter stands for.
///
/// # Errors
/// Where we have no such value, or none is known yet.
pub(super) fn list<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<InList, Unsayable> {
    let parts = Parts::load(node, ctx)?;
    if !parts.expanding {
        let value = parts.value.map(value::load).transpose()?;
        return Ok(InList::Expr(Box::new(parts.param(value))));
    }
    // The list that the tree has shapes the text; another one may take its place when the statement runs.
    let own = node.get("value").and_then(Json::as_list);
    let stated = parts.value.and_then(Json::as_list);
    let same = own.zip(stated).is_none_or(|(own, stated)| own.len() == stated.len());
    let Some(values) = (if same { stated } else { own }) else {
        return Err(Unsayable::new("a list behind IN that is handed in later"));
    };
    Ok(InList::Values(values.iter().map(|value| parts.element(value)).collect::<Result<_, _>>()?))
}

/// What a parameter says.
struct Parts<'c> {
    name: Label,
    value: Option<&'c Json>,
    ty: Option<aludel_sql::Type>,
    literal: bool,
    expanding: bool,
    plain: bool,
}

impl<'c> Parts<'c> {
    fn load(node: &Node<'c>, ctx: &Context<'c>) -> Result<Self, Unsayable> {
        let key = node.part("key")?;
        let stated = key.as_text().and_then(|key| ctx.stated(key));
        if node.flag("out_parameter")? {
            return Err(Unsayable::new("a parameter that is handed out"));
        }
        // Whether it was required, where its value came from, how its key was made, and that a limit is a plain number,
        // do not change what it says; which IN it stands behind is told by the operator.
        node.passes_over(&["required", "callable", "unique", "limit_offset", "expand_op"]);
        let parts = Parts {
            name: name::label(key, ctx)?,
            value: stated.or(node.get("value")),
            ty: types::if_known(node.get("type"), ctx),
            literal: node.flag("literal_execute")?,
            expanding: node.flag("expanding")?,
            plain: node.flag("crud")?,
        };
        node.done()?;
        Ok(parts)
    }

    fn param(&self, value: Option<Value>) -> Expr {
        let (name, ty) = (self.name.clone(), self.ty.clone());
        Expr::Param(Box::new(Param { name, value, ty, literal: self.literal }))
    }

    /// One of several values: each is a parameter of its own.
    fn element(&self, json: &'c Json) -> Result<Expr, Unsayable> {
        let row = json.get("py").and_then(Json::as_text) == Some("tuple");
        if let Some(values) = json.get("value").and_then(Json::as_list).filter(|_| row) {
            return Ok(Expr::Tuple(
                values.iter().map(|value| self.untyped(value)).collect::<Result<_, _>>()?,
            ));
        }
        self.one(json, self.ty.clone())
    }

    fn untyped(&self, json: &'c Json) -> Result<Expr, Unsayable> {
        self.one(json, None)
    }

    fn one(&self, json: &'c Json, ty: Option<aludel_sql::Type>) -> Result<Expr, Unsayable> {
        let stem = match &self.name {
            Label::Named(name) => name.clone(),
            Label::Anonymous { stem, .. } => stem.clone(),
        };
        let name = Label::Anonymous { id: new_id(), stem };
        let value = Some(value::load(json)?);
        Ok(Expr::Param(Box::new(Param { name, value, ty, literal: self.literal })))
    }
}

/// A plain value where a node may stand as well: `{"literal": value}`.
///
/// # Errors
/// Where we have no such value.
pub(super) fn plain<'c>(
    json: &'c Json,
    ty: Option<aludel_sql::Type>,
    ctx: &Context<'c>,
) -> Result<Expr, Unsayable> {
    let Some(literal) = json.get("literal") else { return super::expr::load(json, ctx) };
    let value = value::load(literal)?;
    Ok(match ty {
        None => Expr::Bind(value),
        Some(ty) => {
            let name = Label::anonymous("param");
            Expr::Param(Box::new(Param { name, value: Some(value), ty: Some(ty), literal: false }))
        }
    })
}
