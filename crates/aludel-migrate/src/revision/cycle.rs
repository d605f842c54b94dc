//! Circles are found and named; without them every revision gets its rank.

use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};

use super::lineage::{Links, Positions};
use super::map::Position;
use super::{RevisionError, RevisionMap};

/// Ranks every revision above all it stands on.
///
/// # Errors
/// [`RevisionError::Cycle`] where parents alone make a circle, [`RevisionError::DependencyCycle`] where they do
/// together with dependencies.
pub(super) fn rank(map: &mut RevisionMap) -> Result<(), RevisionError> {
    if let Some(circle) = circle(map, Links::Lineage) {
        return Err(RevisionError::Cycle {
            revisions: circle.into_iter().map(|at| map.origin(at)).collect(),
        });
    }
    let graph = graph(map, Links::All);
    // Links point downwards, so the sorted order is newest first.
    let Ok(newest_first) = toposort(&graph, None) else {
        let circle = circle(map, Links::All).unwrap_or_default();
        let revisions = circle.into_iter().map(|at| map.origin(at)).collect();
        return Err(RevisionError::DependencyCycle { revisions });
    };
    for (rank, index) in newest_first.into_iter().rev().enumerate() {
        if let Some(entry) = map.entries.get_mut(index.index()) {
            entry.rank = rank;
        }
    }
    Ok(())
}

/// The first circle, from its first revision in the map's order onwards.
fn circle(map: &RevisionMap, links: Links) -> Option<Vec<Position>> {
    let knots = kosaraju_scc(&graph(map, links));
    let knots = knots.into_iter().filter(|knot| knot.len() > 1);
    let knot = knots.min_by_key(|knot| knot.iter().min().copied())?;
    let members: Vec<Position> = knot.into_iter().map(NodeIndex::index).collect();
    let inside = Positions::of(map, &members);
    let (mut way, mut seen): (Vec<Position>, _) = (Vec::new(), Positions::none(map));
    let mut at = members.into_iter().min()?;
    // Inside a knot every way down leads round, so this ends where the way meets itself.
    while seen.insert(at) {
        way.push(at);
        at = map.below(at, links).iter().copied().find(|next| inside.contains(*next))?;
    }
    let start = way.iter().position(|passed| *passed == at)?;
    Some(way.split_off(start))
}

fn graph(map: &RevisionMap, links: Links) -> DiGraph<(), ()> {
    let mut graph = DiGraph::new();
    for _ in &map.entries {
        graph.add_node(());
    }
    for position in 0..map.entries.len() {
        for below in map.below(position, links) {
            graph.add_edge(NodeIndex::new(position), NodeIndex::new(*below), ());
        }
    }
    graph
}
