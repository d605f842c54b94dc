//! `inet` and `cidr` in the server's binary form.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use aludel_sql::network::Network;
use bytes::BytesMut;

/// The server's numbers for the two families of addresses.
const IPV4: u8 = 2;
const IPV6: u8 = 3;

/// Family, length of the prefix, whether it is a `cidr`, length of the address, and the address.
pub(crate) fn encode(network: Network, cidr: bool, out: &mut BytesMut) {
    let mut head =
        |family: u8, length: u8| out.extend_from_slice(&[family, network.prefix, cidr.into(), length]);
    match network.address {
        IpAddr::V4(address) => {
            head(IPV4, 4);
            out.extend_from_slice(&address.octets());
        }
        IpAddr::V6(address) => {
            head(IPV6, 16);
            out.extend_from_slice(&address.octets());
        }
    }
}

/// `None` where the bytes are no address.
pub(crate) fn decode(bytes: &[u8]) -> Option<Network> {
    let (head, address) = bytes.split_at_checked(4)?;
    let [family, prefix, _, length] = <[u8; 4]>::try_from(head).ok()?;
    let address = match (family, length) {
        (IPV4, 4) => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(address).ok()?)),
        (IPV6, 16) => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(address).ok()?)),
        _ => return None,
    };
    (prefix <= Network::host(address).prefix).then_some(Network { address, prefix })
}
