//! [`SqlType`] for ipnet's networks.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::{Element, SqlType, Type, ValueError, network};
use crate::network::Network;
use crate::value::ValueRef;

macro_rules! networks {
    ($($ty:ty, $words:literal, $from:expr;)+) => {$(
        impl SqlType for $ty {
            fn sql_type() -> Type {
                Type::Inet
            }

            fn to_value(&self) -> ValueRef<'_> {
                ValueRef::Network(Network { address: self.addr().into(), prefix: self.prefix_len() })
            }

            fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
                let network = network::network(value);
                let network =
                    network.and_then(|network| IpNet::new(network.address, network.prefix).ok());
                network.and_then($from).ok_or_else(|| ValueError::mismatch($words, value))
            }
        }

        impl Element for $ty {}
    )+};
}

networks! {
    IpNet, "the address of a network", Some;
    Ipv4Net, "the address of an IPv4 network", |network| match network {
        IpNet::V4(network) => Some(network),
        IpNet::V6(_) => None,
    };
    Ipv6Net, "the address of an IPv6 network", |network| match network {
        IpNet::V6(network) => Some(network),
        IpNet::V4(_) => None,
    };
}
