//! Building a [`RevisionMap`]: names are checked, links resolved, circles refused.

use std::collections::BTreeMap;

use super::lineage::Links;
use super::map::{Entry, Position, origin};
use super::nearest::nearest;
use super::{RevisionError, RevisionMap, RevisionNode, cycle, labels};

/// What a specifier is made of; no id may hold these.
const MARKS_IN_IDS: [char; 4] = ['@', '-', '+', ':'];
/// A label stands before the `@` of a specifier, so it can hold a dash.
const MARKS_IN_LABELS: [char; 3] = ['@', '+', ':'];
const RESERVED: [&str; 4] = ["head", "heads", "base", "current"];

impl RevisionMap {
    /// Builds the graph. The order of `nodes` decides wherever several orders are right.
    ///
    /// # Errors
    /// Empty, repeated, reserved or ill-formed ids and labels; a parent or a dependency that no node declares; a
    /// revision that is its own ancestor. Alembic merely warns of repeated ids and missing parents, and then
    /// computes wrong heads or fails.
    pub fn new(nodes: Vec<RevisionNode>) -> Result<RevisionMap, RevisionError> {
        let mut names = BTreeMap::new();
        for (position, node) in nodes.iter().enumerate() {
            check_id(node)?;
            names.insert(node.id.clone(), position);
        }
        check_repeated(&nodes, &names)?;
        for (position, node) in nodes.iter().enumerate() {
            for label in &node.branch_labels {
                check_label(label, node)?;
                if let Some(first) = names.insert(label.clone(), position).and_then(|taken| nodes.get(taken))
                {
                    let (first, second) = (origin(first), origin(node));
                    return Err(RevisionError::DuplicateLabel { label: label.clone(), first, second });
                }
            }
        }
        let entries = link(nodes, &names)?;
        let mut map = RevisionMap { entries, names };
        cycle::rank(&mut map)?;
        map.leave_out_inherited_dependencies();
        labels::spread(&mut map);
        Ok(map)
    }

    /// A dependency that an ancestor has already is not a link of its own: the version table must not count it.
    fn leave_out_inherited_dependencies(&mut self) {
        for position in 0..self.entries.len() {
            let Some(entry) = self.entries.get(position).filter(|entry| !entry.dependencies.is_empty())
            else {
                continue;
            };
            let mut needs = entry.parents.clone();
            let inherited: Vec<Position> = self
                .ancestors(&entry.parents, Links::Lineage)
                .iter()
                .filter_map(|ancestor| self.entries.get(ancestor))
                .flat_map(|ancestor| ancestor.dependencies.iter().copied())
                .collect();
            for dependency in &entry.dependencies {
                if !inherited.contains(dependency) && !needs.contains(dependency) {
                    needs.push(*dependency);
                }
            }
            if let Some(entry) = self.entries.get_mut(position) {
                entry.needs = needs;
            }
        }
    }
}

fn check_id(node: &RevisionNode) -> Result<(), RevisionError> {
    if node.id.is_empty() {
        return Err(RevisionError::EmptyId { file: node.file.clone() });
    }
    check_name(&node.id, node, &MARKS_IN_IDS)
}

fn check_label(label: &str, node: &RevisionNode) -> Result<(), RevisionError> {
    if label.is_empty() {
        return Err(RevisionError::ReservedName { name: String::new(), at: origin(node) });
    }
    check_name(label, node, &MARKS_IN_LABELS)
}

fn check_name(name: &str, node: &RevisionNode, marks: &[char]) -> Result<(), RevisionError> {
    let illegal: String = marks.iter().filter(|mark| name.contains(**mark)).collect();
    if !illegal.is_empty() {
        let (name, at) = (name.to_string(), origin(node));
        return Err(RevisionError::IllegalCharacters { name, characters: illegal, at });
    }
    if RESERVED.contains(&name) {
        return Err(RevisionError::ReservedName { name: name.to_string(), at: origin(node) });
    }
    Ok(())
}

fn check_repeated(nodes: &[RevisionNode], names: &BTreeMap<String, Position>) -> Result<(), RevisionError> {
    // The last node of an id holds the name, so any other position with that id is a repetition.
    let repeated = nodes
        .iter()
        .enumerate()
        .find(|(position, node)| names.get(&node.id).is_some_and(|last| last != position));
    let Some((_, repeated)) = repeated else { return Ok(()) };
    let files = nodes.iter().filter(|node| node.id == repeated.id).map(|node| node.file.clone()).collect();
    Err(RevisionError::DuplicateId { id: repeated.id.clone(), files })
}

fn link(nodes: Vec<RevisionNode>, names: &BTreeMap<String, Position>) -> Result<Vec<Entry>, RevisionError> {
    let mut entries = Vec::with_capacity(nodes.len());
    for (position, node) in nodes.iter().enumerate() {
        let (mut parents, mut dependencies) = (Vec::new(), Vec::new());
        for parent in &node.down {
            // A parent is named by its id; a label could move.
            let found = names.get(parent).filter(|found| nodes.get(**found).is_some_and(|n| n.id == *parent));
            let Some(found) = found else {
                let nearest = nearest(parent, nodes.iter().map(|node| node.id.as_str()));
                return Err(RevisionError::MissingParent {
                    at: origin(node),
                    parent: parent.clone(),
                    nearest,
                });
            };
            if *found == position {
                return Err(RevisionError::SelfLoop { at: origin(node) });
            }
            push_new(&mut parents, *found);
        }
        for dependency in &node.depends_on {
            let Some(found) = names.get(dependency) else {
                let nearest = nearest(dependency, names.keys().map(String::as_str));
                let (at, dependency) = (origin(node), dependency.clone());
                return Err(RevisionError::MissingDependency { at, dependency, nearest });
            };
            if *found == position {
                return Err(RevisionError::DependencySelfLoop { at: origin(node) });
            }
            push_new(&mut dependencies, *found);
        }
        let labels = node.branch_labels.iter().cloned().collect();
        entries.push(Entry { parents, dependencies, labels, ..Entry::default() });
    }
    for position in 0..entries.len() {
        let Some(entry) = entries.get_mut(position) else { continue };
        let parents = entry.parents.clone();
        let mut needs = parents.clone();
        entry.dependencies.iter().for_each(|dependency| push_new(&mut needs, *dependency));
        entry.needs = needs.clone();
        for parent in parents {
            if let Some(parent) = entries.get_mut(parent) {
                push_new(&mut parent.children, position);
            }
        }
        for needed in needs {
            if let Some(needed) = entries.get_mut(needed) {
                push_new(&mut needed.needed_by, position);
            }
        }
    }
    entries.iter_mut().zip(nodes).for_each(|(entry, node)| entry.node = node);
    Ok(entries)
}

fn push_new(list: &mut Vec<Position>, position: Position) {
    if !list.contains(&position) {
        list.push(position);
    }
}
