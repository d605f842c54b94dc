//! A small web service: notes with tags, kept by Aludel. The models are here; [`api`] is what the web sees of them, and
//! [`service`] how it starts, tells how it is, and stops.

pub mod api;
pub mod problem;
pub mod service;
#[path = "../migrations/versions/mod.rs"]
pub mod versions;

use aludel::prelude::*;
use serde::Serialize;

/// A note. Serialised, it is what the web gets.
#[derive(Model, Serialize, Clone, Debug, Default)]
#[model(table = "notes")]
pub struct Note {
    /// Assigned by the database.
    #[column(primary_key)]
    pub id: Auto<i64>,
    /// One line.
    #[column(length = 200)]
    pub title: String,
    /// As long as it likes.
    pub body: String,
    /// Set by the database.
    #[column(server_default = now(), index)]
    pub created_at: Auto<DateTime<Utc>>,
    /// Loaded where it is asked for.
    #[relation(secondary = NoteTag, order_by = "name")]
    pub tags: Many<Tag>,
}

/// A word that notes are found by.
#[derive(Model, Serialize, Clone, Debug, Default)]
#[model(table = "tags")]
pub struct Tag {
    /// Assigned by the database.
    #[serde(skip)]
    #[column(primary_key)]
    pub id: Auto<i64>,
    /// No two tags have the same.
    #[column(length = 50, unique)]
    pub name: String,
}

/// Which note has which tag.
#[derive(Model, Clone, Debug, Default)]
#[model(table = "note_tags")]
pub struct NoteTag {
    /// The note.
    #[column(primary_key, references = "notes.id", on_delete = "cascade")]
    pub note_id: i64,
    /// The tag.
    #[column(primary_key, references = "tags.id", on_delete = "cascade")]
    pub tag_id: i64,
}

/// The schema that the models want; migrations are written from it.
pub fn metadata() -> MetaData {
    MetaData::new().add(Note).add(Tag).add(NoteTag)
}
