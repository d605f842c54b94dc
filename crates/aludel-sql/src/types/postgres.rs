//! Types that PostgreSQL has beyond the generic ones.

use super::Type;

/// A type of PostgreSQL. Written through the functions of this module, as in `postgres::tsvector()`.
///
/// Its arrays, ranges and addresses are generic types ([`array`](super::array), [`range`](super::range),
/// [`inet`](super::inet)); a domain, or an enumeration made elsewhere, is a [`named`](super::named) type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the SQL name that it bears")]
pub enum PostgresType {
    Json,
    Jsonb,
    JsonPath,
    Hstore,
    Cidr,
    Macaddr,
    Macaddr8,
    Money,
    Oid,
    Regclass,
    Regconfig,
    Tsvector,
    Tsquery,
    Citext,
    Bytea,
    Xml,
    Int4Multirange,
    Int8Multirange,
    NumMultirange,
    DateMultirange,
    TsMultirange,
    TstzMultirange,
    Bit { length: u32 },
    BitVarying { length: Option<u32> },
    Time { precision: Option<u32>, timezone: bool },
    Timestamp { precision: Option<u32>, timezone: bool },
    Interval { fields: Option<IntervalFields>, precision: Option<u32> },
}

impl PostgresType {
    /// Whether its values are lists of ranges.
    pub fn is_multirange(self) -> bool {
        use PostgresType::*;
        matches!(
            self,
            Int4Multirange | Int8Multirange | NumMultirange | DateMultirange | TsMultirange | TstzMultirange
        )
    }
}

/// The parts that an interval keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the SQL words that it bears")]
pub enum IntervalFields {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    YearToMonth,
    DayToHour,
    DayToMinute,
    DayToSecond,
    HourToMinute,
    HourToSecond,
    MinuteToSecond,
}

impl IntervalFields {
    /// All of them.
    pub const ALL: [IntervalFields; 13] = [
        IntervalFields::Year,
        IntervalFields::Month,
        IntervalFields::Day,
        IntervalFields::Hour,
        IntervalFields::Minute,
        IntervalFields::Second,
        IntervalFields::YearToMonth,
        IntervalFields::DayToHour,
        IntervalFields::DayToMinute,
        IntervalFields::DayToSecond,
        IntervalFields::HourToMinute,
        IntervalFields::HourToSecond,
        IntervalFields::MinuteToSecond,
    ];

    /// The words in SQL.
    pub fn words(self) -> &'static str {
        match self {
            IntervalFields::Year => "YEAR",
            IntervalFields::Month => "MONTH",
            IntervalFields::Day => "DAY",
            IntervalFields::Hour => "HOUR",
            IntervalFields::Minute => "MINUTE",
            IntervalFields::Second => "SECOND",
            IntervalFields::YearToMonth => "YEAR TO MONTH",
            IntervalFields::DayToHour => "DAY TO HOUR",
            IntervalFields::DayToMinute => "DAY TO MINUTE",
            IntervalFields::DayToSecond => "DAY TO SECOND",
            IntervalFields::HourToMinute => "HOUR TO MINUTE",
            IntervalFields::HourToSecond => "HOUR TO SECOND",
            IntervalFields::MinuteToSecond => "MINUTE TO SECOND",
        }
    }

    /// The fields that these words name, in any case.
    pub fn parse(words: &str) -> Option<Self> {
        IntervalFields::ALL.into_iter().find(|fields| fields.words().eq_ignore_ascii_case(words))
    }
}

macro_rules! plain {
    ($($name:ident => $variant:ident, $doc:literal;)+) => {$(
        #[doc = $doc]
        pub fn $name() -> Type {
            Type::Postgres(PostgresType::$variant)
        }
    )+};
}

plain! {
    json => Json, "`JSON`: a document that is kept as it was written.";
    jsonb => Jsonb, "`JSONB`: a document that is kept taken apart.";
    json_path => JsonPath, "`JSONPATH`";
    hstore => Hstore, "`HSTORE`: keys with texts. Belongs to an extension.";
    cidr => Cidr, "`CIDR`: a network.";
    macaddr => Macaddr, "`MACADDR`";
    macaddr8 => Macaddr8, "`MACADDR8`";
    money => Money, "`MONEY`";
    oid => Oid, "`OID`";
    regclass => Regclass, "`REGCLASS`: a table by its number, written as its name.";
    regconfig => Regconfig, "`REGCONFIG`: a configuration of the text search.";
    tsvector => Tsvector, "`TSVECTOR`: a text prepared to be searched.";
    tsquery => Tsquery, "`TSQUERY`: what is searched for.";
    citext => Citext, "`CITEXT`: text that compares in any case. Belongs to an extension.";
    bytea => Bytea, "`BYTEA`";
    xml => Xml, "`XML`";
    int4_multirange => Int4Multirange, "`INT4MULTIRANGE`";
    int8_multirange => Int8Multirange, "`INT8MULTIRANGE`";
    num_multirange => NumMultirange, "`NUMMULTIRANGE`";
    date_multirange => DateMultirange, "`DATEMULTIRANGE`";
    ts_multirange => TsMultirange, "`TSMULTIRANGE`";
    tstz_multirange => TstzMultirange, "`TSTZMULTIRANGE`";
}

/// `BIT(length)`: exactly so many bits.
pub fn bit(length: u32) -> Type {
    Type::Postgres(PostgresType::Bit { length })
}

/// `BIT VARYING(length)`: at most so many bits.
pub fn bit_varying(length: impl Into<Option<u32>>) -> Type {
    Type::Postgres(PostgresType::BitVarying { length: length.into() })
}

/// `TIME(precision)` with so many digits behind the second, with or without a time zone.
pub fn time(precision: impl Into<Option<u32>>, timezone: bool) -> Type {
    Type::Postgres(PostgresType::Time { precision: precision.into(), timezone })
}

/// `TIMESTAMP(precision)` with so many digits behind the second, with or without a time zone.
pub fn timestamp(precision: impl Into<Option<u32>>, timezone: bool) -> Type {
    Type::Postgres(PostgresType::Timestamp { precision: precision.into(), timezone })
}

/// `INTERVAL` that keeps certain fields, or so many digits behind the second.
pub fn interval(fields: impl Into<Option<IntervalFields>>, precision: impl Into<Option<u32>>) -> Type {
    Type::Postgres(PostgresType::Interval { fields: fields.into(), precision: precision.into() })
}
