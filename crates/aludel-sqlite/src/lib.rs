//! Aludel on SQLite, through rusqlite
