//! Reads a stored `CREATE TABLE`: the names, texts and orders that SQLite's own tables do not tell.

use aludel_sql::schema::{
    Check, ForeignKey, Initially, ObjectName, PrimaryKey, ReferentialAction, TableName, UniqueConstraint,
    check, foreign_key, primary_key, unique,
};

use super::cursor::{Cursor, Parsed};
use crate::tokens::Kind;

/// A table as it was written. Column-level constraints stand among the table's, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct TableDefinition {
    pub(super) columns: Vec<ColumnDefinition>,
    pub(super) primary_key: Option<PrimaryKey>,
    /// `INTEGER PRIMARY KEY DESC` is not the row's number, by a quirk that SQLite keeps.
    pub(super) descending_key_column: bool,
    pub(super) unique_constraints: Vec<UniqueConstraint>,
    /// Where the columns referred to are left out, there are none yet.
    pub(super) foreign_keys: Vec<ForeignKey>,
    pub(super) checks: Vec<Check>,
    /// Clauses that change what the table does and have no place in the schema model.
    pub(super) unmodelled: Vec<String>,
}

/// What is only in the text about a column.
#[derive(Debug, Default)]
pub(super) struct ColumnDefinition {
    pub(super) name: String,
    pub(super) collation: Option<String>,
    pub(super) computed: Option<String>,
    pub(super) autoincrement: bool,
}

/// Reads the definition.
///
/// # Errors
/// Where it is not what SQLite stores.
pub(super) fn parse(sql: &str) -> Parsed<TableDefinition> {
    let mut cursor = Cursor::new(sql);
    while !cursor.sees_mark(b'(') {
        cursor.any()?;
    }
    let mut body = cursor.group()?;
    let mut table = TableDefinition::default();
    while !body.at_end() {
        if body.take_mark(b',') {
            continue;
        }
        // These words are reserved, so no column is called so without quotes.
        let constraint =
            ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].iter().any(|word| body.sees(&[*word]));
        if constraint {
            table.constraint(&mut body)?;
        } else {
            table.column(&mut body)?;
        }
    }
    Ok(table)
}

impl TableDefinition {
    fn column(&mut self, cursor: &mut Cursor<'_>) -> Parsed<()> {
        let mut column = ColumnDefinition { name: cursor.name()?, ..ColumnDefinition::default() };
        skip_type(cursor)?;
        let mut name = None;
        while !cursor.at_end() && !cursor.sees_mark(b',') {
            if cursor.take(&["CONSTRAINT"]) {
                name = Some(ObjectName::given(cursor.name()?));
                continue;
            }
            self.column_constraint(cursor, &mut column, name.take())?;
        }
        self.columns.push(column);
        Ok(())
    }

    fn column_constraint(
        &mut self,
        cursor: &mut Cursor<'_>,
        column: &mut ColumnDefinition,
        name: Option<ObjectName>,
    ) -> Parsed<()> {
        let own = [column.name.as_str()];
        if cursor.take(&["PRIMARY", "KEY"]) {
            self.primary_key = Some(PrimaryKey { name, ..primary_key(own) });
            if cursor.take(&["DESC"]) {
                self.descending_key_column = true;
                self.unmodelled.push(format!("PRIMARY KEY ({} DESC)", column.name));
            }
            cursor.take(&["ASC"]);
            self.conflict(cursor, || format!("PRIMARY KEY ({})", column.name))?;
            column.autoincrement = cursor.take(&["AUTOINCREMENT"]);
        } else if cursor.take(&["NOT", "NULL"]) {
            self.conflict(cursor, || format!("{} NOT NULL", column.name))?;
        } else if cursor.take(&["NULL"]) {
            self.conflict(cursor, || format!("{} NULL", column.name))?;
        } else if cursor.take(&["UNIQUE"]) {
            self.unique_constraints.push(UniqueConstraint { name, ..unique(own) });
            self.conflict(cursor, || format!("UNIQUE ({})", column.name))?;
        } else if cursor.take(&["CHECK"]) {
            self.checks.push(Check { name, ..check(cursor.group()?.text()) });
        } else if cursor.take(&["DEFAULT"]) {
            skip_default(cursor)?;
        } else if cursor.take(&["COLLATE"]) {
            column.collation = Some(cursor.name()?);
        } else if cursor.sees(&["REFERENCES"]) {
            let mut key = ForeignKey { name, ..foreign_key(own) };
            self.references(cursor, &mut key)?;
            self.foreign_keys.push(key);
        } else if cursor.sees(&["DEFERRABLE"]) || cursor.sees(&["NOT", "DEFERRABLE"]) {
            // Not directly behind its REFERENCES, but it is that key's.
            match self.foreign_keys.last_mut() {
                Some(key) => deferral(cursor, key),
                None => return Err(unknown(cursor)),
            }
        } else if cursor.take(&["GENERATED", "ALWAYS", "AS"]) || cursor.take(&["AS"]) {
            column.computed = Some(cursor.group()?.text());
            // The column's own record tells which of these it is.
            let _kind = cursor.take(&["STORED"]) || cursor.take(&["VIRTUAL"]);
        } else {
            return Err(unknown(cursor));
        }
        Ok(())
    }

    fn constraint(&mut self, cursor: &mut Cursor<'_>) -> Parsed<()> {
        let name = if cursor.take(&["CONSTRAINT"]) { Some(ObjectName::given(cursor.name()?)) } else { None };
        if cursor.take(&["PRIMARY", "KEY"]) {
            let columns = self.key_columns(cursor, "PRIMARY KEY")?;
            self.conflict(cursor, || format!("PRIMARY KEY ({})", columns.join(", ")))?;
            self.primary_key = Some(PrimaryKey { name, ..primary_key(columns) });
        } else if cursor.take(&["UNIQUE"]) {
            let columns = self.key_columns(cursor, "UNIQUE")?;
            self.conflict(cursor, || format!("UNIQUE ({})", columns.join(", ")))?;
            self.unique_constraints.push(UniqueConstraint { name, ..unique(columns) });
        } else if cursor.take(&["CHECK"]) {
            let condition = cursor.group()?.text();
            self.conflict(cursor, || format!("CHECK ({condition})"))?;
            self.checks.push(Check { name, ..check(condition) });
        } else if cursor.take(&["FOREIGN", "KEY"]) {
            let columns = cursor.group()?.split().iter_mut().map(Cursor::name).collect::<Parsed<Vec<_>>>()?;
            let mut key = ForeignKey { name, ..foreign_key(columns) };
            self.references(cursor, &mut key)?;
            self.foreign_keys.push(key);
        } else if name.is_none()
            || !(cursor.at_end() || cursor.sees_mark(b',') || cursor.sees(&["CONSTRAINT"]))
        {
            return Err(unknown(cursor));
        }
        Ok(())
    }

    /// The columns of a key; the order and collation of one have no place in the model.
    fn key_columns(&mut self, cursor: &mut Cursor<'_>, key: &str) -> Parsed<Vec<String>> {
        let mut names = Vec::new();
        for mut column in cursor.group()?.split() {
            // It may stand behind the only column of a table's key.
            let autoincrement = column.take_last("AUTOINCREMENT");
            column.take_last("ASC");
            let whole = column.text();
            let name = column.name()?;
            if autoincrement
                && let Some(known) =
                    self.columns.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&name))
            {
                known.autoincrement = true;
            }
            names.push(name);
            if column.left() > 0 {
                self.unmodelled.push(format!("{key} ({whole})"));
            }
        }
        Ok(names)
    }

    fn conflict(&mut self, cursor: &mut Cursor<'_>, of: impl FnOnce() -> String) -> Parsed<()> {
        if cursor.take(&["ON", "CONFLICT"]) {
            let action = cursor.name()?.to_ascii_uppercase();
            // ABORT is what happens without the clause.
            if action != "ABORT" {
                self.unmodelled.push(format!("{} ON CONFLICT {action}", of()));
            }
        }
        Ok(())
    }

    fn references(&mut self, cursor: &mut Cursor<'_>, key: &mut ForeignKey) -> Parsed<()> {
        if !cursor.take(&["REFERENCES"]) {
            return Err(unknown(cursor));
        }
        key.target = TableName::new(cursor.name()?);
        if cursor.sees_mark(b'(') {
            key.target_columns =
                cursor.group()?.split().iter_mut().map(Cursor::name).collect::<Parsed<Vec<_>>>()?;
        }
        loop {
            if cursor.take(&["ON", "DELETE"]) {
                key.on_delete = Some(action(cursor)?);
            } else if cursor.take(&["ON", "UPDATE"]) {
                key.on_update = Some(action(cursor)?);
            } else if cursor.take(&["ON", "INSERT"]) {
                // SQLite reads this and does nothing.
                action(cursor)?;
            } else if cursor.take(&["MATCH"]) {
                // So it does here: every foreign key is matched as by MATCH SIMPLE.
                cursor.name()?;
            } else {
                deferral(cursor, key);
                return Ok(());
            }
        }
    }
}

/// `[NOT] DEFERRABLE [INITIALLY DEFERRED | INITIALLY IMMEDIATE]`, if it comes next.
fn deferral(cursor: &mut Cursor<'_>, key: &mut ForeignKey) {
    let refused = cursor.take(&["NOT", "DEFERRABLE"]);
    if refused || cursor.take(&["DEFERRABLE"]) {
        key.traits.deferrable = Some(!refused);
        let waits = cursor.take(&["INITIALLY", "DEFERRED"]) && !refused;
        key.traits.initially = waits.then_some(Initially::Deferred);
        cursor.take(&["INITIALLY", "IMMEDIATE"]);
    }
}

fn action(cursor: &mut Cursor<'_>) -> Parsed<ReferentialAction> {
    for words in [&["NO", "ACTION"][..], &["RESTRICT"], &["CASCADE"], &["SET", "NULL"], &["SET", "DEFAULT"]] {
        if cursor.take(words)
            && let Some(action) = ReferentialAction::parse(&words.join(" "))
        {
            return Ok(action);
        }
    }
    Err(unknown(cursor))
}

fn skip_type(cursor: &mut Cursor<'_>) -> Parsed<()> {
    const END: [&str; 10] =
        ["CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "AS"];
    loop {
        let ends = END.iter().any(|word| cursor.sees(&[*word])) || cursor.sees(&["GENERATED", "ALWAYS"]);
        if ends || cursor.at_end() || cursor.sees_mark(b',') {
            return Ok(());
        }
        if cursor.sees_mark(b'(') {
            cursor.group()?;
        } else {
            cursor.name()?;
        }
    }
}

fn skip_default(cursor: &mut Cursor<'_>) -> Parsed<()> {
    if cursor.sees_mark(b'(') {
        cursor.group()?;
        return Ok(());
    }
    while matches!(cursor.any()?.kind, Kind::Other(b'+' | b'-')) {}
    Ok(())
}

fn unknown(cursor: &Cursor<'_>) -> String {
    let mut ahead = cursor.clone();
    for _ in 0..3 {
        if ahead.any().is_err() {
            break;
        }
    }
    format!("`{}` is not understood", cursor.text_until(&ahead))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(body: &str) -> TableDefinition {
        let sql = format!("CREATE TABLE \"t(\" ({body})");
        let database = rusqlite::Connection::open_in_memory().expect("a database in memory");
        database.execute_batch(&sql).expect("a definition that SQLite takes");
        parse(&sql).expect("a definition that SQLite takes")
    }

    #[test]
    fn constraints_are_found_wherever_they_stand() {
        let table = table(
            "[a b] INTEGER CONSTRAINT pk PRIMARY KEY ASC AUTOINCREMENT, -- a remark, with a comma\n
             `c` VARCHAR (10) NOT NULL ON CONFLICT ABORT CONSTRAINT c_given CHECK (c <> ')' /* ( */) UNIQUE,
             'd' DEFAULT (1 + (2)) COLLATE \"NOCASE\" REFERENCES o ON DELETE SET NULL ON UPDATE NO ACTION
                 NOT NULL DEFERRABLE INITIALLY DEFERRED,
             e DOUBLE PRECISION GENERATED ALWAYS AS (c || 'x') STORED,
             generated DEFAULT -1.5, f,
             CONSTRAINT u UNIQUE (c, d ASC) CHECK (f > 0)
             , FOREIGN KEY (c, d) REFERENCES other (x, y) MATCH FULL NOT DEFERRABLE INITIALLY IMMEDIATE",
        );
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["a b", "c", "d", "e", "generated", "f"]);
        assert_eq!(table.primary_key, Some(primary_key(["a b"]).named("pk")));
        assert!(table.columns[0].autoincrement);
        assert_eq!(table.columns[2].collation.as_deref(), Some("NOCASE"));
        assert_eq!(table.columns[3].computed.as_deref(), Some("c || 'x'"));
        assert_eq!(table.unique_constraints, [unique(["c"]), unique(["c", "d"]).named("u")]);
        assert_eq!(table.checks, [check("c <> ')'").named("c_given"), check("f > 0")]);
        let first = foreign_key(["d"])
            .references("o", [] as [&str; 0])
            .on_delete(ReferentialAction::SetNull)
            .on_update(ReferentialAction::NoAction)
            .initially_deferred();
        let second = foreign_key(["c", "d"]).references("other", ["x", "y"]).deferrable(false);
        assert_eq!(table.foreign_keys, [first, second]);
        assert_eq!(table.unmodelled, [""; 0]);
    }

    #[test]
    fn what_the_model_cannot_hold_is_listed() {
        let table = table(
            "a TEXT PRIMARY KEY DESC ON CONFLICT REPLACE, b NOT NULL ON CONFLICT IGNORE,
             UNIQUE (b COLLATE NOCASE, a) ON CONFLICT FAIL",
        );
        assert!(table.descending_key_column);
        assert_eq!(
            table.unmodelled,
            [
                "PRIMARY KEY (a DESC)",
                "PRIMARY KEY (a) ON CONFLICT REPLACE",
                "b NOT NULL ON CONFLICT IGNORE",
                "UNIQUE (b COLLATE NOCASE)",
                "UNIQUE (b, a) ON CONFLICT FAIL",
            ]
        );
    }

    #[test]
    fn a_key_of_the_table_may_be_numbered() {
        let table = table("Id INTEGER, PRIMARY KEY (id AUTOINCREMENT)");
        assert!(table.columns[0].autoincrement);
        assert_eq!(table.primary_key, Some(primary_key(["id"])));
    }

    #[test]
    fn a_cut_off_text_is_an_error() {
        for sql in
            ["", "CREATE TABLE t", "CREATE TABLE t (a", "CREATE TABLE t (a CHECK)", "CREATE TABLE t (a NOT)"]
        {
            assert!(parse(sql).is_err(), "{sql}");
        }
    }
}
