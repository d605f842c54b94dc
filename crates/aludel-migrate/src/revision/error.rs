//! [`RevisionError`]: what can be wrong with a graph or with a request to it, as data and as a sentence.

use std::fmt;

/// Where a revision is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The revision's id.
    pub id: String,
    /// Its file; empty when not known.
    pub file: String,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.file.is_empty() {
            write!(f, "`{}`", self.id)
        } else {
            write!(f, "`{}` ({})", self.id, self.file)
        }
    }
}

/// Why a graph could not be built or a request could not be answered.
///
/// The variants carry facts, so that a command line can add advice of its own; `Display` names the things and
/// the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevisionError {
    /// A revision without an id.
    EmptyId {
        /// The file that declares it.
        file: String,
    },
    /// A revision id, or a branch label, holds characters that mean something in a specifier.
    IllegalCharacters {
        /// The id or label.
        name: String,
        /// The characters found that are not allowed.
        characters: String,
        /// The revision that declares it.
        at: Origin,
    },
    /// A revision id, or a branch label, is one of the words that specifiers use.
    ReservedName {
        /// The id or label.
        name: String,
        /// The revision that declares it.
        at: Origin,
    },
    /// Several files declare the same id.
    DuplicateId {
        /// The id.
        id: String,
        /// The files, in the order in which they were given.
        files: Vec<String>,
    },
    /// A branch label is used twice, or is also the id of a revision.
    DuplicateLabel {
        /// The label.
        label: String,
        /// The revision that has the name already.
        first: Origin,
        /// The revision that takes it again.
        second: Origin,
    },
    /// A revision revises one that no file declares.
    MissingParent {
        /// The revision that names the parent.
        at: Origin,
        /// The parent's id.
        parent: String,
        /// Ids that look like it.
        nearest: Vec<String>,
    },
    /// A revision depends on an id or branch label that no file declares.
    MissingDependency {
        /// The revision that names the dependency.
        at: Origin,
        /// The dependency, as written.
        dependency: String,
        /// Names that look like it.
        nearest: Vec<String>,
    },
    /// A revision is its own parent.
    SelfLoop {
        /// The revision.
        at: Origin,
    },
    /// A revision depends on itself.
    DependencySelfLoop {
        /// The revision.
        at: Origin,
    },
    /// Revisions are each other's ancestors.
    Cycle {
        /// The cycle: each revision revises the next, the last revises the first.
        revisions: Vec<Origin>,
    },
    /// Revisions are each other's ancestors once dependencies are counted.
    DependencyCycle {
        /// The cycle: each revision revises or depends on the next, the last on the first.
        revisions: Vec<Origin>,
    },
    /// Nothing has this id, label or beginning of an id.
    UnknownRevision {
        /// What was asked for.
        given: String,
        /// Names that look like it.
        nearest: Vec<String>,
    },
    /// The part before `@` is no branch label and no revision.
    UnknownBranch {
        /// What was asked for.
        given: String,
        /// Names that look like it.
        nearest: Vec<String>,
    },
    /// The version table names a revision that no file declares.
    UnknownInDatabase {
        /// The row's text.
        revision: String,
        /// Ids that look like it.
        nearest: Vec<String>,
    },
    /// Several revisions begin with the text given.
    AmbiguousPrefix {
        /// What was asked for.
        given: String,
        /// All that begin so.
        candidates: Vec<String>,
    },
    /// The revision named is not in the branch named.
    NotInBranch {
        /// The revision's id.
        revision: String,
        /// The branch, as given.
        branch: String,
    },
    /// There are several heads where one is needed.
    MultipleHeads {
        /// What was asked for.
        given: String,
        /// The heads.
        heads: Vec<String>,
    },
    /// The text is no revision specifier.
    InvalidSpecifier {
        /// The text.
        given: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The text is no range of revisions.
    InvalidRange {
        /// The text.
        given: String,
    },
    /// The specifier speaks of the database's revision in a place where that isn't known.
    NeedsCurrent {
        /// What was asked for.
        given: String,
    },
    /// A relative specifier leads out of the graph.
    RelativeOutOfRange {
        /// What was asked for.
        given: String,
        /// How many steps it asks for.
        steps: u32,
    },
    /// A relative specifier comes to a fork.
    AmbiguousWalk {
        /// What was asked for.
        given: String,
        /// Where it forks; `base` at the very start.
        at: String,
        /// The revisions it could go to.
        choices: Vec<String>,
    },
    /// A relative specifier starts at the database's revision, and the database has several.
    AmbiguousCurrent {
        /// What was asked for.
        given: String,
        /// The revisions it could start from.
        heads: Vec<String>,
    },
    /// The lower end of a range isn't below the upper one.
    NotAncestor {
        /// The lower end.
        lower: String,
        /// The upper end.
        upper: String,
    },
    /// A downgrade to a revision that the database's revisions don't stand on.
    NotADowngradeTarget {
        /// What was asked for.
        target: String,
        /// The database's revisions.
        current: Vec<String>,
    },
    /// Of several rows of the version table, one is an ancestor of another.
    OverlappingRows {
        /// The upper one.
        revision: String,
        /// Those it already includes.
        overlaps: Vec<String>,
    },
    /// Of several revisions asked for, one is an ancestor of another.
    Overlapping {
        /// The upper one.
        revision: String,
        /// Those it already includes.
        overlaps: Vec<String>,
    },
    /// A new revision shall follow one that isn't a head.
    NotAHead {
        /// The revision that already has followers.
        revision: String,
    },
    /// A new revision names the same parent twice.
    DuplicateHead {
        /// The parent.
        revision: String,
    },
}

impl std::error::Error for RevisionError {}

impl fmt::Display for RevisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use RevisionError::*;
        match self {
            EmptyId { file } if file.is_empty() => write!(f, "a revision has no id"),
            EmptyId { file } => {
                write!(f, "the revision in {file} has no id; give it one, or delete the file")
            }
            IllegalCharacters { name, characters, at } => {
                write!(
                    f,
                    "revision {at}: the name `{name}` may not hold {}; rename it",
                    quoted(characters.chars())
                )
            }
            ReservedName { name, at } => {
                write!(
                    f,
                    "revision {at}: `{name}` is a word of the command line and can't be a name; rename it"
                )
            }
            DuplicateId { id, files } => {
                write!(f, "revision `{id}` is declared {} times", files.len())?;
                if files.iter().any(|file| !file.is_empty()) {
                    write!(f, ": {}", files.join(", "))?;
                }
                write!(f, "; give one of them a new id, or delete the copy")
            }
            DuplicateLabel { label, first, second } => {
                write!(
                    f,
                    "branch label `{label}` of revision {second} is already taken by revision {first}; "
                )?;
                write!(f, "rename one of them")
            }
            MissingParent { at, parent, nearest } => {
                write!(f, "revision {at} revises `{parent}`, which no file declares")?;
                suggest(f, nearest)?;
                write!(f, "; restore that file, or name the parent that is meant")
            }
            MissingDependency { at, dependency, nearest } => {
                write!(
                    f,
                    "revision {at} depends on `{dependency}`, which is no revision and no branch label"
                )?;
                suggest(f, nearest)?;
                write!(f, "; restore that file, or name the revision that is meant")
            }
            SelfLoop { at } => write!(f, "revision {at} revises itself; name its real parent"),
            DependencySelfLoop { at } => write!(f, "revision {at} depends on itself; remove the dependency"),
            Cycle { revisions } => {
                write!(f, "revisions go round in a circle: {}; ", circle(revisions))?;
                write!(f, "one of them must name another parent")
            }
            DependencyCycle { revisions } => {
                write!(f, "revisions and their dependencies go round in a circle: {}; ", circle(revisions))?;
                write!(f, "remove one of the dependencies")
            }
            UnknownRevision { given, nearest } => {
                write!(f, "no revision or branch label is called `{given}`")?;
                suggest(f, nearest)?;
                if given.chars().count() < 4 {
                    write!(f, " (a part of an id stands for an id of at least four characters)")?;
                }
                Ok(())
            }
            UnknownBranch { given, nearest } => {
                write!(f, "no branch label or revision is called `{given}`")?;
                suggest(f, nearest)
            }
            UnknownInDatabase { revision, nearest } => {
                write!(f, "the database is at revision `{revision}`, which no file declares")?;
                suggest(f, nearest)?;
                write!(f, "; bring that file back (another branch of the code may have it), ")?;
                write!(f, "or stamp the database anew after purging its version table")
            }
            AmbiguousPrefix { given, candidates } => {
                write!(f, "`{given}` begins several names: {}; give more of it", quoted(candidates))
            }
            NotInBranch { revision, branch } => {
                write!(f, "revision `{revision}` is not in branch `{branch}`")
            }
            MultipleHeads { given, heads } => {
                write!(f, "`{given}` stands for several heads: {}; name one of them, ", quoted(heads))?;
                write!(f, "say `heads` for all, or merge them into one")
            }
            InvalidSpecifier { given, reason } => write!(f, "`{given}` is not a revision: {reason}"),
            InvalidRange { given } => {
                write!(f, "`{given}` is not a range of revisions; write `from:to`, `from:` or `:to`")
            }
            NeedsCurrent { given } => {
                write!(f, "`{given}` starts from the database's revision, which isn't known here; ")?;
                write!(f, "name a revision instead")
            }
            RelativeOutOfRange { given, steps } => {
                let steps = if *steps == 1 {
                    "there is no revision".into()
                } else {
                    format!("there aren't {steps} revisions")
                };
                write!(f, "`{given}` leads out of the history: {steps} that way")
            }
            AmbiguousWalk { given, at, choices } => {
                write!(f, "`{given}` comes to a fork after `{at}`, to {}; ", quoted(choices))?;
                write!(f, "name the revision, or the branch as in `label@+1`")
            }
            AmbiguousCurrent { given, heads } => {
                write!(f, "`{given}` can start from several revisions of the database: {}; ", quoted(heads))?;
                write!(f, "name the revision, or the branch as in `label@+1`")
            }
            NotAncestor { lower, upper } => {
                write!(f, "revision `{lower}` is not an ancestor of `{upper}`")
            }
            NotADowngradeTarget { target, current } if current.is_empty() => {
                write!(f, "can't downgrade to `{target}`: the database is at no revision yet")
            }
            NotADowngradeTarget { target, current } => {
                write!(f, "can't downgrade to `{target}`: nothing that the database has stands on it ")?;
                write!(f, "(it is at {}); an upgrade may be meant, or another branch", quoted(current))
            }
            Overlapping { revision, overlaps } => {
                write!(f, "revision `{revision}` already includes {}; name only the first", quoted(overlaps))
            }
            OverlappingRows { revision, overlaps } => {
                write!(f, "the version table holds `{revision}` and also {}, ", quoted(overlaps))?;
                write!(f, "on which it stands; stamp the database with `{revision}` after purging the table")
            }
            NotAHead { revision } => {
                write!(f, "revision `{revision}` already has a follower; ")?;
                write!(f, "name a head, or ask for a new branch from here with `splice`")
            }
            DuplicateHead { revision } => write!(f, "revision `{revision}` is named twice as a parent"),
        }
    }
}

/// What a request was answered in spite of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevisionWarning {
    /// A downgrade by a number of steps, and the database has several revisions: the first row was taken.
    AmbiguousDowngrade {
        /// What was asked for.
        given: String,
        /// The row it started from.
        chosen: String,
        /// All rows.
        heads: Vec<String>,
    },
}

impl fmt::Display for RevisionWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RevisionWarning::AmbiguousDowngrade { given, chosen, heads } => {
                write!(
                    f,
                    "`{given}` could start from several revisions of the database: {}; ",
                    quoted(heads)
                )?;
                write!(f, "it starts from `{chosen}`; say `{chosen}{given}` or `label@{given}` to be sure")
            }
        }
    }
}

fn quoted<T: fmt::Display>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn suggest(f: &mut fmt::Formatter<'_>, nearest: &[String]) -> fmt::Result {
    match nearest {
        [] => Ok(()),
        names => write!(f, "; the nearest: {}", quoted(names)),
    }
}

fn circle(revisions: &[Origin]) -> String {
    let mut way: Vec<String> = revisions.iter().map(Origin::to_string).collect();
    way.extend(revisions.first().map(|first| format!("`{}`", first.id)));
    way.join(" -> ")
}
