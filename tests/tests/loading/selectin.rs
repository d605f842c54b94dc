//! Loading along by further queries.

use aludel::prelude::*;

use super::models::*;

#[test]
fn a_collection_takes_one_more_query() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let users = connection.all(select(User).order_by(User.id).with(User.addresses.selectin())).wait()?;
    assert_eq!(
        recorder.take(),
        [
            "SELECT users.id, users.name, users.manager_id FROM users ORDER BY users.id",
            "SELECT addresses.id, addresses.email, addresses.user_id FROM addresses WHERE addresses.user_id IN (?, ?, ?, ?)",
        ]
    );
    let emails = |index: usize| -> Vec<&str> {
        users[index].addresses.iter().map(|address| address.email.as_str()).collect()
    };
    assert_eq!(emails(0), ["a1@x", "a2@x"], "by key, although the rows lie the other way round");
    assert_eq!(emails(1), ["b@x"]);
    // Nothing there is something else than nothing known.
    assert!(users[2].addresses.is_loaded() && users[2].addresses.is_empty());
    assert!(users[0].teams.loaded().is_err());
    Ok(())
}

#[test]
fn relations_are_loaded_along_a_path() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let query = select(User)
        .filter(User.id.le(2))
        .order_by(User.id)
        .with(User.addresses.selectin().then(Address.letters.selectin()))
        .with(User.teams.selectin())
        .with(User.manager.selectin());
    let users = connection.all(query).wait()?;
    assert_eq!(
        recorder.take(),
        [
            "SELECT users.id, users.name, users.manager_id FROM users WHERE users.id <= ? ORDER BY users.id",
            "SELECT addresses.id, addresses.email, addresses.user_id FROM addresses WHERE addresses.user_id IN (?, ?)",
            "SELECT letters.id, letters.address_id FROM letters WHERE letters.address_id IN (?, ?, ?)",
            "SELECT teams.id, teams.name, memberships.user_id FROM teams JOIN memberships ON teams.id = memberships.team_id \
             WHERE memberships.user_id IN (?, ?) ORDER BY teams.name DESC",
            "SELECT users.id, users.name, users.manager_id FROM users WHERE users.id IN (?)",
        ]
    );
    let letters: Vec<Vec<i64>> = users[0]
        .addresses
        .iter()
        .map(|address| address.letters.iter().map(|letter| letter.id).collect())
        .collect();
    assert_eq!(letters, [vec![100, 101], vec![]]);
    let teams: Vec<&str> = users[0].teams.iter().map(|team| team.name.as_str()).collect();
    assert_eq!(teams, ["staff", "admins"], "in the order that the relation declares");
    assert_eq!(users[0].manager.get(), None);
    assert_eq!(users[1].manager.get().map(|manager| manager.name.as_str()), Some("alice"));
    Ok(())
}

#[test]
fn parents_that_share_an_object_get_a_copy_each() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let query = select(Address)
        .order_by(Address.id)
        .with(Address.user.selectin().then(User.teams.selectin()).then(User.addresses.selectin()));
    let addresses = connection.all(query).wait()?;
    let statements = recorder.take();
    assert_eq!(statements.len(), 4);
    assert!(
        statements[1].ends_with("FROM users WHERE users.id IN (?, ?)"),
        "each key once: {}",
        statements[1]
    );
    let found: Vec<Option<(&str, usize, usize)>> = addresses
        .iter()
        .map(|address| {
            address.user.get().map(|user| (user.name.as_str(), user.teams.len(), user.addresses.len()))
        })
        .collect();
    assert_eq!(found, [Some(("alice", 2, 2)), Some(("alice", 2, 2)), Some(("bob", 1, 1)), None]);
    Ok(())
}

#[test]
fn a_many_to_many_relation_shares_its_objects_by_copies() -> aludel::Result<()> {
    let (mut connection, _) = filled();
    let teams = connection
        .all(select(Team).order_by(Team.id).with(Team.users.selectin().then(User.teams.joined())))
        .wait()?;
    let found: Vec<Vec<(&str, usize)>> = teams
        .iter()
        .map(|team| team.users.iter().map(|user| (user.name.as_str(), user.teams.len())).collect())
        .collect();
    assert_eq!(found, [vec![("alice", 2)], vec![("alice", 2), ("bob", 1), ("carol", 1)], vec![]]);
    Ok(())
}

#[test]
fn one_to_one_is_found_from_both_sides() -> aludel::Result<()> {
    let (mut connection, _) = filled();
    let users = connection.all(select(User).order_by(User.id).with(User.profile.selectin())).wait()?;
    let texts: Vec<Option<&str>> =
        users.iter().map(|user| user.profile.get().map(|profile| profile.text.as_str())).collect();
    assert_eq!(texts, [Some("about alice"), None, Some("about carol"), None]);
    let profiles =
        connection.all(select(Profile).order_by(Profile.id).with(Profile.user.selectin())).wait()?;
    let owners: Vec<&str> = profiles.iter().filter_map(|p| p.user.get()).map(|u| u.name.as_str()).collect();
    assert_eq!(owners, ["alice", "carol"]);
    Ok(())
}

#[test]
fn keys_of_several_columns_are_asked_for_in_pairs() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let query = select(Order).order_by((Order.shop, Order.number)).with(Order.lines.selectin());
    let orders = connection.all(query).wait()?;
    let pair = "lines.order_shop = ? AND lines.order_number = ?";
    assert_eq!(
        recorder.take()[1],
        format!(
            "SELECT lines.id, lines.order_shop, lines.order_number FROM lines WHERE {pair} OR {pair} OR {pair} OR {pair}"
        ),
        "three keys, filled up to four"
    );
    let lines: Vec<Vec<i64>> = orders.iter().map(|o| o.lines.iter().map(|line| line.id).collect()).collect();
    assert_eq!(lines, [vec![1, 3], vec![], vec![2]]);
    let lines = connection.all(select(Line).order_by(Line.id).with(Line.order.selectin())).wait()?;
    let orders: Vec<Option<(&str, i32)>> =
        lines.iter().map(|line| line.order.get().map(|order| (order.shop.as_str(), order.number))).collect();
    assert_eq!(orders, [Some(("north", 1)), Some(("south", 1)), Some(("north", 1)), None]);
    Ok(())
}

#[test]
fn a_key_is_known_in_whatever_form_the_database_holds_it() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let days = connection.all(select(Day).order_by(Day.date).with(Day.entries.selectin())).wait()?;
    let names: Vec<Vec<&str>> =
        days.iter().map(|day| day.entries.iter().map(|entry| entry.name.as_str()).collect()).collect();
    assert_eq!(names, [vec!["early", "late"], vec![]]);
    assert!(recorder.take()[1].ends_with(" ORDER BY entries.name"), "a text key is ordered by the database");
    Ok(())
}

#[test]
fn many_keys_go_out_in_batches_of_500() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    crowd(&mut connection, 2)?;
    recorder.take();
    let users = connection
        .all(select(User).filter(User.id.ge(1000)).order_by(User.id.desc()).with(User.addresses.selectin()))
        .wait()?;
    let statements = recorder.take();
    let placeholders: Vec<usize> = statements[1..].iter().map(|sql| sql.matches('?').count()).collect();
    // 1,101 keys; each list is filled up to a length of which there are few.
    assert_eq!(placeholders, [512, 512, 128]);
    check_crowd(&users);
    Ok(())
}

#[test]
fn keys_without_a_gap_are_asked_for_as_a_range() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    crowd(&mut connection, 1)?;
    recorder.take();
    let query = select(User).filter(User.id.ge(1000)).order_by(User.name).with(User.addresses.selectin());
    let users = connection.all(query).wait()?;
    assert!(recorder.take()[1].ends_with("FROM addresses WHERE addresses.user_id BETWEEN ? AND ?"));
    check_crowd(&users);
    // The other way round, and over a table between.
    let query = select(Address).filter(Address.id.ge(10_000)).with(Address.user.selectin());
    let addresses = connection.all(query).wait()?;
    assert!(recorder.take()[1].ends_with("FROM users WHERE users.id BETWEEN ? AND ?"));
    assert!(
        addresses.iter().all(|address| address.user.get().is_some_and(|user| user.id + 10_000 == address.id))
    );
    let query = select(User).filter(User.id.ge(1000)).with(User.teams.selectin());
    let users = connection.all(query).wait()?;
    assert!(recorder.take()[1].contains("WHERE memberships.user_id BETWEEN ? AND ? ORDER BY"));
    assert!(users.iter().all(|user| user.teams.iter().map(|team| team.id).eq([2])));
    Ok(())
}

/// 1,101 users from the number 1,000 on, each with an address and a team.
fn crowd(connection: &mut Connection, step: i64) -> aludel::Result<()> {
    let users = format!(
        "INSERT INTO users WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) \
         SELECT 1000 + i * {step}, 'user ' || i, NULL FROM n"
    );
    connection.execute_script(&users).wait()?;
    connection
        .execute_script(
            "INSERT INTO addresses SELECT id + 10000, name, id FROM users WHERE id >= 1000;
             INSERT INTO memberships SELECT id, 2 FROM users WHERE id >= 1000;",
        )
        .wait()
}

fn check_crowd(users: &[User]) {
    assert_eq!(users.len(), 1101);
    for user in users {
        let own: Vec<i64> = user.addresses.iter().map(|address| address.id).collect();
        assert_eq!(own, [user.id + 10_000]);
    }
}

#[test]
fn nothing_is_asked_where_there_are_no_keys() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let users = connection
        .all(
            select(User)
                .filter(User.id.eq(99))
                .with(User.addresses.selectin().then(Address.letters.selectin())),
        )
        .wait()?;
    assert_eq!((users.len(), recorder.take().len()), (0, 1));
    let alice = connection.one(select(User).filter(User.id.eq(1)).with(User.manager.selectin())).wait()?;
    assert_eq!((alice.manager.get(), recorder.take().len()), (None, 1));
    Ok(())
}

#[test]
fn a_tree_is_loaded_over_several_levels() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let query = select(User).filter(User.manager.is_none()).with(User.reports.selectin().depth(3));
    let roots = connection.all(query).wait()?;
    fn show(user: &User) -> String {
        let Ok(reports) = user.reports.loaded() else { return format!("{}…", user.name) };
        let reports: Vec<String> = reports.iter().map(show).collect();
        format!("{}({})", user.name, reports.join(" "))
    }
    let found: Vec<String> = roots.iter().map(show).collect();
    assert_eq!(found, ["alice(bob(dave()) carol())"]);
    assert_eq!(recorder.take().len(), 4);
    Ok(())
}

#[test]
fn the_same_relation_twice_is_loaded_once() -> aludel::Result<()> {
    let (mut connection, recorder) = filled();
    let query = select(User)
        .with(User.addresses.selectin())
        .with(User.addresses.selectin().then(Address.letters.selectin()));
    let users = connection.all(query).wait()?;
    assert_eq!(recorder.take().len(), 3);
    assert!(users[0].addresses.iter().all(|address| address.letters.is_loaded()));
    Ok(())
}

#[test]
fn a_row_that_belongs_to_no_parent_is_an_error_and_not_lost() -> aludel::Result<()> {
    let (mut connection, _) = filled();
    connection
        .execute_script("INSERT INTO colours VALUES ('Red'); INSERT INTO things VALUES (1, 'red')")
        .wait()?;
    let error =
        connection.all(select(Colour).with(Colour.things.selectin())).wait().expect_err("red is not Red");
    let message = error.to_string();
    assert!(message.contains("`Colour.things`") && message.contains("'red'"), "{message}");
    assert!(message.contains(".joined()"), "{message}");
    // The join is the database's, and so is the comparison.
    let colours = connection.all(select(Colour).with(Colour.things.joined())).wait()?;
    assert_eq!(colours[0].things.len(), 1);
    Ok(())
}

#[test]
fn a_second_row_behind_a_relation_to_one_object_is_left_out() -> aludel::Result<()> {
    let (mut connection, _) = filled();
    connection.execute_script("INSERT INTO profiles VALUES (6, 'earlier', 1)").wait()?;
    let query = select(User).filter(User.id.le(2)).order_by(User.id);
    let further = connection.all(query.clone().with(User.profile.selectin())).wait()?;
    let joined = connection.all(query.with(User.profile.joined())).wait()?;
    assert_eq!(further, joined);
    assert_eq!(names(&joined), ["alice", "bob"]);
    assert_eq!(joined[0].profile.get().map(|profile| profile.id), Some(6));
    Ok(())
}
