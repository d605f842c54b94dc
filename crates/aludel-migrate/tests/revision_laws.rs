//! Laws of the revision graph, held against random graphs: every step runs after what it needs, each revision runs
//! once each way, and the version table's rows are always the real heads of what has run.

use std::collections::BTreeSet;

use aludel_migrate::revision::{Direction, RevisionMap, RevisionNode, RevisionStep, VersionChange};
use proptest::prelude::*;
use proptest::sample::Index;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn up_to_the_heads_and_down_to_the_base_runs_everything_once_each_way(nodes in graph()) {
        let map = RevisionMap::new(nodes.clone()).unwrap();
        let mut database = Database::new(&nodes);

        let up = map.upgrade_steps(&database.table(), &["heads"]).unwrap();
        prop_assert!(up.warnings.is_empty());
        database.run(&up.steps)?;
        let order: Vec<&str> = up.steps.iter().map(|step| step.revision.as_str()).collect();
        prop_assert_eq!(order.len(), nodes.len());
        prop_assert_eq!(&database.applied, &order.iter().map(|id| id.to_string()).collect());
        let heads: BTreeSet<String> = map.real_heads().iter().map(|node| node.id.clone()).collect();
        prop_assert_eq!(&database.rows, &heads);
        prop_assert!(map.upgrade_steps(&database.table(), &["heads"]).unwrap().steps.is_empty());

        let down = map.downgrade_steps(&database.table(), "base").unwrap();
        database.run(&down.steps)?;
        prop_assert_eq!(down.steps.len(), nodes.len());
        prop_assert!(database.applied.is_empty());
        prop_assert!(database.rows.is_empty());
    }

    #[test]
    fn any_walk_keeps_the_rows_at_the_real_heads(nodes in graph(), goals in prop::collection::vec(any::<Index>(), 1..6)) {
        let map = RevisionMap::new(nodes.clone()).unwrap();
        let mut database = Database::new(&nodes);
        for (turn, goal) in goals.iter().enumerate() {
            let goal = goal.get(&nodes);
            let is_applied = database.applied.contains(&goal.id);
            if turn % 2 == 0 {
                let up = map.upgrade_steps(&database.table(), &[&goal.id]).unwrap();
                prop_assert_eq!(up.steps.is_empty(), is_applied);
                database.run(&up.steps)?;
                prop_assert!(database.applied.contains(&goal.id));
            } else {
                let mut above = map.children(&goal.id).into_iter().map(|child| &child.id);
                match map.downgrade_steps(&database.table(), &goal.id) {
                    Ok(down) => database.run(&down.steps)?,
                    Err(error) => {
                        // It hasn't run, or it has and only dependents of other branches stand on it.
                        let is_reverted = above.clone().any(|child| database.applied.contains(child));
                        prop_assert!(!is_applied || !is_reverted, "{}", error);
                    }
                }
                let left = above.find(|child| database.applied.contains(*child));
                prop_assert!(!is_applied || left.is_none(), "{:?} is still there", left);
                prop_assert_eq!(database.applied.contains(&goal.id), is_applied);
            }
        }
    }

    #[test]
    fn one_step_up_and_one_step_down_meet(nodes in graph(), goal in any::<Index>()) {
        let map = RevisionMap::new(nodes.clone()).unwrap();
        let mut database = Database::new(&nodes);
        database.run(&map.upgrade_steps(&database.table(), &[&goal.get(&nodes).id]).unwrap().steps)?;
        let before = database.rows.clone();
        let Ok(up) = map.upgrade_steps(&database.table(), &["+1"]) else { return Ok(()) };
        let Some(last) = up.steps.last() else { return Ok(()) };
        let last = last.revision.clone();
        database.run(&up.steps)?;
        if up.steps.len() == 1 && map.get(&last).is_some_and(|node| node.down.len() == 1) {
            database.run(&map.downgrade_steps(&database.table(), &format!("{last}-1")).unwrap().steps)?;
            prop_assert_eq!(&database.rows, &before);
        }
    }

    #[test]
    fn a_stamp_leaves_rows_that_an_upgrade_accepts(nodes in graph(), goals in prop::collection::vec(any::<Index>(), 1..4)) {
        let map = RevisionMap::new(nodes.clone()).unwrap();
        let mut database = Database::new(&nodes);
        for goal in &goals {
            let goal = &goal.get(&nodes).id;
            for step in map.stamp_steps(&database.table(), &[goal]).unwrap() {
                change(&mut database.rows, &step.change)?;
                prop_assert_eq!(&database.rows, &set(&step.heads));
            }
            prop_assert!(database.rows.contains(goal));
            database.applied = database.needed_by_rows();
            prop_assert_eq!(&database.rows, &database.real_heads());
        }
        let goals: Vec<&String> = goals.iter().map(|goal| &goal.get(&nodes).id).collect();
        let mut rows = BTreeSet::new();
        for step in map.stamp_steps(NO_ROWS, &goals).unwrap() {
            change(&mut rows, &step.change)?;
        }
        database.rows = rows;
        database.applied = database.needed_by_rows();
        prop_assert_eq!(&database.rows, &database.real_heads());
        prop_assert!(goals.iter().all(|goal| database.applied.contains(*goal)));
        database.run(&map.upgrade_steps(&database.table(), &["heads"]).unwrap().steps)?;
    }
}

const NO_ROWS: &[&str] = &[];

/// Graphs of up to twelve revisions with forks, merges, several bases and dependencies, in any order.
fn graph() -> impl Strategy<Value = Vec<RevisionNode>> {
    let node =
        (prop::collection::vec(any::<Index>(), 0..3), prop::collection::vec(any::<Index>(), 0..3), 0..4_u8);
    prop::collection::vec(node, 1..13).prop_map(build).prop_shuffle()
}

fn build(plan: Vec<(Vec<Index>, Vec<Index>, u8)>) -> Vec<RevisionNode> {
    let mut nodes: Vec<RevisionNode> = Vec::new();
    for (number, (parents, dependencies, luck)) in plan.into_iter().enumerate() {
        let pick = |choices: Vec<Index>| -> Vec<String> {
            if nodes.is_empty() {
                return Vec::new();
            }
            let ids: BTreeSet<String> = choices.iter().map(|choice| choice.get(&nodes).id.clone()).collect();
            ids.into_iter().collect()
        };
        let down = pick(parents);
        let depends_on = if luck == 0 { pick(dependencies) } else { Vec::new() };
        nodes.push(RevisionNode { id: format!("rev{number}"), down, depends_on, ..RevisionNode::default() });
    }
    nodes
}

/// What a database would have to do and to show, worked out from the nodes alone.
struct Database<'n> {
    nodes: &'n [RevisionNode],
    applied: BTreeSet<String>,
    rows: BTreeSet<String>,
}

impl<'n> Database<'n> {
    fn new(nodes: &'n [RevisionNode]) -> Self {
        Database { nodes, applied: BTreeSet::new(), rows: BTreeSet::new() }
    }

    fn run(&mut self, steps: &[RevisionStep]) -> Result<(), TestCaseError> {
        for step in steps {
            let id = &step.revision;
            match step.direction {
                Direction::Up => {
                    prop_assert!(
                        self.needs(id).all(|needed| self.applied.contains(needed)),
                        "{} runs too early",
                        id
                    );
                    prop_assert!(self.applied.insert(id.clone()), "{} runs twice", id);
                }
                Direction::Down => {
                    prop_assert!(self.applied.remove(id), "{} isn't there", id);
                    let mut left =
                        self.applied.iter().filter(|other| self.needs(other).any(|needed| needed == id));
                    prop_assert_eq!(left.next(), None, "needs {}", id);
                }
            }
            change(&mut self.rows, &step.change)?;
            prop_assert_eq!(&self.rows, &self.real_heads(), "after {}", id);
            prop_assert_eq!(&self.rows, &set(&step.heads));
        }
        Ok(())
    }

    fn table(&self) -> Vec<String> {
        self.rows.iter().cloned().collect()
    }

    fn needs(&self, id: &str) -> impl Iterator<Item = &'n String> + use<'n> {
        let node = self.nodes.iter().find(|node| node.id == id);
        node.into_iter().flat_map(|node| node.down.iter().chain(&node.depends_on))
    }

    fn real_heads(&self) -> BTreeSet<String> {
        let needed: BTreeSet<&String> = self.applied.iter().flat_map(|id| self.needs(id)).collect();
        self.applied.iter().filter(|id| !needed.contains(id)).cloned().collect()
    }

    fn needed_by_rows(&self) -> BTreeSet<String> {
        let mut todo: Vec<String> = self.rows.iter().cloned().collect();
        let mut needed = BTreeSet::new();
        while let Some(id) = todo.pop() {
            todo.extend(self.needs(&id).cloned());
            needed.insert(id);
        }
        needed
    }
}

/// What the version table does with a change, with the row counts that a server would tell.
fn change(rows: &mut BTreeSet<String>, change: &VersionChange) -> Result<(), TestCaseError> {
    for row in &change.delete {
        prop_assert!(rows.remove(row), "no row {} to delete", row);
    }
    if let Some((from, to)) = &change.update {
        prop_assert!(rows.remove(from), "no row {} to update", from);
        prop_assert!(rows.insert(to.clone()), "the row {} is there already", to);
    }
    for row in &change.insert {
        prop_assert!(rows.insert(row.clone()), "the row {} is there already", row);
    }
    Ok(())
}

fn set(rows: &[String]) -> BTreeSet<String> {
    rows.iter().cloned().collect()
}
