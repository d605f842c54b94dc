//! Getting connected: private servers with settings of their own, logins, encryption, and everything that goes wrong.
#![cfg(unix)]

mod servers;
