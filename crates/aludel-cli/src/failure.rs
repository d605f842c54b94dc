//! [`Failure`]: why a command ended without doing what was asked, with the advice that only this layer can give.

use std::error::Error as _;
use std::process::ExitCode;

use aludel_migrate::ErrorKind;
use aludel_migrate::revision::RevisionError;

/// The command line's way to end early.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Something is wrong. Exit status 1.
    Error {
        /// What, naming the thing.
        message: String,
        /// What to do about it, where that is known.
        help: Option<String>,
    },
    /// The arguments are wrong in a way that the grammar does not tell. Exit status 2.
    Usage(String),
    /// The question was answered, and the answer is no. It has been printed. Exit status 3.
    No,
    /// Another program ended with this status and has said why.
    #[cfg(feature = "launcher")]
    Status(u8),
}

impl Failure {
    pub(crate) fn error(message: impl Into<String>) -> Self {
        Failure::Error { message: message.into(), help: None }
    }

    /// Adds what to do about it.
    pub(crate) fn help(self, advice: impl Into<String>) -> Self {
        match self {
            Failure::Error { message, .. } => Failure::Error { message, help: Some(advice.into()) },
            other => other,
        }
    }

    /// Says it on standard error and returns the exit status.
    pub(crate) fn report(self, program: &str) -> ExitCode {
        match self {
            Failure::Error { message, help } => {
                eprintln!("{program}: {message}");
                if let Some(help) = help {
                    eprintln!("help: {help}");
                }
                ExitCode::FAILURE
            }
            Failure::Usage(message) => {
                eprintln!(
                    "{program}: {message}\nhelp: `{program} help` lists the commands and their arguments"
                );
                ExitCode::from(2)
            }
            Failure::No => ExitCode::from(3),
            #[cfg(feature = "launcher")]
            Failure::Status(status) => ExitCode::from(status),
        }
    }
}

impl From<RevisionError> for Failure {
    fn from(error: RevisionError) -> Self {
        let failure = Failure::error(error.to_string());
        match advice(&error) {
            Some(advice) => failure.help(advice),
            None => failure,
        }
    }
}

impl From<aludel_migrate::Error> for Failure {
    fn from(error: aludel_migrate::Error) -> Self {
        let failure = Failure::error(error.to_string());
        let revision = error.source().and_then(|source| source.downcast_ref::<RevisionError>());
        match (revision.and_then(advice), error.kind()) {
            (Some(advice), _) => failure.help(advice),
            (None, ErrorKind::NotAtHead) => failure
                .help("`aludel upgrade heads` runs what is outstanding, `aludel current` shows where it is"),
            (None, _) => failure,
        }
    }
}

/// Which command leads on.
fn advice(error: &RevisionError) -> Option<String> {
    Some(match error {
        RevisionError::UnknownInDatabase { .. } | RevisionError::OverlappingRows { .. } => {
            "`aludel stamp --purge REV` says anew where the database is, once you know".to_owned()
        }
        RevisionError::MultipleHeads { .. } => {
            "`aludel heads` lists them, `aludel merge -m \"...\"` joins them, `aludel upgrade heads` goes to all".to_owned()
        }
        RevisionError::NotAHead { revision } => {
            format!("`aludel revision --head {revision} --splice` begins a branch there")
        }
        RevisionError::UnknownRevision { .. } | RevisionError::AmbiguousPrefix { .. } => {
            "`aludel history` lists all revisions".to_owned()
        }
        RevisionError::NotADowngradeTarget { .. } => "`aludel current` shows where the database is".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edge_names_the_command_that_leads_on() {
        let error =
            RevisionError::MultipleHeads { given: "head".into(), heads: vec!["a1".into(), "b2".into()] };
        let Failure::Error { message, help } = Failure::from(error) else { panic!("an error") };
        assert!(message.contains("`a1`") && message.contains("`b2`"), "{message}");
        assert!(help.is_some_and(|help| help.contains("aludel merge")));
    }
}
