//! What the graph should be: a plain list of objects with what each points to, kept beside the session.

use std::collections::{BTreeMap, BTreeSet};

use aludel::prelude::*;

use crate::edits::Kind;
use crate::models::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Will be inserted.
    Pending,
    /// Has a row.
    Persistent,
    /// Has a row that the next flush deletes.
    Doomed,
    /// Is known to the session and not to be written.
    Transient,
    /// Its row was deleted.
    Gone,
    /// Neither in the session nor in the database.
    Void,
}

/// An object's handle, whatever its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    User(Handle<User>),
    Address(Handle<Address>),
    Team(Handle<Team>),
    Player(Handle<Player>),
    Tag(Handle<Tag>),
    Node(Handle<Node>),
    Person(Handle<Person>),
    Passport(Handle<Passport>),
    Item(Handle<Item>),
}

#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    pub(crate) status: Status,
    /// The key, once there is one; items use `code`.
    pub(crate) key: Option<i64>,
    pub(crate) code: String,
    pub(crate) name: String,
    /// Code and name as the database has them.
    pub(crate) saved: (String, String),
    /// The address's user, the player's team, the node's parent, the passport's owner.
    pub(crate) parent: Option<usize>,
    pub(crate) tags: BTreeSet<usize>,
    /// `None` where the session has not read the object yet.
    pub(crate) place: Option<Place>,
    /// An orphan goes with the next flush, unless it finds a new place.
    pub(crate) orphan: bool,
}

/// All objects that there ever were.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) objects: Vec<Object>,
    /// For names and codes that are new.
    pub(crate) counter: u32,
}

/// The kind of a child's parents.
pub(crate) fn parent_kind(child: Kind) -> Option<Kind> {
    match child {
        Kind::Address => Some(Kind::User),
        Kind::Player => Some(Kind::Team),
        Kind::Node => Some(Kind::Node),
        Kind::Passport => Some(Kind::Person),
        _ => None,
    }
}

impl World {
    /// A word that nobody has used.
    pub(crate) fn word(&mut self) -> String {
        self.counter += 1;
        format!("w{}", self.counter)
    }

    pub(crate) fn push(&mut self, kind: Kind, name: String, place: Option<Place>) -> usize {
        self.objects.push(Object {
            kind,
            status: Status::Pending,
            key: None,
            code: String::new(),
            name,
            saved: Default::default(),
            parent: None,
            tags: BTreeSet::new(),
            place,
            orphan: false,
        });
        self.objects.len() - 1
    }

    /// Whether edits may name the object: it has a row, or will have one.
    pub(crate) fn live(&self, object: usize) -> bool {
        matches!(self.objects[object].status, Status::Pending | Status::Persistent)
            && !self.objects[object].orphan
    }

    /// The n-th of the objects that a test picks, modulo their count.
    pub(crate) fn pick(&self, number: u8, wanted: impl Fn(&World, usize) -> bool) -> Option<usize> {
        let found: Vec<usize> = (0..self.objects.len()).filter(|object| wanted(self, *object)).collect();
        found.get(usize::from(number).checked_rem(found.len())?).copied()
    }

    /// The n-th live object of a kind.
    pub(crate) fn pick_live(&self, kind: Kind, number: u8) -> Option<usize> {
        self.pick(number, |world, object| world.objects[object].kind == kind && world.live(object))
    }

    pub(crate) fn children(&self, parent: usize) -> Vec<usize> {
        (0..self.objects.len())
            .filter(|object| self.objects[*object].parent == Some(parent))
            .filter(|object| matches!(self.objects[*object].status, Status::Pending | Status::Persistent))
            .collect()
    }

    /// Whether `object` is `ancestor` or below it.
    pub(crate) fn below(&self, object: usize, ancestor: usize) -> bool {
        let mut at = Some(object);
        let mut steps = 0;
        while let Some(current) = at {
            if current == ancestor || steps > self.objects.len() {
                return true;
            }
            at = self.objects[current].parent;
            steps += 1;
        }
        false
    }

    pub(crate) fn give_parent(&mut self, child: usize, parent: usize) {
        // A person has one passport: the new one takes the old one's place.
        if self.objects[child].kind == Kind::Passport {
            for old in self.children(parent) {
                self.objects[old].parent = None;
            }
        }
        self.objects[child].parent = Some(parent);
        self.objects[child].orphan = false;
    }

    /// A child without a parent; an address is an orphan then.
    pub(crate) fn take_parent(&mut self, child: usize) {
        let object = &mut self.objects[child];
        object.parent = None;
        if object.kind == Kind::Address {
            match object.status {
                Status::Pending => object.status = Status::Transient,
                Status::Persistent => object.orphan = true,
                _ => {}
            }
        }
    }

    /// What the program's delete means at once.
    pub(crate) fn delete(&mut self, object: usize) {
        match self.objects[object].status {
            Status::Persistent => self.objects[object].status = Status::Doomed,
            Status::Pending => {
                self.objects[object].status = Status::Transient;
                if self.objects[object].kind == Kind::User {
                    for child in self.children(object) {
                        self.delete(child);
                    }
                } else {
                    for child in self.children(object) {
                        self.objects[child].parent = None;
                    }
                }
                self.untag(object);
            }
            _ => {}
        }
    }

    fn untag(&mut self, object: usize) {
        self.objects[object].tags.clear();
        for other in &mut self.objects {
            other.tags.remove(&object);
        }
    }

    /// Whether the flush that comes next can't work.
    pub(crate) fn spoilt(&self) -> bool {
        self.objects.iter().any(|object| {
            object.kind == Kind::Address
                && object.status == Status::Pending
                && object.parent.is_none_or(|parent| self.objects[parent].status == Status::Transient)
        })
    }

    /// What a flush that works does. Keys are read from the session afterwards.
    pub(crate) fn flush(&mut self) {
        for object in 0..self.objects.len() {
            if self.objects[object].orphan {
                self.objects[object].status = Status::Doomed;
                self.objects[object].orphan = false;
            }
        }
        for parent in 0..self.objects.len() {
            if self.objects[parent].status != Status::Doomed {
                continue;
            }
            for child in self.children(parent) {
                if self.objects[child].kind == Kind::Address {
                    self.delete(child);
                } else {
                    self.objects[child].parent = None;
                }
            }
            self.untag(parent);
        }
        for object in &mut self.objects {
            match object.status {
                Status::Doomed => object.status = Status::Gone,
                Status::Pending => object.status = Status::Persistent,
                _ => {}
            }
            object.saved = (object.code.clone(), object.name.clone());
        }
    }

    /// After a rollback: what it was, with the objects that came since as transient ones.
    pub(crate) fn restored(&self, before: &World) -> World {
        let mut world = before.clone();
        world.counter = self.counter;
        for (index, now) in self.objects.iter().enumerate() {
            match world.objects.get_mut(index) {
                Some(object) => {
                    // An object that was read meanwhile stays in the session.
                    if object.place.is_none() {
                        object.place = now.place;
                    }
                    if now.status == Status::Void {
                        object.status = Status::Void;
                    }
                }
                None => {
                    let mut object = now.clone();
                    if object.status != Status::Void {
                        object.status = if object.place.is_some() { Status::Transient } else { Status::Void };
                    }
                    object.parent = None;
                    object.tags.clear();
                    object.orphan = false;
                    world.objects.push(object);
                }
            }
        }
        world
    }

    /// The rows that there should be, by table, when everything is flushed.
    pub(crate) fn rows(&self) -> BTreeMap<Kind, BTreeSet<Row>> {
        let mut rows: BTreeMap<Kind, BTreeSet<Row>> = BTreeMap::new();
        for object in &self.objects {
            if object.status == Status::Persistent {
                let key = match object.kind {
                    Kind::Item => object.code.clone(),
                    _ => object.key.map(|key| key.to_string()).unwrap_or_default(),
                };
                let parent = object.parent.and_then(|parent| self.objects[parent].key);
                rows.entry(object.kind).or_default().insert((key, object.name.clone(), parent));
            }
        }
        rows
    }

    pub(crate) fn links(&self) -> BTreeSet<(i64, i64)> {
        let persistent = |object: usize| {
            Some(&self.objects[object]).filter(|object| object.status == Status::Persistent)?.key
        };
        let mut links = BTreeSet::new();
        for (index, object) in self.objects.iter().enumerate() {
            for tag in &object.tags {
                links.extend(persistent(index).zip(persistent(*tag)));
            }
        }
        links
    }
}

/// Key, name and the parent's key.
pub(crate) type Row = (String, String, Option<i64>);

/// Rows by table.
pub(crate) type Rows = BTreeMap<Kind, BTreeSet<Row>>;

/// The rows that there are.
pub(crate) fn rows_of(session: &mut Session) -> (Rows, BTreeSet<(i64, i64)>) {
    let mut found: BTreeMap<Kind, BTreeSet<Row>> = BTreeMap::new();
    let mut put = |kind: Kind, rows: Vec<(i64, String, Option<i64>)>| {
        if !rows.is_empty() {
            let rows = rows.into_iter().map(|(key, name, parent)| (key.to_string(), name, parent));
            found.insert(kind, rows.collect());
        }
    };
    macro_rules! alone {
        ($model:ident) => {{
            let rows: Vec<(i64, String)> = session.all(select(($model.id, $model.name))).wait().unwrap();
            put(Kind::$model, rows.into_iter().map(|(key, name)| (key, name, None)).collect());
        }};
    }
    macro_rules! child {
        ($model:ident, $parent:ident) => {{
            put(
                Kind::$model,
                session.all(select(($model.id, $model.name, $model.$parent.maybe()))).wait().unwrap(),
            );
        }};
    }
    alone!(User);
    alone!(Team);
    alone!(Tag);
    alone!(Person);
    child!(Address, user_id);
    child!(Player, team_id);
    child!(Node, parent_id);
    child!(Passport, owner_id);
    let items: Vec<(String, String)> = session.all(select((Item.code, Item.name))).wait().unwrap();
    if !items.is_empty() {
        found.insert(Kind::Item, items.into_iter().map(|(code, name)| (code, name, None)).collect());
    }
    let links = session.all(select((PlayerTag.player_id, PlayerTag.tag_id))).wait().unwrap();
    (found, links.into_iter().collect())
}
