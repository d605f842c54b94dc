//! Laws of steps as values: what reverse, replay and render owe to each other, on random histories.

use aludel_migrate::operation::{
    AddColumn, AddConstraint, AlterColumn, Constraint, ConstraintRef, DropColumn, DropConstraint, DropIndex,
    DropTable, Operation, RenameColumn, RenameTable,
};
use aludel_migrate::prelude::*;
use aludel_migrate::render_rust::render_steps;
use aludel_migrate::replay::{replay, replay_step};
use aludel_migrate::reverse::{reverse, reverse_step};
use aludel_sql::MetaData;
use aludel_sql::dialect::sqlite::Sqlite;
use aludel_sql::schema::{Column, IndexKey, Table};
use proptest::prelude::*;

/// A random decision: what to do, and to what.
type Choice = (u8, u8, u8);

/// Makes valid steps out of random decisions, keeping the schema that they lead to.
struct Author {
    schema: MetaData,
    steps: Vec<Operation>,
    names: usize,
}

impl Author {
    fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn do_step(&mut self, step: Operation) {
        let fitting = replay_step(&step, &mut self.schema);
        assert_eq!(fitting, Ok(()), "{step:?}");
        self.steps.push(step);
    }

    fn decide(&mut self, (what, which, how): Choice) {
        let tables = self.schema.tables();
        if tables.is_empty() || what % 16 == 0 {
            let table = self.new_table(how);
            return self.do_step(Operation::CreateTable(table));
        }
        let table = tables[usize::from(which) % tables.len()].clone();
        let column = table.columns[usize::from(how) % table.columns.len()].clone();
        if let Some(step) = self.step(what, how, &table, &column) {
            self.do_step(step);
        }
    }

    /// A step on a table, where it is one that can be undone: a dropped column has nothing else depending on it.
    fn step(&mut self, what: u8, how: u8, of: &Table, on: &Column) -> Option<Operation> {
        let (table, column) = (of.name.clone(), on.name.clone());
        Some(match what % 16 {
            1 if self.schema.tables().len() > 1 => {
                Operation::DropTable(DropTable { name: table, existing: Some(of.clone()) })
            }
            2 => Operation::RenameTable(RenameTable { from: table, to: self.fresh("t") }),
            3 | 4 => Operation::AddColumn(AddColumn { table, column: self.new_column(how) }),
            5 if of.columns.len() > 1 && is_free(of, &column) => {
                Operation::DropColumn(DropColumn { table, name: column, existing: Some(on.clone()) })
            }
            6 | 7 => Operation::AlterColumn(AlterColumn {
                ty: (how & 1 != 0).then(|| string(how.into())),
                nullable: (how & 2 != 0 && !of.is_primary_key(&column)).then_some(!on.nullable),
                server_default: (how & 4 != 0).then(|| (how & 8 != 0).then(|| "x".into())),
                comment: (how & 16 != 0).then(|| (how & 32 != 0).then(|| "c".to_owned())),
                existing: Some(on.clone()),
                ..AlterColumn::new(table, column)
            }),
            8 => Operation::RenameColumn(RenameColumn { table, from: column, to: self.fresh("c") }),
            9 => {
                let mut made = index(self.fresh("ix")).on(table, [column]);
                made.unique = how & 1 != 0;
                Operation::CreateIndex(made)
            }
            10 => {
                let index = of.indexes.first()?.clone();
                Operation::DropIndex(DropIndex { name: index.name.to_string(), table, existing: Some(index) })
            }
            11 | 12 => Operation::AddConstraint(AddConstraint {
                constraint: self.new_constraint(how, of, on)?,
                table,
            }),
            13 | 14 => {
                Operation::DropConstraint(DropConstraint { constraint: some_constraint(how, of)?, table })
            }
            15 => Operation::DropConstraint(DropConstraint {
                constraint: reference(of.primary_key.clone()?.into()),
                table,
            }),
            _ => return None,
        })
    }

    fn new_table(&mut self, how: u8) -> Table {
        let mut made = table(self.fresh("t")).column(column("id", integer()).primary_key());
        for part in 0..how % 4 {
            made.add_column(self.new_column(how.rotate_left(part.into())));
        }
        made
    }

    fn new_column(&mut self, how: u8) -> Column {
        let name = self.fresh("c");
        let mut made = column(name, if how & 1 != 0 { text() } else { big_integer() });
        made.inline.unique = how & 2 != 0;
        made.inline.index = (how & 4 != 0).then_some(None);
        made.nullable = how & 8 != 0;
        if how & 16 != 0 { made.references("t1.id").on_delete(SetNull) } else { made }
    }

    fn new_constraint(&mut self, how: u8, of: &Table, on: &Column) -> Option<Constraint> {
        let name = (how & 4 != 0).then(|| self.fresh("k"));
        let mut made: Constraint = match how & 3 {
            0 if of.primary_key.is_none() && !on.nullable => primary_key([on.name.as_str()]).into(),
            1 => unique([on.name.as_str()]).into(),
            2 => foreign_key([on.name.as_str()]).references(of.name.clone(), ["id"]).into(),
            3 => check(format!("{} > 0", on.name)).into(),
            _ => return None,
        };
        match &mut made {
            Constraint::PrimaryKey(key) => key.name = name.map(Into::into),
            Constraint::Unique(unique) => unique.name = name.map(Into::into),
            Constraint::ForeignKey(key) => key.name = name.map(Into::into),
            Constraint::Check(check) => check.name = name.map(Into::into),
            Constraint::Exclude(exclude) => exclude.name = name.map(Into::into),
        }
        Some(made)
    }
}

fn is_free(table: &Table, column: &str) -> bool {
    let keys = table.primary_key.iter().flat_map(|key| &key.columns);
    let uniques = table.unique_constraints.iter().flat_map(|unique| &unique.columns);
    let foreign = table.foreign_keys.iter().flat_map(|key| &key.columns);
    let indexed = |key: &IndexKey| matches!(key, IndexKey::Column(name) if name == column);
    !keys.chain(uniques).chain(foreign).any(|name| name == column)
        && !table.indexes.iter().flat_map(|index| &index.elements).any(|element| indexed(&element.key))
}

fn some_constraint(how: u8, of: &Table) -> Option<ConstraintRef> {
    Some(reference(match how % 3 {
        0 => of.unique_constraints.first()?.clone().into(),
        1 => of.foreign_keys.first()?.clone().into(),
        _ => of.checks.first()?.clone().into(),
    }))
}

fn reference(constraint: Constraint) -> ConstraintRef {
    match constraint.name().map(str::to_owned) {
        Some(name) => ConstraintRef::Named { name, kind: constraint.kind(), existing: Some(constraint) },
        None => ConstraintRef::Unnamed(constraint),
    }
}

/// A schema, and a history that leads away from it.
fn histories() -> impl Strategy<Value = (MetaData, Vec<Operation>, MetaData)> {
    let choices = || prop::collection::vec(any::<Choice>(), 0..24);
    (choices(), choices()).prop_map(|(before, after)| {
        let mut author = Author { schema: MetaData::new(), steps: Vec::new(), names: 0 };
        before.into_iter().for_each(|choice| author.decide(choice));
        let (start, _) = (author.schema.clone(), std::mem::take(&mut author.steps));
        after.into_iter().for_each(|choice| author.decide(choice));
        (start, author.steps, author.schema)
    })
}

/// The schema without the order in which things were added: what was dropped comes back at the end.
fn unordered(schema: &MetaData) -> MetaData {
    let mut tables = schema.tables().to_vec();
    for table in &mut tables {
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        table.unique_constraints.sort_by_key(|unique| format!("{unique:?}"));
        table.foreign_keys.sort_by_key(|key| format!("{key:?}"));
        table.checks.sort_by_key(|check| format!("{check:?}"));
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    tables.into_iter().collect()
}

proptest! {
    #[test]
    fn reversed_twice_is_the_same((_, steps, _) in histories()) {
        let back = reverse(&steps).expect("every step knows what was there");
        prop_assert_eq!(reverse(&back).expect("so does its opposite"), steps);
    }

    #[test]
    fn there_and_back_is_where_it_began((start, steps, end) in histories()) {
        let mut schema = start.clone();
        prop_assert_eq!(replay(&steps, &mut schema), Ok(()));
        prop_assert_eq!(&schema, &end);
        let back = reverse(&steps).expect("every step knows what was there");
        prop_assert_eq!(replay(&back, &mut schema), Ok(()));
        prop_assert_eq!(unordered(&schema), unordered(&start));
    }

    #[test]
    fn creating_every_table_makes_the_schema((_, _, schema) in histories()) {
        let steps: Vec<Operation> =
            schema.sorted_tables().into_iter().cloned().map(Operation::CreateTable).collect();
        let mut made = MetaData::new();
        prop_assert_eq!(replay(&steps, &mut made), Ok(()));
        prop_assert_eq!(unordered(&made), unordered(&schema));
    }

    #[test]
    fn every_step_has_a_text((_, steps, _) in histories()) {
        let text = render_steps(&steps, 4, &Sqlite::default()).expect("no step holds code");
        prop_assert_eq!(text.matches("    op.").count() >= steps.len(), true);
    }
}

#[test]
fn what_cannot_be_reversed_is_named() {
    let mut op = Operations::new();
    op.drop_table("users");
    op.drop_column("users", "email");
    op.drop_index("ix", "users");
    op.drop_constraint("uq", "users", ConstraintKind::Unique);
    op.alter_column("users", "email").not_null();
    op.execute("DELETE FROM users");
    op.run("fill", async |_conn| Ok(()));
    let words = [
        "drop table `users`",
        "drop column `users.email`",
        "drop index `ix` on `users`",
        "drop unique constraint `uq` on `users`",
        "alter column `users.email`",
        "execute `DELETE FROM users`",
        "run `fill`",
    ];
    assert_eq!(op.steps().len(), words.len());
    for (step, words) in op.steps().iter().zip(words) {
        assert_eq!(reverse_step(step).expect_err("nothing is known").step(), words);
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let users =
        || table("users").column(column("id", integer()).primary_key()).unique(unique(["id"]).named("uq"));
    type Write = fn(&mut Operations);
    let cases: [(&str, Write); 17] = [
        ("there is a table `users` already", |op| op.create_table(table("users"))),
        ("there is no table `orders`", |op| op.drop_table("orders")),
        ("there is no table `orders`", |op| op.add_column("orders", column("a", text()))),
        ("there is a table `users` already", |op| op.rename_table("users", "users")),
        ("table `users` has a column `id` already", |op| op.add_column("users", column("id", text()))),
        ("table `users` has a primary key already", |op| {
            op.add_column("users", column("key", text()).primary_key());
        }),
        ("table `users` has no column `email`", |op| op.drop_column("users", "email")),
        ("table `users` has no column `email`", |op| {
            op.alter_column("users", "email").nullable();
        }),
        ("table `users` has no column `email`", |op| op.rename_column("users", "email", "mail")),
        ("table `users` has a column `id` already", |op| op.rename_column("users", "id", "id")),
        ("table `users` has no column `email`", |op| op.create_index(index("ix").on("users", ["email"]))),
        ("table `users` has no index `ix`", |op| op.drop_index("ix", "users")),
        ("table `users` has a constraint `uq` already", |op| {
            op.create_unique_constraint("uq", "users", ["id"]);
        }),
        ("table `users` has no column `a`", |op| op.add_constraint("users", unique(["a"]))),
        ("table `users` has a primary key already", |op| op.add_constraint("users", primary_key(["id"]))),
        ("table `users` has no check constraint `ck`", |op| {
            op.drop_constraint("ck", "users", ConstraintKind::Check);
        }),
        ("table `users` has no such foreign key", |op| {
            op.drop_unnamed_constraint("users", foreign_key(["id"]).references("x", ["id"]));
        }),
    ];
    for (problem, write) in cases {
        let mut op = Operations::new();
        write(&mut op);
        let before = MetaData::new().add(users());
        let mut schema = before.clone();
        let error = replay(op.steps(), &mut schema).expect_err(problem).to_string();
        assert!(error.ends_with(problem), "{error} does not say {problem}");
        assert_eq!(schema, before, "{error}");
    }
}

#[test]
fn references_follow_a_rename() {
    let mut schema = MetaData::new()
        .add(
            table("users")
                .column(column("id", integer()).primary_key())
                .column(column("boss", integer()).index()),
        )
        .add(table("posts").column(column("author", integer()).references("users.id")));
    let mut op = Operations::new();
    op.rename_table("users", "people");
    op.rename_column("people", "id", "number");
    op.rename_column("people", "boss", "chief");
    assert_eq!(replay(op.steps(), &mut schema), Ok(()));
    let people = schema.get(&"people".into()).expect("it is there under its new name");
    assert!(people.is_primary_key("number"));
    assert_eq!(people.indexes, [index("ix_users_boss").on("people", ["chief"])]);
    let posts = schema.get(&"posts".into()).expect("it is there");
    assert_eq!(posts.foreign_keys, [foreign_key(["author"]).references("people", ["number"])]);
}

#[test]
fn a_constraint_that_the_database_named_is_found() {
    let start = MetaData::new().add(
        table("users").column(column("id", integer()).primary_key()).column(column("a", text()).unique()),
    );
    let mut schema = start;
    let steps = [
        Operation::DropConstraint(DropConstraint {
            table: "users".into(),
            constraint: ConstraintRef::Named {
                name: "users_a_key".into(),
                kind: ConstraintKind::Unique,
                existing: Some(unique(["a"]).named("users_a_key").into()),
            },
        }),
        Operation::DropConstraint(DropConstraint {
            table: "users".into(),
            constraint: ConstraintRef::Named {
                name: "users_pkey".into(),
                kind: ConstraintKind::PrimaryKey,
                existing: None,
            },
        }),
    ];
    assert_eq!(replay(&steps, &mut schema), Ok(()));
    let users = schema.get(&"users".into()).expect("it is there");
    assert!(users.primary_key.is_none() && users.unique_constraints.is_empty());
}
