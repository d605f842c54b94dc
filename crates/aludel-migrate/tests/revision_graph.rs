//! What the revision graph says to bad input, and where it goes beyond Alembic.

use aludel_migrate::revision::{
    NewRevision, Revision, RevisionError, RevisionMap, RevisionNode, RevisionWarning,
};

/// `id < parent, parent ; dependency #label`, one per line.
fn nodes(graph: &str) -> Vec<RevisionNode> {
    let words =
        |text: &str| text.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_string).collect();
    let node = |line: &str| {
        let (line, labels) = line.split_once('#').unwrap_or((line, ""));
        let (line, dependencies) = line.split_once(';').unwrap_or((line, ""));
        let (id, parents) = line.split_once('<').unwrap_or((line, ""));
        let file = format!("versions/{}.rs", id.trim());
        let (down, branch_labels, depends_on): (_, Vec<String>, _) =
            (words(parents), words(labels), words(dependencies));
        RevisionNode {
            id: id.trim().into(),
            down,
            branch_labels,
            depends_on,
            file,
            ..RevisionNode::default()
        }
    };
    graph.lines().map(str::trim).filter(|line| !line.is_empty()).map(node).collect()
}

fn map(graph: &str) -> RevisionMap {
    RevisionMap::new(nodes(graph)).unwrap()
}

fn ids(found: Vec<&RevisionNode>) -> Vec<&str> {
    found.into_iter().map(|node| node.id.as_str()).collect()
}

const NO_ROWS: &[&str] = &[];

const FORK: &str = "
    1975ea83b712
    ae1027a6acf0 < 1975ea83b712
    27c6a30d7c24 < ae1027a6acf0 #billing
    3ac1f6f1e0aa < 27c6a30d7c24
    27ff00d7c111 < ae1027a6acf0 #mail
";

#[test]
fn a_declaration_becomes_a_node() {
    const MERGE: Revision =
        Revision::new("c").merges(&["a", "b"]).branch_labels(&["both"]).depends_on(&["x", "other"]);
    let node = RevisionNode::from(&MERGE);
    assert_eq!((node.id.as_str(), node.down.len()), ("c", 2));
    assert_eq!(node.branch_labels, ["both"]);
    assert_eq!(node.depends_on, ["x", "other"]);
    assert_eq!(Revision::new("b").revises("a").down(), ["a"]);
    assert!(Revision::new("a").down().is_empty());
}

#[test]
fn what_cannot_be_a_graph_is_refused_by_name_and_file() {
    for (graph, says) in [
        ("a \n b<a \n b", ["`b` is declared 2 times", "versions/b.rs, versions/b.rs"]),
        (
            "1975ea83b712 \n b<1975ea83b721",
            ["`b` (versions/b.rs) revises `1975ea83b721`", "nearest: `1975ea83b712`"],
        ),
        ("a #core \n b<core", ["revises `core`, which no file declares", "versions/b.rs"]),
        ("a ; c", ["`a` (versions/a.rs) depends on `c`", "no revision and no branch label"]),
        ("a<a", ["`a` (versions/a.rs) revises itself", ""]),
        ("a #x \n b<a ;b", ["`b` (versions/b.rs) depends on itself", ""]),
        ("a \n b<a,d \n c<b \n d<c", ["`b` (versions/b.rs) -> `d` (versions/d.rs) -> `c`", "-> `b`"]),
        (
            "a ;c \n b<a \n c<b",
            ["`a` (versions/a.rs) -> `c` (versions/c.rs) -> `b` (versions/b.rs) -> `a`", ""],
        ),
        ("a-b", ["`a-b`", "may not hold `-`"]),
        ("a@:+", ["may not hold `@`, `+`, `:`", ""]),
        ("head", ["`head` is a word of the command line", ""]),
        ("a \n b<a #base", ["`b` (versions/b.rs)", "`base` is a word"]),
        ("a #x \n b<a #x", ["`x` of revision `b` (versions/b.rs)", "taken by revision `a` (versions/a.rs)"]),
        ("a \n b<a #a", ["`a` of revision `b`", "taken by revision `a`"]),
        ("<a", ["no id", ""]),
    ] {
        let error = RevisionMap::new(nodes(graph)).expect_err(graph).to_string();
        for part in says {
            assert!(error.contains(part), "{graph}\n  says: {error}\n  not:  {part}");
        }
    }
}

#[test]
fn what_names_nothing_or_too_much_says_what_was_near() {
    let map = map(FORK);
    for (specifier, says) in [
        ("1975ea83b713", "the nearest: `1975ea83b712`"),
        ("27", "`27` begins several names: `27c6a30d7c24`, `27ff00d7c111`"),
        ("zz", "at least four characters"),
        ("biling@head", "no branch label or revision is called `biling`; the nearest: `billing`"),
        ("mail@3ac1", "no revision or branch label is called `3ac1`"),
        ("mail@3ac1f6f1e0aa", "`3ac1f6f1e0aa` is not in branch `mail`"),
        ("head", "several heads: `3ac1f6f1e0aa`, `27ff00d7c111`"),
        ("ae1027a6acf0+1", "a fork after `ae1027a6acf0`, to `27c6a30d7c24`, `27ff00d7c111`"),
        ("mail@head+1", "leads out of the history"),
        ("1975-2", "leads out of the history"),
        ("current", "isn't known here"),
        ("+1", "isn't known here"),
        ("", "it is empty"),
        ("mail@", "the revision after `@` is missing"),
        ("@head", "the branch before `@` is missing"),
        ("a@b@c", "more than one `@`"),
        ("1975:head", "a range"),
        ("1975+99999999999", "too large"),
    ] {
        let error = map.resolve_one(specifier).expect_err(specifier).to_string();
        assert!(error.contains(says), "{specifier}\n  says: {error}\n  not:  {says}");
    }
}

#[test]
fn every_kind_of_specifier_is_understood() {
    let map = map(FORK);
    for (specifier, expected) in [
        ("1975", &["1975ea83b712"][..]),
        ("27c6", &["27c6a30d7c24"]),
        ("billing", &["27c6a30d7c24"]),
        ("mail@27", &["27ff00d7c111"]),
        ("heads", &["3ac1f6f1e0aa", "27ff00d7c111"]),
        ("billing@head", &["3ac1f6f1e0aa"]),
        ("billing@head-1", &["27c6a30d7c24"]),
        ("billing@base+3", &["27c6a30d7c24"]),
        ("billing@ae10+2", &["3ac1f6f1e0aa"]),
        ("base", &[]),
        ("mail@base", &[]),
        ("base+1", &["1975ea83b712"]),
        ("billing@-1", &["27c6a30d7c24"]),
    ] {
        assert_eq!(ids(map.resolve(specifier).expect(specifier)), expected, "{specifier}");
    }
    let rows = ["27c6a30d7c24", "27ff00d7c111"];
    assert_eq!(ids(map.resolve_from("current", &rows).unwrap()), rows);
    assert_eq!(ids(map.resolve_from("billing@current", &rows).unwrap()), ["27c6a30d7c24"]);
    assert_eq!(ids(map.resolve_from("billing@+1", &rows).unwrap()), ["3ac1f6f1e0aa"]);
    assert_eq!(ids(map.resolve_from("-1", &rows).unwrap()), ["ae1027a6acf0"]);
    assert_eq!(
        map.resolve_from("+1", &rows).unwrap_err(),
        RevisionError::AmbiguousCurrent { given: "+1".into(), heads: rows.map(String::from).to_vec() }
    );
}

#[test]
fn a_label_may_look_like_steps() {
    let map = map("aaaa1 #release-2 \n bbbb2 < aaaa1");
    assert_eq!(ids(map.resolve("release-2").unwrap()), ["aaaa1"]);
    assert_eq!(ids(map.resolve("release-2@head").unwrap()), ["bbbb2"]);
    assert_eq!(ids(map.resolve("release-2+1").unwrap()), ["bbbb2"]);
}

#[test]
fn rows_of_the_version_table_are_taken_literally() {
    let map = map(FORK);
    let error = map.upgrade_steps(&["1975ea83b711"], &["heads"]).unwrap_err();
    assert!(error.to_string().contains("the database is at revision `1975ea83b711`"), "{error}");
    assert!(error.to_string().contains("nearest: `1975ea83b712`"), "{error}");
    for row in ["1975", "billing", "head", ""] {
        let error = map.downgrade_steps(&[row], "base").unwrap_err();
        assert!(matches!(error, RevisionError::UnknownInDatabase { .. }), "{row}: {error}");
    }
    let error = map.upgrade_steps(&["1975ea83b712", "ae1027a6acf0"], &["heads"]).unwrap_err();
    assert_eq!(
        error,
        RevisionError::OverlappingRows {
            revision: "ae1027a6acf0".into(),
            overlaps: vec!["1975ea83b712".into()],
        }
    );
}

#[test]
fn targets_that_cannot_be_reached_say_why() {
    let map = map(FORK);
    for (rows, target, says) in [
        (&["1975ea83b712"][..], "ae10", "nothing that the database has stands on it"),
        (&[], "1975", "the database is at no revision yet"),
        (&["27c6a30d7c24"], "-9", "there aren't 9 revisions that way"),
        (&["27c6a30d7c24"], "+1", "there is no revision that way"),
        (&["27c6a30d7c24"], "mail@-1", "leads out of the history"),
        (&["27c6a30d7c24"], "heads", "several heads"),
    ] {
        let answer = map.downgrade_steps(rows, target).expect_err(target).to_string();
        assert!(answer.contains(says), "{target}\n  says: {answer}\n  not:  {says}");
    }
    assert!(map.upgrade_steps(NO_ROWS, &["head"]).is_err());
    assert!(map.upgrade_steps(&["27ff00d7c111"], &["-1"]).is_err());
    assert!(map.upgrade_steps(&["27ff00d7c111"], &["ae10"]).unwrap().steps.is_empty(), "it has run already");
}

#[test]
fn a_downgrade_from_several_rows_takes_the_first_and_says_so() {
    let map = map(FORK);
    let steps = map.downgrade_steps(&["27ff00d7c111", "27c6a30d7c24"], "-1").unwrap();
    assert_eq!(steps.steps.iter().map(|step| step.revision.as_str()).collect::<Vec<_>>(), ["27ff00d7c111"]);
    let [RevisionWarning::AmbiguousDowngrade { chosen, heads, .. }] = steps.warnings.as_slice() else {
        panic!("{:?}", steps.warnings)
    };
    assert_eq!((chosen.as_str(), heads.len()), ("27ff00d7c111", 2));
}

#[test]
fn history_counts_down_from_the_upper_end() {
    let map = map("a1\nb2 < a1\nc3 < b2\nd4 < c3\ne5 < d4");
    let history = |range| ids(map.history(Some(range), Some(&["d4"])).unwrap());
    assert_eq!(history("-2:current"), ["d4", "c3", "b2"]);
    assert_eq!(history("current:"), ["e5", "d4"]);
    assert_eq!(history(":b2"), ["b2", "a1"]);
    assert_eq!(history("b2:+1"), ["c3", "b2"]);
    assert_eq!(history("-99:head"), ["e5", "d4", "c3", "b2", "a1"]);
    for range in ["b2", "a:b:c"] {
        assert!(
            matches!(map.history(Some(range), Some(&["d4"])), Err(RevisionError::InvalidRange { .. })),
            "{range}"
        );
    }
    let backwards = map.history(Some("d4:b2"), Some(NO_ROWS)).unwrap_err();
    assert_eq!(backwards, RevisionError::NotAncestor { lower: "d4".into(), upper: "b2".into() });
    assert!(matches!(
        map.history(Some("current:"), None::<&[&str]>),
        Err(RevisionError::NeedsCurrent { .. })
    ));
}

#[test]
fn a_stamp_moves_only_the_branch_concerned() {
    let map = map(FORK);
    let rows = |current: &[&str], targets: &[&str]| -> Vec<String> {
        let steps = map.stamp_steps(current, targets).unwrap();
        steps.last().map_or(current.iter().map(|row| row.to_string()).collect(), |step| step.heads.clone())
    };
    assert_eq!(rows(&["27c6a30d7c24", "27ff00d7c111"], &["billing@head"]), ["3ac1f6f1e0aa", "27ff00d7c111"]);
    assert_eq!(rows(&["27c6a30d7c24", "27ff00d7c111"], &["mail@base"]), ["27c6a30d7c24"]);
    assert_eq!(rows(&["27c6a30d7c24"], &["base"]), NO_ROWS);
    assert_eq!(rows(&["27c6a30d7c24", "27ff00d7c111"], &["1975"]), ["1975ea83b712"]);
    assert_eq!(rows(&[], &["1975", "heads"]), ["3ac1f6f1e0aa", "27ff00d7c111"]);
    assert_eq!(rows(&["3ac1f6f1e0aa", "27ff00d7c111"], &["heads"]), ["3ac1f6f1e0aa", "27ff00d7c111"]);
}

#[test]
fn a_new_revision_is_checked_before_it_is_written() {
    let map = map(FORK);
    let wanted = |id: &str, head: &str| NewRevision {
        id: id.into(),
        heads: vec![head.into()],
        ..NewRevision::default()
    };
    let node = map.new_revision(wanted("new1", "mail@head")).unwrap();
    assert_eq!(node.down, ["27ff00d7c111"]);
    let merge =
        NewRevision { depends_on: vec!["1975".into(), "mail".into()], ..wanted("new1", "billing@head") };
    assert_eq!(map.new_revision(merge).unwrap().depends_on, ["1975ea83b712", "mail"]);
    assert!(matches!(map.new_revision(wanted("new1", "head")), Err(RevisionError::MultipleHeads { .. })));
    assert!(matches!(map.new_revision(wanted("new1", "1975")), Err(RevisionError::NotAHead { .. })));
    assert!(matches!(
        map.new_revision(wanted("new-1", "base")),
        Err(RevisionError::IllegalCharacters { .. })
    ));
    assert!(matches!(
        map.new_revision(wanted("1975ea83b712", "base")),
        Err(RevisionError::DuplicateId { .. })
    ));
    assert!(map.new_revision(NewRevision { splice: true, ..wanted("new1", "1975") }).is_ok());
    let twice = NewRevision { heads: vec!["mail@head".into(), "27ff".into()], ..wanted("new1", "") };
    assert!(matches!(map.new_revision(twice), Err(RevisionError::DuplicateHead { .. })));
}

#[test]
fn long_histories_need_neither_stack_nor_patience() {
    let chain = |id: usize| RevisionNode {
        id: format!("r{id:05}"),
        down: id.checked_sub(1).map(|parent| format!("r{parent:05}")).into_iter().collect(),
        ..RevisionNode::default()
    };
    let map = RevisionMap::new((0..20_000).map(chain).collect()).unwrap();
    assert_eq!(map.upgrade_steps(NO_ROWS, &["head"]).unwrap().steps.len(), 20_000);
    assert_eq!(map.downgrade_steps(&["r19999"], "base").unwrap().steps.len(), 20_000);
    let mut ring: Vec<RevisionNode> = (0..20_000).map(chain).collect();
    ring[0].down = vec!["r19999".into()];
    assert!(
        matches!(RevisionMap::new(ring), Err(RevisionError::Cycle { revisions }) if revisions.len() == 20_000)
    );
}
