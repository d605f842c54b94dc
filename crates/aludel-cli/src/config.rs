//! [`Config`]: `aludel.toml`, which says where a project's revisions and its database are.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use crate::failure::Failure;

/// The name of the file.
pub(crate) const FILE: &str = "aludel.toml";
/// The variable that stands before the file's `url`.
pub(crate) const URL_VARIABLE: &str = "ALUDEL_DATABASE_URL";

/// A project's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Config {
    /// The file itself.
    pub(crate) file: PathBuf,
    /// The database, as the file says.
    pub(crate) url: Option<String>,
    /// The folder of the revision files.
    pub(crate) versions: PathBuf,
    /// The binary target whose `main` is the project's command line.
    pub(crate) bin: String,
}

/// A database's URL and whether it was read from the file, so that relative paths in it count from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DatabaseUrl {
    pub(crate) text: String,
    pub(crate) from_file: bool,
}

impl Config {
    /// The settings of the file named, or of the nearest one from here upwards; `None` where there is none.
    ///
    /// # Errors
    /// Where the file can't be read or holds something else than these settings.
    pub(crate) fn find(named: Option<&str>, here: &Path) -> Result<Option<Self>, Failure> {
        if let Some(name) = named {
            let file = here.join(name);
            return Self::read(&file).map(Some);
        }
        let file = here.ancestors().map(|folder| folder.join(FILE)).find(|file| file.is_file());
        file.map(|file| Self::read(&file)).transpose()
    }

    fn read(file: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(file)
            .map_err(|error| Failure::error(format!("cannot read {}: {error}", file.display())))?;
        Self::parse(file, &text)
    }

    fn parse(file: &Path, text: &str) -> Result<Self, Failure> {
        let at = |span: Range<usize>, message: &str| {
            let line = text.get(..span.start).unwrap_or_default().matches('\n').count() + 1;
            Failure::error(format!("{}:{line}: {message}", file.display()))
        };
        let table = DeTable::parse(text).map_err(|error| {
            at(error.span().unwrap_or_default(), &format!("not TOML: {}", error.message()))
        })?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let mut config = Config {
            file: file.to_owned(),
            url: None,
            versions: folder.join("migrations").join("versions"),
            bin: "migrate".to_owned(),
        };
        for (key, value) in table.get_ref() {
            let known = ["url", "versions", "bin"].contains(&key.get_ref().as_ref());
            if !known {
                let message =
                    format!("`{}` is no setting; there are `url`, `versions` and `bin`", key.get_ref());
                return Err(at(key.span(), &message));
            }
            let Some(text) = value.get_ref().as_str() else {
                return Err(at(value.span(), &format!("`{}` must be a text in quotes", key.get_ref())));
            };
            match key.get_ref().as_ref() {
                "url" => config.url = Some(text.to_owned()),
                "versions" => config.versions = folder.join(text),
                _ => config.bin = text.to_owned(),
            }
        }
        Ok(config)
    }

    /// The folder of the file, which is the project's.
    pub(crate) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}

/// The database's URL: from `--url`, from the environment, from the file, the first that says one.
///
/// # Errors
/// Where none does.
pub(crate) fn database_url(
    argument: Option<&str>,
    variable: Option<String>,
    config: Option<&Config>,
) -> Result<DatabaseUrl, Failure> {
    let given = argument.map(str::to_owned).or(variable.filter(|text| !text.is_empty()));
    if let Some(text) = given {
        return Ok(DatabaseUrl { text, from_file: false });
    }
    match config.and_then(|config| config.url.clone()) {
        Some(text) => Ok(DatabaseUrl { text, from_file: true }),
        None => Err(Failure::error("no database is named").help(format!(
            "write `url = \"sqlite:///app.db\"` in {FILE}, set {URL_VARIABLE}, or give --url"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, Failure> {
        Config::parse(Path::new("shop/aludel.toml"), text)
    }

    fn message(text: &str) -> String {
        match parse(text) {
            Err(Failure::Error { message, .. }) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn paths_count_from_the_file() {
        let config = parse("").unwrap();
        assert_eq!(config.versions, Path::new("shop/migrations/versions"));
        assert_eq!((config.url, config.bin.as_str()), (None, "migrate"));
        let config = parse("url = 'sqlite:///a.db'\nversions = \"db/versions\"\nbin = \"db\"").unwrap();
        assert_eq!(config.versions, Path::new("shop/db/versions"));
        assert_eq!((config.url.as_deref(), config.bin.as_str()), (Some("sqlite:///a.db"), "db"));
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        assert_eq!(
            message("url = \"x\"\nulr = \"y\""),
            "shop/aludel.toml:2: `ulr` is no setting; there are `url`, `versions` and `bin`"
        );
        assert_eq!(message("\nurl = 3"), "shop/aludel.toml:2: `url` must be a text in quotes");
        assert!(message("url = \"x\"\n\nurl ").starts_with("shop/aludel.toml:3: not TOML: "));
    }

    #[test]
    fn the_nearest_word_about_the_database_counts() {
        let config = parse("url = \"sqlite:///file.db\"").unwrap();
        let text = |argument, variable: Option<&str>, config| {
            database_url(argument, variable.map(str::to_owned), config).map(|url| (url.text, url.from_file))
        };
        assert_eq!(text(Some("a"), Some("b"), Some(&config)), Ok(("a".into(), false)));
        assert_eq!(text(None, Some("b"), Some(&config)), Ok(("b".into(), false)));
        assert_eq!(text(None, Some(""), Some(&config)), Ok(("sqlite:///file.db".into(), true)));
        assert!(text(None, None, None).is_err());
    }
}
