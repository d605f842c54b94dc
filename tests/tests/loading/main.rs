//! Relations in queries: joins, conditions on related rows, and loading along, with what each sends.

mod conditions;
mod joined;
mod joins;
mod models;
mod selectin;
mod session;
