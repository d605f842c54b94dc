//! Plays edits on a session and on the world beside it, and compares the two whenever something was written or taken
//! back.

use aludel::orm::{ErrorKind, ObjectState};
use aludel::prelude::*;
use aludel_test::Recorder;

use crate::edits::{Edit, Kind, Script};
use crate::models::*;
use crate::world::{Place, Status, World, rows_of};

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

mod deeds;

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
}
