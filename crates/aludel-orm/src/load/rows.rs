//! From the rows of one statement to lists of objects: the query's own, and those that outer joins added.

use aludel_engine::{BoxFuture, Connection};
use aludel_sql::decode::{DecodeError, Row, RowReader};
use aludel_sql::value::{Value, ValueRef};

use super::key::{KeyMap, Number};
use super::order::has_integer_key;
use super::{Branch, Groups, LoadPlan, SelectIn, Sharing, Tree};
use crate::error::Result;
use crate::model::{ModelDef, Objects};
use crate::relation::{RelationDef, RelationKind};

/// Reads rows in which the columns of several models stand side by side.
pub(super) struct Rows {
    /// The query's own model first; parents before children.
    nodes: Vec<Node>,
    /// Rows repeat their objects, because a collection is joined.
    repeating: bool,
    /// At most so many objects of the query's own model.
    most: usize,
    /// The place of the row's object in each node's list.
    current: Vec<Option<u32>>,
}

/// One model in the row.
pub(super) struct Node {
    definition: &'static ModelDef,
    /// The row's column at which the model's begin.
    offset: usize,
    /// The node and the relation by which it was joined, and whether the database orders it.
    joined: Option<(usize, usize, bool)>,
    /// What is loaded along with its objects by further queries.
    later: Vec<LoadPlan>,
    objects: Box<dyn Objects>,
    seen: KeyMap,
    pairs: Vec<(u32, u32)>,
}

impl Node {
    pub(super) fn root(definition: &'static ModelDef) -> Self {
        Node::new(definition, 0, None)
    }

    /// A model that was joined to the one at `parent`.
    pub(super) fn joined(
        definition: &'static ModelDef,
        offset: usize,
        parent: usize,
        relation: usize,
        ordered: bool,
    ) -> Self {
        Node::new(definition, offset, Some((parent, relation, ordered)))
    }

    fn new(definition: &'static ModelDef, offset: usize, joined: Option<(usize, usize, bool)>) -> Self {
        let objects = (definition.new_objects)();
        let (seen, later, pairs) = (KeyMap::default(), Vec::new(), Vec::new());
        Node { definition, offset, joined, later, objects, seen, pairs }
    }

    /// Adds what is loaded along by further queries.
    pub(super) fn load_later(&mut self, plan: &LoadPlan) {
        self.later.push(plan.clone());
    }

    fn push(&mut self, row: &dyn Row) -> std::result::Result<u32, DecodeError> {
        let mut reader = RowReader::new(row);
        reader.skip(self.offset);
        Ok(self.objects.push_row(&mut reader)? as u32)
    }

    /// The row's object, within a scope: its place, and whether it was read just now. `None` where an outer join
    /// found nothing.
    fn find(
        &mut self,
        row: &dyn Row,
        scope: u32,
        repeating: bool,
    ) -> std::result::Result<Option<(u32, bool)>, DecodeError> {
        let key = &self.definition.primary_key;
        let part = |index: usize| key.get(index).and_then(|column| value(row, self.offset + column));
        if repeating {
            match self.seen.number(scope, key.len(), part, self.objects.len() as u32) {
                Number::Null => return Ok(None),
                Number::Known(place) => return Ok(Some((place, false))),
                Number::New => {}
            }
        } else if self.joined.is_some()
            && (0..key.len()).any(|index| part(index).is_none_or(ValueRef::is_null))
        {
            return Ok(None);
        }
        Ok(Some((self.push(row)?, true)))
    }
}

pub(super) fn value(row: &dyn Row, index: usize) -> Option<ValueRef<'_>> {
    row.value(index).ok()
}

impl Rows {
    pub(super) fn new(nodes: Vec<Node>, repeating: bool, most: usize) -> Self {
        let current = vec![None; nodes.len()];
        Rows { nodes, repeating, most, current }
    }

    /// Whether an object is whole only when no further row can come.
    pub(super) fn repeats(&self) -> bool {
        self.repeating
    }

    /// Whether further queries bring something.
    pub(super) fn loads_later(&self) -> bool {
        self.nodes.iter().any(|node| !node.later.is_empty())
    }

    /// An empty one for further rows of the same statement.
    pub(super) fn renewed(&self) -> Rows {
        let nodes = self.nodes.iter().map(|node| Node {
            later: node.later.clone(),
            ..Node::new(node.definition, node.offset, node.joined)
        });
        Rows::new(nodes.collect(), self.repeating, self.most)
    }

    /// Whether further rows cannot add anything.
    pub(super) fn is_full(&self) -> bool {
        !self.repeating && self.nodes.first().is_some_and(|root| root.objects.len() >= self.most)
    }

    /// Whether every row is one object of the query's own model, and nothing else.
    pub(super) fn is_plain(&self) -> bool {
        !self.repeating && self.nodes.len() == 1
    }

    /// The objects of the query's own model so far.
    pub(super) fn objects(&self) -> &dyn Objects {
        // There is always a first node.
        self.nodes[0].objects.as_ref()
    }

    /// Reads a row. Returns the place of the query's own object where the row brought a new one. Objects of different
    /// scopes are never taken for the same.
    pub(super) fn read(
        &mut self,
        row: &dyn Row,
        scope: u32,
    ) -> std::result::Result<Option<u32>, DecodeError> {
        let Some((root, joined)) = self.nodes.split_first_mut() else { return Ok(None) };
        let full = root.objects.len() >= self.most;
        if full {
            // Further rows of the last objects may still come.
            let key = &root.definition.primary_key;
            let known =
                root.seen.get(scope, key.len(), |index| key.get(index).and_then(|at| value(row, *at)));
            if known.is_none() {
                return Ok(None);
            }
        }
        let Some((place, new)) = root.find(row, scope, self.repeating)? else { return Ok(None) };
        self.current[0] = Some(place);
        for (index, node) in joined.iter_mut().enumerate() {
            let parent = node.joined.and_then(|(parent, ..)| self.current.get(parent).copied().flatten());
            let mut current = None;
            if let Some(parent) = parent
                && let Some((place, new)) = node.find(row, parent, self.repeating)?
            {
                current = Some(place);
                if new {
                    node.pairs.push((parent, place));
                }
            }
            self.current[index + 1] = current;
        }
        Ok(new.then_some(place))
    }

    /// Loads what further queries bring, and puts the lists together.
    pub(super) fn finish(
        mut self,
        connection: &mut Connection,
        sharing: Sharing,
    ) -> BoxFuture<'_, Result<Tree>> {
        Box::pin(async move {
            let mut branches: Vec<Vec<Branch>> = Vec::with_capacity(self.nodes.len());
            for node in &mut self.nodes {
                let mut loaded = Vec::new();
                for plan in std::mem::take(&mut node.later) {
                    let places: Vec<usize> = (0..node.objects.len()).collect();
                    let request = SelectIn::of(node.objects.as_ref(), &places, plan.relation)?;
                    loaded.push(request.fetch(connection, &plan.nested, sharing).await?);
                }
                branches.push(loaded);
            }
            Ok(assemble(self.nodes, branches))
        })
    }
}

/// Hangs every node under its parent, from the last to the first.
fn assemble(mut nodes: Vec<Node>, mut branches: Vec<Vec<Branch>>) -> Tree {
    loop {
        let (Some(node), Some(loaded)) = (nodes.pop(), branches.pop()) else {
            unreachable!("the query's own model is the first node and has no parent");
        };
        let children = Tree { objects: node.objects, branches: loaded };
        let Some((parent, relation, ordered)) = node.joined else { return children };
        let parents = nodes.get(parent).map_or(0, |parent| parent.objects.len());
        let mut groups = Groups::from_pairs(parents, &node.pairs);
        let declared = nodes.get(parent).and_then(|parent| parent.definition.relations.get(relation));
        settle(&mut groups, children.objects.as_ref(), declared, ordered);
        if let Some(siblings) = branches.get_mut(parent) {
            siblings.push(Branch { relation, groups, children });
        }
    }
}

/// Orders children by their key where that is one integer and the database was not asked to order them, and leaves a
/// relation to one object only one.
pub(super) fn settle(
    groups: &mut Groups,
    children: &dyn Objects,
    relation: Option<&RelationDef>,
    ordered: bool,
) {
    let definition = children.definition();
    if let (false, true, [key]) = (ordered, has_integer_key(definition), definition.primary_key.as_slice()) {
        groups.sort_by_key(|place| match children.value(place, *key) {
            Some(ValueRef::I64(key)) => key,
            Some(ValueRef::Lazy(lazy)) => match lazy.make_value() {
                Value::I64(key) => key,
                _ => 0,
            },
            _ => 0,
        });
    }
    if relation.is_some_and(|relation| relation.kind != RelationKind::Many) {
        groups.keep_first();
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.nodes.iter().map(|node| &node.objects)).finish()
    }
}
