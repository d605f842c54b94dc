//! The layout against rustfmt itself, on random expressions.

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::super::code::{Code, atom, call, text};
use super::{assigned, statement};

fn leaf() -> impl Strategy<Value = Code> {
    prop_oneof![
        3 => "[a-z_]{1,24}".prop_map(|name| text(&name)),
        1 => Just(atom("ReferentialAction::Cascade")),
        1 => (0..100_000_u32).prop_map(|number| atom(number.to_string())),
        1 => Just(atom("Cascade")),
    ]
}

fn names() -> impl Strategy<Value = Code> {
    prop_oneof![prop::collection::vec("[a-z_]{1,8}", 1..14), prop::collection::vec("[a-z_]{1,20}", 1..5),]
        .prop_map(|names| Code::Array(names.iter().map(|name| text(name)).collect()))
}

fn expression() -> impl Strategy<Value = Code> {
    let simple = prop_oneof![4 => leaf(), 1 => names()];
    simple.prop_recursive(5, 40, 5, |inner| {
        let arguments = || prop::collection::vec(inner.clone(), 0..3);
        let called = ("[a-z_]{2,14}", arguments()).prop_map(|(name, arguments)| call(&name, arguments));
        let chained =
            (("[a-z_]{2,14}", arguments()), prop::collection::vec(("[a-z_]{2,14}", arguments()), 1..5))
                .prop_map(|((name, arguments), steps)| {
                    steps
                        .into_iter()
                        .fold(call(&name, arguments), |code, (name, arguments)| code.then(&name, arguments))
                });
        prop_oneof![called, chained]
    })
}

fn steps() -> impl Strategy<Value = Code> {
    let arguments = || prop::collection::vec(expression(), 1..3);
    let more = prop::collection::vec(("[a-z_]{3,12}", arguments()), 0..4);
    ("[a-z_]{6,16}", arguments(), more).prop_map(|(name, arguments, more)| {
        more.into_iter()
            .fold(atom("op").then(&name, arguments), |code, (name, arguments)| code.then(&name, arguments))
    })
}

/// rustfmt's own form of a source; nothing where rustfmt is not installed.
fn rustfmt(source: &str) -> Option<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "max_width=100,use_small_heuristics=Default"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(source.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn stays_as_rustfmt_has_it() {
    let count = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300);
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let mut source = String::new();
    for index in 0..count {
        let Ok(code) = steps().new_tree(&mut runner) else { continue };
        source.push_str(&format!("fn f{index}() {{\n    {};\n}}\n\n", statement(&code.current(), 4)));
        let Ok(code) = expression().new_tree(&mut runner) else { continue };
        let code = Code::Borrow(Box::new(code.current()));
        source.push_str(&format!(
            "pub const C{index}: Revision ={};\n\n",
            assigned(&code, 23 + index.to_string().len())
        ));
    }
    let source = source.trim_end().to_owned() + "\n";
    let Some(formatted) = rustfmt(&source) else {
        println!("skipped: rustfmt is not installed");
        return;
    };
    let differing = source.split("\n\n").zip(formatted.split("\n\n")).filter(|(ours, theirs)| ours != theirs);
    let differing: Vec<String> =
        differing.map(|(ours, theirs)| format!("{ours}\n-- rustfmt:\n{theirs}")).collect();
    assert!(
        differing.is_empty(),
        "{} differ, as in\n{}",
        differing.len(),
        differing[..differing.len().min(12)].join("\n\n")
    );
}
