//! Conditions on related rows: any, has, contains, and whether there are any.

use aludel::prelude::*;

use super::models::*;

#[test]
fn conditions_on_related_rows_are_exists() {
    let (mut connection, _) = filled();
    let bob = connection.one(select(Address).filter(Address.id.eq(20))).wait().expect("an address");
    let staff = Team { id: 2, name: "staff".into(), users: Many::new() };
    let cases = [
        (
            User.addresses.any(Address.email.eq("b@x")),
            "EXISTS (SELECT 1 FROM addresses WHERE users.id = addresses.user_id AND addresses.email = ?)",
            vec!["bob"],
        ),
        (
            User.addresses.any_exists(),
            "EXISTS (SELECT 1 FROM addresses WHERE users.id = addresses.user_id)",
            vec!["alice", "bob"],
        ),
        (
            !User.addresses.any_exists(),
            "NOT (EXISTS (SELECT 1 FROM addresses WHERE users.id = addresses.user_id))",
            vec!["carol", "dave"],
        ),
        (
            User.teams.any(Team.name.eq("admins")),
            "EXISTS (SELECT 1 FROM memberships, teams WHERE users.id = memberships.user_id AND teams.id = memberships.team_id AND teams.name = ?)",
            vec!["alice"],
        ),
        (
            User.addresses.any(Address.letters.any(Letter.id.eq(102))),
            "EXISTS (SELECT 1 FROM addresses WHERE users.id = addresses.user_id AND (EXISTS (SELECT 1 FROM letters WHERE addresses.id = letters.address_id AND letters.id = ?)))",
            vec!["bob"],
        ),
        // Back to the same table: the condition speaks of the related row, as in SQLAlchemy.
        (
            User.manager.has(User.name.eq("alice")),
            "EXISTS (SELECT 1 FROM users AS users_1 WHERE users_1.id = users.manager_id AND users_1.name = ?)",
            vec!["bob", "carol"],
        ),
        (
            User.reports.any(User.addresses.any_exists()),
            "EXISTS (SELECT 1 FROM users AS users_1 WHERE users.id = users_1.manager_id AND (EXISTS (SELECT 1 FROM addresses WHERE users_1.id = addresses.user_id)))",
            vec!["alice"],
        ),
        (User.addresses.contains(&bob), "users.id = ?", vec!["bob"]),
        (
            User.teams.contains(&staff),
            "EXISTS (SELECT 1 FROM memberships WHERE users.id = memberships.user_id AND memberships.team_id = ?)",
            vec!["alice", "bob", "carol"],
        ),
        (User.manager.is_none(), "users.manager_id IS NULL", vec!["alice"]),
        (User.manager.is_some(), "users.manager_id IS NOT NULL", vec!["bob", "carol", "dave"]),
        (
            User.profile.is_none(),
            "NOT (EXISTS (SELECT 1 FROM profiles WHERE users.id = profiles.user_id))",
            vec!["bob", "dave"],
        ),
    ];
    for (condition, wanted, users) in cases {
        let query = select(User).filter(condition).order_by(User.id);
        let text = sqlite(query.clone());
        let found = text.strip_prefix("SELECT users.id, users.name, users.manager_id FROM users WHERE ");
        assert_eq!(found, Some(format!("{wanted} ORDER BY users.id").as_str()));
        assert_eq!(names(&connection.all(query).wait().expect(wanted)), users, "{wanted}");
    }
}

#[test]
fn a_condition_can_compare_a_row_with_a_related_one() -> aludel::Result<()> {
    let (mut connection, _) = filled();
    let report = User.alias();
    let query = select(User).filter(User.reports.to(report).any(report.name.gt(User.name))).order_by(User.id);
    assert_eq!(
        sqlite(query.clone()),
        "SELECT users.id, users.name, users.manager_id FROM users WHERE EXISTS (SELECT 1 FROM users AS users_1 WHERE users.id = users_1.manager_id AND users_1.name > users.name) ORDER BY users.id"
    );
    assert_eq!(names(&connection.all(query).wait()?), ["alice", "bob"]);
    Ok(())
}

#[test]
fn a_key_of_several_columns_is_compared_whole() -> aludel::Result<()> {
    let (mut connection, _) = filled();
    let north = connection.one(select(Order).filter(Order.number.eq(2))).wait()?;
    let query = select(Line.id).filter(Line.order.eq(&north));
    assert_eq!(
        sqlite(query.clone()),
        "SELECT lines.id FROM lines WHERE lines.order_shop = ? AND lines.order_number = ?"
    );
    assert_eq!(connection.all(query).wait()?, [] as [i64; 0]);
    // A key with a part that is NULL refers to nothing.
    let orphans = connection.all(select(Line.id).filter(Line.order.is_none())).wait()?;
    assert_eq!(orphans, [4]);
    let without: Vec<i32> = connection.all(select(Order.number).filter(!Order.lines.any_exists())).wait()?;
    assert_eq!(without, [2]);
    Ok(())
}

#[test]
fn an_object_that_belongs_to_nobody_is_contained_nowhere() -> aludel::Result<()> {
    let (mut connection, _) = filled();
    let stray = connection.one(select(Address).filter(Address.id.eq(90))).wait()?;
    assert_eq!(
        connection.all(select(User.id).filter(User.addresses.contains(&stray))).wait()?,
        [] as [i64; 0]
    );
    Ok(())
}
