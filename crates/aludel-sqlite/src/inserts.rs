//! What a connection knows of the inserts that run on it for many rows: whether several rows in one statement are faster.
//!
//! All of it is about speed. A table that has changed since is at worst written to more slowly.

use std::cmp::Ordering;
use std::sync::Arc;

use aludel_engine::driver::{ManyInsert, StatementCache};
use aludel_sql::ValueRef;
use aludel_sql::encode::ParameterRows;
use rusqlite::Connection;

use crate::busy::Attempt;
use crate::connection::SqliteConnection;
use crate::tokens::{Kind, Tokens, quote, unquote};

/// The inserts that a connection knows; and the most texts of them, each for another number of rows.
const INSERTS: usize = 16;
pub(crate) const TEXTS: usize = INSERTS * (SIZES + 1);

/// Up to 128 rows.
const SIZES: usize = 8;

/// The most parameters of a statement. Behind it, SQLite has no small memory left for their values, and each costs more.
const PARAMETERS: usize = 192;

/// The most rows of a statement that returns something, where they may come to lie anywhere in an index: SQLite writes down
/// each of these pages before it changes it, and above 64 KiB it does so in a file.
const SCATTERED: usize = 8;

/// From so many rows on, it pays to prepare other texts than the one that there is.
const WORTH_A_TEXT: usize = 256;

/// After so many times with the same number of rows, what is left behind full statements has a text of its own.
const REPEATED: usize = 4;

/// So many rows tell whether they come in the order of an index.
const SAMPLE: usize = 64;

/// How an insert runs for several rows in one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The most rows of a statement, a power of two, and the least.
    pub(crate) most: usize,
    pub(crate) least: usize,
    /// How many rows are left behind the full statements, where they have a text of their own.
    pub(crate) tail: Option<usize>,
    pub(crate) returning: bool,
    /// The keys that the database gives out are wanted.
    pub(crate) keys: bool,
    /// The parameter that is the key.
    pub(crate) given_key: Option<usize>,
}

/// The inserts that ran last.
#[derive(Debug)]
pub(crate) struct Inserts(StatementCache<Insert>);

#[derive(Debug, Default)]
struct Insert {
    /// Several rows of it can't be told apart.
    refused: bool,
    /// So many rows were inserted by it.
    rows: usize,
    /// How many came the last time, and how often in a row.
    repeated: (usize, usize),
    table: Option<Arc<Table>>,
    /// By the logarithm of their number of rows.
    texts: [Option<Arc<str>>; SIZES],
    tail: Option<(usize, Arc<str>)>,
}

/// What is known of an insert's table.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    autoincrement: bool,
    given_key: Option<usize>,
    /// The parameters that say where a row comes to lie in the table and in its indexes.
    placing: Vec<usize>,
    /// There is an index in which rows lie anywhere.
    scattered: bool,
}

impl Inserts {
    pub(crate) fn new() -> Self {
        Inserts(StatementCache::new(INSERTS))
    }

    /// Has the rows of an insert run one by one from now on.
    pub(crate) fn refuse(&mut self, sql: &str) {
        if let Some(insert) = self.0.get(sql) {
            insert.refused = true;
        }
    }
}

impl Insert {
    fn texts(self) -> impl Iterator<Item = Arc<str>> {
        self.texts.into_iter().flatten().chain(self.tail.map(|(_, text)| text))
    }
}

impl SqliteConnection {
    /// How to insert the rows from the next on; `None` for one by one.
    pub(crate) fn plan(
        &mut self,
        insert: &ManyInsert<'_>,
        rows: &dyn ParameterRows,
        next: usize,
    ) -> Attempt<Option<Plan>> {
        let SqliteConnection { raw, inserts: Inserts(inserts), .. } = self;
        let returning = !insert.ends_with_values();
        if inserts.get(insert.sql()).is_none() {
            // A query among what is returned would see more rows of the table, or fewer.
            let refused =
                returning && Tokens::new(insert.sql()).any(|token| token.is_word(insert.sql(), "SELECT"));
            let new = Insert { refused, ..Insert::default() };
            let made_room = inserts.keep(insert.sql(), new);
            for text in made_room.into_iter().flat_map(Insert::texts) {
                raw.prepare_cached(&text)?.discard();
            }
        }
        let Some(known) = inserts.get(insert.sql()).filter(|known| !known.refused) else { return Ok(None) };
        known.rows = known.rows.saturating_add(rows.rows());
        known.repeated = match known.repeated {
            (same, times) if same == rows.rows() => (same, times.saturating_add(1)),
            _ => (rows.rows(), 1),
        };
        if known.rows < WORTH_A_TEXT && !returning {
            return Ok(None);
        }
        let table = match &known.table {
            Some(table) => table,
            None => known.table.insert(Arc::new(Table::of(raw, insert)?)),
        };
        let mut plan = table.plan(insert, rows, next);
        if let Some(plan) = &mut plan
            && known.repeated.1 >= REPEATED
        {
            let tail = (rows.rows() - next - usize::from(plan.keys)) % plan.most;
            plan.tail = Some(tail).filter(|tail| *tail >= plan.least);
        }
        Ok(plan)
    }

    /// The text for so many rows.
    pub(crate) fn text_for(
        &mut self,
        insert: &ManyInsert<'_>,
        plan: &Plan,
        rows: usize,
    ) -> Attempt<Arc<str>> {
        let make = || {
            let mut sql = insert.of_rows(rows);
            if plan.returning {
                sql.push_str(", _rowid_");
            }
            Arc::<str>::from(sql)
        };
        let Some(known) = self.inserts.0.get(insert.sql()) else { return Ok(make()) };
        if rows.is_power_of_two() {
            let place = known.texts.get_mut(rows.ilog2() as usize);
            return Ok(place.map_or_else(make, |text| Arc::clone(text.get_or_insert_with(make))));
        }
        match &known.tail {
            Some((same, text)) if *same == rows => Ok(Arc::clone(text)),
            _ => {
                let text = make();
                if let Some((_, old)) = known.tail.replace((rows, Arc::clone(&text))) {
                    self.raw.prepare_cached(&old)?.discard();
                }
                Ok(text)
            }
        }
    }
}

impl Table {
    fn of(raw: &Connection, insert: &ManyInsert<'_>) -> Attempt<Self> {
        let Some(Target { schema, name, columns }) = insert.target().and_then(Target::of) else {
            return Ok(Table { scattered: true, ..Table::default() });
        };
        let parameter = |name: &str| columns.iter().position(|column| column.eq_ignore_ascii_case(name));
        let mut table = Table::default();
        // The column of the rowid, and columns whose default is made for each row.
        let (mut keys, mut made) = (Vec::new(), Vec::new());
        let mut statement = raw.prepare("SELECT name, type, pk, dflt_value FROM pragma_table_info(?, ?)")?;
        let mut found = statement.query((&name, &schema))?;
        while let Some(column) = found.next()? {
            let name: String = column.get(0)?;
            if column.get::<_, i64>(2)? > 0 {
                keys.push((name.clone(), column.get::<_, String>(1)?.eq_ignore_ascii_case("INTEGER")));
            }
            if column.get::<_, Option<String>>(3)?.is_some_and(|default| default.contains('(')) {
                made.push(name.to_ascii_lowercase());
            }
        }
        if let [(key, true)] = keys.as_slice() {
            table.given_key = parameter(key);
            table.placing.extend(table.given_key);
        }
        let first = "SELECT (SELECT name FROM pragma_index_info(i.name, ?2) WHERE seqno = 0) FROM pragma_index_list(?1, ?2) i";
        let mut statement = raw.prepare(first)?;
        let mut found = statement.query((&name, &schema))?;
        while let Some(index) = found.next()? {
            match index.get::<_, Option<String>>(0)? {
                Some(column) => match parameter(&column) {
                    Some(parameter) => table.placing.push(parameter),
                    None => table.scattered |= made.contains(&column.to_ascii_lowercase()),
                },
                None => table.scattered = true,
            }
        }
        let schema = quote(schema.as_deref().unwrap_or("main"));
        let defined = format!(
            "SELECT 1 FROM {schema}.sqlite_master WHERE name = ? COLLATE NOCASE AND sql LIKE '%AUTOINCREMENT%'"
        );
        table.autoincrement = raw.prepare(&defined)?.exists([&name])?;
        Ok(table)
    }

    fn plan(&self, insert: &ManyInsert<'_>, rows: &dyn ParameterRows, next: usize) -> Option<Plan> {
        let returning = !insert.ends_with_values();
        let given = rows.rows() - next;
        let keys = insert.wants_keys() && !returning;
        if keys && self.given_key.is_some() {
            return None;
        }
        let most = 1 << (PARAMETERS / rows.width()).clamp(1, 1 << (SIZES - 1)).ilog2();
        // A statement of several rows has more to prepare for than one of a single row.
        let least = match (returning, self.autoincrement) {
            (true, _) => 2,
            (false, true) => 4,
            (false, false) => 8,
        };
        if most < least || given < least + usize::from(keys) {
            return None;
        }
        let in_order = || self.placing.iter().all(|parameter| in_order(rows, next, *parameter));
        let most = match !self.scattered && in_order() {
            true => most,
            false if returning => most.min(SCATTERED),
            // SQLite would write down what is on each page that they come to lie on, which it need not for one row.
            false => return None,
        };
        Some(Plan { most, least, tail: None, returning, keys, given_key: self.given_key })
    }
}

/// Whether the values of a parameter only grow from row to row, or only fall.
fn in_order(rows: &dyn ParameterRows, next: usize, parameter: usize) -> bool {
    let (mut grows, mut falls) = (true, true);
    let mut last = ValueRef::Null;
    for row in next..rows.rows().min(next + SAMPLE) {
        let value = rows.value(row, parameter);
        if value.is_null() {
            continue;
        }
        if !last.is_null() {
            match compare(last, value) {
                Some(Ordering::Less) => falls = false,
                Some(Ordering::Greater) => grows = false,
                Some(Ordering::Equal) => {}
                None => return false,
            }
        }
        last = value;
    }
    grows || falls
}

fn compare(one: ValueRef<'_>, other: ValueRef<'_>) -> Option<Ordering> {
    let (one, other) = (one.resolve(), other.resolve());
    match (one.as_ref(), other.as_ref()) {
        (ValueRef::I64(one), ValueRef::I64(other)) => Some(one.cmp(&other)),
        (ValueRef::Bool(one), ValueRef::Bool(other)) => Some(one.cmp(&other)),
        (ValueRef::F64(one), ValueRef::F64(other)) => one.partial_cmp(&other),
        (ValueRef::Text(one), ValueRef::Text(other)) => Some(one.cmp(other)),
        (ValueRef::Bytes(one), ValueRef::Bytes(other)) => Some(one.cmp(other)),
        (ValueRef::Uuid(one), ValueRef::Uuid(other)) => Some(one.cmp(&other)),
        (ValueRef::Date(one), ValueRef::Date(other)) => Some(one.cmp(&other)),
        (ValueRef::Timestamp(one), ValueRef::Timestamp(other)) => {
            let (one, other) = (one.to_utc(), other.to_utc());
            Some((one.date, one.time).cmp(&(other.date, other.time)))
        }
        _ => None,
    }
}

/// `main.pets (name, age)`, read.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    schema: Option<String>,
    name: String,
    columns: Vec<String>,
}

impl Target {
    fn of(sql: &str) -> Option<Self> {
        let mut names = Vec::new();
        let mut columns = None;
        for token in Tokens::new(sql) {
            match token.kind {
                Kind::Word | Kind::Quoted => names.push(unquote(token.text(sql))),
                Kind::Other(b'(') if columns.is_none() => columns = Some(names.len()),
                Kind::Other(b'.' | b',' | b')') => {}
                _ => return None,
            }
        }
        let columns = names.split_off(columns?);
        let name = names.pop()?;
        Some(Target { schema: names.pop(), name, columns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read() {
        let target = |schema: Option<&str>, name: &str, columns: &[&str]| Target {
            schema: schema.map(str::to_owned),
            name: name.to_owned(),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        };
        assert_eq!(Target::of("pets (name, age)"), Some(target(None, "pets", &["name", "age"])));
        let odd = Target::of("aux.\"a\"\"b.c\" (\"x,y\", z)");
        assert_eq!(odd, Some(target(Some("aux"), "a\"b.c", &["x,y", "z"])));
        assert_eq!(Target::of("pets"), None);
    }
}
