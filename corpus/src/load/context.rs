//! What a case's nodes share while they are loaded: the objects that are named by an id, and what has been made of them.
//! An object is loaded once, so that it is the same object wherever it is named.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use aludel_sql::Capabilities;
use aludel_sql::ast::{FromItem, Labelled, Source, new_id};

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
    /// The names of the columns for which values will be handed in, where the case says so.
    pub column_keys: Option<Vec<&'c str>>,
    /// What the dialect does when a write runs.
    pub(super) writes: Writes,
    /// Values handed in at execution, by the name of the parameter.
    pub(super) input: &'c [(String, Json)],
    made: RefCell<Made<'c>>,
}

/// What a dialect does when a write runs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Writes {
    /// Keys may come from sequences.
    pub(super) sequences: bool,
    /// A new row's key is asked for in the statement, unless it is one of `last_key`.
    pub(super) returning: bool,
    /// The driver tells a new row's key by itself.
    pub(super) last_key: bool,
    /// A key that is given as `NULL` is still made up by the database.
    pub(super) null_key: bool,
    /// The statement runs for many rows.
    pub(super) many: bool,
    /// `DEFAULT` may stand in the place of a value.
    pub(super) default_word: bool,
}

impl Writes {
    /// Those of a case.
    pub(super) fn of(case: &Case, facts: &Capabilities) -> Self {
        let option = |name: &str| case.dialect_options.iter().find(|(option, _)| option == name);
        let is = |name: &str, flag: bool| option(name).is_some_and(|(_, value)| *value == Json::Bool(flag));
        Writes {
            sequences: facts.ddl.sequences.is_some(),
            returning: facts.insert_returning && !is("insert_returning", false) && case.dialect != "default",
            last_key: facts.last_insert_id,
            null_key: is("insert_null_pk_still_autoincrements", true),
            many: case
                .flags
                .iter()
                .any(|(flag, value)| flag == "for_executemany" && *value == Json::Bool(true)),
            default_word: !is("supports_default_metavalue", false),
        }
    }
}

/// What has been made so far.
#[derive(Debug, Default)]
struct Made<'c> {
    sources: BTreeMap<&'c str, Source>,
    items: BTreeMap<&'c str, FromItem>,
    /// By their id, or by their name and the object that they are for.
    labels: BTreeMap<(&'c str, &'c str), Arc<Labelled>>,
    generated: BTreeMap<(i64, &'c str), u32>,
    /// Values that a query states for its parameters, innermost last.
    stated: Vec<&'c [(String, Json)]>,
    /// The alias under which a write sees the row that was proposed, innermost last.
    proposed: Vec<&'c str>,
}

impl<'c> Context<'c> {
    /// The shared objects of this case.
    pub fn new(case: &'c Case) -> Self {
        let named = |def: &'c Json| Some((def.get("id")?.as_text()?, def));
        let keys = case.flags.iter().find(|(flag, _)| flag == "column_keys");
        let keys = keys.and_then(|(_, keys)| keys.as_list());
        Context {
            defs: case.defs.iter().filter_map(named).collect(),
            explicit_grouping: case.explicit_grouping,
            column_keys: keys.map(|keys| keys.iter().filter_map(Json::as_text).collect()),
            writes: Writes::default(),
            input: &case.expected.input,
            made: RefCell::default(),
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

    /// The number of a generated name: the same for the same pair.
    pub(super) fn generated(&self, number: i64, base: &'c str) -> u32 {
        *self.made.borrow_mut().generated.entry((number, base)).or_insert_with(new_id)
    }

    /// A source, made when it is first asked for.
    pub(super) fn source(
        &self,
        id: &'c str,
        make: impl FnOnce() -> Result<Source, Unsayable>,
    ) -> Result<Source, Unsayable> {
        if let Some(source) = self.made.borrow().sources.get(id) {
            return Ok(source.clone());
        }
        let source = make()?;
        self.made.borrow_mut().sources.insert(id, source.clone());
        Ok(source)
    }

    /// An element of `FROM` that is no source by itself, made when it is first asked for.
    pub(super) fn item(
        &self,
        id: Option<&'c str>,
        make: impl FnOnce() -> Result<FromItem, Unsayable>,
    ) -> Result<FromItem, Unsayable> {
        let Some(id) = id else { return make() };
        if let Some(item) = self.made.borrow().items.get(id) {
            return Ok(item.clone());
        }
        let item = make()?;
        self.made.borrow_mut().items.insert(id, item.clone());
        Ok(item)
    }

    /// A label, made when it is first asked for. Labels of one name for the same object are one, too.
    pub(super) fn label(
        &self,
        id: Option<&'c str>,
        same: Option<(&'c str, &'c str)>,
        make: impl FnOnce() -> Result<Labelled, Unsayable>,
    ) -> Result<Arc<Labelled>, Unsayable> {
        let keys = [id.map(|id| (id, "")), same];
        let known = |key: &(&'c str, &'c str)| self.made.borrow().labels.get(key).cloned();
        if let Some(label) = keys.iter().flatten().find_map(known) {
            return Ok(label);
        }
        let label = Arc::new(make()?);
        let labels = &mut self.made.borrow_mut().labels;
        labels.extend(keys.into_iter().flatten().map(|key| (key, Arc::clone(&label))));
        Ok(label)
    }

    /// Loads something in which parameters have the values that are stated here.
    pub(super) fn stating<T>(&self, values: &'c [(String, Json)], load: impl FnOnce() -> T) -> T {
        self.made.borrow_mut().stated.push(values);
        let loaded = load();
        self.made.borrow_mut().stated.pop();
        loaded
    }

    /// The value that takes the place of a parameter's own.
    pub(super) fn stated(&self, parameter: &str) -> Option<&'c Json> {
        let made = self.made.borrow();
        let all = std::iter::once(&self.input).chain(&made.stated);
        all.flat_map(|values| values.iter()).find(|(name, _)| name == parameter).map(|(_, value)| value)
    }

    /// Loads something in which this alias stands for the row that was proposed.
    pub(super) fn proposing<T>(&self, alias: &'c str, load: impl FnOnce() -> T) -> T {
        self.made.borrow_mut().proposed.push(alias);
        let loaded = load();
        self.made.borrow_mut().proposed.pop();
        loaded
    }

    /// Whether this alias stands for the row that was proposed.
    pub(super) fn is_proposed(&self, alias: &str) -> bool {
        self.made.borrow().proposed.contains(&alias)
    }
}
