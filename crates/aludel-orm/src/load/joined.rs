//! Outer joins that load relations along in the query's own statement.
//!
//! The joined tables have anonymous aliases, so that nothing in the user's query can see them. Where they would change
//! what the query means (a limit counts rows, and joining a collection repeats them), the query becomes a subquery.

use aludel_sql::ast::{
    Alias, ColumnRef, Derived, DerivedKind, Expr, FromItem, JoinKind, OrderBy, Select, SelectItem, Source,
    TableRef,
};
use aludel_sql::expression::new_alias;
use aludel_sql::name::Name;

use super::order;
use super::rows::{Node, Rows};
use super::{LoadPlan, Strategy};
use crate::error::{Error, ErrorKind, Result};
use crate::model::ModelDef;
use crate::relation::join::relation_joins;
use crate::relation::{Direction, RelationKind};

/// The name of the user's query where it becomes a subquery.
const SUBQUERY: &str = "anon_1";

/// Extends a query by what is to be joined, and says how its rows are read. The query's first item are the model's
/// columns.
///
/// # Errors
/// Where the query yields something else, or a relation cannot be resolved.
pub(super) fn plan(
    mut select: Select,
    definition: &'static ModelDef,
    plans: &[LoadPlan],
    most: usize,
) -> Result<(Select, Rows)> {
    let width = definition.column_names.len();
    let mut root = match select.items.first() {
        Some(
            item @ (SelectItem::Columns(Source::Table(table), _)
            | SelectItem::OwnedColumns(Source::Table(table), _)),
        ) if item.width() == width => table.clone(),
        _ => {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "relations of `{}` can be loaded along with a query of the model itself only: `select({})`",
                    definition.name, definition.name
                ),
            ));
        }
    };
    let joined = plans.iter().any(|plan| plan.strategy == Strategy::Joined);
    let collection = joins_many(definition, plans, false);
    let repeating = joins_many(definition, plans, true);
    if repeating && definition.primary_key.is_empty() {
        return Err(Error::mapping(format!(
            "nothing can be joined to `{0}` along with it, because `{0}` has no primary key to tell rows apart by",
            definition.name
        )));
    }
    if collection && most == 1 && select.limit.is_none() && select.joins.is_empty() {
        select = aludel_sql::Select::<()>::from_ast(select).limit(1).into_ast();
    }
    let counts_rows = select.limit.is_some() || select.offset.is_some();
    let merges_rows = select.distinct || !select.group_by.is_empty() || !select.having.is_empty();
    if (collection && counts_rows) || (joined && (merges_rows || select.from.len() > 1)) {
        select = wrap(select, definition, &root);
        root = subquery();
    }
    let offset = select.items.iter().map(SelectItem::width).sum();
    let mut builder = Builder { select, nodes: vec![Node::root(definition)], offset };
    builder.add(0, &root, definition, plans)?;
    Ok((builder.select, Rows::new(builder.nodes, repeating, most)))
}

/// Whether a collection is joined, so that the rows of a query repeat their objects. `or_one` asks as well for a single
/// object whose table holds the foreign key: nothing but a unique constraint, which may not be there, keeps a second
/// row away.
fn joins_many(definition: &'static ModelDef, plans: &[LoadPlan], or_one: bool) -> bool {
    plans.iter().filter(|plan| plan.strategy == Strategy::Joined).any(|plan| {
        let Some(relation) = definition.relations.get(plan.relation) else { return false };
        let several = || relation.resolve(definition).is_ok_and(|it| it.direction == Direction::OneToMany);
        relation.kind == RelationKind::Many
            || (or_one && several())
            || joins_many((relation.target)(), &plan.nested, or_one)
    })
}

struct Builder {
    select: Select,
    nodes: Vec<Node>,
    /// The width of the row so far.
    offset: usize,
}

impl Builder {
    /// Adds the plans of one node, whose table is `source`.
    fn add(
        &mut self,
        parent: usize,
        source: &TableRef,
        owner: &'static ModelDef,
        plans: &[LoadPlan],
    ) -> Result<()> {
        for plan in plans {
            if plan.strategy == Strategy::SelectIn {
                if let Some(node) = self.nodes.get_mut(parent) {
                    node.load_later(plan);
                }
                continue;
            }
            let relation = super::relation(owner, plan.relation)?;
            let target = (relation.target)();
            if target.primary_key.is_empty() {
                return Err(Error::mapping(format!(
                    "`{}.{}` cannot be loaded by a join, because `{}` has no primary key to tell rows apart by",
                    owner.name, relation.name, target.name
                )));
            }
            let table = TableRef::from_static(&target.table.name, Alias::Anonymous(new_alias()));
            let between = Alias::Anonymous(new_alias());
            let joins = relation_joins(JoinKind::Left, source, owner, relation, table.clone(), between)?;
            self.select.joins.extend(joins);
            let ordered = order::declared(owner, relation, &table)?;
            let node = Node::joined(target, self.offset, parent, plan.relation, !ordered.is_empty());
            self.select.order_by.extend(ordered);
            self.select.items.push(SelectItem::Columns(table.clone().into(), &target.column_names));
            self.offset += target.column_names.len();
            self.nodes.push(node);
            self.add(self.nodes.len() - 1, &table, target, &plan.nested)?;
        }
        Ok(())
    }
}

fn subquery() -> TableRef {
    TableRef { schema: None, name: Name::Borrowed(SUBQUERY), alias: Alias::None }
}

/// Makes the query a subquery, with its order repeated outside, where alone it holds for the result.
fn wrap(mut inner: Select, definition: &'static ModelDef, root: &TableRef) -> Select {
    let outside = |name: Name| Expr::column(subquery(), name);
    let mut order_by = Vec::with_capacity(inner.order_by.len());
    for order in &inner.order_by {
        let expr = match &order.expr {
            Expr::Column(ColumnRef { source: Some(Source::Table(table)), name })
                if table == root && definition.column_names.contains(name) =>
            {
                outside(name.clone())
            }
            // What is ordered by has to leave the subquery to be seen outside.
            other => {
                let label = Name::Owned(format!("anon_order_{}", inner.items.len()));
                inner.items.push(SelectItem::Expr(other.clone(), Some(label.clone())));
                outside(label)
            }
        };
        order_by.push(OrderBy { expr, ..order.clone() });
    }
    if inner.limit.is_none() && inner.offset.is_none() {
        inner.order_by.clear();
    }
    Select {
        items: vec![SelectItem::Columns(subquery().into(), &definition.column_names)],
        from: vec![FromItem::Derived(Derived::new(
            DerivedKind::Subquery(inner.into()),
            Name::Borrowed(SUBQUERY),
        ))],
        order_by,
        ..Select::default()
    }
}
