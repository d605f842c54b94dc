//! Branch labels spread from the revision that declares them over its branch.

use super::RevisionMap;
use super::lineage::{Links, Positions};
use super::map::{Entry, Position};

/// Spreads every label to all descendants. Where the branch is one unforked line up to its head, the label also
/// goes down the line, to the fork or merge that it came out of, so that labelling the newest revision of a
/// branch labels the branch. A dependency counts as a fork.
pub(super) fn spread(map: &mut RevisionMap) {
    for start in 0..map.entries.len() {
        let Some(labels) = map.entries.get(start).map(|entry| entry.node.branch_labels.clone()) else {
            continue;
        };
        if labels.is_empty() {
            continue;
        }
        let mut branch = map.descendants(&[start], Links::Lineage);
        if branch.iter().all(|member| map.entries.get(member).is_some_and(is_plain)) {
            extend_downwards(map, start, &mut branch);
        }
        for member in branch.iter() {
            if let Some(entry) = map.entries.get_mut(member) {
                entry.labels.extend(labels.iter().cloned());
            }
        }
    }
}

fn extend_downwards(map: &RevisionMap, start: Position, branch: &mut Positions) {
    let mut at = start;
    while let [parent] = map.below(at, Links::Lineage)
        && map.entries.get(*parent).is_some_and(is_plain)
    {
        branch.insert(*parent);
        at = *parent;
    }
}

/// Neither a fork nor a merge.
fn is_plain(entry: &Entry) -> bool {
    entry.needed_by.len() <= 1 && entry.parents.len() <= 1
}
