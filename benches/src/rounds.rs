//! Peers taking turns in rounds, so that whatever else the machine does falls upon all of them alike.

use std::time::{Duration, Instant};

use crate::data::Checksum;

/// What one turn took, and the sum over what it did.
#[derive(Clone, Copy)]
pub struct Turn {
    pub wall: Duration,
    /// CPU time of this process, all of its threads; not the server's.
    pub cpu: Duration,
    pub sum: Checksum,
}

/// One peer's part in a scenario: it prepares, then measures the work itself.
pub struct Part<'s> {
    pub name: &'static str,
    pub work: Box<dyn FnMut() -> Turn + 's>,
}

/// The same work, done by several.
pub struct Scenario<'s> {
    pub key: &'static str,
    pub title: String,
    pub parts: Vec<Part<'s>>,
}

impl<'s> Part<'s> {
    /// `work` is measured from its beginning to its end, and `sum` is taken of what it gives back.
    pub fn new<T>(
        name: &'static str,
        mut work: impl FnMut() -> T + 's,
        mut sum: impl FnMut(T) -> Checksum + 's,
    ) -> Self {
        let turn = move || {
            let (time, result) = timed(&mut work);
            time.with(sum(result))
        };
        Part { name, work: Box::new(turn) }
    }
}

/// A turn that is not summed yet.
#[derive(Clone, Copy)]
pub struct Time {
    wall: Duration,
    cpu: Duration,
}

impl Time {
    pub fn with(self, sum: Checksum) -> Turn {
        Turn { wall: self.wall, cpu: self.cpu, sum }
    }
}

/// Does the work, and says how long that took by the clock and in CPU time.
pub fn timed<T>(work: impl FnOnce() -> T) -> (Time, T) {
    let before = cpu_time();
    let start = Instant::now();
    let result = work();
    let wall = start.elapsed();
    (Time { wall, cpu: cpu_time().saturating_sub(before) }, result)
}

/// The time that this process has spent on processors.
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// What the user asked for: `[ROUNDS [SCENARIO [PEER]]]`.
pub struct Wanted {
    pub rounds: usize,
    scenario: Option<String>,
    peer: Option<String>,
}

impl Wanted {
    pub fn from_arguments(rounds: usize) -> Self {
        let mut arguments = std::env::args().skip(1);
        Wanted {
            rounds: arguments.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(rounds),
            scenario: arguments.next(),
            peer: arguments.next(),
        }
    }

    /// Whether scenarios whose keys begin like this are wanted.
    pub fn begins_with(&self, start: &str) -> bool {
        self.scenario.as_deref().is_none_or(|only| only.starts_with(start))
    }
}

/// Runs what is wanted and prints it, as ratios to the first line of each scenario.
pub fn run(wanted: &Wanted, scenarios: Vec<Scenario<'_>>) {
    println!("{} rounds; ratios are to the first line of each scenario", wanted.rounds);
    for Scenario { key, title, mut parts } in scenarios {
        parts.retain(|part| wanted.peer.as_deref().is_none_or(|peer| peer == part.name));
        if wanted.scenario.as_deref().is_some_and(|only| only != key) || parts.is_empty() {
            continue;
        }
        let mut turns: Vec<Vec<Turn>> = vec![Vec::new(); parts.len()];
        let mut expected: Option<Checksum> = None;
        for round in 0..wanted.rounds {
            // Who begins changes from round to round: the first one pays for what the round before left behind.
            for offset in 0..parts.len() {
                let index = (round + offset) % parts.len();
                let turn = (parts[index].work)();
                let name = parts[index].name;
                assert_eq!(*expected.get_or_insert(turn.sum), turn.sum, "{key}: {name} did other work");
                turns[index].push(turn);
            }
        }
        println!("\n{key}  {title}");
        println!("   {:<34} {:>17}  {:>17}  {:>17}", "", "median", "least", "least CPU");
        let table: Vec<[f64; 3]> = turns.iter().map(|turns| figures(turns)).collect();
        for (part, row) in parts.iter().zip(&table) {
            let cells = row
                .iter()
                .zip(&table[0])
                .map(|(value, first)| format!("{:>8.2} ms {:>6.2}", value * 1e3, value / first));
            println!("   {:<34} {}", part.name, cells.collect::<Vec<_>>().join("  "));
        }
    }
}

/// The median and the least of the clock's times, and the least CPU time, in seconds.
fn figures(turns: &[Turn]) -> [f64; 3] {
    let mut wall: Vec<f64> = turns.iter().map(|turn| turn.wall.as_secs_f64()).collect();
    wall.sort_unstable_by(f64::total_cmp);
    let cpu = turns.iter().map(|turn| turn.cpu.as_secs_f64()).fold(f64::INFINITY, f64::min);
    [wall[wall.len() / 2], wall[0], cpu]
}
