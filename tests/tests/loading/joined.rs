//! Loading along by outer joins.

use aludel::prelude::*;

use super::models::*;

const USER: &str = "users.id, users.name, users.manager_id";
const ADDRESS_1: &str = "addresses_1.id AS id_1, addresses_1.email, addresses_1.user_id";
const USER_INSIDE: &str = "users.id AS id, users.name AS name, users.manager_id AS manager_id";

#[test]
fn a_collection_is_joined_and_its_parents_come_once() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let users =
        connection.all(select(User).order_by(User.name.desc()).with(User.addresses.joined())).wait()?;
    assert_eq!(
        recorder.take(),
        [format!(
            "SELECT {USER}, {ADDRESS_1} FROM users LEFT OUTER JOIN addresses AS addresses_1 \
             ON users.id = addresses_1.user_id ORDER BY users.name DESC"
        )]
    );
    assert_eq!(names(&users), ["dave", "carol", "bob", "alice"]);
    let emails: Vec<Vec<&str>> =
        users.iter().map(|user| user.addresses.iter().map(|a| a.email.as_str()).collect()).collect();
    assert_eq!(emails, [vec![], vec![], vec!["b@x"], vec!["a1@x", "a2@x"]]);
    Ok(())
}

#[test]
fn a_limit_counts_objects_and_not_the_rows_of_the_join() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let query = select(User)
        .with(User.addresses.joined())
        .filter(User.id.lt(4))
        .order_by((User.name.desc(), User.id))
        .limit(2)
        .offset(1);
    let users = connection.all(query).wait()?;
    assert_eq!(
        recorder.take(),
        [format!(
            "SELECT anon_1.id, anon_1.name, anon_1.manager_id, {ADDRESS_1} FROM (SELECT {USER_INSIDE} FROM users WHERE users.id < ? \
             ORDER BY users.name DESC, users.id LIMIT ? OFFSET ?) AS anon_1 LEFT OUTER JOIN addresses AS addresses_1 \
             ON anon_1.id = addresses_1.user_id ORDER BY anon_1.name DESC, anon_1.id"
        )]
    );
    assert_eq!(names(&users), ["bob", "alice"]);
    assert_eq!(users[1].addresses.len(), 2);
    // A single object changes no number of rows, so the query stays as it is.
    let addresses =
        connection.all(select(Address).with(Address.user.joined()).order_by(Address.id).limit(2)).wait()?;
    assert_eq!(addresses[1].user.get().map(|user| user.name.as_str()), Some("alice"));
    assert!(!recorder.take()[0].contains("anon_1"));
    Ok(())
}

#[test]
fn an_order_by_something_else_leaves_the_subquery_with_it() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let query =
        select(User).join(User.profile).order_by(Profile.text.desc()).limit(1).with(User.addresses.joined());
    let users = connection.all(query).wait()?;
    assert_eq!(names(&users), ["carol"]);
    assert_eq!(
        recorder.take(),
        [format!(
            "SELECT anon_1.id, anon_1.name, anon_1.manager_id, {ADDRESS_1} FROM (SELECT {USER_INSIDE}, profiles.text AS anon_order_1 \
             FROM users JOIN profiles ON users.id = profiles.user_id ORDER BY profiles.text DESC LIMIT ?) AS anon_1 \
             LEFT OUTER JOIN addresses AS addresses_1 ON anon_1.id = addresses_1.user_id ORDER BY anon_1.anon_order_1 DESC"
        )]
    );
    Ok(())
}

#[test]
fn distinct_is_about_the_query_and_not_about_what_is_joined() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let query = select(User).join(User.addresses).distinct().order_by(User.id).with(User.manager.joined());
    let users = connection.all(query).wait()?;
    assert_eq!(names(&users), ["alice", "bob"]);
    let sql = &recorder.take()[0];
    assert!(sql.contains("FROM (SELECT DISTINCT users.id AS id, "), "{sql}");
    assert!(
        sql.ends_with(
            "AS anon_1 LEFT OUTER JOIN users AS users_1 ON users_1.id = anon_1.manager_id ORDER BY anon_1.id"
        ),
        "{sql}"
    );
    Ok(())
}

#[test]
fn conditions_of_the_query_do_not_see_what_is_joined() -> aludel::Result<()> {
    let (mut connection, _) = filled();
    // The user's own join narrows the users; all of their addresses are loaded nevertheless.
    let query =
        select(User).join(User.addresses).filter(Address.email.eq("a2@x")).with(User.addresses.joined());
    let users = connection.all(query).wait()?;
    assert_eq!(names(&users), ["alice"]);
    assert_eq!(users[0].addresses.len(), 2);
    Ok(())
}

#[test]
fn joins_nest_and_stand_side_by_side() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let query = select(User)
        .order_by(User.id)
        .with(User.addresses.joined().then(Address.letters.joined()).then(Address.user.joined()))
        .with(User.teams.joined())
        .with(User.manager.joined().then(User.addresses.selectin()));
    let users = connection.all(query).wait()?;
    let statements = recorder.take();
    assert_eq!(statements.len(), 2);
    assert!(
        statements[0].ends_with(
            "FROM users LEFT OUTER JOIN addresses AS addresses_1 ON users.id = addresses_1.user_id \
             LEFT OUTER JOIN letters AS letters_1 ON addresses_1.id = letters_1.address_id \
             LEFT OUTER JOIN users AS users_1 ON users_1.id = addresses_1.user_id \
             LEFT OUTER JOIN memberships AS memberships_1 ON users.id = memberships_1.user_id \
             LEFT OUTER JOIN teams AS teams_1 ON teams_1.id = memberships_1.team_id \
             LEFT OUTER JOIN users AS users_2 ON users_2.id = users.manager_id ORDER BY users.id, teams_1.name DESC"
        ),
        "{}",
        statements[0]
    );
    // Two collections side by side multiply the rows, but not the objects.
    let alice = &users[0];
    let teams: Vec<&str> = alice.teams.iter().map(|team| team.name.as_str()).collect();
    assert_eq!(teams, ["staff", "admins"]);
    let letters: Vec<(i64, Vec<i64>)> = alice
        .addresses
        .iter()
        .map(|address| (address.id, address.letters.iter().map(|letter| letter.id).collect()))
        .collect();
    assert_eq!(letters, [(11, vec![100, 101]), (12, vec![])]);
    assert!(alice.addresses.iter().all(|address| address.user.get().map(|user| user.id) == Some(1)));
    let managers: Vec<Option<(&str, usize)>> = users
        .iter()
        .map(|user| user.manager.get().map(|manager| (manager.name.as_str(), manager.addresses.len())))
        .collect();
    assert_eq!(managers, [None, Some(("alice", 2)), Some(("alice", 2)), Some(("bob", 1))]);
    Ok(())
}

#[test]
fn a_join_and_a_further_query_bring_the_same() -> aludel::Result<()> {
    let (mut connection, _) = filled();
    let query = || select(User).order_by(User.id);
    let joined = query()
        .with(User.addresses.joined().then(Address.letters.joined()))
        .with(User.profile.joined())
        .with(User.teams.joined())
        .with(User.reports.joined());
    let further = query()
        .with(User.addresses.selectin().then(Address.letters.selectin()))
        .with(User.profile.selectin())
        .with(User.teams.selectin())
        .with(User.reports.selectin());
    assert_eq!(connection.all(joined).wait()?, connection.all(further).wait()?);
    let joined = select(Order).order_by(Order.number).with(Order.lines.joined());
    let further = select(Order).order_by(Order.number).with(Order.lines.selectin());
    assert_eq!(connection.all(joined).wait()?, connection.all(further).wait()?);
    Ok(())
}

#[test]
fn one_and_first_count_objects() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let query = || select(User).order_by(User.id).with(User.addresses.joined());
    let alice = connection.one(query().filter(User.id.eq(1))).wait()?;
    assert_eq!(alice.addresses.len(), 2);
    recorder.take();
    let first = connection.first(query()).wait()?.expect("a user");
    assert_eq!((first.name.as_str(), first.addresses.len()), ("alice", 2));
    assert!(recorder.take()[0].contains("LIMIT ?"), "the others are not read");
    let several = connection.one(query()).wait().expect_err("there are four users");
    assert_eq!(several.kind(), aludel::ErrorKind::SeveralRows);
    assert!(connection.one_or_none(query().filter(User.id.eq(99))).wait()?.is_none());
    Ok(())
}

#[test]
fn a_query_with_joins_reads_the_same_on_every_database() -> aludel::Result<()> {
    let query = select(User)
        .filter(User.name.ne("eve"))
        .limit(10)
        .with(User.addresses.joined())
        .with(User.manager.joined());
    let [sqlite, postgres, mysql] = everywhere(query.to_statement()?);
    let wanted = "SELECT anon_1.id, anon_1.name, anon_1.manager_id, addresses_1.id AS id_1, addresses_1.email, \
                  addresses_1.user_id, users_1.id AS id_2, users_1.name AS name_1, users_1.manager_id AS manager_id_1 \
                  FROM (SELECT users.id AS id, users.name AS name, users.manager_id AS manager_id FROM users \
                  WHERE users.name != ? LIMIT ?) AS anon_1 \
                  LEFT OUTER JOIN addresses AS addresses_1 ON anon_1.id = addresses_1.user_id \
                  LEFT OUTER JOIN users AS users_1 ON users_1.id = anon_1.manager_id";
    assert_eq!(sqlite, wanted);
    assert_eq!(postgres, wanted.replacen('?', "$1", 1).replacen('?', "$2", 1));
    assert_eq!(mysql, wanted);
    Ok(())
}

#[test]
fn only_a_query_of_the_model_itself_can_load_along() {
    let (mut connection, _) = filled();
    let columns = aludel::statement::Select::<User>::from_ast(select((User.id, User.name)).into_ast());
    let error = connection.all(columns.with(User.addresses.joined())).wait().expect_err("two columns");
    assert!(error.to_string().contains("`select(User)`"), "{error}");
}
