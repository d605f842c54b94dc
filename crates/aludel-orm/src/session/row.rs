//! What the rows of a query become in a session: objects become handles, values stay values.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use aludel_sql::SqlType;
use aludel_sql::decode::{DynamicRow, FromRow};
#[cfg(feature = "json")]
use aludel_sql::types::Json;
use aludel_sql::types::{As, Range, StoredAs};

use super::arena::Arenas;
use crate::handle::Handle;
use crate::model::Model;

/// A row that a session can take: a model (which becomes a [`Handle`]), a value, an `Option` or a tuple of these.
///
/// The derives implement it for models and for column types of one's own.
#[diagnostic::on_unimplemented(
    message = "a session cannot take rows of `{Self}`",
    note = "models become handles, standard column types stay what they are; `#[derive(SqlType)]` covers one's own types"
)]
pub trait SessionRow: FromRow + Send {
    /// What the caller gets.
    type Out: Send;

    /// Hands the row's objects over to the session.
    fn enter(self, objects: &mut Arenas) -> Self::Out;
}

/// The body of [`SessionRow::enter`] for a model; the derive calls it.
pub fn enter_object<M: Model>(object: M, objects: &mut Arenas) -> Handle<M> {
    objects.absorb(object)
}

impl<T: SessionRow> SessionRow for Option<T> {
    type Out = Option<T::Out>;

    fn enter(self, objects: &mut Arenas) -> Self::Out {
        self.map(|row| row.enter(objects))
    }
}

macro_rules! values {
    ($($ty:ty),+ $(,)?) => {$(
        impl SessionRow for $ty {
            type Out = $ty;

            fn enter(self, _: &mut Arenas) -> $ty {
                self
            }
        }
    )+};
}

values!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, bool, String);

values!(IpAddr, Ipv4Addr, Ipv6Addr, Duration, DynamicRow);

macro_rules! generic_values {
    ($($ty:ident),+) => {$(
        impl<T> SessionRow for $ty<T>
        where
            $ty<T>: SqlType,
        {
            type Out = $ty<T>;

            fn enter(self, _: &mut Arenas) -> $ty<T> {
                self
            }
        }
    )+};
}

// Bytes, arrays and ranges.
generic_values!(Vec, Range);

#[cfg(feature = "json")]
generic_values!(Json);

impl<A: StoredAs> SessionRow for As<A> {
    type Out = As<A>;

    fn enter(self, _: &mut Arenas) -> As<A> {
        self
    }
}

#[cfg(feature = "bigdecimal")]
values!(bigdecimal::BigDecimal);

#[cfg(feature = "bytes")]
values!(bytes::Bytes);

#[cfg(feature = "chrono")]
values!(
    chrono::NaiveDate,
    chrono::NaiveTime,
    chrono::NaiveDateTime,
    chrono::DateTime<chrono::Utc>,
    chrono::DateTime<chrono::FixedOffset>,
    chrono::TimeDelta,
);

#[cfg(feature = "ipnet")]
values!(ipnet::IpNet, ipnet::Ipv4Net, ipnet::Ipv6Net);

#[cfg(feature = "jiff")]
values!(
    jiff::civil::Date,
    jiff::civil::Time,
    jiff::civil::DateTime,
    jiff::Timestamp,
    jiff::SignedDuration,
    jiff::Span,
);

#[cfg(feature = "json")]
values!(serde_json::Value);

#[cfg(feature = "rust_decimal")]
values!(rust_decimal::Decimal);

#[cfg(feature = "time")]
values!(time::Date, time::Time, time::PrimitiveDateTime, time::OffsetDateTime, time::Duration);

#[cfg(feature = "uuid")]
values!(uuid::Uuid);

macro_rules! tuples {
    ($(($($name:ident $index:tt),+))+) => {$(
        impl<$($name: SessionRow),+> SessionRow for ($($name,)+) {
            type Out = ($($name::Out,)+);

            fn enter(self, objects: &mut Arenas) -> Self::Out {
                ($(self.$index.enter(objects),)+)
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}
