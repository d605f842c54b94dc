//! Schema statements on real databases: what is asserted as text is run, each case in a place of its own.

use aludel::Connection;
use aludel::prelude::*;

use crate::constructs::{Construct, constructs};

#[test]
fn sqlite_takes_every_schema_statement() {
    run_each(0, |_| Engine::new("sqlite://").unwrap().connect().wait().unwrap());
}

/// Runs the statements of every case that has some; `connect` gives each case an empty place.
pub(crate) fn run_each(dialect: usize, mut connect: impl FnMut(usize) -> Connection) {
    let (mut wrong, mut run) = (String::new(), 0);
    for (number, Construct(name, render, expected)) in constructs().enumerate() {
        if expected[dialect].starts_with("error: ") {
            continue;
        }
        run += 1;
        let mut connection = connect(number);
        let statements = match render(connection.dialect().as_ref()) {
            Ok(statements) => statements,
            Err(error) => {
                wrong += &format!("{name}: this server's dialect refuses it: {error}\n");
                continue;
            }
        };
        let text: String = statements.iter().map(|sql| format!("{sql};\n")).collect();
        if text.trim() != expected[dialect].trim() {
            wrong += &format!("{name}: this server's dialect writes {text}\n");
        }
        for sql in statements {
            if let Err(error) = connection.execute_script(&sql).wait() {
                wrong += &format!("{name}: {error}\n{sql}\n");
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(run > 20, "only {run} cases were run");
}
