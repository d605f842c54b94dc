//! A case: a statement tree, a dialect, and the text that must come out.

use std::path::{Path, PathBuf};

use crate::json::Json;

/// One case of the corpus.
#[derive(Clone, Debug)]
pub struct Case {
    /// Where it came from; unique.
    pub id: String,
    /// The file that it is in, without its ending.
    pub area: String,
    /// The dialect's name.
    pub dialect: String,
    /// How the dialect differs from a plain one.
    pub dialect_options: Vec<(String, Json)>,
    /// How it is compiled.
    pub flags: Vec<(String, Json)>,
    /// Tables and other shared objects.
    pub defs: Vec<Json>,
    /// `select`, `insert`, `ddl`, `type`, …
    pub kind: String,
    /// The tree.
    pub statement: Json,
    /// Whether the tree's parentheses are meant.
    pub explicit_grouping: bool,
    /// The text.
    pub expected: Expected,
}

/// What must come out.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The text, without line breaks and tabs.
    pub sql: String,
    /// The names in it that were generated, in order of appearance.
    pub anonymous_names: Vec<String>,
    /// Bound values by name.
    pub values: Option<Vec<(String, Json)>>,
    /// Bound values in order.
    pub positional: Option<Vec<Json>>,
    /// Values handed in at execution.
    pub input: Vec<(String, Json)>,
}

impl Case {
    /// Reads a case from its line.
    ///
    /// # Errors
    /// Where it is no case.
    pub fn parse(area: &str, line: &str) -> Result<Self, String> {
        let json = Json::parse(line)?;
        let text = |key: &str| {
            json.get(key).and_then(Json::as_text).map(str::to_owned).ok_or_else(|| format!("no `{key}`"))
        };
        let members = |key: &str| json.get(key).and_then(Json::as_object).unwrap_or_default().to_vec();
        let list = |key: &str| json.get(key).and_then(Json::as_list);
        let names = list("anonymous_names").unwrap_or_default();
        Ok(Case {
            id: text("id")?,
            area: area.to_owned(),
            dialect: text("dialect")?,
            dialect_options: members("dialect_options"),
            flags: members("flags"),
            defs: list("defs").unwrap_or_default().to_vec(),
            kind: text("kind")?,
            statement: json.get("statement").cloned().ok_or("no `statement`")?,
            explicit_grouping: json.get("explicit_grouping") == Some(&Json::Bool(true)),
            expected: Expected {
                sql: text("sql")?,
                anonymous_names: names.iter().filter_map(Json::as_text).map(str::to_owned).collect(),
                values: json.get("params").or(json.get("bound")).and_then(Json::as_object).map(<[_]>::to_vec),
                positional: list("positional").map(<[_]>::to_vec),
                input: members("input_params"),
            },
        })
    }
}

/// Reads a file of cases, or all `.jsonl` files of a folder in the order of their names.
///
/// # Errors
/// Where a file cannot be read, or a line is no case; the message names both.
pub fn read(path: &Path) -> Result<Vec<Case>, String> {
    let broken = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let mut files: Vec<PathBuf> = Vec::new();
    if path.is_dir() {
        for entry in std::fs::read_dir(path).map_err(|error| broken(path, &error))? {
            files.push(entry.map_err(|error| broken(path, &error))?.path());
        }
        files.retain(|file| file.extension().is_some_and(|ending| ending == "jsonl"));
        files.sort();
        if files.is_empty() {
            return Err(broken(path, &"no .jsonl file is in this folder"));
        }
    } else {
        files.push(path.to_owned());
    }
    let mut cases = Vec::new();
    for file in files {
        let area = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        let text = std::fs::read_to_string(&file).map_err(|error| broken(&file, &error))?;
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let case = Case::parse(&area, line)
                .map_err(|error| broken(&file, &format_args!("line {number}: {error}")))?;
            cases.push(case);
        }
    }
    Ok(cases)
}
