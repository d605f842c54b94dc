//! [`SqlType`] for the standard library's addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Element, SqlType, Type, ValueError};
use crate::network::Network;
use crate::value::ValueRef;

pub(super) fn network(value: ValueRef<'_>) -> Option<Network> {
    match value {
        ValueRef::Network(network) => Some(network),
        ValueRef::Text(text) => Network::parse(text),
        _ => None,
    }
}

macro_rules! addresses {
    ($($ty:ty, $words:literal, $from:expr;)+) => {$(
        impl SqlType for $ty {
            fn sql_type() -> Type {
                Type::Inet
            }

            fn to_value(&self) -> ValueRef<'_> {
                ValueRef::Network(Network::host((*self).into()))
            }

            fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
                let host = network(value).filter(|network| network.is_host());
                host.and_then(|network| $from(network.address)).ok_or_else(|| ValueError::mismatch($words, value))
            }
        }

        impl Element for $ty {}
    )+};
}

addresses! {
    IpAddr, "the address of a host", Some;
    Ipv4Addr, "the IPv4 address of a host", |address| match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    };
    Ipv6Addr, "the IPv6 address of a host", |address| match address {
        IpAddr::V6(address) => Some(address),
        IpAddr::V4(_) => None,
    };
}
