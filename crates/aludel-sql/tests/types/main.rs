//! Types: their names and casts per dialect, and how dialects that are only written quote and spell values.

mod written;
