//! How a peer that vanished without a word is noticed.

use std::time::Duration;

use tokio_postgres::Config;

/// What a URL says about connections whose other end may be gone. Names and units are libpq's; what is left out is not, because
/// the two hours after which most systems ask for the first time are more than somebody wants to wait who listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keepalive {
    on: bool,
    /// `None` for two hours: tokio-postgres always sets this one.
    idle: Option<Duration>,
    /// `None` for what the system does by itself, here as below.
    interval: Option<Duration>,
    count: Option<u32>,
    user_timeout: Option<Duration>,
}

/// The most that Linux takes; others take more.
const MOST_SECONDS: u32 = 32_767;
const MOST_PROBES: u32 = 127;
const MOST_MILLISECONDS: u32 = i32::MAX as u32;

/// What tokio-postgres can't leave to the system, and what most systems have unless they are set otherwise.
const USUAL_IDLE: Duration = Duration::from_secs(7_200);

impl Default for Keepalive {
    /// Two minutes after the last word, a peer that is gone is known to be.
    fn default() -> Self {
        Keepalive {
            on: true,
            idle: Some(Duration::from_secs(60)),
            interval: Some(Duration::from_secs(10)),
            count: Some(6),
            user_timeout: None,
        }
    }
}

impl Keepalive {
    pub(crate) const OPTIONS: [&'static str; 5] =
        ["keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"];

    /// Takes one of the options.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let number = |most: u32, unit: &str| match value.parse::<u32>() {
            Ok(number) if number <= most => Ok((number > 0).then_some(number)),
            _ => {
                let nought = if name == "keepalives_idle" { "two hours" } else { "what the system does" };
                Err(format!(
                    "the option `{name}` can't be `{value}`: it is a number of {unit} up to {most}, or 0 for {nought}"
                ))
            }
        };
        let seconds = || {
            let seconds = number(MOST_SECONDS, "seconds")?;
            Ok::<_, String>(seconds.map(|seconds| Duration::from_secs(seconds.into())))
        };
        match name {
            "keepalives" => {
                self.on = match value {
                    "1" => true,
                    "0" => false,
                    _ => return Err(format!("the option `{name}` can't be `{value}`: it is 1 or 0")),
                }
            }
            "keepalives_idle" => self.idle = seconds()?,
            "keepalives_interval" => self.interval = seconds()?,
            "keepalives_count" => self.count = number(MOST_PROBES, "probes")?,
            _ => {
                let limit = number(MOST_MILLISECONDS, "milliseconds")?;
                self.user_timeout = limit.map(|number| Duration::from_millis(number.into()));
            }
        }
        Ok(())
    }

    /// Makes it part of the configuration. What the platform doesn't have, tokio-postgres leaves out.
    pub(crate) fn apply(&self, config: &mut Config) {
        config.keepalives(self.on);
        config.keepalives_idle(self.idle.unwrap_or(USUAL_IDLE));
        if let Some(interval) = self.interval {
            config.keepalives_interval(interval);
        }
        if let Some(count) = self.count {
            config.keepalives_retries(count);
        }
        if let Some(limit) = self.user_timeout {
            config.tcp_user_timeout(limit);
        }
    }
}
