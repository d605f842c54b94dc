//! Schema changes as values, and their text.
