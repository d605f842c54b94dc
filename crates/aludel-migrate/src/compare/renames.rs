//! What looks like a rename is named, and never guessed: a wrong guess loses data, and so does a missed one.

use aludel_sql::MetaData;
use aludel_sql::schema::{Column, Table};

use super::Comparison;
use super::canonical::type_text;
use crate::error::Result;

pub(super) fn warn_of_tables(comparison: &mut Comparison<'_>, created: &MetaData, dropped: &MetaData) {
    for new in created.tables() {
        for old in dropped.tables() {
            let names = |table: &Table| {
                let mut names: Vec<_> = table.columns.iter().map(|column| column.name.clone()).collect();
                names.sort();
                names
            };
            if names(new) == names(old) {
                comparison.warn(format!(
                    "table `{old}` is dropped with its rows and `{new}` with the same columns is created: if it was \
                     renamed, write `op.rename_table(\"{old}\", \"{new}\")` instead of the two",
                    old = old.name,
                    new = new.name.name
                ));
            }
        }
    }
}

pub(super) fn warn_of_columns(
    comparison: &mut Comparison<'_>,
    (wanted, added): (&Table, &[&Column]),
    (current, dropped): (&Table, &[&Column]),
) -> Result<()> {
    let only_one = added.len() == 1 && dropped.len() == 1;
    for new in added.iter().filter(|column| column.computed.is_none()) {
        for old in dropped.iter().filter(|column| column.computed.is_none()) {
            let same_type =
                type_text(wanted, new, comparison.dialect)? == type_text(current, old, comparison.dialect)?;
            if only_one || same_type {
                comparison.warn(format!(
                    "column `{table}.{old}` is dropped with its values and `{new}` is added: if it was renamed, write \
                     `op.rename_column(\"{table}\", \"{old}\", \"{new}\")` instead of the two",
                    table = wanted.name,
                    old = old.name,
                    new = new.name
                ));
            }
        }
    }
    Ok(())
}
