//! Plays edits on a session and on the world beside it, and compares the two whenever something was written or taken
//! back.

use aludel::orm::{ErrorKind, ObjectState};
use aludel::prelude::*;
use aludel_test::Recorder;

use crate::edits::{Edit, Kind, Script};
use crate::models::*;
use crate::world::{Place, Status, World, parent_kind, rows_of};

/// Why a savepoint's edits end.
enum End {
    /// Nothing is left to play.
    Finished,
    Commit,
    Rollback,
    Drop,
    /// The whole transaction was ended inside, or its flush failed.
    Unwound,
}

pub(crate) struct Play<'e> {
    edits: std::vec::IntoIter<Edit>,
    recorder: &'e Recorder,
    pub(crate) world: World,
    /// The world when the transaction began, and when each savepoint did.
    marks: Vec<World>,
    reopen: bool,
}

/// Runs an expression with an object's handle, whatever its model.
macro_rules! with {
    ($place:expr, $handle:ident => $body:expr) => {
        match $place {
            Place::User($handle) => $body,
            Place::Address($handle) => $body,
            Place::Team($handle) => $body,
            Place::Player($handle) => $body,
            Place::Tag($handle) => $body,
            Place::Node($handle) => $body,
            Place::Person($handle) => $body,
            Place::Passport($handle) => $body,
            Place::Item($handle) => $body,
        }
    };
}

/// The handle of an object of a known kind, which the session reads where it has not yet.
macro_rules! handle {
    ($play:expr, $session:expr, $kind:ident, $object:expr) => {{
        let place = $play.place($session, $object);
        let Place::$kind(handle) = place else { unreachable!("an object has the handle of its kind") };
        handle
    }};
}

pub(crate) fn play(script: Script) {
    let (engine, recorder) = database();
    let mut edits = script.first;
    edits.push(if script.fresh { Edit::Reopen } else { Edit::Commit });
    edits.extend(script.edits);
    let mut session = Session::new(&engine);
    let world = World::default();
    let mut play = Play {
        edits: edits.into_iter(),
        recorder: &recorder,
        marks: vec![world.clone()],
        world,
        reopen: false,
    };
    loop {
        match play.run(&mut session, 0) {
            End::Finished => break,
            _ if play.reopen => {
                play.reopen = false;
                session = Session::new(&engine);
                for object in &mut play.world.objects {
                    object.place = None;
                    if object.status == Status::Transient {
                        object.status = Status::Void;
                    }
                }
                play.marks = vec![play.world.clone()];
            }
            _ => {}
        }
    }
    if play.flush(&mut session) {
        session.commit().wait().unwrap();
        drop(session);
        let (rows, links) = rows_of(&mut Session::new(&engine));
        assert_eq!((rows, links), (play.world.rows(), play.world.links()), "after the last commit");
    }
}

/// An object whose relations hold handles only: the next call that takes the session mutably sees to that.
fn adopted<M: Model>(session: &mut Session, handle: Handle<M>) -> &M {
    session.object_mut(handle).expect("the object is there")
}

impl Play<'_> {
    fn run(&mut self, session: &mut Session, depth: usize) -> End {
        while let Some(edit) = self.edits.next() {
            match edit {
                Edit::Begin if depth < 3 => {
                    if !self.flush(session) {
                        self.recover(session);
                        return End::Unwound;
                    }
                    let mut nested = session.begin_nested().wait().unwrap();
                    self.marks.push(self.world.clone());
                    let end = self.run(&mut nested, depth + 1);
                    let back = match end {
                        End::Commit => {
                            nested.commit().wait().unwrap();
                            self.marks.pop();
                            false
                        }
                        End::Rollback => {
                            nested.rollback().wait().unwrap();
                            true
                        }
                        End::Drop | End::Finished => {
                            drop(nested);
                            true
                        }
                        End::Unwound => {
                            drop(nested);
                            false
                        }
                    };
                    if back {
                        let mark = self.marks.pop().expect("a savepoint has a mark");
                        self.world = self.world.restored(&mark);
                    }
                    if matches!(end, End::Unwound) && (depth > 0 || self.reopen) {
                        return End::Unwound;
                    }
                    self.compare(session, "after a savepoint");
                }
                Edit::EndCommit if depth > 0 => {
                    if self.flush(session) {
                        return End::Commit;
                    }
                    return End::Rollback;
                }
                Edit::EndRollback if depth > 0 => return End::Rollback,
                Edit::EndDrop if depth > 0 => return End::Drop,
                Edit::Flush => {
                    if !self.flush(session) {
                        if depth > 0 {
                            return End::Drop;
                        }
                        self.recover(session);
                    }
                }
                Edit::Commit | Edit::Reopen => {
                    if !self.flush(session) {
                        self.recover(session);
                        return End::Unwound;
                    }
                    session.commit().wait().unwrap();
                    self.marks = vec![self.world.clone()];
                    self.compare(session, "after a commit");
                    self.reopen = matches!(edit, Edit::Reopen);
                    if self.reopen {
                        session.commit().wait().unwrap();
                    }
                    if depth > 0 || self.reopen {
                        return End::Unwound;
                    }
                }
                Edit::Rollback => {
                    self.recover(session);
                    if depth > 0 {
                        return End::Unwound;
                    }
                }
                // What asks the database flushes first.
                Edit::Load { .. } | Edit::LoadAll(_) | Edit::Refresh { .. } if self.world.spoilt() => {}
                other => self.edit(session, other),
            }
        }
        End::Finished
    }

    /// Takes the whole transaction back.
    fn recover(&mut self, session: &mut Session) {
        session.rollback().wait().unwrap();
        self.world = self.world.restored(&self.marks[0]);
        self.marks.truncate(1);
        self.compare(session, "after a rollback");
    }

    /// Flushes, twice; whether it worked. Where the world says that it can't, it must not.
    fn flush(&mut self, session: &mut Session) -> bool {
        let spoilt = self.world.spoilt();
        let result = session.flush().wait();
        assert_eq!(result.is_err(), spoilt, "the flush: {result:?}");
        if spoilt {
            let again = session.flush().wait().unwrap_err();
            assert_eq!(again.kind(), ErrorKind::RolledBack, "{again}");
            return false;
        }
        self.flushed(session);
        self.recorder.take();
        session.flush().wait().unwrap();
        assert_eq!(self.recorder.take(), [] as [&str; 0], "a second flush writes nothing");
        self.compare(session, "after a flush");
        true
    }

    /// Says in the world what a flush did, and learns the new keys.
    fn flushed(&mut self, session: &mut Session) {
        self.world.flush();
        for object in &mut self.world.objects {
            let (Status::Persistent, Some(place)) = (object.status, object.place) else { continue };
            object.key = match place {
                Place::User(handle) => session[handle].id.get().copied(),
                Place::Address(handle) => session[handle].id.get().copied(),
                Place::Team(handle) => session[handle].id.get().copied(),
                Place::Player(handle) => session[handle].id.get().copied(),
                Place::Tag(handle) => session[handle].id.get().copied(),
                Place::Node(handle) => session[handle].id.get().copied(),
                Place::Person(handle) => session[handle].id.get().copied(),
                Place::Passport(handle) => session[handle].id.get().copied(),
                Place::Item(_) => None,
            };
        }
    }

    /// The handle of an object; one that the session has not read yet is read.
    fn place(&mut self, session: &mut Session, object: usize) -> Place {
        if let Some(place) = self.world.objects[object].place {
            return place;
        }
        let (kind, key, code) = {
            let object = &self.world.objects[object];
            (object.kind, object.key.unwrap_or_default(), object.saved.0.clone())
        };
        macro_rules! get {
            ($model:ident, $key:expr) => {
                Place::$model(session.get::<$model>($key).wait().unwrap().expect("a row is found by its key"))
            };
        }
        // Reading may flush.
        let spoilt = self.world.spoilt();
        assert!(!spoilt, "reading is not tried where a flush can't work");
        self.flushed_by_reading(session);
        let place = match kind {
            Kind::User => get!(User, key),
            Kind::Address => get!(Address, key),
            Kind::Team => get!(Team, key),
            Kind::Player => get!(Player, key),
            Kind::Tag => get!(Tag, key),
            Kind::Node => get!(Node, key),
            Kind::Person => get!(Person, key),
            Kind::Passport => get!(Passport, key),
            Kind::Item => get!(Item, code.as_str()),
        };
        self.world.objects[object].place = Some(place);
        place
    }

    fn flushed_by_reading(&mut self, session: &mut Session) {
        session.flush().wait().unwrap();
        self.flushed(session);
    }

    fn compare(&mut self, session: &mut Session, when: &str) {
        let (rows, links) = rows_of(session);
        assert_eq!(rows, self.world.rows(), "the rows {when}");
        assert_eq!(links, self.world.links(), "the pairs {when}");
        for index in 0..self.world.objects.len() {
            let object = &self.world.objects[index];
            let Some(place) = object.place else { continue };
            let state = with!(place, handle => session.state(handle));
            match object.status {
                Status::Persistent => assert_eq!(state, Some(ObjectState::Persistent), "{place:?} {when}"),
                Status::Transient => assert_eq!(state, Some(ObjectState::Transient), "{place:?} {when}"),
                Status::Gone => assert!(
                    matches!(state, None | Some(ObjectState::Deleted)),
                    "{place:?} is {state:?} {when}"
                ),
                Status::Void => assert_eq!(state, None, "{place:?} {when}"),
                Status::Pending | Status::Doomed => unreachable!("everything is flushed"),
            }
            if object.status != Status::Persistent {
                let stale = with!(place, handle => session.object(handle).is_err());
                assert_eq!(stale, state.is_none(), "{place:?} {when}");
                continue;
            }
            let name = with!(place, handle => session[handle].name.clone());
            assert_eq!(name, object.name, "the name of {place:?} {when}");
            assert!(
                !with!(place, handle => session.is_modified(handle).unwrap()),
                "{place:?} is as its row {when}"
            );
            self.compare_relations(session, index, place, when);
        }
    }

    /// What is known of an object's relations is what the world says.
    fn compare_relations(&self, session: &Session, object: usize, place: Place, when: &str) {
        let persistent = |objects: Vec<usize>| -> Vec<usize> {
            let mut objects = objects;
            objects.retain(|object| self.world.objects[*object].status == Status::Persistent);
            objects
        };
        let parent: Vec<usize> = self.world.objects[object].parent.into_iter().collect();
        let children = persistent(self.world.children(object));
        let tags = persistent(self.world.objects[object].tags.iter().copied().collect());
        let tagged = (0..self.world.objects.len())
            .filter(|player| self.world.objects[*player].tags.contains(&object))
            .collect();
        macro_rules! check {
            ($handle:expr, $relation:expr, $kind:ident, $wanted:expr) => {
                match session.related_handles($handle, $relation) {
                    Err(error) => assert_eq!(error.kind(), ErrorKind::NotLoaded, "{error}"),
                    Ok(found) => {
                        // Deleted objects stay in loaded collections.
                        let mut found: Vec<usize> = found
                            .into_iter()
                            .filter(|handle| session.state(*handle) != Some(ObjectState::Deleted))
                            .map(|handle| self.index(session, Place::$kind(handle)))
                            .collect();
                        found.sort_unstable();
                        assert_eq!(found, $wanted, "{:?} of {place:?} {when}", $relation);
                    }
                }
            };
        }
        match place {
            Place::User(handle) => check!(handle, User.addresses, Address, children),
            Place::Address(handle) => {
                check!(handle, Address.user, User, parent);
                let key = parent.first().and_then(|user| self.world.objects[*user].key);
                assert_eq!(session[handle].user_id.get().copied(), key, "{place:?} {when}");
            }
            Place::Team(handle) => check!(handle, Team.players, Player, children),
            Place::Player(handle) => {
                check!(handle, Player.team, Team, parent);
                check!(handle, Player.tags, Tag, tags);
                let key = parent.first().and_then(|team| self.world.objects[*team].key);
                assert_eq!(session[handle].team_id, key, "{place:?} {when}");
            }
            Place::Tag(handle) => check!(handle, Tag.players, Player, persistent(tagged)),
            Place::Node(handle) => {
                check!(handle, Node.parent, Node, parent);
                check!(handle, Node.children, Node, children);
                let key = parent.first().and_then(|node| self.world.objects[*node].key);
                assert_eq!(session[handle].parent_id, key, "{place:?} {when}");
            }
            Place::Person(handle) => check!(handle, Person.passport, Passport, children),
            Place::Passport(handle) => {
                check!(handle, Passport.owner, Person, parent);
                let key = parent.first().and_then(|person| self.world.objects[*person].key);
                assert_eq!(session[handle].owner_id, key, "{place:?} {when}");
            }
            Place::Item(handle) => {
                assert_eq!(session[handle].code, self.world.objects[object].code, "{place:?} {when}");
            }
        }
    }

    /// Which object of the world a handle means; one that the session read along the way is found by its key.
    fn index(&self, session: &Session, place: Place) -> usize {
        if let Some(index) = self.world.objects.iter().position(|object| object.place == Some(place)) {
            return index;
        }
        macro_rules! key {
            ($handle:expr) => {
                session[$handle].id.get().copied()
            };
        }
        let (kind, key) = match place {
            Place::User(handle) => (Kind::User, key!(handle)),
            Place::Address(handle) => (Kind::Address, key!(handle)),
            Place::Team(handle) => (Kind::Team, key!(handle)),
            Place::Player(handle) => (Kind::Player, key!(handle)),
            Place::Tag(handle) => (Kind::Tag, key!(handle)),
            Place::Node(handle) => (Kind::Node, key!(handle)),
            Place::Person(handle) => (Kind::Person, key!(handle)),
            Place::Passport(handle) => (Kind::Passport, key!(handle)),
            Place::Item(_) => unreachable!("items have no relations"),
        };
        let found = self.world.objects.iter().position(|object| {
            object.kind == kind && object.key == key && object.status == Status::Persistent
        });
        found.unwrap_or_else(|| panic!("{place:?} is no object of the world"))
    }

    fn edit(&mut self, session: &mut Session, edit: Edit) {
        match edit {
            Edit::Add(kind) => self.add(session, kind),
            Edit::AddChild { kind, parent, by_value } => self.add_child(session, kind, parent, by_value),
            Edit::Move { kind, child, parent, from_parent } => {
                // An orphan may find a new place before it goes.
                let movable = |world: &World, object: usize| {
                    let found = &world.objects[object];
                    found.kind == kind && (world.live(object) || (found.orphan && found.place.is_some()))
                };
                let Some(child) = self.world.pick(child, movable) else { return };
                let Some(above) = parent_kind(kind) else { return };
                let Some(parent) = self.world.pick_live(above, parent) else { return };
                if !self.ready(session, &[parent])
                    || !movable(&self.world, child)
                    || (!self.world.objects[child].orphan && !self.ready(session, &[child, parent]))
                    || (above == kind && self.world.below(parent, child))
                {
                    return;
                }
                self.give_parent(session, child, parent, from_parent);
            }
            Edit::Leave { kind, child, from_parent } => {
                let Some(child) = self.world.pick_live(kind, child) else { return };
                let Some(parent) = self.world.objects[child].parent else { return };
                if self.world.live(parent) && self.ready(session, &[child, parent]) {
                    self.leave(session, child, parent, from_parent);
                }
            }
            Edit::Assign { kind, parent, children } => self.assign(session, kind, parent, &children),
            Edit::Tag { player, tag, from_tag } => self.tag(session, player, tag, from_tag),
            Edit::AssignTags { player, tags } => {
                let Some(player) = self.world.pick_live(Kind::Player, player) else { return };
                let mut tags: Vec<usize> =
                    tags.iter().filter_map(|tag| self.world.pick_live(Kind::Tag, *tag)).collect();
                tags.sort_unstable();
                tags.dedup();
                let mut all = tags.clone();
                all.push(player);
                if self.ready(session, &all) {
                    let handles: Vec<Handle<Tag>> =
                        tags.iter().map(|tag| handle!(self, session, Tag, *tag)).collect();
                    let handle = handle!(self, session, Player, player);
                    session[handle].tags = handles.into();
                    self.world.objects[player].tags = tags.into_iter().collect();
                }
            }
            Edit::Rename { kind, object } => {
                let Some(object) = self.world.pick_live(kind, object) else { return };
                if self.ready(session, &[object]) {
                    let word = self.world.word();
                    let place = self.place(session, object);
                    with!(place, handle => session[handle].name = word.clone());
                    self.world.objects[object].name = word;
                }
            }
            Edit::Rekey(item) => {
                let Some(item) = self.world.pick_live(Kind::Item, item) else { return };
                if self.ready(session, &[item]) {
                    let word = self.world.word();
                    let handle = handle!(self, session, Item, item);
                    session[handle].code = word.clone();
                    self.world.objects[item].code = word;
                }
            }
            Edit::Replace(item) => {
                let doomed = |world: &World, object: usize| {
                    let object = &world.objects[object];
                    object.kind == Kind::Item && object.status == Status::Doomed
                };
                let Some(old) = self.world.pick(item, doomed) else { return };
                let code = self.world.objects[old].saved.0.clone();
                let taken =
                    |object: &crate::world::Object| object.code == code && object.status == Status::Pending;
                // A doomed item's own new key is never written, so the row goes by the old one.
                if self.world.objects.iter().any(taken) || self.world.objects[old].code != code {
                    return;
                }
                let name = self.world.word();
                let handle = session.add(Item { code: code.clone(), name: name.clone() });
                let new = self.world.push(Kind::Item, name, Some(Place::Item(handle)));
                self.world.objects[new].code = code;
            }
            Edit::Delete { kind, object } => {
                let Some(object) = self.world.pick_live(kind, object) else { return };
                let family = self.world.children(object);
                if self.world.objects[object].status == Status::Pending
                    && (kind != Kind::User && !family.is_empty())
                {
                    // Others would be left pointing at something that is never written, which is refused.
                    return;
                }
                if self.ready(session, &[object]) {
                    let place = self.place(session, object);
                    with!(place, handle => session.delete(handle).unwrap());
                    self.world.delete(object);
                }
            }
            Edit::Expunge(item) => {
                let Some(item) = self.world.pick_live(Kind::Item, item) else { return };
                // What was written in this transaction is forgotten with it only while the session has the object.
                let unchanged = self.marks.iter().all(|mark| {
                    mark.objects.get(item).is_some_and(|object| {
                        object.status == Status::Persistent && object.saved == self.world.objects[item].saved
                    })
                });
                if self.world.objects[item].place.is_some() && unchanged {
                    let handle = handle!(self, session, Item, item);
                    session.expunge(handle).unwrap();
                    assert_eq!(session.object(handle).unwrap_err().kind(), ErrorKind::StaleHandle);
                    let object = &mut self.world.objects[item];
                    object.place = None;
                    (object.code, object.name) = object.saved.clone();
                    for mark in &mut self.marks {
                        mark.objects[item].place = None;
                    }
                }
            }
            Edit::AddAgain { kind, object, parent } => self.add_again(session, kind, object, parent),
            Edit::Refresh { kind, object } => {
                let Some(object) = self.world.pick_live(kind, object) else { return };
                if self.world.objects[object].status == Status::Persistent && self.ready(session, &[object]) {
                    let place = self.place(session, object);
                    let parent = self.world.objects[object].parent.filter(|_| kind == Kind::Address);
                    if parent.is_some_and(|parent| self.world.objects[parent].status == Status::Doomed) {
                        // The flush that reading begins with takes it along.
                        let error = with!(place, handle => session.refresh(handle).wait().unwrap_err());
                        assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
                        self.flushed(session);
                        return;
                    }
                    with!(place, handle => session.refresh(handle).wait().unwrap());
                    let object = &mut self.world.objects[object];
                    (object.code, object.name) = object.saved.clone();
                    self.flushed(session);
                    self.compare(session, "after a refresh");
                }
            }
            Edit::Load { kind, object } => {
                let Some(object) = self.world.pick_live(kind, object) else { return };
                self.flushed_by_reading(session);
                if self.world.live(object) {
                    self.load(session, object);
                    self.compare(session, "after loading");
                }
            }
            Edit::LoadAll(kind) => {
                self.flushed_by_reading(session);
                match kind {
                    Kind::User => {
                        drop(session.all(select(User).with(User.addresses.selectin())).wait().unwrap())
                    }
                    Kind::Address => {
                        drop(session.all(select(Address).with(Address.user.joined())).wait().unwrap())
                    }
                    Kind::Team => {
                        drop(session.all(select(Team).with(Team.players.selectin())).wait().unwrap())
                    }
                    Kind::Player => {
                        drop(session.all(select(Player).with(Player.tags.selectin())).wait().unwrap())
                    }
                    Kind::Tag => drop(session.all(select(Tag).with(Tag.players.joined())).wait().unwrap()),
                    Kind::Node => {
                        drop(session.all(select(Node).with(Node.children.selectin())).wait().unwrap())
                    }
                    Kind::Person => {
                        drop(session.all(select(Person).with(Person.passport.selectin())).wait().unwrap())
                    }
                    Kind::Passport => {
                        drop(session.all(select(Passport).with(Passport.owner.joined())).wait().unwrap())
                    }
                    Kind::Item => drop(session.all(select(Item)).wait().unwrap()),
                }
                self.compare(session, "after loading many");
            }
            Edit::Spoil => {
                let name = self.world.word();
                let handle = session.add(address(&name));
                self.world.push(Kind::Address, name, Some(Place::Address(handle)));
            }
            Edit::Flush
            | Edit::Commit
            | Edit::Rollback
            | Edit::Begin
            | Edit::EndCommit
            | Edit::EndRollback
            | Edit::EndDrop
            | Edit::Reopen => {}
        }
    }

    /// Makes sure that the session has the objects, which may flush; whether edits may still name them afterwards.
    fn ready(&mut self, session: &mut Session, objects: &[usize]) -> bool {
        for object in objects {
            if self.world.objects[*object].place.is_none() {
                if self.world.spoilt() {
                    return false;
                }
                // A row that its parent's deletion takes along is gone after the flush that reading begins with.
                self.flushed_by_reading(session);
                if !self.world.live(*object) {
                    return false;
                }
                self.place(session, *object);
            }
        }
        objects.iter().all(|object| self.world.live(*object))
    }

    fn add(&mut self, session: &mut Session, kind: Kind) {
        let name = self.world.word();
        let place = match kind {
            Kind::User => Place::User(session.add(user(&name))),
            // An address needs a user, and a passport that nobody has is one all the same.
            Kind::Address => return,
            Kind::Team => Place::Team(session.add(team(&name))),
            Kind::Player => Place::Player(session.add(player(&name))),
            Kind::Tag => Place::Tag(session.add(Tag { name: name.clone(), ..default() })),
            Kind::Node => Place::Node(session.add(node(&name))),
            Kind::Person => Place::Person(session.add(Person { name: name.clone(), ..default() })),
            Kind::Passport => Place::Passport(session.add(Passport { name: name.clone(), ..default() })),
            Kind::Item => {
                let code = self.world.word();
                let handle = session.add(Item { code: code.clone(), name: name.clone() });
                let item = self.world.push(kind, name, Some(Place::Item(handle)));
                self.world.objects[item].code = code;
                return;
            }
        };
        self.world.push(kind, name, Some(place));
    }

    fn add_child(&mut self, session: &mut Session, kind: Kind, parent: u8, by_value: bool) {
        let Some(parent) = parent_kind(kind).and_then(|above| self.world.pick_live(above, parent)) else {
            return;
        };
        if !self.ready(session, &[parent]) {
            return;
        }
        let name = self.world.word();
        let place = self.place(session, parent);
        let place = match (kind, place, by_value) {
            (Kind::Address, Place::User(above), false) => {
                Place::Address(session.add(Address { user: above.into(), ..address(&name) }))
            }
            (Kind::Player, Place::Team(above), false) => {
                Place::Player(session.add(Player { team: above.into(), ..player(&name) }))
            }
            (Kind::Node, Place::Node(above), false) => {
                Place::Node(session.add(Node { parent: above.into(), ..node(&name) }))
            }
            (Kind::Passport, Place::Person(above), false) => Place::Passport(session.add(Passport {
                name: name.clone(),
                owner: above.into(),
                ..default()
            })),
            (Kind::Address, Place::User(above), true) => {
                session[above].addresses.push(address(&name));
                Place::Address(
                    adopted(session, above).addresses.handles().last().expect("it was just pushed"),
                )
            }
            (Kind::Player, Place::Team(above), true) => {
                session[above].players.push(player(&name));
                Place::Player(adopted(session, above).players.handles().last().expect("it was just pushed"))
            }
            (Kind::Node, Place::Node(above), true) => {
                session[above].children.push(node(&name));
                Place::Node(adopted(session, above).children.handles().last().expect("it was just pushed"))
            }
            (_, Place::Person(above), true) => {
                session[above].passport = Passport { name: name.clone(), ..default() }.into();
                let handle = adopted(session, above).passport.handle();
                Place::Passport(handle.expect("it was just assigned"))
            }
            _ => unreachable!("a parent has the handle of its kind"),
        };
        let child = self.world.push(kind, name, Some(place));
        self.world.give_parent(child, parent);
    }

    fn give_parent(&mut self, session: &mut Session, child: usize, parent: usize, from_parent: bool) {
        let places = (self.place(session, child), self.place(session, parent));
        match (places, from_parent) {
            ((Place::Address(child), Place::User(parent)), false) => session[child].user = parent.into(),
            ((Place::Address(child), Place::User(parent)), true) => {
                if !adopted(session, parent).addresses.contains(child) {
                    session[parent].addresses.push(child);
                }
            }
            ((Place::Player(child), Place::Team(parent)), false) => session[child].team = parent.into(),
            ((Place::Player(child), Place::Team(parent)), true) => {
                if !adopted(session, parent).players.contains(child) {
                    session[parent].players.push(child);
                }
            }
            ((Place::Node(child), Place::Node(parent)), false) => session[child].parent = parent.into(),
            ((Place::Node(child), Place::Node(parent)), true) => {
                if !adopted(session, parent).children.contains(child) {
                    session[parent].children.push(child);
                }
            }
            ((Place::Passport(child), Place::Person(parent)), false) => session[child].owner = parent.into(),
            ((Place::Passport(child), Place::Person(parent)), true) => {
                session[parent].passport = child.into()
            }
            _ => unreachable!("objects have the handles of their kinds"),
        }
        self.world.give_parent(child, parent);
    }

    fn leave(&mut self, session: &mut Session, child: usize, parent: usize, from_parent: bool) {
        let places = (self.place(session, child), self.place(session, parent));
        let left = match (places, from_parent) {
            ((Place::Address(child), _), false) => {
                session[child].user = One::none();
                true
            }
            ((Place::Player(child), _), false) => {
                session[child].team = One::none();
                true
            }
            ((Place::Node(child), _), false) => {
                session[child].parent = One::none();
                true
            }
            ((Place::Passport(child), _), false) => {
                session[child].owner = One::none();
                true
            }
            // What is not loaded can't be taken out.
            ((Place::Address(child), Place::User(parent)), true) => session[parent].addresses.remove(child),
            ((Place::Player(child), Place::Team(parent)), true) => session[parent].players.remove(child),
            ((Place::Node(child), Place::Node(parent)), true) => session[parent].children.remove(child),
            ((Place::Passport(_), Place::Person(parent)), true) => {
                session[parent].passport = One::none();
                true
            }
            _ => unreachable!("objects have the handles of their kinds"),
        };
        if left {
            self.world.take_parent(child);
        }
    }

    fn assign(&mut self, session: &mut Session, kind: Kind, parent: u8, children: &[u8]) {
        let Some(parent) = parent_kind(kind).and_then(|above| self.world.pick_live(above, parent)) else {
            return;
        };
        let mut children: Vec<usize> =
            children.iter().filter_map(|child| self.world.pick_live(kind, *child)).collect();
        children.sort_unstable();
        children.dedup();
        if kind == Kind::Passport
            || children.iter().any(|child| kind == Kind::Node && self.world.below(parent, *child))
        {
            return;
        }
        let mut all = children.clone();
        all.push(parent);
        if !self.ready(session, &all) {
            return;
        }
        macro_rules! assign {
            ($above:ident, $field:ident, $below:ident) => {{
                let handles: Vec<Handle<$below>> =
                    children.iter().map(|child| handle!(self, session, $below, *child)).collect();
                let above = handle!(self, session, $above, parent);
                session[above].$field = handles.into();
            }};
        }
        match kind {
            Kind::Address => assign!(User, addresses, Address),
            Kind::Player => assign!(Team, players, Player),
            Kind::Node => assign!(Node, children, Node),
            _ => return,
        }
        for old in self.world.children(parent) {
            if !children.contains(&old) {
                self.world.take_parent(old);
            }
        }
        for child in children {
            self.world.give_parent(child, parent);
        }
    }

    fn tag(&mut self, session: &mut Session, player: u8, tag: u8, from_tag: bool) {
        let Some(player) = self.world.pick_live(Kind::Player, player) else { return };
        let Some(tag) = self.world.pick_live(Kind::Tag, tag) else { return };
        if !self.ready(session, &[player, tag]) {
            return;
        }
        let (on, label) = (handle!(self, session, Player, player), handle!(self, session, Tag, tag));
        if self.world.objects[player].tags.contains(&tag) {
            // What is not loaded can't be taken out.
            let gone =
                if from_tag { session[label].players.remove(on) } else { session[on].tags.remove(label) };
            if gone {
                self.world.objects[player].tags.remove(&tag);
            }
        } else {
            if from_tag {
                session[label].players.push(on);
            } else {
                session[on].tags.push(label);
            }
            self.world.objects[player].tags.insert(tag);
        }
    }

    fn add_again(&mut self, session: &mut Session, kind: Kind, object: u8, parent: u8) {
        let transient = |world: &World, object: usize| {
            let object = &world.objects[object];
            object.kind == kind && object.status == Status::Transient
        };
        let Some(object) = self.world.pick(object, transient) else { return };
        let parent = parent_kind(kind)
            .filter(|above| *above != kind)
            .and_then(|above| self.world.pick_live(above, parent));
        if let Some(parent) = parent
            && !self.ready(session, &[parent])
        {
            return;
        }
        if kind == Kind::Address && parent.is_none() {
            return;
        }
        let name = self.world.word();
        let Some(place) = self.world.objects[object].place else { return };
        // What it pointed to when it was rolled back may be gone, so it begins anew.
        match place {
            Place::User(handle) => session[handle] = user(&name),
            Place::Address(handle) => {
                let above = handle!(self, session, User, parent.expect("an address needs a user"));
                session[handle] = Address { user: above.into(), ..address(&name) };
            }
            Place::Team(handle) => session[handle] = team(&name),
            Place::Player(handle) => session[handle] = player(&name),
            Place::Tag(handle) => session[handle] = Tag { name: name.clone(), ..default() },
            Place::Node(handle) => session[handle] = node(&name),
            Place::Person(handle) => session[handle] = Person { name: name.clone(), ..default() },
            Place::Passport(handle) => session[handle] = Passport { name: name.clone(), ..default() },
            Place::Item(handle) => {
                let code = self.world.word();
                session[handle] = Item { code: code.clone(), name: name.clone() };
                self.world.objects[object].code = code;
            }
        }
        with!(place, handle => { session.add(handle); });
        let entry = &mut self.world.objects[object];
        entry.status = Status::Pending;
        entry.name = name;
        entry.key = None;
        entry.parent = None;
        entry.tags.clear();
        for other in &mut self.world.objects {
            other.tags.remove(&object);
        }
        for child in 0..self.world.objects.len() {
            if self.world.objects[child].parent == Some(object) {
                self.world.objects[child].parent = None;
            }
        }
        if kind == Kind::Address
            && let Some(parent) = parent
        {
            self.world.give_parent(object, parent);
        }
    }

    fn load(&mut self, session: &mut Session, object: usize) {
        match self.place(session, object) {
            Place::User(handle) => session.load(handle, User.addresses).wait().unwrap(),
            Place::Address(handle) => session.load(handle, Address.user).wait().unwrap(),
            Place::Team(handle) => session.load(handle, Team.players).wait().unwrap(),
            Place::Player(handle) => {
                session.load(handle, Player.team).wait().unwrap();
                session.load(handle, Player.tags).wait().unwrap();
            }
            Place::Tag(handle) => session.load(handle, Tag.players).wait().unwrap(),
            Place::Node(handle) => {
                session.load(handle, Node.parent).wait().unwrap();
                session.load(handle, Node.children).wait().unwrap();
            }
            Place::Person(handle) => session.load(handle, Person.passport).wait().unwrap(),
            Place::Passport(handle) => session.load(handle, Passport.owner).wait().unwrap(),
            Place::Item(handle) => assert!(session.object(handle).is_ok()),
        }
    }
}
