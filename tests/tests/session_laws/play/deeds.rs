//! What each edit does to the session, and what it means in the world.

use aludel::orm::ErrorKind;
use aludel::prelude::*;

use super::Play;
use crate::edits::{Edit, Kind};
use crate::models::*;
use crate::world::{Place, Status, World, parent_kind};

/// An object whose relations hold handles only: the next call that takes the session mutably sees to that.
fn adopted<M: Model>(session: &mut Session, handle: Handle<M>) -> &M {
    session.object_mut(handle).expect("the object is there")
}

impl Play<'_> {
    pub(super) fn edit(&mut self, session: &mut Session, edit: Edit) {
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
