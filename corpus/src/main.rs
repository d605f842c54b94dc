//! `cargo xtask corpus`: compile a corpus of statements, and print how often the text is the expected one.

use std::path::PathBuf;
use std::process::ExitCode;

use aludel_corpus::case::{self, Case};
use aludel_corpus::floors::Bounds;
use aludel_corpus::judge::{Judged, judge};
use aludel_corpus::report;
use clap::{Arg, ArgMatches, Command, value_parser};

fn main() -> ExitCode {
    let matches = grammar().get_matches();
    match run(&matches) {
        Ok(findings) if findings.is_empty() => ExitCode::SUCCESS,
        Ok(findings) => {
            for finding in findings {
                eprintln!("{finding}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("corpus: {error}");
            ExitCode::from(2)
        }
    }
}

fn grammar() -> Command {
    let text = |name: &'static str, value: &'static str| Arg::new(name).long(name).value_name(value);
    let number = |name| text(name, "N").value_parser(value_parser!(usize));
    Command::new("corpus")
        .about("Compile a corpus of statements, and count how often the text is the expected one")
        .after_help(
            "Exit status: 0 the floors hold, 1 they don't, 2 wrong arguments or a file that cannot be read. \
             With --dialect or --case no floors are looked at.",
        )
        .arg(
            Arg::new("path")
                .value_name("PATH")
                .value_parser(value_parser!(PathBuf))
                .help("A .jsonl file or a folder of them; the repository's own cases otherwise"),
        )
        .arg(text("area", "AREA").help("Only the cases of this file"))
        .arg(text("dialect", "DIALECT").help("Only the cases of this dialect"))
        .arg(text("case", "ID").help("Only the cases whose id contains this"))
        .arg(number("show-differences").help("Print so many of the cases that do not agree"))
        .arg(number("show-reasons").help("Print the most frequent reasons why a case has no text"))
}

fn run(matches: &ArgMatches) -> Result<Vec<String>, String> {
    let given = matches.get_one::<PathBuf>("path");
    let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/cases"));
    let bounds = Bounds::of_repository()?;
    let text = |name| matches.get_one::<String>(name).map(String::as_str);
    let (area, dialect, id) = (text("area"), text("dialect"), text("case"));
    let wanted = |case: &Case| {
        area.is_none_or(|area| case.area == area)
            && dialect.is_none_or(|dialect| case.dialect == dialect)
            && id.is_none_or(|id| case.id.contains(id))
    };
    let mut cases = case::read(given.unwrap_or(&own))?;
    cases.retain(wanted);
    if cases.is_empty() {
        return Err("no case is left to be judged".to_owned());
    }
    let judged = cases.iter().map(judge).collect::<Result<Vec<Judged<'_>>, _>>()?;
    let number = |name| matches.get_one::<usize>(name).copied().unwrap_or_default();
    print!("{}", report::differences(&judged, &bounds, number("show-differences")));
    print!("{}", report::reasons(&judged, number("show-reasons")));
    print!("{}", report::table(&judged));
    if dialect.is_some() || id.is_some() {
        return Ok(Vec::new());
    }
    Ok(report::findings(&judged, &bounds, given.is_none() && area.is_none()))
}
