//! Random edits: small, and pointing at objects by number, so that what is left after shrinking can be read.

use proptest::prelude::*;

/// The kinds of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    User,
    Address,
    Team,
    Player,
    Tag,
    Node,
    Person,
    Passport,
    Item,
}

/// One thing that a program does. Numbers choose among the objects that can be meant, modulo their count.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    /// Adds an object of its own.
    Add(Kind),
    /// Adds a child: by value into its parent's field, or with its own field naming the parent.
    AddChild {
        kind: Kind,
        parent: u8,
        by_value: bool,
    },
    /// Gives a child a parent, or another one.
    Move {
        kind: Kind,
        child: u8,
        parent: u8,
        from_parent: bool,
    },
    /// Takes a child from its parent.
    Leave {
        kind: Kind,
        child: u8,
        from_parent: bool,
    },
    /// Assigns a whole collection.
    Assign {
        kind: Kind,
        parent: u8,
        children: Vec<u8>,
    },
    /// Adds or takes out a tag, from either side.
    Tag {
        player: u8,
        tag: u8,
        from_tag: bool,
    },
    /// Assigns all tags of a player.
    AssignTags {
        player: u8,
        tags: Vec<u8>,
    },
    Rename {
        kind: Kind,
        object: u8,
    },
    /// Gives an item another key.
    Rekey(u8),
    /// Adds an item with the key of one that is going to be deleted.
    Replace(u8),
    Delete {
        kind: Kind,
        object: u8,
    },
    /// Takes an item out of the session.
    Expunge(u8),
    /// Adds an object again whose insert was rolled back.
    AddAgain {
        kind: Kind,
        object: u8,
        parent: u8,
    },
    Refresh {
        kind: Kind,
        object: u8,
    },
    Load {
        kind: Kind,
        object: u8,
    },
    LoadAll(Kind),
    Flush,
    Commit,
    Rollback,
    Begin,
    EndCommit,
    EndRollback,
    EndDrop,
    /// Commits, and goes on with a session that has read nothing yet.
    Reopen,
    /// Makes the next flush fail.
    Spoil,
}

fn kind() -> impl Strategy<Value = Kind> {
    use Kind::*;
    prop::sample::select(vec![Address, Player, Node, Passport, User, Team, Tag, Person, Item])
}

fn child() -> impl Strategy<Value = Kind> {
    use Kind::*;
    prop::sample::select(vec![Address, Player, Node, Passport])
}

fn edit() -> impl Strategy<Value = Edit> {
    let few = || prop::collection::vec(0..4_u8, 0..4);
    let number = || 0..4_u8;
    prop_oneof![
        6 => kind().prop_map(Edit::Add),
        10 => (child(), number(), any::<bool>())
            .prop_map(|(kind, parent, by_value)| Edit::AddChild { kind, parent, by_value }),
        10 => (child(), number(), number(), any::<bool>())
            .prop_map(|(kind, child, parent, from_parent)| Edit::Move { kind, child, parent, from_parent }),
        5 => (child(), number(), any::<bool>())
            .prop_map(|(kind, child, from_parent)| Edit::Leave { kind, child, from_parent }),
        4 => (child(), number(), few())
            .prop_map(|(kind, parent, children)| Edit::Assign { kind, parent, children }),
        8 => (number(), number(), any::<bool>())
            .prop_map(|(player, tag, from_tag)| Edit::Tag { player, tag, from_tag }),
        2 => (number(), few()).prop_map(|(player, tags)| Edit::AssignTags { player, tags }),
        5 => (kind(), number()).prop_map(|(kind, object)| Edit::Rename { kind, object }),
        2 => number().prop_map(Edit::Rekey),
        2 => number().prop_map(Edit::Replace),
        6 => (kind(), number()).prop_map(|(kind, object)| Edit::Delete { kind, object }),
        2 => number().prop_map(Edit::Expunge),
        4 => (kind(), number(), number())
            .prop_map(|(kind, object, parent)| Edit::AddAgain { kind, object, parent }),
        2 => (kind(), number()).prop_map(|(kind, object)| Edit::Refresh { kind, object }),
        5 => (kind(), number()).prop_map(|(kind, object)| Edit::Load { kind, object }),
        2 => kind().prop_map(Edit::LoadAll),
        6 => Just(Edit::Flush),
        6 => Just(Edit::Commit),
        5 => Just(Edit::Rollback),
        5 => Just(Edit::Begin),
        2 => Just(Edit::EndCommit),
        2 => Just(Edit::EndRollback),
        2 => Just(Edit::EndDrop),
        4 => Just(Edit::Reopen),
        1 => Just(Edit::Spoil),
    ]
}

/// A play: what is there when it begins, and what is done.
#[derive(Clone)]
pub(crate) struct Script {
    /// Edits that make the first rows.
    pub(crate) first: Vec<Edit>,
    /// Whether the play begins with a session that has read nothing yet.
    pub(crate) fresh: bool,
    pub(crate) edits: Vec<Edit>,
}

/// One line for each edit, so that a script can be read.
impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "fresh: {}", self.fresh)?;
        self.first.iter().try_for_each(|edit| writeln!(f, "  (first) {edit:?}"))?;
        self.edits.iter().try_for_each(|edit| writeln!(f, "  {edit:?}"))
    }
}

/// Kinds that have to do with each other. Most plays keep to one family, so that their edits meet.
const FAMILIES: [&[Kind]; 6] = {
    use Kind::*;
    [
        &[User, Address],
        &[Team, Player, Tag],
        &[Node],
        &[Person, Passport],
        &[Item],
        &[User, Address, Team, Player, Tag, Node, Person, Passport, Item],
    ]
};

fn within(family: &[Kind], kind: Kind) -> Kind {
    if family.contains(&kind) { kind } else { family[kind as usize % family.len()] }
}

fn child_within(family: &[Kind], kind: Kind) -> Kind {
    let children = [Kind::Address, Kind::Player, Kind::Node, Kind::Passport];
    if family.contains(&kind) {
        return kind;
    }
    family.iter().copied().find(|kind| children.contains(kind)).unwrap_or(kind)
}

impl Edit {
    /// The same edit on a family's kinds.
    fn within(mut self, family: &[Kind]) -> Self {
        match &mut self {
            Edit::Add(kind) | Edit::LoadAll(kind) => *kind = within(family, *kind),
            Edit::Rename { kind, .. }
            | Edit::Delete { kind, .. }
            | Edit::AddAgain { kind, .. }
            | Edit::Refresh { kind, .. }
            | Edit::Load { kind, .. } => *kind = within(family, *kind),
            Edit::AddChild { kind, .. }
            | Edit::Move { kind, .. }
            | Edit::Leave { kind, .. }
            | Edit::Assign { kind, .. } => *kind = child_within(family, *kind),
            _ => {}
        }
        self
    }
}

/// Two of each kind of a family, with children and tags.
fn first(family: &[Kind]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for kind in family {
        for number in 0..2 {
            match kind {
                Kind::User | Kind::Team | Kind::Tag | Kind::Person | Kind::Item => {
                    edits.push(Edit::Add(*kind))
                }
                Kind::Node if number == 0 => edits.push(Edit::Add(Kind::Node)),
                child => edits.push(Edit::AddChild { kind: *child, parent: number, by_value: true }),
            }
        }
    }
    if family.contains(&Kind::Tag) {
        edits.extend([(0, 0), (1, 0), (1, 1)].map(|(player, tag)| Edit::Tag {
            player,
            tag,
            from_tag: false,
        }));
    }
    edits
}

pub(crate) fn scripts() -> impl Strategy<Value = Script> {
    let family = prop::sample::select(FAMILIES.to_vec());
    (family, any::<bool>(), any::<bool>(), prop::collection::vec(edit(), 1..30)).prop_map(
        |(family, populated, fresh, edits)| Script {
            first: if populated { first(family) } else { Vec::new() },
            fresh,
            edits: edits.into_iter().map(|edit| edit.within(family)).collect(),
        },
    )
}
