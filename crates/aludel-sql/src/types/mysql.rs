//! Types that MySQL and MariaDB have beyond the generic ones.

use super::Type;

/// A type of MySQL and MariaDB. Written through the functions of this module, as in `mysql::integer().unsigned()`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the SQL name that it bears")]
pub enum MysqlType {
    Integer(MysqlInteger),
    Number(MysqlNumber),
    Text(MysqlText),
    List(MysqlList),
    Bit { length: Option<u32> },
    Year,
    Time { fsp: u32 },
    DateTime { fsp: u32 },
    Timestamp { fsp: u32 },
    TinyBlob,
    MediumBlob,
    LongBlob,
    Inet4,
    Inet6,
}

/// An integer of any width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MysqlInteger {
    /// The width.
    pub size: IntegerSize,
    /// How many digits tools show. It says nothing about the values.
    pub display_width: Option<u32>,
    /// Without negative numbers.
    pub unsigned: bool,
    /// Shown with zeros in front.
    pub zerofill: bool,
}

/// The widths of integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the SQL name that it bears")]
pub enum IntegerSize {
    TinyInt,
    SmallInt,
    MediumInt,
    Integer,
    BigInt,
}

/// A number with a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MysqlNumber {
    /// Which one.
    pub kind: NumberKind,
    /// Digits in all.
    pub precision: Option<u32>,
    /// Digits behind the point.
    pub scale: Option<u32>,
    /// Without negative numbers.
    pub unsigned: bool,
    /// Shown with zeros in front.
    pub zerofill: bool,
}

/// The numbers with a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the SQL name that it bears")]
pub enum NumberKind {
    Decimal,
    Numeric,
    Float,
    Double,
    Real,
}

/// A text with what MySQL says about its characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MysqlText {
    /// Which one.
    pub kind: TextKind,
    /// The longest text, in characters.
    pub length: Option<u32>,
    /// Its characters.
    pub charset: MysqlCharset,
}

/// The texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the SQL name that it bears")]
pub enum TextKind {
    Char,
    Varchar,
    Nchar,
    Nvarchar,
    TinyText,
    Text,
    MediumText,
    LongText,
}

/// One of a fixed list of texts (`ENUM`), or any number of them (`SET`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MysqlList {
    /// `SET` rather than `ENUM`.
    pub several: bool,
    /// The texts, in their order.
    pub values: Vec<String>,
    /// Their characters.
    pub charset: MysqlCharset,
}

/// What MySQL says about the characters of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MysqlCharset {
    /// `CHARACTER SET …`
    pub charset: Option<String>,
    /// `COLLATE …`
    pub collation: Option<String>,
    /// `ASCII`: the character set of that name.
    pub ascii: bool,
    /// `UNICODE`: the character set of that name.
    pub unicode: bool,
    /// `BINARY`: the binary collation of the character set.
    pub binary: bool,
    /// `NATIONAL`: the server's national character set, which counts more than `charset`.
    pub national: bool,
}

macro_rules! integers {
    ($($name:ident => $size:ident, $sql:literal;)+) => {$(
        #[doc = concat!("`", $sql, "`")]
        pub fn $name() -> MysqlInteger {
            MysqlInteger { size: IntegerSize::$size, display_width: None, unsigned: false, zerofill: false }
        }
    )+};
}

integers! {
    tiny_int => TinyInt, "TINYINT";
    small_int => SmallInt, "SMALLINT";
    medium_int => MediumInt, "MEDIUMINT";
    integer => Integer, "INTEGER";
    big_int => BigInt, "BIGINT";
}

macro_rules! numbers {
    ($($name:ident => $kind:ident, $sql:literal;)+) => {$(
        #[doc = concat!("`", $sql, "(precision, scale)`")]
        pub fn $name(precision: impl Into<Option<u32>>, scale: impl Into<Option<u32>>) -> MysqlNumber {
            let (precision, scale) = (precision.into(), scale.into());
            MysqlNumber { kind: NumberKind::$kind, precision, scale, unsigned: false, zerofill: false }
        }
    )+};
}

numbers! {
    decimal => Decimal, "DECIMAL";
    numeric => Numeric, "NUMERIC";
    float => Float, "FLOAT";
    double => Double, "DOUBLE";
    real => Real, "REAL";
}

macro_rules! texts {
    ($($name:ident => $kind:ident, $sql:literal;)+) => {$(
        #[doc = concat!("`", $sql, "(length)`")]
        pub fn $name(length: impl Into<Option<u32>>) -> MysqlText {
            MysqlText { kind: TextKind::$kind, length: length.into(), charset: MysqlCharset::default() }
        }
    )+};
}

texts! {
    char => Char, "CHAR";
    varchar => Varchar, "VARCHAR";
    nchar => Nchar, "NATIONAL CHAR";
    nvarchar => Nvarchar, "NATIONAL VARCHAR";
    text => Text, "TEXT";
}

macro_rules! large_texts {
    ($($name:ident => $kind:ident, $sql:literal;)+) => {$(
        #[doc = concat!("`", $sql, "`")]
        pub fn $name() -> MysqlText {
            MysqlText { kind: TextKind::$kind, length: None, charset: MysqlCharset::default() }
        }
    )+};
}

large_texts! {
    tiny_text => TinyText, "TINYTEXT";
    medium_text => MediumText, "MEDIUMTEXT";
    long_text => LongText, "LONGTEXT";
}

macro_rules! plain {
    ($($name:ident => $variant:ident, $doc:literal;)+) => {$(
        #[doc = $doc]
        pub fn $name() -> Type {
            MysqlType::$variant.into()
        }
    )+};
}

plain! {
    tiny_blob => TinyBlob, "`TINYBLOB`";
    medium_blob => MediumBlob, "`MEDIUMBLOB`";
    long_blob => LongBlob, "`LONGBLOB`";
    year => Year, "`YEAR`";
    inet4 => Inet4, "`INET4` (MariaDB)";
    inet6 => Inet6, "`INET6` (MariaDB)";
}

/// `BIT(length)`
pub fn bit(length: impl Into<Option<u32>>) -> Type {
    MysqlType::Bit { length: length.into() }.into()
}

/// `TIME(fsp)`: a time with so many digits behind the second.
pub fn time(fsp: u32) -> Type {
    MysqlType::Time { fsp }.into()
}

/// `DATETIME(fsp)`: a date and time with so many digits behind the second.
pub fn date_time(fsp: u32) -> Type {
    MysqlType::DateTime { fsp }.into()
}

/// `TIMESTAMP(fsp)`: a point in time with so many digits behind the second.
pub fn timestamp(fsp: u32) -> Type {
    MysqlType::Timestamp { fsp }.into()
}

/// `ENUM(…)`: one of a fixed list of texts.
pub fn enumeration<V: Into<String>>(values: impl IntoIterator<Item = V>) -> MysqlList {
    let values = values.into_iter().map(Into::into).collect();
    MysqlList { several: false, values, charset: MysqlCharset::default() }
}

/// `SET(…)`: any number of a fixed list of texts.
pub fn set<V: Into<String>>(values: impl IntoIterator<Item = V>) -> MysqlList {
    let values = values.into_iter().map(Into::into).collect();
    MysqlList { several: true, values, charset: MysqlCharset::default() }
}

impl MysqlInteger {
    /// Without negative numbers.
    #[must_use]
    pub fn unsigned(mut self) -> Self {
        self.unsigned = true;
        self
    }

    /// Shown with zeros in front.
    #[must_use]
    pub fn zerofill(mut self) -> Self {
        self.zerofill = true;
        self
    }

    /// Sets how many digits tools show.
    #[must_use]
    pub fn display_width(mut self, width: u32) -> Self {
        self.display_width = Some(width);
        self
    }
}

impl MysqlNumber {
    /// Without negative numbers.
    #[must_use]
    pub fn unsigned(mut self) -> Self {
        self.unsigned = true;
        self
    }

    /// Shown with zeros in front.
    #[must_use]
    pub fn zerofill(mut self) -> Self {
        self.zerofill = true;
        self
    }
}

macro_rules! characters {
    ($($ty:ident),+) => {$(
        impl $ty {
            /// Sets the character set.
            #[must_use]
            pub fn charset(mut self, name: impl Into<String>) -> Self {
                self.charset.charset = Some(name.into());
                self
            }

            /// Sets the collation.
            #[must_use]
            pub fn collation(mut self, name: impl Into<String>) -> Self {
                self.charset.collation = Some(name.into());
                self
            }

            /// Takes the character set `ascii`.
            #[must_use]
            pub fn ascii(mut self) -> Self {
                self.charset.ascii = true;
                self
            }

            /// Takes the character set that MySQL calls `UNICODE`.
            #[must_use]
            pub fn unicode(mut self) -> Self {
                self.charset.unicode = true;
                self
            }

            /// Takes the binary collation of the character set.
            #[must_use]
            pub fn binary(mut self) -> Self {
                self.charset.binary = true;
                self
            }

            /// Takes the server's national character set.
            #[must_use]
            pub fn national(mut self) -> Self {
                self.charset.national = true;
                self
            }
        }
    )+};
}

characters!(MysqlText, MysqlList);

impl From<MysqlInteger> for Type {
    fn from(ty: MysqlInteger) -> Self {
        MysqlType::Integer(ty).into()
    }
}

impl From<MysqlNumber> for Type {
    fn from(ty: MysqlNumber) -> Self {
        MysqlType::Number(ty).into()
    }
}

impl From<MysqlText> for Type {
    fn from(ty: MysqlText) -> Self {
        MysqlType::Text(ty).into()
    }
}

impl From<MysqlList> for Type {
    fn from(ty: MysqlList) -> Self {
        MysqlType::List(ty).into()
    }
}
