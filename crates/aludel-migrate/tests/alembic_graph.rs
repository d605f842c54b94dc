//! Every graph question that Alembic's own tests ask, answered by Aludel as by Alembic.

use std::collections::{BTreeMap, BTreeSet};

use aludel_migrate::revision::{
    ChangeKind, Direction, NewRevision, RangeOptions, RevisionError, RevisionMap, RevisionNode, RevisionStep,
    RevisionWarning,
};
use serde_json::{Value, json};

const CASES: &str = include_str!("data/graph.jsonl");

/// Cases where Aludel answers otherwise on purpose, and why.
const DIFFERENT: &[(&str, &str)] = &[
    ("command.CurrentTest.check_heads_fail.stamp.449e4d18", COVERED_ROW),
    ("command.StampMultipleHeadsTest.sql_stamp_multi_rev_nonsensical.stamp.36b14495", COVERED_ROW),
    ("command.StampMultipleHeadsTest.stamp_purge.stamp.b9e49f97", COVERED_ROW),
];

const COVERED_ROW: &str = "one target stands on another: Alembic writes a row for both, which its next upgrade refuses as \
    overlapping; Aludel writes what is there after the corresponding upgrades";

#[test]
fn every_case_is_answered_as_by_alembic() {
    let mut failures = Vec::new();
    let mut agreed = 0;
    let mut different: BTreeSet<&str> = DIFFERENT.iter().map(|(id, _)| *id).collect();
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).expect("a case is one line of JSON");
        let id = text(&case["id"]);
        let answer = answer(&case);
        let expected = normal(&case["expect"]);
        match (answer == expected, different.remove(id.as_str())) {
            (true, false) => agreed += 1,
            (false, true) => {}
            (true, true) => failures.push(format!("{id}: listed as different, but agrees")),
            (false, false) => failures.push(format!(
                "{id}\n  {}\n  {}\n  expected {expected}\n  answered {answer}",
                case["args"], case["current"]
            )),
        }
    }
    assert!(different.is_empty(), "listed as different, but no case: {different:?}");
    assert!(
        failures.is_empty(),
        "{} of {} cases:\n{}",
        failures.len(),
        failures.len() + agreed,
        failures.join("\n")
    );
    assert!(agreed > 800, "only {agreed} cases were run");
}

fn answer(case: &Value) -> Value {
    answered(case).unwrap_or_else(|error| {
        assert!(!error.to_string().is_empty());
        json!({ "error": kind(&error) })
    })
}

fn answered(case: &Value) -> Result<Value, RevisionError> {
    let map = RevisionMap::new(case["revisions"].as_array().into_iter().flatten().map(node).collect())?;
    let args = &case["args"];
    let current = list(&case["current"]);
    Ok(match text(&case["call"]).as_str() {
        "load" => json!({}),
        "heads" if args["effective"] == json!(true) => revisions(map.real_heads()),
        "heads" => revisions(map.heads()),
        "bases" => revisions(map.bases()),
        "branch_points" => revisions(map.branch_points()),
        "merge_points" => revisions(map.merge_points()),
        "labels" => {
            let labels = |node: &RevisionNode| {
                (node.id.clone(), map.branch_labels(&node.id).map(str::to_string).collect())
            };
            let labels: BTreeMap<String, Vec<String>> = map.iter().map(labels).collect();
            json!({ "labels": labels.into_iter().filter(|(_, labels)| !labels.is_empty()).collect::<BTreeMap<_, _>>() })
        }
        "lineage" => revisions(map.sharing_lineage(
            &list(&args["among"]),
            &text(&args["of"]),
            args["include_dependencies"] == json!(true),
        )?),
        "bases_of" => revisions(map.bases_of(&text(&args["id"]))?),
        "resolve" => {
            let found = list(&args["id"]).iter().map(|id| map.resolve(id)).collect::<Result<Vec<_>, _>>()?;
            revisions(found.into_iter().flatten().collect())
        }
        "resolve_one" => revisions(map.resolve_one(&text(&args["id"]))?.into_iter().collect()),
        "head" => revisions(map.head(args["branch"].as_str())?.into_iter().collect()),
        "walk" => revisions(
            map.history(Some(&format!("{}:{}", text(&args["base"]), text(&args["head"]))), NO_ROWS)?,
        ),
        "history" => revisions(map.history(args["range"].as_str(), Some(&current))?),
        "current" => sorted_revisions(map.current(&current)?),
        "iterate" => {
            let options = RangeOptions {
                inclusive: args["inclusive"] == json!(true),
                implicit_base: args["implicit_base"] == json!(true),
                select_for_downgrade: args["downgrade"] == json!(true),
                clip: args["strict_relative"] == json!(false),
            };
            let range = map.iterate_revisions(&list(&args["upper"]), &list(&args["lower"]), options)?;
            with_warnings(revisions(range.revisions), &range.warnings)
        }
        "new_revision" => {
            let wanted = NewRevision {
                id: text(&args["id"]),
                heads: list(&args["head"]),
                splice: args["splice"] == json!(true),
                branch_labels: list(&args["labels"]),
                depends_on: list(&args["depends_on"]),
                ..NewRevision::default()
            };
            let node = map.new_revision(wanted)?;
            let mut after = map.clone();
            after.add(node.clone())?;
            let mut heads = json!(after.heads().iter().map(|node| &node.id).collect::<Vec<_>>());
            sort(&mut heads);
            json!({
                "revision": {
                    "id": node.id, "down": node.down, "labels": node.branch_labels, "depends_on": node.depends_on
                },
                "heads": heads,
            })
        }
        "upgrade" | "downgrade" => {
            let steps = match text(&case["call"]).as_str() {
                "upgrade" => map.upgrade_steps(&current, &list(&args["target"]))?,
                _ => map.downgrade_steps(&current, &text(&args["target"]))?,
            };
            let rows = steps.steps.iter().map(|step| {
                let mut row = row(step.direction, &step.from, &step.to, kind_of_row(step), &step.heads);
                row["revision"] = json!(step.revision);
                row
            });
            with_warnings(json!({ "steps": rows.collect::<Vec<_>>() }), &steps.warnings)
        }
        "stamp" => {
            let steps = map.stamp_steps(&current, &list(&args["target"]))?;
            let rows = steps
                .iter()
                .map(|step| row(step.direction, &step.from, &step.to, step.change.kind(), &step.heads));
            json!({ "steps": rows.collect::<Vec<_>>() })
        }
        other => panic!("no such call: {other}"),
    })
}

const NO_ROWS: Option<&[&str]> = None;

/// What is expected, in the form in which answers are given: errors by kind, warnings by number, and the lists that have no
/// order sorted.
fn normal(expected: &Value) -> Value {
    let mut expected = expected.clone();
    if let Some(kind) = expected["error"]["kind"].as_str() {
        return json!({ "error": kind });
    }
    if let Some(steps) = expected.get_mut("steps").and_then(Value::as_array_mut) {
        for step in steps {
            for field in ["from", "to", "heads"] {
                sort(&mut step[field]);
            }
        }
    }
    if let Some(labels) = expected.get_mut("labels").and_then(Value::as_object_mut) {
        labels.retain(|_, labels| labels != &json!([]));
    }
    if let Some(warnings) = expected["warnings"].as_array() {
        expected["warnings"] = json!(warnings.len());
    }
    if let Some(fields) = expected.as_object_mut()
        && fields.remove("order").is_some()
    {
        sort(&mut expected["revisions"]);
    }
    expected
}

/// Alembic says that a merge is undone even where only one of the rows comes back, because other rows cover the rest.
fn kind_of_row(step: &RevisionStep) -> ChangeKind {
    match step.change.kind() {
        ChangeKind::Update if step.direction == Direction::Down && step.to.len() > 1 => ChangeKind::Unmerge,
        kind => kind,
    }
}

fn row(direction: Direction, from: &[String], to: &[String], change: ChangeKind, heads: &[String]) -> Value {
    let mut row = json!({
        "direction": match direction { Direction::Up => "up", Direction::Down => "down" },
        "from": from,
        "to": to,
        "row": format!("{change:?}").to_lowercase(),
        "heads": heads,
    });
    for field in ["from", "to", "heads"] {
        sort(&mut row[field]);
    }
    row
}

fn kind(error: &RevisionError) -> &'static str {
    use RevisionError::*;
    match error {
        MultipleHeads { .. } => "multiple_heads",
        UnknownRevision { .. } => "no_such_revision",
        NotInBranch { .. } => "not_in_branch",
        Overlapping { .. } | OverlappingRows { .. } => "overlapping_targets",
        NotAncestor { .. } | NotADowngradeTarget { .. } => "not_ancestor",
        RelativeOutOfRange { .. } => "relative_out_of_range",
        Cycle { .. } => "cycle",
        DependencyCycle { .. } => "dependency_cycle",
        SelfLoop { .. } => "self_loop",
        DependencySelfLoop { .. } => "dependency_self_loop",
        DuplicateLabel { .. } => "duplicate_label",
        NotAHead { .. } => "not_a_head",
        other => panic!("Alembic has no such error: {other:?} {other}"),
    }
}

fn with_warnings(mut answer: Value, warnings: &[RevisionWarning]) -> Value {
    if !warnings.is_empty() {
        answer["warnings"] = json!(warnings.len());
    }
    answer
}

fn revisions(nodes: Vec<&RevisionNode>) -> Value {
    json!({ "revisions": nodes.iter().map(|node| &node.id).collect::<Vec<_>>() })
}

fn sorted_revisions(nodes: Vec<&RevisionNode>) -> Value {
    let mut answer = revisions(nodes);
    sort(&mut answer["revisions"]);
    answer
}

fn sort(list: &mut Value) {
    if let Some(list) = list.as_array_mut() {
        list.sort_by_key(text);
    }
}

fn node(revision: &Value) -> RevisionNode {
    RevisionNode {
        id: text(&revision["id"]),
        down: list(&revision["down"]),
        branch_labels: list(&revision["labels"]),
        depends_on: list(&revision["depends_on"]),
        ..RevisionNode::default()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

/// A list of texts; a single text counts as a list of one.
fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        Value::String(item) => vec![item.clone()],
        _ => Vec::new(),
    }
}
