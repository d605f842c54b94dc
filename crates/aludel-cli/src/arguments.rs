//! The arguments: one grammar for a project's own binary and for the `aludel` command, so that either takes what the
//! other does.

use clap::{Arg, ArgAction, ArgMatches, Command};

/// The grammar of all commands, under the name of the program that was called.
pub(crate) fn grammar(program: &'static str) -> Command {
    Command::new(program)
        .about("Migrations: carry a database's schema from revision to revision")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(AFTER_HELP)
        .args(
            [
                option("url", "URL").help("The database, before ALUDEL_DATABASE_URL and aludel.toml"),
                option("config", "FILE")
                    .short('c')
                    .overrides_with("config")
                    .help("The project's aludel.toml; looked for from here upwards otherwise"),
                flag("quiet").short('q').help("Print results and errors only"),
            ]
            .map(everywhere),
        )
        .subcommands([
            revision(),
            merge(),
            upgrade(),
            downgrade(),
            stamp(),
            current(),
            check(),
            history(),
            heads(),
            branches(),
            show(),
        ])
}

const AFTER_HELP: &str = "\
A revision is named by its id, by the beginning of its id, by a branch label, or by one of the words head, heads and
base; with steps from there as in head-2, +1 and -1; within a branch as in label@head.

Exit status: 0 done, 1 error, 2 wrong arguments, 3 the answer is no: `check` found differences, or the database is not
at head.";

fn revision() -> Command {
    Command::new("revision")
        .about("Make a new revision file")
        .args([
            message(),
            flag("autogenerate").help("Fill it with what differs between the database and the models"),
            flag("empty")
                .requires("autogenerate")
                .help("Make the file even where --autogenerate finds no difference"),
            flag("allow-drop-all")
                .requires("autogenerate")
                .help("Allow --autogenerate to drop every table because the metadata has none"),
            option("head", "REV")
                .action(ArgAction::Append)
                .help("What it follows: a head, `label@head`, or `base` for a new beginning [default: head]"),
        ])
        .args(new_revision())
        .arg(
            option("depends-on", "REV")
                .action(ArgAction::Append)
                .help("A revision of another branch that must have run before"),
        )
}

fn merge() -> Command {
    Command::new("merge")
        .about("Make a revision that joins several heads")
        .arg(
            positional("revisions", "REV")
                .num_args(1..)
                .default_value("heads")
                .help("The heads to be joined"),
        )
        .arg(message())
        .args(new_revision())
}

fn upgrade() -> Command {
    Command::new("upgrade").about("Run the revisions up to one").args([
        positional("revision", "REV")
            .default_value("head")
            .help("How far: head, heads, an id, +1; with --sql also a range `from:to`"),
        sql(),
        steps(),
    ])
}

fn downgrade() -> Command {
    Command::new("downgrade").about("Revert the revisions down to one").args([
        positional("revision", "REV")
            .required(true)
            .allow_negative_numbers(true)
            .help("How far: -1, an id, base; with --sql a range `from:to`"),
        sql(),
        steps(),
    ])
}

fn stamp() -> Command {
    Command::new("stamp").about("Say where the database is, without running anything").args([
        positional("revisions", "REV")
            .required(true)
            .num_args(1..)
            .allow_negative_numbers(true)
            .help("What it is at: head, an id, base, one of each branch"),
        flag("purge")
            .conflicts_with("sql")
            .help("First forget where it is, even where nothing knows that revision"),
        sql(),
    ])
}

fn current() -> Command {
    Command::new("current")
        .about("Show where the database is")
        .args([verbose(), flag("check-heads").help("Exit with status 3 where the database is not at head")])
}

fn check() -> Command {
    Command::new("check").about("Compare the database with the models; exit with status 3 where they differ")
}

fn history() -> Command {
    Command::new("history").about("List the revisions, newest first").args([
        option("rev-range", "FROM:TO")
            .short('r')
            .allow_hyphen_values(true)
            .help("Only these: ids, head, base, current, -3:current"),
        flag("indicate-current").short('i').help("Mark where the database is"),
        verbose(),
    ])
}

fn heads() -> Command {
    Command::new("heads").about("List the revisions that no other follows").arg(verbose())
}

fn branches() -> Command {
    Command::new("branches").about("List the revisions that several others follow").arg(verbose())
}

fn show() -> Command {
    Command::new("show").about("Show revisions in full").arg(
        positional("revision", "REV")
            .required(true)
            .allow_negative_numbers(true)
            .help("What to show: an id, head, heads, current"),
    )
}

fn new_revision() -> [Arg; 3] {
    [
        flag("splice")
            .help("Allow it to follow a revision that has a follower, so that a branch begins there"),
        option("branch-label", "LABEL")
            .action(ArgAction::Append)
            .help("A name for the branch that begins here"),
        option("rev-id", "ID").help("Its id, instead of a random one"),
    ]
}

fn message() -> Arg {
    option("message", "TEXT")
        .short('m')
        .help("What it does, in a few words; they go into the file's name too")
}

fn verbose() -> Arg {
    flag("verbose").short('v').help("Show each revision in full")
}

fn steps() -> Arg {
    flag("verbose").short('v').conflicts_with("sql").help("Print each statement as it runs")
}

fn sql() -> Arg {
    flag("sql").help("Print the SQL instead of running it; no database is needed")
}

/// An option of all commands.
pub(crate) fn everywhere(argument: Arg) -> Arg {
    argument.global(true).help_heading("Options of all commands")
}

pub(crate) fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

pub(crate) fn option(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value)
}

fn positional(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).value_name(value)
}

/// The value of an option or a positional argument.
pub(crate) fn one<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m str> {
    matches.try_get_one::<String>(name).ok().flatten().map(String::as_str)
}

/// The values of an argument that can stand several times.
pub(crate) fn many(matches: &ArgMatches, name: &str) -> Vec<String> {
    matches.try_get_many::<String>(name).ok().flatten().into_iter().flatten().cloned().collect()
}

/// Whether a flag stands there.
pub(crate) fn is_set(matches: &ArgMatches, name: &str) -> bool {
    matches.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<ArgMatches, clap::Error> {
        grammar("aludel").try_get_matches_from(std::iter::once("aludel").chain(line.split(' ')))
    }

    #[test]
    fn the_grammar_is_sound() {
        grammar("aludel").debug_assert();
    }

    #[test]
    fn steps_down_are_values_and_not_flags() {
        for (line, argument, value) in [
            ("downgrade -1", "revision", "-1"),
            ("downgrade -1 --sql", "revision", "-1"),
            ("history -r -3:current", "rev-range", "-3:current"),
            ("history -r-3:", "rev-range", "-3:"),
            ("upgrade +1", "revision", "+1"),
            ("upgrade", "revision", "head"),
        ] {
            let matches = parse(line).expect(line);
            let (_, command) = matches.subcommand().expect(line);
            assert_eq!(one(command, argument), Some(value), "{line}");
        }
    }

    #[test]
    fn global_options_stand_before_or_behind_the_command() {
        for line in ["--url sqlite:// -q current", "current --url sqlite:// -q"] {
            let matches = parse(line).expect(line);
            let (_, command) = matches.subcommand().expect(line);
            assert_eq!((one(command, "url"), is_set(command, "quiet")), (Some("sqlite://"), true), "{line}");
        }
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        for line in [
            "downgrade",
            "stamp",
            "show",
            "stamp head --purge --sql",
            "revision --empty",
            "revision --allow-drop-all",
            "upgrade head more",
            "ugprade",
        ] {
            let error = parse(line).expect_err(line);
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }
}
