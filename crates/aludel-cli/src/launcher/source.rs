//! Reads revision files without compiling them, so that questions about the graph need no build.
//!
//! A file says who it is in `pub const REVISION: Revision = Revision::new("…").revises("…")`, written with literals, and
//! has the two functions `upgrade` and `downgrade`. What is wrong with it is said with its line and column.

use std::fs;
use std::path::Path;

use aludel_migrate::revision::{RevisionMap, RevisionNode};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprLit, ExprMethodCall, Item, ItemConst, Lit};

use super::versions;
use crate::failure::Failure;

/// The graph of the revision files in a folder.
///
/// # Errors
/// Where a file can't be read, is no revision, or the revisions make no graph.
pub(crate) fn revision_map(folder: &Path) -> Result<RevisionMap, Failure> {
    let mut nodes = Vec::new();
    for path in versions::files(folder)? {
        let text = fs::read_to_string(&path)
            .map_err(|error| Failure::error(format!("cannot read {}: {error}", path.display())))?;
        let mut node = parse(&text).map_err(|error| error.at(&path))?;
        node.file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        nodes.push(node);
    }
    Ok(RevisionMap::new(nodes)?)
}

/// What is wrong with a file, and where in it.
#[derive(Debug, PartialEq, Eq)]
struct SourceError {
    message: String,
    /// Line and column, both from 1; none where something is missing.
    place: Option<(usize, usize)>,
}

impl SourceError {
    fn new(span: Span, message: impl Into<String>) -> Self {
        let start = span.start();
        SourceError { message: message.into(), place: Some((start.line, start.column + 1)) }
    }

    fn missing(message: impl Into<String>) -> Self {
        SourceError { message: message.into(), place: None }
    }

    fn at(self, path: &Path) -> Failure {
        let place = self.place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
        Failure::error(format!("{}{place}: {}", path.display(), self.message))
    }
}

fn parse(text: &str) -> Result<RevisionNode, SourceError> {
    let file = syn::parse_file(text)
        .map_err(|error| SourceError::new(error.span(), format!("not Rust: {error}")))?;
    let mut node = None;
    let mut functions = Vec::new();
    for item in &file.items {
        match item {
            Item::Const(item) if item.ident == "REVISION" => node = Some(revision(item)?),
            Item::Fn(item) => functions.push(item.sig.ident.to_string()),
            _ => {}
        }
    }
    let Some(mut node) = node else {
        return Err(SourceError::missing(
            "the file has no `pub const REVISION: Revision = Revision::new(\"…\");`; a revision needs an id",
        ));
    };
    for wanted in ["upgrade", "downgrade"] {
        if !functions.iter().any(|name| name == wanted) {
            return Err(SourceError::missing(format!(
                "the file has no `pub fn {wanted}(op: &mut Operations)`; an empty one does nothing"
            )));
        }
    }
    (node.message, node.create_date) = head(text);
    Ok(node)
}

/// The message and the date of the comment at the top.
fn head(text: &str) -> (String, Option<String>) {
    let lines: Vec<&str> = text
        .lines()
        .map_while(|line| line.trim_start().strip_prefix("//!"))
        .map(str::trim)
        .skip_while(|line| line.is_empty())
        .collect();
    let paragraph: Vec<&str> = lines.iter().copied().take_while(|line| !line.is_empty()).collect();
    let date = lines.iter().find_map(|line| line.strip_prefix("Create Date:"));
    (paragraph.join(" "), date.map(|date| date.trim().to_owned()))
}

/// The value of `REVISION`: a chain of calls that starts with `Revision::new`.
fn revision(item: &ItemConst) -> Result<RevisionNode, SourceError> {
    let mut node = RevisionNode::default();
    let mut expression = &*item.expr;
    while let Expr::MethodCall(call) = expression {
        link(call, &mut node)?;
        expression = &call.receiver;
    }
    let Expr::Call(ExprCall { func, args, .. }) = expression else {
        return Err(not_literal(expression));
    };
    let is_new = matches!(&**func, Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "new"));
    match (is_new, args.first()) {
        (true, Some(argument)) if args.len() == 1 => node.id = text(argument)?,
        _ => return Err(not_literal(expression)),
    }
    Ok(node)
}

/// One call of the chain.
fn link(call: &ExprMethodCall, node: &mut RevisionNode) -> Result<(), SourceError> {
    let Some(argument) = call.args.first().filter(|_| call.args.len() == 1) else {
        return Err(not_literal(call));
    };
    match call.method.to_string().as_str() {
        "revises" => node.down = vec![text(argument)?],
        "merges" => node.down = texts(argument)?,
        "branch_labels" => node.branch_labels = texts(argument)?,
        "depends_on" => node.depends_on = texts(argument)?,
        other => {
            let message = format!(
                "a revision has no `{other}`; there are `revises`, `merges`, `branch_labels` and `depends_on`"
            );
            return Err(SourceError::new(call.method.span(), message));
        }
    }
    Ok(())
}

fn texts(expression: &Expr) -> Result<Vec<String>, SourceError> {
    let inner = match expression {
        Expr::Reference(reference) => &*reference.expr,
        other => other,
    };
    match inner {
        Expr::Array(array) => array.elems.iter().map(text).collect(),
        other => Err(not_literal(other)),
    }
}

fn text(expression: &Expr) -> Result<String, SourceError> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.value()),
        other => Err(not_literal(other)),
    }
}

fn not_literal(node: &impl Spanned) -> SourceError {
    SourceError::new(
        node.span(),
        "`REVISION` is read without compiling it, so it must be written with literals: \
         `Revision::new(\"…\").revises(\"…\")`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTIONS: &str =
        "pub fn upgrade(op: &mut Operations) {}\npub fn downgrade(_: &mut Operations) {}\n";

    fn with(revision: &str) -> Result<RevisionNode, SourceError> {
        parse(&format!("pub const REVISION: Revision = {revision};\n{FUNCTIONS}"))
    }

    fn wrong(text: &str) -> (String, Option<(usize, usize)>) {
        let error = parse(text).expect_err(text);
        (error.message, error.place)
    }

    #[test]
    fn a_file_says_who_it_is() {
        let node = parse(&format!(
            "//! create\n//! users\n//!\n//! Revision ID: a1\n//! Create Date: 2026-11-22 12:50:16 UTC\n\n\
             use aludel::migrate::prelude::*;\n\n\
             pub const REVISION: Revision =\n    Revision::new(\"a1\").merges(&[\"b2\", \"c3\"]).branch_labels(&[\"billing\"])\n\
             .depends_on(&[\"d4\"]);\n{FUNCTIONS}"
        ))
        .unwrap();
        assert_eq!(
            node,
            RevisionNode {
                id: "a1".into(),
                down: vec!["b2".into(), "c3".into()],
                branch_labels: vec!["billing".into()],
                depends_on: vec!["d4".into()],
                message: "create users".into(),
                create_date: Some("2026-11-22 12:50:16 UTC".into()),
                file: String::new(),
            }
        );
        assert_eq!(with("Revision::new(\"a1\").revises(\"b2\")").unwrap().down, ["b2"]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let (message, place) = wrong(FUNCTIONS);
        assert!(message.contains("no `pub const REVISION"), "{message}");
        assert_eq!(place, None);
        let (message, _) = wrong("const REVISION: Revision = Revision::new(\"a1\");\nfn upgrade() {}");
        assert!(message.contains("no `pub fn downgrade"), "{message}");
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        assert_eq!(wrong("fn upgrade( {\n").1, Some((1, 13)));
        let (message, place) = wrong("fn upgrade() {}\nfn downgrade() { let }");
        assert!(message.starts_with("not Rust: "), "{message}");
        assert_eq!(place, Some((2, 22)));
        for (revision, column) in [
            ("Revision::new(ID)", 46),
            ("make()", 32),
            ("Revision::new(\"a1\").revises(PARENT)", 60),
            ("Revision::new(\"a1\").merges(&PARENTS)", 60),
            ("Revision::new(\"a1\").follows(\"b2\")", 52),
            ("ID", 32),
        ] {
            let error = with(revision).expect_err(revision);
            assert_eq!(error.place, Some((1, column)), "{revision}: {}", error.message);
        }
    }
}
