//! Joins over relations.

use aludel::prelude::*;

use super::models::*;

#[test]
fn a_join_takes_its_condition_from_the_relation() {
    let cases = [
        (
            sqlite(select(User.name).join(User.addresses)),
            "SELECT users.name FROM users JOIN addresses ON users.id = addresses.user_id",
        ),
        (
            sqlite(select(Address.email).outer_join(Address.user)),
            "SELECT addresses.email FROM addresses LEFT OUTER JOIN users ON users.id = addresses.user_id",
        ),
        (
            sqlite(select(User.name).join(User.profile)),
            "SELECT users.name FROM users JOIN profiles ON users.id = profiles.user_id",
        ),
        (
            sqlite(select(User.name).join(User.teams)),
            "SELECT users.name FROM users JOIN memberships ON users.id = memberships.user_id \
             JOIN teams ON teams.id = memberships.team_id",
        ),
        (
            sqlite(select(Team.name).join(Team.users).join(User.addresses)),
            "SELECT teams.name FROM teams JOIN memberships ON teams.id = memberships.team_id \
             JOIN users ON users.id = memberships.user_id JOIN addresses ON users.id = addresses.user_id",
        ),
        (
            sqlite(select(Order.number).join(Order.lines)),
            "SELECT orders.number FROM orders JOIN lines ON orders.shop = lines.order_shop AND orders.number = lines.order_number",
        ),
        (
            sqlite(select(User.name).outer_join(User.addresses.and(Address.email.like("a%")))),
            "SELECT users.name FROM users LEFT OUTER JOIN addresses ON users.id = addresses.user_id AND addresses.email LIKE ?",
        ),
    ];
    for (found, wanted) in cases {
        assert_eq!(found, wanted);
    }
}

#[test]
fn a_join_reads_the_same_on_every_database() {
    let [sqlite, postgres, mysql] =
        everywhere(select(User.name).join(User.teams).filter(Team.name.eq("staff")));
    let wanted = "SELECT users.name FROM users JOIN memberships ON users.id = memberships.user_id JOIN teams ON teams.id = memberships.team_id WHERE teams.name = ?";
    assert_eq!(sqlite, wanted);
    assert_eq!(postgres, wanted.replace('?', "$1"));
    assert_eq!(mysql, wanted.replace(" JOIN ", " INNER JOIN "));
}

#[test]
fn a_relation_of_a_model_with_itself_is_joined_to_an_alias() {
    let manager = User.alias();
    assert_eq!(
        sqlite(select((User.name, manager.name)).join(User.manager.to(manager))),
        "SELECT users.name, users_1.name AS name_1 FROM users JOIN users AS users_1 ON users_1.id = users.manager_id"
    );
    let report = User.alias();
    assert_eq!(
        sqlite(select(User.name).join(User.reports.to(report)).join(report.addresses)),
        "SELECT users.name FROM users JOIN users AS users_1 ON users.id = users_1.manager_id \
         JOIN addresses ON users_1.id = addresses.user_id"
    );
    let refused = refusal(select(User.name).join(User.manager));
    assert!(refused.contains("`User.manager`") && refused.contains("User.alias()"), "{refused}");
    let refused = refusal(select(User.name).join(User.addresses).join(User.addresses));
    assert!(refused.starts_with("`addresses` is read twice in one query"), "{refused}");
}

#[test]
fn a_relation_can_be_joined_twice_under_aliases() {
    let (first, second) = (Team.alias(), Team.alias());
    assert_eq!(
        sqlite(
            select(User.name)
                .join(User.teams.to(first))
                .join(User.teams.to(second))
                .filter(first.name.ne(second.name))
        ),
        "SELECT users.name FROM users JOIN memberships AS memberships_1 ON users.id = memberships_1.user_id \
         JOIN teams AS teams_1 ON teams_1.id = memberships_1.team_id \
         JOIN memberships AS memberships_2 ON users.id = memberships_2.user_id \
         JOIN teams AS teams_2 ON teams_2.id = memberships_2.team_id WHERE teams_1.name != teams_2.name"
    );
}

#[test]
fn joins_find_the_rows_that_belong_together() -> aludel::Result<()> {
    let (mut connection, _) = filled();
    let rows: Vec<(String, Option<String>)> = connection
        .all(
            select((User.name, Address.email.maybe()))
                .outer_join(User.addresses)
                .order_by((User.id, Address.id)),
        )
        .wait()?;
    let found: Vec<(&str, Option<&str>)> =
        rows.iter().map(|(name, email)| (name.as_str(), email.as_deref())).collect();
    let wanted = [
        ("alice", Some("a1@x")),
        ("alice", Some("a2@x")),
        ("bob", Some("b@x")),
        ("carol", None),
        ("dave", None),
    ];
    assert_eq!(found, wanted);
    let manager = User.alias();
    let managed: Vec<(String, String)> = connection
        .all(select((User.name, manager.name)).join(User.manager.to(manager)).order_by(User.id))
        .wait()?;
    let managed: Vec<(&str, &str)> = managed.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(managed, [("bob", "alice"), ("carol", "alice"), ("dave", "bob")]);
    Ok(())
}
