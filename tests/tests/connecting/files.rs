//! SQLite's files that can't be opened: the error names the file and says why.

use crate::asking::{refused, says};
use crate::certificates::Files;

#[test]
fn files_that_are_no_database_or_not_to_be_had() {
    let files = Files::new("sqlite");
    let text = files.write("letter.txt", &"Dear Alice, this is no database at all. ".repeat(200));
    let folder = text.trim_end_matches("/letter.txt").to_owned();
    for (path, part) in [
        (folder.clone(), "this is a directory, not a database file"),
        (format!("{folder}/nowhere/shop.db"), "does not exist; create it first"),
        (format!("{text}/shop.db"), "is not a directory"),
        (format!("{folder}/none.db?mode=ro"), "the file does not exist"),
        (text.clone(), "file is not a database"),
    ] {
        let error = refused(&format!("sqlite:///{path}"));
        let name = path.split('?').next().unwrap_or_default();
        says(&error, &format!("cannot open the database `{name}`"));
        says(&error, part);
    }
}
