//! Notes over HTTP: `GET` and `POST /notes`, `GET`, `PUT` and `DELETE /notes/{id}`.

use aludel::TransactionOptions;
use aludel::orm;
use aludel::prelude::*;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use crate::problem::Problem;
use crate::{Note, Tag};

type Answer<T> = Result<Json<T>, Problem>;

/// Everything about notes.
pub fn routes() -> Router<Engine> {
    Router::new()
        .route("/notes", get(list).post(create))
        .route("/notes/{id}", get(read).put(change).delete(remove))
}

/// What a note is made of or changed to.
#[derive(Deserialize)]
struct Draft {
    title: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    tags: Vec<String>,
}

impl Draft {
    fn check(&self) -> Result<(), Problem> {
        let length = self.title.trim().chars().count();
        if !(1..=200).contains(&length) {
            return Err(Problem::unprocessable(format!(
                "the title has from 1 to 200 characters, and this one has {length}"
            )));
        }
        match self.tags.iter().find(|tag| !(1..=50).contains(&tag.trim().chars().count())) {
            Some(tag) => {
                Err(Problem::unprocessable(format!("a tag has from 1 to 50 characters, not `{tag}`")))
            }
            None => Ok(()),
        }
    }
}

/// What `GET /notes` may be asked.
#[derive(Deserialize)]
struct Wanted {
    /// Notes with this tag.
    tag: Option<String>,
    /// Notes with this in their title or body.
    text: Option<String>,
    /// Notes older than the one with this key: the next page.
    before: Option<i64>,
    limit: Option<u64>,
}

/// The newest notes first. Owned trees come out of a transaction, and go into JSON as they are.
async fn list(State(engine): State<Engine>, Query(wanted): Query<Wanted>) -> Answer<Vec<Note>> {
    let found_in = |text: &str| any_of([Note.title.contains(text), Note.body.contains(text)]);
    let notes = select(Note)
        .with(Note.tags.selectin())
        .filter(wanted.tag.as_deref().map(|tag| Note.tags.any(Tag.name.eq(tag))))
        .filter(wanted.text.as_deref().map(found_in))
        .filter(wanted.before.map(|before| Note.id.lt(before)))
        .order_by(Note.id.desc())
        .limit(wanted.limit.unwrap_or(20).min(100));
    // Two statements, notes and tags, which see one state of the database.
    let mut tx = engine.begin_with(TransactionOptions::read_only()).await?;
    let notes = tx.all(notes).await?;
    tx.commit().await?;
    Ok(Json(notes))
}

async fn read(State(engine): State<Engine>, Path(id): Path<i64>) -> Answer<Note> {
    Ok(Json(find(&engine, id).await?))
}

async fn find(engine: &Engine, id: i64) -> Result<Note, Problem> {
    let mut tx = engine.begin_with(TransactionOptions::read_only()).await?;
    let note = tx.one_or_none(select(Note).with(Note.tags.selectin()).filter(Note.id.eq(id))).await?;
    tx.commit().await?;
    note.ok_or_else(|| no_note(id))
}

/// A session writes the note, its new tags and the rows between them, in the order that their keys ask for.
async fn create(
    State(engine): State<Engine>,
    Json(draft): Json<Draft>,
) -> Result<(StatusCode, Json<Note>), Problem> {
    draft.check()?;
    let mut session = Session::new(&engine);
    let tags = tags_of(&mut session, &draft.tags).await?;
    let mut note = Note { title: draft.title, body: draft.body, ..default() };
    for tag in tags {
        note.tags.push(tag);
    }
    let note = session.add(note);
    session.commit().await?;
    let id = session[note].id.get().copied().ok_or_else(|| Problem::not_found("the note is gone"))?;
    Ok((StatusCode::CREATED, Json(find(&engine, id).await?)))
}

/// Plain assignments; the commit writes what differs.
async fn change(State(engine): State<Engine>, Path(id): Path<i64>, Json(draft): Json<Draft>) -> Answer<Note> {
    draft.check()?;
    let mut session = Session::new(&engine);
    let note = session.get::<Note>(id).await?.ok_or_else(|| no_note(id))?;
    session.load(note, Note.tags).await?;
    let tags = tags_of(&mut session, &draft.tags).await?;
    session[note].title = draft.title;
    session[note].body = draft.body;
    session[note].tags.clear();
    for tag in tags {
        session[note].tags.push(tag);
    }
    session.commit().await?;
    Ok(Json(find(&engine, id).await?))
}

async fn remove(State(engine): State<Engine>, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    let mut session = Session::new(&engine);
    let note = session.get::<Note>(id).await?.ok_or_else(|| no_note(id))?;
    session.delete(note)?;
    session.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The tags of these names. Those that nobody has used are made; two requests that make the same one at the same time
/// don't hinder each other.
async fn tags_of(session: &mut Session, names: &[String]) -> orm::Result<Vec<Handle<Tag>>> {
    let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let tags = names.iter().map(|name| Tag { name: (*name).to_owned(), ..default() });
    session.execute(insert(Tag).values(tags).on_conflict(Tag.name).do_nothing()).await?;
    session.all(select(Tag).filter(Tag.name.is_in(names))).await
}

fn no_note(id: i64) -> Problem {
    Problem::not_found(format!("there is no note {id}"))
}
