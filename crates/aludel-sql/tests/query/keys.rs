//! The law of the structural key: statements with equal keys have equal texts, and their values go to the same places.

use std::collections::BTreeMap;

use aludel_sql::ast::key::StatementKey;
use aludel_sql::ast::*;
use aludel_sql::dialect::{mysql::Mysql, postgres::Postgres, sqlite::Sqlite};
use aludel_sql::types::{Type, string};
use aludel_sql::{Dialect, Name, Value, compile};
use proptest::prelude::*;

use super::walk::{Node, walk};

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Many statements of a tiny language, so that they nearly are one another.
    #[test]
    fn equal_keys_mean_equal_texts(statements in prop::collection::vec(tiny(), 300)) {
        let mut known: BTreeMap<Vec<u8>, (String, &Statement)> = BTreeMap::new();
        for statement in &statements {
            let texts = format!("{:#?}", texts(statement));
            let key = StatementKey::of(statement).bytes().to_vec();
            if let Some((before, other)) = known.insert(key, (texts.clone(), statement)) {
                prop_assert_eq!(before, texts, "{:?} and {:?}", other, statement);
            }
        }
    }

    /// The same statement with other values has the same key and the same text; the values are found in the order of
    /// the placeholders.
    #[test]
    fn values_are_no_part_of_the_key(statement in statement(), number in any::<i64>()) {
        let mut other = statement.clone();
        let mut next = number;
        walk(&mut other, &mut |node| {
            if let Node::Value(value) = node {
                *value = Value::I64(next);
                next = next.wrapping_add(1);
            }
        });
        let (key, changed) = (StatementKey::of(&statement), StatementKey::of(&other));
        prop_assert_eq!(key.bytes(), changed.bytes());
        prop_assert_eq!(texts(&statement), texts(&other));
    }

    /// Aliases are told apart by numbers that no two statements share, and still a statement that is built twice is one.
    #[test]
    fn a_statement_built_twice_has_one_key(statement in statement(), shift in 1..9_u32) {
        let mut renamed = statement.clone();
        walk(&mut renamed, &mut |node| {
            if let Node::Table(TableRef { alias: Alias::Anonymous(id), .. }) = node {
                *id += shift;
            }
        });
        let (key, again) = (StatementKey::of(&statement), StatementKey::of(&renamed));
        prop_assert_eq!(key.bytes(), again.bytes());
        prop_assert_eq!(texts(&statement), texts(&renamed));
    }
}

fn texts(statement: &Statement) -> Vec<Result<(String, Vec<usize>), String>> {
    let dialects: [&dyn Dialect; 3] = [&Sqlite::default(), &Postgres::default(), &Mysql::mariadb()];
    dialects
        .iter()
        .map(|dialect| {
            let compiled = compile(statement, *dialect).map_err(|error| error.to_string())?;
            Ok((compiled.sql, compiled.binds))
        })
        .collect()
}

fn name() -> impl Strategy<Value = Name> {
    prop::sample::select(vec!["a", "b", "", "ab"]).prop_map(Name::from)
}

fn alias() -> impl Strategy<Value = Alias> {
    prop_oneof![Just(Alias::None), (1..4_u32).prop_map(Alias::Anonymous), name().prop_map(Alias::Named),]
}

fn table() -> impl Strategy<Value = TableRef> {
    (prop::option::of(name()), name(), alias()).prop_map(|(schema, name, alias)| TableRef {
        schema,
        name,
        alias,
    })
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        (0..2_i64).prop_map(Value::I64),
        (0..2_u8).prop_map(|number| Value::F64(f64::from(number))),
        prop::sample::select(vec!["", "1", "a"]).prop_map(|text| Value::Text(text.to_owned())),
        Just(Value::Bytes(vec![b'1'])),
        any::<bool>().prop_map(Value::Bool),
    ]
}

fn column() -> impl Strategy<Value = Expr> {
    (prop::option::of(table()), name())
        .prop_map(|(table, name)| Expr::Column(ColumnRef { source: table.map(Source::Table), name }))
}

fn expr() -> BoxedStrategy<Expr> {
    let leaf = prop_oneof![
        3 => column(),
        2 => value().prop_map(Expr::Bind),
        1 => value().prop_map(Expr::Literal),
        1 => name().prop_map(Expr::Text),
        1 => name().prop_map(Expr::Excluded),
        1 => (0..2_usize).prop_map(Expr::Parameter),
        1 => Just(Expr::Star),
        1 => Just(Expr::Now),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let inner = inner.boxed();
        let select = small_select(inner.clone()).boxed();
        prop_oneof![
            8 => one_level(inner),
            1 => (select.clone(), any::<bool>())
                .prop_map(|(select, negated)| Expr::Exists { select: select.into(), negated }),
            1 => select.prop_map(|select| Expr::Select(select.into())),
        ]
    })
    .boxed()
}

/// An expression around others.
fn one_level(inner: BoxedStrategy<Expr>) -> impl Strategy<Value = Expr> {
    let boxed = inner.clone().prop_map(Box::new).boxed();
    let list = prop::collection::vec(inner.clone(), 0..3).boxed();
    let operator = prop::sample::select(vec![
        BinaryOperator::Equal,
        BinaryOperator::Less,
        BinaryOperator::Add,
        BinaryOperator::Concat,
        BinaryOperator::IsDistinctFrom,
    ]);
    prop_oneof![
        (any::<bool>(), boxed.clone()).prop_map(|(not, operand)| {
            Expr::Unary(if not { UnaryOperator::Not } else { UnaryOperator::Negate }, operand)
        }),
        (operator, boxed.clone(), boxed.clone()).prop_map(|(op, left, right)| Expr::Binary(op, left, right)),
        list.clone().prop_map(Expr::All),
        list.clone().prop_map(Expr::Any),
        list.clone().prop_map(Expr::Tuple),
        (boxed.clone(), list.clone(), any::<bool>()).prop_map(|(operand, values, negated)| Expr::In {
            operand,
            list: InList::Values(values),
            negated
        }),
        (boxed.clone(), 0..12_usize, any::<bool>()).prop_map(|(operand, values, negated)| Expr::In {
            operand,
            list: InList::Values((0..values).map(|value| Expr::Bind(Value::I64(value as i64))).collect()),
            negated
        }),
        (boxed.clone(), boxed.clone(), boxed.clone(), any::<bool>()).prop_map(
            |(operand, low, high, negated)| Expr::Between { operand, low, high, symmetric: false, negated }
        ),
        (
            boxed.clone(),
            boxed.clone(),
            prop::option::of(prop::sample::select(vec!['\0', '/'])),
            any::<bool>(),
            any::<bool>()
        )
            .prop_map(|(operand, pattern, escape, insensitive, negated)| Expr::Like {
                operand,
                pattern,
                affix: Affix::None,
                escape: escape.into(),
                insensitive,
                negated
            }),
        (boxed.clone(), any::<bool>()).prop_map(|(operand, negated)| Expr::IsNull { operand, negated }),
        (name(), list.clone(), any::<bool>()).prop_map(|(name, arguments, distinct)| Expr::Function(
            Function { distinct, ..Function::new(name, arguments) }
        )),
        (inner.clone(), inner.clone(), prop::option::of(inner.clone())).prop_map(
            |(when, then, otherwise)| {
                Expr::Case(Box::new(Case { operand: None, whens: vec![(when, then)], otherwise }))
            }
        ),
        (boxed, prop::sample::select(vec![Type::Integer, Type::BigInteger, string(1), string(2)]))
            .prop_map(|(operand, ty)| Expr::Cast(operand, ty)),
    ]
}

/// One expression of two leaves at most, selected from one table.
fn tiny() -> impl Strategy<Value = Statement> {
    let table = TableRef { schema: None, name: "t".into(), alias: Alias::None };
    let column = |name: &'static str| Expr::Column(ColumnRef { source: None, name: name.into() });
    let leaf = prop_oneof![
        Just(column("a")),
        Just(column("")),
        (0..2_i64).prop_map(|number| Expr::Bind(Value::I64(number))),
        value().prop_map(Expr::Literal),
    ];
    let order = (any::<bool>(), prop::option::of(any::<bool>()));
    let label = prop::option::of(prop::sample::select(vec!["", "a"]));
    (one_level(leaf.boxed()), label, any::<bool>(), prop::option::of(order)).prop_map(
        move |(expr, label, distinct, order)| {
            let order = order.map(|(descending, nulls_first)| OrderBy {
                expr: Expr::Column(ColumnRef { source: None, name: "a".into() }),
                direction: direction(descending),
                nulls_first,
            });
            Statement::Select(Select {
                distinct,
                items: vec![SelectItem::Expr(expr, label.map(Name::from))],
                from: vec![FromItem::Table(table.clone())],
                order_by: order.into_iter().collect(),
                ..Select::default()
            })
        },
    )
}

fn item(expr: BoxedStrategy<Expr>) -> impl Strategy<Value = SelectItem> {
    prop_oneof![
        (expr, prop::option::of(name())).prop_map(|(expr, label)| SelectItem::Expr(expr, label)),
        (table(), prop::collection::vec(name(), 0..3))
            .prop_map(|(table, names)| SelectItem::OwnedColumns(table.into(), names)),
    ]
}

/// A query that mostly reads what it names.
fn small_select(expr: BoxedStrategy<Expr>) -> impl Strategy<Value = Select> {
    let order = (expr.clone(), any::<bool>(), prop::option::of(any::<bool>())).prop_map(
        |(expr, descending, nulls_first)| OrderBy { expr, direction: direction(descending), nulls_first },
    );
    let kind = prop::sample::select(vec![JoinKind::Inner, JoinKind::Left, JoinKind::Cross]);
    let join = (kind, table(), prop::option::of(expr.clone()))
        .prop_map(|(kind, table, on)| Join::new(kind, table, on));
    let few = |expr: &BoxedStrategy<Expr>| prop::collection::vec(expr.clone(), 0..2);
    (
        any::<bool>(),
        prop::collection::vec(item(expr.clone()), 0..3),
        prop::collection::vec(table().prop_map(FromItem::Table), 0..2),
        prop::collection::vec(join, 0..2),
        (few(&expr), few(&expr), few(&expr)),
        prop::collection::vec(order, 0..2),
        (prop::option::of(expr.clone()), prop::option::of(expr)),
    )
        .prop_map(
            |(distinct, items, from, joins, (filter, group_by, having), order_by, (limit, offset))| Select {
                distinct,
                items,
                from,
                joins,
                filter,
                group_by,
                having,
                order_by,
                limit,
                offset,
                options: None,
            },
        )
}

fn direction(descending: bool) -> Direction {
    if descending { Direction::Descending } else { Direction::Unstated }
}

fn statement() -> impl Strategy<Value = Statement> {
    let conflict = prop::option::of((
        prop::collection::vec(name(), 0..2),
        prop::option::of((
            prop::collection::vec((name(), expr()), 0..2),
            prop::collection::vec(expr(), 0..2),
        )),
    ))
    .prop_map(|conflict| {
        conflict.map(|(target, update)| OnConflict {
            target: ConflictTarget::columns(target),
            new_row: None,
            action: match update {
                None => ConflictAction::DoNothing,
                Some((set, filter)) => ConflictAction::DoUpdate { set, filter },
            },
        })
    });
    let source = prop_oneof![
        Just(InsertSource::Defaults),
        Just(InsertSource::Placeholders),
        prop::collection::vec(prop::collection::vec(expr(), 0..3), 0..3).prop_map(InsertSource::Values),
        small_select(expr()).prop_map(|select| InsertSource::Select(select.into())),
    ];
    let insert = (
        table(),
        prop::collection::vec(name(), 0..3),
        source,
        conflict,
        prop::collection::vec(item(expr()), 0..2),
    )
        .prop_map(|(table, columns, source, on_conflict, returning)| {
            Statement::Insert(Insert { table, columns, source, on_conflict, returning, options: None })
        });
    let written = || (prop::collection::vec(expr(), 0..2), prop::collection::vec(item(expr()), 0..2));
    let update = (table(), prop::collection::vec((name(), expr()), 0..3), written()).prop_map(
        |(table, set, (filter, returning))| {
            Statement::Update(Update { table, set, filter, returning, options: None })
        },
    );
    let delete = (table(), written()).prop_map(|(table, (filter, returning))| {
        Statement::Delete(Delete { table, filter, returning, options: None })
    });
    let text =
        (prop::sample::select(vec!["a ?", "a", "a ? ?", "a ??"]), prop::collection::vec(value(), 0..3))
            .prop_map(|(sql, binds)| Statement::Text(TextStatement { sql: sql.into(), binds }));
    prop_oneof![6 => small_select(expr()).prop_map(Statement::Select), 2 => insert, 2 => update, 1 => delete, 1 => text]
}
