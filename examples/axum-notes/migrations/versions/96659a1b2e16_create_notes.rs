//! create notes
//!
//! Revision ID: 96659a1b2e16
//! Revises:
//! Create Date: 2026-11-22 22:04:49 UTC

use aludel::migrate::prelude::*;

pub const REVISION: Revision = Revision::new("96659a1b2e16");

pub fn upgrade(op: &mut Operations) {
    op.create_table(
        table("notes")
            .column(column("id", big_integer()).primary_key())
            .column(column("title", string(200)).not_null())
            .column(column("body", unbounded_string()).not_null())
            .column(column("created_at", date_time_tz()).not_null().index().server_default(now())),
    );
    op.create_table(
        table("tags")
            .column(column("id", big_integer()).primary_key())
            .column(column("name", string(50)).not_null().unique()),
    );
    op.create_table(
        table("note_tags")
            .column(column("note_id", big_integer()).primary_key().references("notes.id").on_delete(Cascade))
            .column(column("tag_id", big_integer()).primary_key().references("tags.id").on_delete(Cascade)),
    );
}

pub fn downgrade(op: &mut Operations) {
    op.drop_table("note_tags");
    op.drop_table("tags");
    op.drop_table("notes");
}
