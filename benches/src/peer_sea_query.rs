//! sea-query: the statement of scenario g, built and rendered.

use sea_query::{Expr, Iden, Order, Query, SqliteQueryBuilder};

use aludel_benches::data::RENDERS;

#[derive(Iden)]
enum Pets {
    Table,
    Id,
    Name,
    OwnerId,
}

#[derive(Iden)]
enum Owners {
    Table,
    Id,
    Name,
}

pub fn render() -> usize {
    let mut length = 0;
    for number in 0..RENDERS as i64 {
        let (sql, values) = Query::select()
            .columns([(Pets::Table, Pets::Id), (Pets::Table, Pets::Name), (Pets::Table, Pets::OwnerId)])
            .from(Pets::Table)
            .inner_join(
                Owners::Table,
                Expr::col((Pets::Table, Pets::OwnerId)).equals((Owners::Table, Owners::Id)),
            )
            .and_where(Expr::col((Pets::Table, Pets::Id)).gt(number))
            .and_where(Expr::col((Pets::Table, Pets::Id)).lt(number + 100))
            .and_where(Expr::col((Pets::Table, Pets::Name)).ne("x"))
            .and_where(Expr::col((Owners::Table, Owners::Name)).like("a%"))
            .and_where(Expr::col((Owners::Table, Owners::Id)).is_in([1, 2, 3]))
            .and_where(Expr::col((Owners::Table, Owners::Id)).ne(number))
            .order_by((Pets::Table, Pets::Name), Order::Desc)
            .limit(10)
            .build(SqliteQueryBuilder);
        length += sql.len() + values.0.len();
    }
    length
}
