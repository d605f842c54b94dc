//! Types that SQL Server has beyond the generic ones.

use super::Type;

/// A type of SQL Server. Written through the functions of this module, as in `mssql::date_time2(3)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the SQL name that it bears")]
pub enum MssqlType {
    TinyInt,
    Bit,
    Money,
    SmallMoney,
    Time { precision: Option<u32> },
    DateTime2 { precision: Option<u32> },
    DateTimeOffset { precision: Option<u32> },
    SmallDateTime,
    RowVersion,
    NText,
    Image,
    Filestream,
    Xml,
    UniqueIdentifier,
    SqlVariant,
}

macro_rules! plain {
    ($($name:ident => $variant:ident, $doc:literal;)+) => {$(
        #[doc = $doc]
        pub fn $name() -> Type {
            Type::Mssql(MssqlType::$variant)
        }
    )+};
}

plain! {
    tiny_int => TinyInt, "`TINYINT`: a number from 0 to 255.";
    bit => Bit, "`BIT`";
    money => Money, "`MONEY`";
    small_money => SmallMoney, "`SMALLMONEY`";
    small_date_time => SmallDateTime, "`SMALLDATETIME`";
    row_version => RowVersion, "`ROWVERSION`: a number that the server raises with every change of the row.";
    ntext => NText, "`NTEXT`: the old form of `NVARCHAR(max)`.";
    filestream => Filestream, "`VARBINARY(max) FILESTREAM`: bytes that the server keeps in files.";
    image => Image, "`IMAGE`: the old form of `VARBINARY(max)`.";
    xml => Xml, "`XML`";
    unique_identifier => UniqueIdentifier, "`UNIQUEIDENTIFIER`";
    sql_variant => SqlVariant, "`SQL_VARIANT`: a value that brings its own type.";
}

/// `TIME(precision)`
pub fn time(precision: impl Into<Option<u32>>) -> Type {
    Type::Mssql(MssqlType::Time { precision: precision.into() })
}

/// `DATETIME2(precision)`
pub fn date_time2(precision: impl Into<Option<u32>>) -> Type {
    Type::Mssql(MssqlType::DateTime2 { precision: precision.into() })
}

/// `DATETIMEOFFSET(precision)`
pub fn date_time_offset(precision: impl Into<Option<u32>>) -> Type {
    Type::Mssql(MssqlType::DateTimeOffset { precision: precision.into() })
}
