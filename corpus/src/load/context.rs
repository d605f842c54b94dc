//! What a case's nodes share while they are loaded: the objects that are named by an id.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// The shared objects of a case.
#[derive(Debug)]
pub struct Context<'c> {
    defs: BTreeMap<&'c str, &'c Json>,
    /// Whether the tree's parentheses are meant, rather than left to the compiler.
    pub explicit_grouping: bool,
}

impl<'c> Context<'c> {
    /// The shared objects of this case.
    pub fn new(case: &'c Case) -> Self {
        let named = |def: &'c Json| Some((def.get("id")?.as_text()?, def));
        Context {
            defs: case.defs.iter().filter_map(named).collect(),
            explicit_grouping: case.explicit_grouping,
        }
    }

    /// The shared object of this id.
    ///
    /// # Errors
    /// Where there is none.
    pub fn def(&self, id: &str) -> Result<&'c Json, Unsayable> {
        self.defs.get(id).copied().ok_or_else(|| Unsayable::new(format!("nothing has the id `{id}`")))
    }

    /// The object that stands here: itself, or what its `ref` names.
    ///
    /// # Errors
    /// Where the reference leads nowhere.
    pub fn follow(&self, json: &'c Json) -> Result<&'c Json, Unsayable> {
        match json.get("ref").and_then(Json::as_text) {
            Some(id) => self.def(id),
            None => Ok(json),
        }
    }

    /// The node that stands here: itself, or what its `ref` names.
    ///
    /// # Errors
    /// Where it is no node.
    pub fn node(&self, json: &'c Json) -> Result<Node<'c>, Unsayable> {
        Node::new(self.follow(json)?)
    }
}
