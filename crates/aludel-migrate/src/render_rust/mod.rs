//! Steps as the Rust of a revision file. Mirrors Alembic's `autogenerate.render` and its script template.
//!
//! What is rendered compiles to the plan that it came from, and rustfmt leaves it as it is. Two things are not
//! written: what a dropped object was (the other half of the file says it), and steps that hold compiled code.

mod code;
mod constraints;
mod error;
mod layout;
mod schema;
mod steps;
mod types;

use aludel_sql::Dialect;

use crate::operation::Operation;
use code::{Code, call, text, texts};

pub use error::RenderError;

/// What a revision file says.
#[derive(Clone, Debug, Default)]
pub struct RevisionFile<'a> {
    /// What the revision is about, for people.
    pub message: &'a str,
    /// The revision's id.
    pub id: &'a str,
    /// The ids of the revisions that it follows; several for a merge.
    pub parents: &'a [String],
    /// Branch labels that begin here.
    pub branch_labels: &'a [String],
    /// Revisions of other branches that have to run first.
    pub depends_on: &'a [String],
    /// When it was made, as text.
    pub create_date: &'a str,
    /// The steps up.
    pub upgrade: &'a [Operation],
    /// The steps down.
    pub downgrade: &'a [Operation],
}

/// The text of a revision file. Server defaults that Rust cannot say are written in the dialect's words.
///
/// # Errors
/// For steps that hold compiled code, which has no text.
pub fn render_revision(file: &RevisionFile<'_>, dialect: &dyn Dialect) -> Result<String, RenderError> {
    let mut out = String::new();
    push_docs(file, &mut out);
    out.push_str("\nuse aludel::migrate::prelude::*;\n\n");
    let before = "pub const REVISION: Revision =";
    out.push_str(before);
    out.push_str(&layout::assigned(&identity(file), before.len()));
    out.push_str(";\n");
    for (name, steps) in [("upgrade", file.upgrade), ("downgrade", file.downgrade)] {
        out.push('\n');
        if steps.is_empty() {
            out.push_str(&format!("pub fn {name}(_op: &mut Operations) {{}}\n"));
            continue;
        }
        out.push_str(&format!("pub fn {name}(op: &mut Operations) {{\n"));
        out.push_str(&render_steps(steps, 4, dialect)?);
        out.push_str("}\n");
    }
    Ok(out)
}

/// Steps as statements, one or more lines each, at an indent.
///
/// # Errors
/// As for [`render_revision`].
pub fn render_steps(
    steps: &[Operation],
    indent: usize,
    dialect: &dyn Dialect,
) -> Result<String, RenderError> {
    let mut out = String::new();
    for step in steps {
        let code = steps::step(step, dialect)?;
        out.push_str(&format!("{:indent$}{};\n", "", layout::statement(&code, indent)));
    }
    Ok(out)
}

fn push_docs(file: &RevisionFile<'_>, out: &mut String) {
    let message = if file.message.trim().is_empty() { "empty message" } else { file.message.trim() };
    for line in message.lines() {
        push_doc(line, out);
    }
    push_doc("", out);
    push_doc(&format!("Revision ID: {}", file.id), out);
    push_doc(&format!("Revises: {}", file.parents.join(", ")), out);
    push_doc(&format!("Create Date: {}", file.create_date), out);
}

/// One line of the file's documentation. The compiler refuses characters that turn the direction of what is read.
fn push_doc(line: &str, out: &mut String) {
    let plain: String =
        line.chars().map(|letter| if code::is_unreadable(letter) { ' ' } else { letter }).collect();
    let plain = plain.trim();
    out.push_str(if plain.is_empty() { "//!" } else { "//! " });
    out.push_str(plain);
    out.push('\n');
}

fn identity(file: &RevisionFile<'_>) -> Code {
    let list = |items: &[String]| Code::Borrow(Box::new(texts(items)));
    let mut code = call("Revision::new", [text(file.id)]);
    match file.parents {
        [] => {}
        [parent] => code = code.then("revises", [text(parent)]),
        several => code = code.then("merges", [list(several)]),
    }
    if !file.branch_labels.is_empty() {
        code = code.then("branch_labels", [list(file.branch_labels)]);
    }
    if !file.depends_on.is_empty() {
        code = code.then("depends_on", [list(file.depends_on)]);
    }
    code
}
