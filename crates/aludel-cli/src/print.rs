//! How a revision is written on a terminal: on one line, or in full. Mirrors Alembic's `Script.cmd_format`.

use aludel_migrate::revision::{RevisionMap, RevisionNode};

/// A revision in its graph, seen with the rows of the version table where those are known.
#[derive(Clone, Copy)]
pub(crate) struct Printer<'m> {
    pub(crate) map: &'m RevisionMap,
    pub(crate) current: Option<&'m [String]>,
    pub(crate) verbose: bool,
}

impl Printer<'_> {
    /// `1975ea83b712 (head), create users`, or in full where that was asked for.
    pub(crate) fn named(&self, node: &RevisionNode) -> String {
        if self.verbose {
            return self.full(node);
        }
        format!("{}{}{}", node.id, self.marks(node), comma(&node.message))
    }

    /// `1975ea83b712 -> ae1027a6acf (head), add email`, or in full where that was asked for.
    pub(crate) fn step(&self, node: &RevisionNode) -> String {
        if self.verbose {
            return self.full(node);
        }
        let from = if node.down.is_empty() { "<base>".to_owned() } else { node.down.join(", ") };
        let depends = if node.depends_on.is_empty() {
            String::new()
        } else {
            format!(" (depends on {})", node.depends_on.join(", "))
        };
        format!("{from} -> {}{}{depends}{}", node.id, self.marks(node), comma(&node.message))
    }

    /// A branch point on one line and each of its followers on another.
    pub(crate) fn branch_point(&self, node: &RevisionNode) -> String {
        let mut text = self.named(node);
        for child in self.map.children(&node.id) {
            let line = Printer { verbose: false, ..*self }.named(child);
            text.push_str(&format!("\n    -> {line}"));
        }
        text
    }

    /// All that is known about a revision.
    pub(crate) fn full(&self, node: &RevisionNode) -> String {
        let mut lines = vec![format!("Revision: {}{}", node.id, self.marks(node))];
        let mut add = |label: &str, value: String| {
            if !value.is_empty() {
                lines.push(format!("{label}: {value}"));
            }
        };
        add("Revises", if node.down.is_empty() { "<base>".to_owned() } else { node.down.join(", ") });
        add("Branch labels", self.map.branch_labels(&node.id).collect::<Vec<_>>().join(", "));
        add("Depends on", node.depends_on.join(", "));
        let children: Vec<&str> = self.map.children(&node.id).iter().map(|child| child.id.as_str()).collect();
        if children.len() > 1 {
            add("Branches into", children.join(", "));
        }
        add("Created", node.create_date.clone().unwrap_or_default());
        add("File", node.file.clone());
        if !node.message.is_empty() {
            lines.push(format!("\n    {}", node.message));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn marks(&self, node: &RevisionNode) -> String {
        let id = node.id.as_str();
        let is_current = self.current.is_some_and(|rows| rows.iter().any(|row| row == id));
        let mut text = String::new();
        let declared = node.branch_labels.join(", ");
        if !declared.is_empty() {
            text.push_str(&format!(" [{declared}]"));
        }
        for (is, mark) in [
            (is_current, "current"),
            (self.map.is_effective_head(id), "effective head"),
            (self.map.is_head(id) && !self.map.is_effective_head(id), "head"),
            (self.map.is_branch_point(id), "branch point"),
            (self.map.is_merge_point(id), "merge point"),
        ] {
            if is {
                text.push_str(&format!(" ({mark})"));
            }
        }
        text
    }
}

fn comma(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(", {message}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str, down: &[&str], message: &str) -> RevisionNode {
        RevisionNode {
            id: id.into(),
            down: down.iter().map(|id| (*id).to_owned()).collect(),
            message: message.into(),
            ..RevisionNode::default()
        }
    }

    fn map() -> RevisionMap {
        let mut billing = node("c3c3", &["a1a1"], "add invoices");
        billing.branch_labels = vec!["billing".into()];
        RevisionMap::new(vec![node("a1a1", &[], "create users"), node("b2b2", &["a1a1"], ""), billing])
            .unwrap()
    }

    #[test]
    fn one_line_says_where_a_revision_stands() {
        let map = map();
        let rows = ["b2b2".to_owned()];
        let printer = Printer { map: &map, current: Some(&rows), verbose: false };
        let lines: Vec<String> = map.iter().map(|node| printer.step(node)).collect();
        assert_eq!(
            lines,
            [
                "<base> -> a1a1 (branch point), create users",
                "a1a1 -> b2b2 (current) (head)",
                "a1a1 -> c3c3 [billing] (head), add invoices",
            ]
        );
        assert_eq!(
            printer.branch_point(map.get("a1a1").unwrap()),
            "a1a1 (branch point), create users\n    -> b2b2 (current) (head)\n    -> c3c3 [billing] (head), add invoices"
        );
    }

    #[test]
    fn in_full_only_what_is_known_is_said() {
        let map = map();
        let printer = Printer { map: &map, current: None, verbose: true };
        assert_eq!(
            printer.named(map.get("c3c3").unwrap()),
            "Revision: c3c3 [billing] (head)\nRevises: a1a1\nBranch labels: billing\n\n    add invoices\n"
        );
    }
}
