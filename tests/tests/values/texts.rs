//! Text, bytes, identifiers and addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use aludel::sql::SqlType;
use aludel::sql::types::text;
use bytes::Bytes;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use proptest::prelude::*;
use uuid::Uuid;

use crate::homes::{ALL, POSTGRES, refused, survive};

#[test]
fn texts() {
    let edges =
        ["", " ", "it's", "\\", "\\'", "\"", "%_", "ü🜍", "a\nb\r\n", "''", "--", "?", "$1"].map(String::from);
    survive(ALL, &text(), &edges, any::<String>().prop_map(|text| text.replace('\0', "")));
    // A NUL character is one like any other, but not on PostgreSQL.
    let others: Vec<&str> = ALL.iter().copied().filter(|name| *name != "postgres").collect();
    survive(&others, &text(), &["\0".to_owned(), "a\0\\b".to_owned()], any::<String>());
    for name in POSTGRES {
        let error = refused(name, &text(), &"a\0b".to_owned());
        assert!(error.contains("NUL character"), "{error}");
    }
}

#[test]
fn bytes_of_all_kinds() {
    let edges = [&[][..], &[0], &[0, 255, b'\'', b'\\'], b"text"];
    survive(ALL, &Vec::<u8>::sql_type(), &edges.map(<[u8]>::to_vec), any::<Vec<u8>>());
    survive(ALL, &Bytes::sql_type(), &edges.map(Bytes::from_static), any::<Vec<u8>>().prop_map(Bytes::from));
}

#[test]
fn identifiers() {
    // MariaDB's own type refuses bytes that no version of identifiers makes.
    let random = any::<[u8; 16]>().prop_map(|bytes| uuid::Builder::from_random_bytes(bytes).into_uuid());
    survive(ALL, &Uuid::sql_type(), &[Uuid::nil(), Uuid::max()], random);
    let others: Vec<&str> = ALL.iter().copied().filter(|name| *name != "mysql").collect();
    survive(&others, &Uuid::sql_type(), &[], any::<[u8; 16]>().prop_map(Uuid::from_bytes));
}

#[test]
fn addresses() {
    let v4 = [Ipv4Addr::UNSPECIFIED, Ipv4Addr::LOCALHOST, Ipv4Addr::BROADCAST];
    let v6 = [Ipv6Addr::UNSPECIFIED, Ipv6Addr::LOCALHOST, Ipv4Addr::LOCALHOST.to_ipv6_mapped()];
    survive(ALL, &Ipv4Addr::sql_type(), &v4, any::<Ipv4Addr>());
    survive(ALL, &Ipv6Addr::sql_type(), &v6, any::<Ipv6Addr>());
    let both: Vec<IpAddr> = v4.map(IpAddr::from).into_iter().chain(v6.map(IpAddr::from)).collect();
    survive(ALL, &IpAddr::sql_type(), &both, any::<IpAddr>());
}

#[test]
fn networks() {
    let net = |text: &str| text.parse::<IpNet>().expect("a network");
    let edges = ["0.0.0.0/0", "10.1.2.3/8", "1.2.3.4/32", "::/0", "fe80::1/10", "::1/128"].map(net);
    let v4 =
        (any::<Ipv4Addr>(), 0_u8..=32).prop_map(|(address, prefix)| Ipv4Net::new(address, prefix).unwrap());
    let v6 =
        (any::<Ipv6Addr>(), 0_u8..=128).prop_map(|(address, prefix)| Ipv6Net::new(address, prefix).unwrap());
    let both = prop_oneof![v4.clone().prop_map(IpNet::V4), v6.clone().prop_map(IpNet::V6)];
    survive(ALL, &IpNet::sql_type(), &edges, both);
    survive(ALL, &Ipv4Net::sql_type(), &[], v4);
    survive(ALL, &Ipv6Net::sql_type(), &[], v6);
    // A network without bits of a host has a type of its own on PostgreSQL.
    let cidr = aludel::sql::types::raw("cidr");
    survive(POSTGRES, &cidr, &["10.0.0.0/8", "fe80::/10"].map(net), Just(net("1.2.3.4/32")));
}
