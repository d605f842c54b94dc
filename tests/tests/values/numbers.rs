//! Integers, floating-point numbers and exact decimals.

use std::str::FromStr;

use aludel::sql::SqlType;
use aludel::sql::types::numeric;
use bigdecimal::BigDecimal;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::homes::{ALL, Home, POSTGRES, survive};

macro_rules! integers {
    ($($ty:ident)+) => {$(
        #[test]
        fn $ty() {
            survive::<$ty>(ALL, &$ty::sql_type(), &[$ty::MIN, 0, 1, $ty::MAX], any::<$ty>());
        }
    )+};
}

integers!(i8 i16 i32 i64 u8 u16 u32);

#[test]
fn booleans() {
    survive(ALL, &bool::sql_type(), &[false, true], any::<bool>());
}

#[test]
fn unsigned_integers_of_64_bits() {
    let largest = i64::MAX as u64;
    survive::<u64>(&["sqlite"], &u64::sql_type(), &[0, largest], 0..=largest);
    let others: Vec<&str> = ALL.iter().copied().filter(|name| *name != "sqlite").collect();
    survive::<u64>(&others, &u64::sql_type(), &[0, largest, largest + 1, u64::MAX], any::<u64>());
}

#[cfg(feature = "servers")]
#[test]
fn mysql_has_unsigned_integers_of_its_own() {
    let column = aludel::sql::types::raw("BIGINT UNSIGNED");
    survive::<u64>(&["mysql"], &column, &[0, u64::MAX], any::<u64>());
    let mut home = Home::new("mysql", &column);
    home.bound(&u64::MAX).expect("a value");
    let error = home.connection.one(aludel::prelude::sql("SELECT v FROM t").rows::<i64>());
    let error = aludel::Wait::wait(error).expect_err("too large").to_string();
    assert!(error.contains("18446744073709551615 is out of range for `i64`"), "{error}");
}

#[test]
fn floating_point_numbers() {
    let finite =
        prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::POSITIVE | prop::num::f64::NEGATIVE;
    survive::<f64>(ALL, &f64::sql_type(), &[0.0, 0.1, -1.5, f64::MAX, f64::MIN, f64::MIN_POSITIVE], finite);
    // Single precision survives in a column of single precision but on MySQL, which prints it with six digits.
    let finite = prop::num::f32::NORMAL | prop::num::f32::POSITIVE | prop::num::f32::NEGATIVE;
    survive::<f32>(&["sqlite"], &f32::sql_type(), &[0.0, 0.1, f32::MAX, f32::MIN_POSITIVE], finite);
    survive::<f32>(POSTGRES, &f32::sql_type(), &[0.0, 0.1, f32::MAX, f32::MIN_POSITIVE], finite);
}

#[test]
fn numbers_that_are_not_finite() {
    for name in POSTGRES {
        for column in [f64::sql_type(), f32::sql_type(), Decimal::sql_type()] {
            let mut home = Home::new(name, &column);
            assert_eq!(home.bound(&f64::INFINITY).expect("a value"), f64::INFINITY);
            assert_eq!(home.bound(&f64::NEG_INFINITY).expect("a value"), f64::NEG_INFINITY);
            assert!(home.bound(&f64::NAN).expect("a value").is_nan());
        }
    }
    let mut home = Home::new("sqlite", &f64::sql_type());
    assert_eq!(home.bound(&f64::INFINITY).expect("a value"), f64::INFINITY);
}

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).expect("a number")
}

#[test]
fn exact_decimals() {
    let edges = ["0", "0.00", "-0.01", "1.50", "99999999999.9999", "0.00000000000001", "-123456789.012345"];
    let small = (-999_999_999_999_999_i64..=999_999_999_999_999, 0_u32..15)
        .prop_map(|(digits, scale)| Decimal::new(digits, scale));
    survive(ALL, &Decimal::sql_type(), &edges.map(decimal), small);
    // All that fits into 28 digits, where the database keeps them.
    let others: Vec<&str> = ALL.iter().copied().filter(|name| *name != "sqlite").collect();
    let large = (any::<i128>(), 0_u32..=28)
        .prop_map(|(digits, scale)| Decimal::from_i128_with_scale(digits % (1_i128 << 95), scale));
    let edges = [Decimal::MAX, Decimal::MIN, decimal("0.0000000000000000000000000001"), Decimal::ZERO];
    survive(&others, &Decimal::sql_type(), &edges, large);
    let scaled = Decimal::new(150, 2);
    for name in POSTGRES {
        let back = Home::new(name, &Decimal::sql_type()).bound(&scaled).expect("a value");
        assert_eq!(back.to_string(), "1.50");
    }
    survive(ALL, &numeric(10, 2), &[decimal("-99999999.99"), scaled], Just(Decimal::ONE));
}

#[test]
fn exact_decimals_of_any_length() {
    let number = |text: &str| BigDecimal::from_str(text).expect("a number");
    let edges = ["0", "-0.5", "123456789.012345", "1e14"].map(number);
    survive(ALL, &BigDecimal::sql_type(), &edges, Just(number("1")));
    let long = "-?[0-9]{1,40}\\.[0-9]{0,40}".prop_map(|text| number(&text));
    let edges = [&format!("1e{}", 131_071), "1e-16383", "-12345678901234567890.0000000001"].map(number);
    survive(POSTGRES, &BigDecimal::sql_type(), &edges, long);
}

#[test]
fn decimals_are_read_from_other_numbers() {
    let mut home = Home::new("sqlite", &f64::sql_type());
    home.bound(&(0.1 + 0.2)).expect("a value");
    let read = |home: &mut Home, text: &'static str| -> Decimal {
        aludel::Wait::wait(home.connection.one(aludel::prelude::sql(text).rows())).expect("a number")
    };
    assert_eq!(read(&mut home, "SELECT v FROM t"), decimal("0.3"));
    assert_eq!(read(&mut home, "SELECT 7"), decimal("7"));
}
